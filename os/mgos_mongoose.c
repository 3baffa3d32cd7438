/* The loop. os/loop.h, os/include/mgos_mongoose.h */

#include "mgos_mongoose.h"

#include <stddef.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "loop.h"

/* Even with nothing to do the loop comes round, to feed the watchdog. */
enum { LONGEST_SLEEP_US = 1000000 };

struct poll_callback {
    struct poll_callback *next;
    mgos_poll_cb_t cb; /* NULL: removed while the list is walked */
    void *arg;
};

static struct {
    struct poll_callback *callbacks;
    int walking;
    size_t low_water; /* as last logged; 0 before booting is done */
} loop;

void mgos_add_poll_cb(mgos_poll_cb_t cb, void *cb_arg)
{
    struct poll_callback *p = heap_alloc(sizeof(*p));

    if (!p) {
        LOG(LL_ERROR, ("No memory for a poll callback: it will not be called"));
        return;
    }
    *p = (struct poll_callback){loop.callbacks, cb, cb_arg};
    loop.callbacks = p;
}

static void sweep(void)
{
    for (struct poll_callback **at = &loop.callbacks; *at;) {
        struct poll_callback *p = *at;
        if (p->cb) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        heap_free(p);
    }
}

void mgos_remove_poll_cb(mgos_poll_cb_t cb, void *cb_arg)
{
    for (struct poll_callback *p = loop.callbacks; p; p = p->next)
        if (p->cb == cb && p->arg == cb_arg)
            p->cb = NULL;
    if (!loop.walking)
        sweep();
}

static void run_poll_callbacks(void)
{
    loop.walking++;
    for (struct poll_callback *p = loop.callbacks; p; p = p->next)
        if (p->cb)
            p->cb(p->arg);
    if (--loop.walking == 0)
        sweep();
}

/* mongoose-os.md 7.5 */
static void log_low_water(void)
{
    size_t now = heap_low_water();

    if (now >= loop.low_water)
        return;
    loop.low_water = now;
    LOG(LL_INFO, ("New heap free LWM: %u", (unsigned)now));
}

void loop_watch_heap(void)
{
    loop.low_water = heap_low_water();
}

void mgos_poll_at_most(uint64_t timeout_us)
{
    bool more = deferred_calls_run();
    uint64_t until_timer = timers_run();

    run_poll_callbacks();
    log_low_water();
    board_watchdog_feed();
    if (more)
        timeout_us = 0;
    if (timeout_us > until_timer)
        timeout_us = until_timer;
    board_wait(timeout_us);
}

void mgos_poll(void)
{
    mgos_poll_at_most(LONGEST_SLEEP_US);
}

int mongoose_poll(int ms)
{
    mgos_poll_at_most(ms > 0 ? (uint64_t)ms * 1000 : 0);
    return 1;
}

void loop_forget_all(void)
{
    loop.callbacks = NULL;
    loop.walking = 0;
    loop.low_water = 0;
}
