/* Memory, the watchdog, restarting, waiting, deferred calls (mongoose-os.md 6.2). */
#ifndef MGOS_SYSTEM_H
#define MGOS_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the one arena all firmware memory comes from (os/heap.h). */
size_t mgos_get_heap_size(void);
size_t mgos_get_free_heap_size(void);
size_t mgos_get_min_free_heap_size(void);
size_t mgos_get_fs_memory_usage(void); /* heap the file system holds: 0 */
size_t mgos_get_fs_size(void);
size_t mgos_get_free_fs_size(void);
void mgos_fs_gc(void);

void mgos_wdt_feed(void); /* the loop does it; a long computation must */
void mgos_wdt_set_timeout(int secs);
void mgos_wdt_enable(void);
void mgos_wdt_disable(void);

void mgos_system_restart(void) __attribute__((noreturn));
/* Triggers MGOS_EVENT_REBOOT_AFTER now, and MGOS_EVENT_REBOOT just before. A second call changes nothing
 * but an earlier time. */
void mgos_system_restart_after(int delay_ms);
/* As mgos_system_restart_after(), but ends in a crash on purpose (Sys.Reboot with "abort"). */
void mgos_system_abort_after(int delay_ms);
/* Milliseconds until a scheduled restart, -1 when there is none. */
int mgos_system_restart_in(void);

/* Block; the loop stands still. */
void mgos_msleep(uint32_t msecs);
void mgos_usleep(uint32_t usecs);
extern void (*mgos_nsleep100)(uint32_t n); /* n × 100 ns, at least */

/* No callback of this system comes from an interrupt (os/board.h), so there is nothing to keep out. */
void mgos_ints_disable(void);
void mgos_ints_enable(void);

typedef void (*mgos_cb_t)(void *arg);
#define MGOS_INVOKE_CB_F_FROM_ISR 1
#define MGOS_INVOKE_CB_F_BG_TASK  2
/* Calls `cb` at the next turn of the loop. False: too many are waiting (16). `flags` are accepted and
 * change nothing. */
bool mgos_invoke_cb(mgos_cb_t cb, void *arg, uint32_t flags);

uint32_t mgos_get_cpu_freq(void); /* Hz; 0 when the board does not know */

/* One thread: these exist so that applications that use them build. */
struct mgos_rlock_type;
struct mgos_rlock_type *mgos_rlock_create(void);
void mgos_rlock(struct mgos_rlock_type *lock);
void mgos_runlock(struct mgos_rlock_type *lock);
void mgos_rlock_destroy(struct mgos_rlock_type *lock);

#endif
