/* Memory, the watchdog, restarting, waiting, deferred calls. os/include/mgos_system.h */

#include "mgos_system.h"

#include "board.h"
#include "common/cs_dbg.h"
#include "console.h"
#include "heap.h"
#include "loop.h"
#include "mgos_event.h"
#include "mgos_sys_config.h"
#include "mgos_timers.h"
#include "storage.h"

enum { DEFERRED_MAX = 16 };

static struct {
    struct {
        mgos_cb_t cb;
        void *arg;
    } deferred[DEFERRED_MAX];
    unsigned first, count;
    mgos_timer_id restart_timer;
    uint64_t restart_at_us;
    int wdt_timeout;
} sys;

/* --- memory ------------------------------------------------------------------------------------------- */

size_t mgos_get_heap_size(void)
{
    return heap_size();
}

size_t mgos_get_free_heap_size(void)
{
    return heap_available();
}

size_t mgos_get_min_free_heap_size(void)
{
    return heap_low_water();
}

size_t mgos_get_fs_memory_usage(void)
{
    return 0;
}

size_t mgos_get_fs_size(void)
{
    uint32_t size, free_bytes;

    storage_space(&size, &free_bytes);
    return size;
}

size_t mgos_get_free_fs_size(void)
{
    uint32_t size, free_bytes;

    storage_space(&size, &free_bytes);
    return free_bytes;
}

void mgos_fs_gc(void)
{
    /* The ports' file systems collect their garbage themselves. */
}

/* --- watchdog ----------------------------------------------------------------------------------------- */

void mgos_wdt_feed(void)
{
    board_watchdog_feed();
}

void mgos_wdt_set_timeout(int secs)
{
    sys.wdt_timeout = secs > 0 ? secs : 0;
    board_watchdog_set(sys.wdt_timeout);
}

void mgos_wdt_enable(void)
{
    board_watchdog_set(sys.wdt_timeout);
}

void mgos_wdt_disable(void)
{
    board_watchdog_set(0);
}

/* --- restarting --------------------------------------------------------------------------------------- */

void mgos_system_restart(void)
{
    mgos_event_trigger(MGOS_EVENT_REBOOT, NULL);
    LOG(LL_INFO, ("Restarting"));
    console_flush();
    board_restart();
}

static void restart_now(void *arg)
{
    mgos_system_restart();
}

static void abort_now(void *arg)
{
    LOG(LL_INFO, ("Aborting"));
    console_flush();
    board_abort("asked for");
}

static void schedule_end(int delay_ms, timer_callback end)
{
    if (delay_ms < 0)
        delay_ms = 0;
    uint64_t at = board_uptime_us() + (uint64_t)delay_ms * 1000;
    if (sys.restart_timer != MGOS_INVALID_TIMER_ID && at >= sys.restart_at_us)
        return;
    mgos_clear_timer(sys.restart_timer);
    sys.restart_timer = mgos_set_timer(delay_ms, 0, end, NULL);
    sys.restart_at_us = at;
    if (sys.restart_timer == MGOS_INVALID_TIMER_ID)
        end(NULL); /* no memory even for a timer: at once is better than never */
    struct mgos_event_reboot_after_arg arg = {(int64_t)at};
    mgos_event_trigger(MGOS_EVENT_REBOOT_AFTER, &arg);
}

void mgos_system_restart_after(int delay_ms)
{
    LOG(LL_INFO, ("Rebooting in %d ms", delay_ms));
    schedule_end(delay_ms, restart_now);
}

void mgos_system_abort_after(int delay_ms)
{
    LOG(LL_INFO, ("Aborting in %d ms", delay_ms));
    schedule_end(delay_ms, abort_now);
}

int mgos_system_restart_in(void)
{
    uint64_t now = board_uptime_us();

    if (sys.restart_timer == MGOS_INVALID_TIMER_ID)
        return -1;
    return sys.restart_at_us > now ? (int)((sys.restart_at_us - now) / 1000) : 0;
}

/* --- waiting ------------------------------------------------------------------------------------------ */

void mgos_usleep(uint32_t usecs)
{
    board_delay_us(usecs);
}

void mgos_msleep(uint32_t msecs)
{
    for (; msecs > 1000; msecs -= 1000)
        board_delay_us(1000000);
    board_delay_us(msecs * 1000);
}

static void nsleep100(uint32_t n)
{
    board_delay_us((n + 9) / 10);
}

void (*mgos_nsleep100)(uint32_t n) = nsleep100;

void mgos_ints_disable(void)
{
}

void mgos_ints_enable(void)
{
}

uint32_t mgos_get_cpu_freq(void)
{
    return 0;
}

/* --- deferred calls ----------------------------------------------------------------------------------- */

bool mgos_invoke_cb(mgos_cb_t cb, void *arg, uint32_t flags)
{
    if (sys.count == DEFERRED_MAX)
        return false;
    unsigned slot = (sys.first + sys.count++) % DEFERRED_MAX;
    sys.deferred[slot].cb = cb;
    sys.deferred[slot].arg = arg;
    return true;
}

bool deferred_calls_run(void)
{
    for (unsigned n = sys.count; n > 0; n--) {
        mgos_cb_t cb = sys.deferred[sys.first].cb;
        void *arg = sys.deferred[sys.first].arg;
        sys.first = (sys.first + 1) % DEFERRED_MAX;
        sys.count--;
        cb(arg);
    }
    return sys.count > 0;
}

/* --- locks of one thread ------------------------------------------------------------------------------ */

struct mgos_rlock_type {
    char unused;
};
static struct mgos_rlock_type the_lock;

struct mgos_rlock_type *mgos_rlock_create(void)
{
    return &the_lock;
}

void mgos_rlock(struct mgos_rlock_type *lock)
{
}

void mgos_runlock(struct mgos_rlock_type *lock)
{
}

void mgos_rlock_destroy(struct mgos_rlock_type *lock)
{
}

void system_forget_all(void)
{
    sys.first = sys.count = 0;
    sys.restart_timer = MGOS_INVALID_TIMER_ID;
    sys.wdt_timeout = 0;
}
