/* Pins of the linux board: they exist in memory only, an input reads its pull. os/board.h */

#include "board.h"
#include "mgos_gpio.h"

enum { PINS = 17 };

static struct {
    bool output, level, pulled_up;
} pins[PINS];

static bool exists(int pin)
{
    return pin >= 0 && pin < PINS;
}

bool board_gpio_set_mode(int pin, int mode, int pull)
{
    if (!exists(pin))
        return false;
    pins[pin].output = mode != MGOS_GPIO_MODE_INPUT;
    pins[pin].pulled_up = pull == MGOS_GPIO_PULL_UP;
    return true;
}

bool board_gpio_read(int pin)
{
    return exists(pin) && (pins[pin].output ? pins[pin].level : pins[pin].pulled_up);
}

void board_gpio_write(int pin, bool level)
{
    if (exists(pin))
        pins[pin].level = level;
}
