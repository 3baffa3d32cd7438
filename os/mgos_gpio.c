/* Pins. Handlers work by looking at the pins every few milliseconds, so that a board needs no interrupts.
 * os/include/mgos_gpio.h */

#include "mgos_gpio.h"

#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "heap.h"
#include "loop.h"
#include "mgos_timers.h"
#include "mgos_utils.h"

enum { LOOK_EVERY_MS = 10 };

/* A pin that was used as an output, or has a handler. */
struct pin {
    struct pin *next;
    int number;
    enum mgos_gpio_mode mode;
    enum mgos_gpio_pull_type pull;
    bool out; /* level last written */
    enum mgos_gpio_int_mode int_mode;
    bool int_enabled;
    bool last; /* level at the last look */
    int debounce_ms, steady_ms;
    bool reported; /* level the handler knows (button) */
    mgos_gpio_int_handler_f cb;
    void *arg;
    mgos_timer_id blink;
    int on_ms, off_ms;
};

static struct {
    struct pin *first;
    mgos_timer_id look;
} gpio;

static struct pin *find(int number)
{
    for (struct pin *p = gpio.first; p; p = p->next)
        if (p->number == number)
            return p;
    return NULL;
}

/* NULL when memory is out. */
static struct pin *find_or_make(int number)
{
    struct pin *p = find(number);

    if (p)
        return p;
    p = heap_zalloc(sizeof(*p));
    if (!p)
        return NULL;
    p->number = number;
    p->next = gpio.first;
    gpio.first = p;
    return p;
}

bool mgos_gpio_set_mode(int pin, enum mgos_gpio_mode mode)
{
    struct pin *p = find_or_make(pin);

    if (!p || !board_gpio_set_mode(pin, mode, p->pull))
        return false;
    p->mode = mode;
    return true;
}

bool mgos_gpio_set_pull(int pin, enum mgos_gpio_pull_type pull)
{
    struct pin *p = find_or_make(pin);

    if (!p || !board_gpio_set_mode(pin, p->mode, pull))
        return false;
    p->pull = pull;
    return true;
}

bool mgos_gpio_setup_input(int pin, enum mgos_gpio_pull_type pull)
{
    return mgos_gpio_set_mode(pin, MGOS_GPIO_MODE_INPUT) && mgos_gpio_set_pull(pin, pull);
}

bool mgos_gpio_setup_output(int pin, bool level)
{
    if (!mgos_gpio_set_mode(pin, MGOS_GPIO_MODE_OUTPUT))
        return false;
    mgos_gpio_write(pin, level);
    return true;
}

bool mgos_gpio_read(int pin)
{
    return board_gpio_read(pin);
}

void mgos_gpio_write(int pin, bool level)
{
    struct pin *p = find_or_make(pin);

    if (p)
        p->out = level;
    board_gpio_write(pin, level);
}

bool mgos_gpio_read_out(int pin)
{
    const struct pin *p = find(pin);

    return p && p->out;
}

bool mgos_gpio_toggle(int pin)
{
    bool level = !mgos_gpio_read_out(pin);

    mgos_gpio_write(pin, level);
    return level;
}

/* --- handlers ----------------------------------------------------------------------------------------- */

static bool wants(enum mgos_gpio_int_mode mode, bool before, bool now)
{
    switch (mode) {
    case MGOS_GPIO_INT_EDGE_POS:
        return !before && now;
    case MGOS_GPIO_INT_EDGE_NEG:
        return before && !now;
    case MGOS_GPIO_INT_EDGE_ANY:
        return before != now;
    case MGOS_GPIO_INT_LEVEL_HI:
        return now;
    case MGOS_GPIO_INT_LEVEL_LO:
        return !now;
    default:
        return false;
    }
}

static void look_at(struct pin *p)
{
    bool now = board_gpio_read(p->number), before = p->last;

    p->last = now;
    if (p->debounce_ms > 0) {
        p->steady_ms = now == before ? p->steady_ms + LOOK_EVERY_MS : 0;
        if (p->steady_ms < p->debounce_ms)
            return;
        before = p->reported;
        p->reported = now;
    }
    if (wants(p->int_mode, before, now))
        p->cb(p->number, p->arg);
}

static void look(void *arg)
{
    for (struct pin *p = gpio.first; p; p = p->next)
        if (p->int_enabled)
            look_at(p);
}

bool mgos_gpio_set_int_handler(int pin, enum mgos_gpio_int_mode mode, mgos_gpio_int_handler_f cb, void *arg)
{
    struct pin *p = find_or_make(pin);

    if (!p)
        return false;
    p->int_mode = mode;
    p->int_enabled = false;
    p->debounce_ms = 0;
    p->cb = cb;
    p->arg = arg;
    return true;
}

bool mgos_gpio_set_int_handler_isr(int pin, enum mgos_gpio_int_mode mode, mgos_gpio_int_handler_f cb,
                                   void *arg)
{
    return mgos_gpio_set_int_handler(pin, mode, cb, arg);
}

bool mgos_gpio_enable_int(int pin)
{
    struct pin *p = find(pin);

    if (!p || p->int_mode == MGOS_GPIO_INT_NONE || !p->cb)
        return false;
    if (gpio.look == MGOS_INVALID_TIMER_ID)
        gpio.look = mgos_set_timer(LOOK_EVERY_MS, MGOS_TIMER_REPEAT, look, NULL);
    p->last = p->reported = board_gpio_read(pin);
    p->int_enabled = gpio.look != MGOS_INVALID_TIMER_ID;
    return p->int_enabled;
}

bool mgos_gpio_disable_int(int pin)
{
    struct pin *p = find(pin);

    if (!p)
        return false;
    p->int_enabled = false;
    for (p = gpio.first; p; p = p->next)
        if (p->int_enabled)
            return true;
    mgos_clear_timer(gpio.look);
    gpio.look = MGOS_INVALID_TIMER_ID;
    return true;
}

void mgos_gpio_clear_int(int pin)
{
    struct pin *p = find(pin);

    if (p)
        p->last = board_gpio_read(pin);
}

void mgos_gpio_remove_int_handler(int pin, mgos_gpio_int_handler_f *old_cb, void **old_arg)
{
    struct pin *p = find(pin);

    if (old_cb)
        *old_cb = p ? p->cb : NULL;
    if (old_arg)
        *old_arg = p ? p->arg : NULL;
    if (!p)
        return;
    mgos_gpio_disable_int(pin);
    p->cb = NULL;
    p->int_mode = MGOS_GPIO_INT_NONE;
}

bool mgos_gpio_set_button_handler(int pin, enum mgos_gpio_pull_type pull, enum mgos_gpio_int_mode mode,
                                  int debounce_ms, mgos_gpio_int_handler_f cb, void *arg)
{
    if (!mgos_gpio_setup_input(pin, pull) || !mgos_gpio_set_int_handler(pin, mode, cb, arg))
        return false;
    find(pin)->debounce_ms = debounce_ms;
    return mgos_gpio_enable_int(pin);
}

/* --- blinking ----------------------------------------------------------------------------------------- */

static void blink(void *arg)
{
    struct pin *p = arg;
    bool level = mgos_gpio_toggle(p->number);

    p->blink = mgos_set_timer(level ? p->on_ms : p->off_ms, 0, blink, p);
}

bool mgos_gpio_blink(int pin, int on_ms, int off_ms)
{
    struct pin *p = find_or_make(pin);

    if (!p || on_ms < 0 || off_ms < 0)
        return false;
    mgos_clear_timer(p->blink);
    p->blink = MGOS_INVALID_TIMER_ID;
    p->on_ms = on_ms;
    p->off_ms = off_ms;
    if (on_ms == 0 || off_ms == 0)
        return true;
    p->blink = mgos_set_timer(p->out ? on_ms : off_ms, 0, blink, p);
    return p->blink != MGOS_INVALID_TIMER_ID;
}

const char *mgos_gpio_str(int pin_def, char buf[8])
{
    buf[0] = '-';
    buf[pin_def < 0 ? 1 : mgos_itoa(pin_def % 10000000, buf, 10)] = '\0';
    return buf;
}

void gpio_forget_all(void)
{
    gpio.first = NULL;
    gpio.look = MGOS_INVALID_TIMER_ID;
}
