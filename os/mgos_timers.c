/* Timers: a list in the order of their times. os/include/mgos_timers.h */

#include "mgos_timers.h"

#include "board.h"
#include "heap.h"
#include "loop.h"

struct timer {
    struct timer *next;
    mgos_timer_id id;
    uint64_t due_us;
    uint64_t interval_us;
    bool repeat;
    timer_callback cb;
    void *arg;
};

/* A timer whose callback is running; it is out of the list meanwhile, so that the callback may do anything
 * to the list. There are several when a callback polls the loop. */
struct running {
    struct running *outer;
    struct timer *timer;
    bool cleared;
};

static struct {
    struct timer *first;
    mgos_timer_id last_id;
    struct running *running;
} timers;

static void insert(struct timer *t)
{
    struct timer **at = &timers.first;

    while (*at && (*at)->due_us <= t->due_us)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

static mgos_timer_id set(uint64_t interval_us, int flags, timer_callback cb, void *arg)
{
    struct timer *t = heap_zalloc(sizeof(*t));

    if (!t)
        return MGOS_INVALID_TIMER_ID;
    do
        t->id = ++timers.last_id;
    while (t->id == MGOS_INVALID_TIMER_ID);
    t->interval_us = interval_us;
    t->repeat = flags & MGOS_TIMER_REPEAT;
    t->due_us = board_uptime_us() + (flags & MGOS_TIMER_RUN_NOW ? 0 : interval_us);
    t->cb = cb;
    t->arg = arg;
    insert(t);
    return t->id;
}

mgos_timer_id mgos_set_timer(int msecs, int flags, timer_callback cb, void *cb_arg)
{
    return set(msecs > 0 ? (uint64_t)msecs * 1000 : 0, flags, cb, cb_arg);
}

mgos_timer_id mgos_set_hw_timer(int usecs, int flags, timer_callback cb, void *cb_arg)
{
    return set(usecs > 0 ? (uint64_t)usecs : 0, flags, cb, cb_arg);
}

void mgos_clear_timer(mgos_timer_id id)
{
    if (id == MGOS_INVALID_TIMER_ID)
        return;
    for (struct running *r = timers.running; r; r = r->outer)
        if (r->timer->id == id)
            r->cleared = true;
    for (struct timer **at = &timers.first; *at; at = &(*at)->next) {
        if ((*at)->id != id)
            continue;
        struct timer *gone = *at;
        *at = gone->next;
        heap_free(gone);
        return;
    }
}

static const struct timer *find(mgos_timer_id id)
{
    if (id == MGOS_INVALID_TIMER_ID)
        return NULL;
    for (const struct running *r = timers.running; r; r = r->outer)
        if (r->timer->id == id)
            return r->timer->repeat && !r->cleared ? r->timer : NULL;
    for (const struct timer *t = timers.first; t; t = t->next)
        if (t->id == id)
            return t;
    return NULL;
}

bool mgos_get_timer_info(mgos_timer_id id, struct mgos_timer_info *info)
{
    const struct timer *t = find(id);
    uint64_t now = board_uptime_us();

    if (!t)
        return false;
    info->interval_ms = (int)(t->interval_us / 1000);
    info->msecs_left = t->due_us > now ? (int)((t->due_us - now) / 1000) : 0;
    info->cb = t->cb;
    info->cb_arg = t->arg;
    return true;
}

static void run(struct timer *t, uint64_t now)
{
    struct running r = {.outer = timers.running, .timer = t};

    t->due_us += t->interval_us;
    if (t->due_us < now) /* late by more than a period: the missed calls are skipped */
        t->due_us = now + t->interval_us;
    timers.running = &r;
    t->cb(t->arg);
    timers.running = r.outer;
    if (t->repeat && !r.cleared)
        insert(t);
    else
        heap_free(t);
}

/* `now` is taken once: a timer that is set again for "at once" waits for the next turn, and so cannot hold
 * the loop. */
uint64_t timers_run(void)
{
    uint64_t now = board_uptime_us();
    mgos_timer_id newest = timers.last_id;

    while (timers.first && timers.first->due_us <= now) {
        struct timer *t = timers.first;
        if (t->id > newest) /* set by a callback of this turn */
            break;
        timers.first = t->next;
        bool would_spin = t->repeat && t->interval_us == 0;
        run(t, now);
        if (would_spin)
            break;
    }
    if (!timers.first)
        return UINT64_MAX;
    now = board_uptime_us();
    return timers.first->due_us > now ? timers.first->due_us - now : 0;
}

void timers_forget_all(void)
{
    timers.first = NULL;
    timers.running = NULL;
}
