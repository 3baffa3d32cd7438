/* General purpose pins (mongoose-os.md 6.5). A function that returns bool returns false for a pin the
 * board lacks. */
#ifndef MGOS_GPIO_H
#define MGOS_GPIO_H

#include <stdbool.h>

enum mgos_gpio_mode {
    MGOS_GPIO_MODE_INPUT = 0,
    MGOS_GPIO_MODE_OUTPUT = 1,
    MGOS_GPIO_MODE_OUTPUT_OD = 2,
};
enum mgos_gpio_pull_type {
    MGOS_GPIO_PULL_NONE = 0,
    MGOS_GPIO_PULL_UP = 1,
    MGOS_GPIO_PULL_DOWN = 2,
};
enum mgos_gpio_int_mode {
    MGOS_GPIO_INT_NONE = 0,
    MGOS_GPIO_INT_EDGE_POS = 1,
    MGOS_GPIO_INT_EDGE_NEG = 2,
    MGOS_GPIO_INT_EDGE_ANY = 3,
    MGOS_GPIO_INT_LEVEL_HI = 4,
    MGOS_GPIO_INT_LEVEL_LO = 5,
};

bool mgos_gpio_set_mode(int pin, enum mgos_gpio_mode mode);
bool mgos_gpio_set_pull(int pin, enum mgos_gpio_pull_type pull);
bool mgos_gpio_setup_input(int pin, enum mgos_gpio_pull_type pull);
bool mgos_gpio_setup_output(int pin, bool level);
bool mgos_gpio_read(int pin);
void mgos_gpio_write(int pin, bool level);
bool mgos_gpio_toggle(int pin);   /* the new level */
bool mgos_gpio_read_out(int pin); /* the level last written */

/* Pins are looked at every 10 ms, from the loop, while a handler is enabled: a shorter pulse is not seen. */
typedef void (*mgos_gpio_int_handler_f)(int pin, void *arg);
/* The handler starts disabled. MGOS_GPIO_INT_NONE removes it. */
bool mgos_gpio_set_int_handler(int pin, enum mgos_gpio_int_mode mode, mgos_gpio_int_handler_f cb, void *arg);
bool mgos_gpio_set_int_handler_isr(int pin, enum mgos_gpio_int_mode mode, mgos_gpio_int_handler_f cb,
                                   void *arg);
bool mgos_gpio_enable_int(int pin);
bool mgos_gpio_disable_int(int pin);
void mgos_gpio_clear_int(int pin);
/* `*old_cb` and `*old_arg` may be NULL. */
void mgos_gpio_remove_int_handler(int pin, mgos_gpio_int_handler_f *old_cb, void **old_arg);

/* `cb` once for every change that lasts `debounce_ms`. Enabled at once. */
bool mgos_gpio_set_button_handler(int pin, enum mgos_gpio_pull_type pull, enum mgos_gpio_int_mode mode,
                                  int debounce_ms, mgos_gpio_int_handler_f cb, void *arg);
/* on_ms and off_ms of 0 stop the blinking. */
bool mgos_gpio_blink(int pin, int on_ms, int off_ms);

/* The pin's name: its decimal number. Returns `buf`. */
const char *mgos_gpio_str(int pin_def, char buf[8]);

#endif
