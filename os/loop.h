/* The main loop: what a port's entry point calls.
 *
 *     mgos_start();
 *     for (;;)
 *         mgos_poll();
 */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* Boots: heap, console, configuration, libraries, application. Does not return when that fails: the board
 * restarts. */
void mgos_start(void);

/* One turn: deferred calls, due timers, poll callbacks, then sleeps in board_wait() until something
 * happens or the next timer is due. Feeds the watchdog. */
void mgos_poll(void);
/* As mgos_poll(), but sleeps no longer than that. */
void mgos_poll_at_most(uint64_t timeout_us);

/* --- the parts of os/ among themselves ---------------------------------------------------------------- */

/* Runs the timers that are due; microseconds until the next one, UINT64_MAX when there is none.
 * (mgos_timers.c) */
uint64_t timers_run(void);
/* Runs what mgos_invoke_cb() was given before this call; true when more is waiting. (mgos_system.c) */
bool deferred_calls_run(void);
/* From now on every new low-water mark of the heap is logged. (mgos_mongoose.c) */
void loop_watch_heap(void);

/* For tests: a new boot within the same process. The heap these lists lived in is gone. */
void timers_forget_all(void);
void events_forget_all(void);
void loop_forget_all(void);
void system_forget_all(void);
void uarts_forget_all(void);
void console_forget_all(void);
void sys_config_forget_all(void);
void gpio_forget_all(void);
void log_forget_all(void);
void debug_forget_all(void);

#endif
