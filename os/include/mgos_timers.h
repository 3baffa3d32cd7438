/* Timers of the loop (mongoose-os.md 6.2).
 *
 * A callback runs from the loop, never from within another callback. It may set and clear any timer, its
 * own included. A repeating timer keeps its rhythm; when the loop was late by more than a period, the
 * missed calls are skipped. Clearing an id that is no longer (or never was) a timer does nothing. */
#ifndef MGOS_TIMERS_H
#define MGOS_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

typedef uintptr_t mgos_timer_id;
#define MGOS_INVALID_TIMER_ID ((mgos_timer_id)0)

#ifndef MGOS_CALLBACK_TIMER_T
#define MGOS_CALLBACK_TIMER_T
typedef void (*timer_callback)(void *param);
#endif

#define MGOS_TIMER_REPEAT  1 /* else: once */
#define MGOS_TIMER_RUN_NOW 2 /* the first call comes at the next turn of the loop, not after the interval */

/* MGOS_INVALID_TIMER_ID when memory is out. */
mgos_timer_id mgos_set_timer(int msecs, int flags, timer_callback cb, void *cb_arg);
/* Microseconds. On boards without a free hardware timer an ordinary one of that interval. */
mgos_timer_id mgos_set_hw_timer(int usecs, int flags, timer_callback cb, void *cb_arg);
void mgos_clear_timer(mgos_timer_id id);

struct mgos_timer_info {
    int interval_ms;
    int msecs_left;
    timer_callback cb;
    void *cb_arg;
};
/* False: no such timer. */
bool mgos_get_timer_info(mgos_timer_id id, struct mgos_timer_info *info);

#endif
