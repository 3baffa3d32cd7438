/* A board made of memory. tests/os/fake_board.h */

#include "fake_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "fake_board_internal.h"
#include "heap.h"
#include "loop.h"
#include "mgos_timers.h"

/* Aligned as a real arena is. */
static _Alignas(16) uint8_t arena[FAKE_HEAP_SIZE];

static struct {
    uint64_t now_us;
    int64_t time_us;
    struct board_info info;
    const char *abort_reason;
    int watchdog_seconds;
    /* UART */
    char *output;
    size_t output_length, output_seen, output_size;
    uint8_t input[65536];
    size_t input_length;
    bool input_is_new;
    size_t room, room_left;
    void (*uart_handler)(int uart, void *arg);
    void *uart_arg;
    bool pins[32];
} fake;

jmp_buf fake_board_end;

void fake_board_reset(void)
{
    heap_init(arena, sizeof(arena));
    timers_forget_all();
    events_forget_all();
    loop_forget_all();
    system_forget_all();
    uarts_forget_all();
    console_forget_all();
    sys_config_forget_all();
    gpio_forget_all();
    log_forget_all();
    debug_forget_all();
    fake_net_forget();
    free(fake.output);
    memset(&fake, 0, sizeof(fake));
    fake.room = fake.room_left = SIZE_MAX;
    fake.info =
        (struct board_info){.arch = "linux", .cpu = "fake", .mac = {0x5c, 0xcf, 0x7f, 0xa1, 0xb2, 0xc3}};
}

void fake_board_start(void)
{
    fake_storage_forget();
    fake_board_reset();
}

/* --- time --------------------------------------------------------------------------------------------- */

uint64_t board_uptime_us(void)
{
    return fake.now_us;
}

int64_t board_time_us(void)
{
    return fake.time_us ? fake.time_us + (int64_t)fake.now_us : 0;
}

void board_delay_us(uint32_t microseconds)
{
    fake.now_us += microseconds;
    fake.room_left = fake.room;
}

void fake_board_advance_us(uint64_t us)
{
    fake.now_us += us;
}

void fake_board_set_time_us(int64_t since_1970)
{
    fake.time_us = since_1970 - (int64_t)fake.now_us;
}

void board_wait(uint64_t timeout_us)
{
    fake.now_us += timeout_us;
    bool room = fake.room_left < fake.room;
    fake.room_left = fake.room;
    if (fake.uart_handler && (fake.input_is_new || room)) {
        fake.input_is_new = false;
        fake.uart_handler(0, fake.uart_arg);
    }
    fake_net_run();
}

void fake_board_run_us(uint64_t us)
{
    uint64_t until = fake.now_us + us;

    do
        mgos_poll_at_most(until - fake.now_us);
    while (fake.now_us < until);
    mgos_poll_at_most(0); /* what is due at that very moment */
}

/* --- identity ----------------------------------------------------------------------------------------- */

const struct board_info *board_info(void)
{
    return &fake.info;
}

void fake_board_set_reset_cause(int cause)
{
    fake.info.reset_cause = cause;
}

void *board_heap_arena(size_t *size)
{
    *size = sizeof(arena);
    return arena;
}

void board_random(void *out, size_t length)
{
    static uint32_t state = 1;
    uint8_t *bytes = out;

    while (length--) {
        state = state * 1664525 + 1013904223;
        *bytes++ = (uint8_t)(state >> 24);
    }
}

/* --- life and death ----------------------------------------------------------------------------------- */

_Noreturn void board_restart(void)
{
    longjmp(fake_board_end, FAKE_RESTARTED);
}

_Noreturn void board_abort(const char *why)
{
    fake.abort_reason = why;
    longjmp(fake_board_end, FAKE_ABORTED);
}

const char *fake_abort_reason(void)
{
    return fake.abort_reason ? fake.abort_reason : "";
}

void board_watchdog_feed(void)
{
}

void board_watchdog_set(int seconds)
{
    fake.watchdog_seconds = seconds;
}

int fake_watchdog_seconds(void)
{
    return fake.watchdog_seconds;
}

/* --- UART --------------------------------------------------------------------------------------------- */

size_t board_uart_read(int uart, void *out, size_t size)
{
    size_t n = size < fake.input_length ? size : fake.input_length;

    memcpy(out, fake.input, n);
    memmove(fake.input, fake.input + n, fake.input_length - n);
    fake.input_length -= n;
    return n;
}

size_t board_uart_write(int uart, const void *data, size_t length)
{
    size_t n = length < fake.room_left ? length : fake.room_left;

    if (fake.room != SIZE_MAX)
        fake.room_left -= n;
    if (fake.output_length + n + 1 > fake.output_size) {
        fake.output_size = 2 * (fake.output_length + n + 1);
        fake.output = realloc(fake.output, fake.output_size);
    }
    memcpy(fake.output + fake.output_length, data, n);
    fake.output_length += n;
    fake.output[fake.output_length] = '\0';
    return n;
}

void board_uart_flush(int uart)
{
    fake.room_left = fake.room;
}

void board_uart_set_handler(int uart, void (*handler)(int uart, void *arg), void *arg)
{
    fake.uart_handler = handler;
    fake.uart_arg = arg;
}

const char *fake_uart_output(void)
{
    size_t from = fake.output_seen;

    fake.output_seen = fake.output_length;
    return fake.output ? fake.output + from : "";
}

void fake_uart_input(const void *data, size_t length)
{
    if (length > sizeof(fake.input) - fake.input_length)
        length = sizeof(fake.input) - fake.input_length;
    memcpy(fake.input + fake.input_length, data, length);
    fake.input_length += length;
    fake.input_is_new = true;
}

void fake_uart_set_room(size_t bytes)
{
    fake.room = fake.room_left = bytes;
}

/* --- I2C, pins ---------------------------------------------------------------------------------------- */

int (*fake_i2c_write)(int bus, uint8_t address, const void *data, size_t length);
int (*fake_i2c_read)(int bus, uint8_t address, void *out, size_t length);

int board_i2c_write(int bus, uint8_t address, const void *data, size_t length)
{
    return fake_i2c_write ? fake_i2c_write(bus, address, data, length) : -1;
}

int board_i2c_read(int bus, uint8_t address, void *out, size_t length)
{
    return fake_i2c_read ? fake_i2c_read(bus, address, out, length) : -1;
}

const char *board_i2c_error(int bus)
{
    return "the test's bus";
}

bool board_gpio_set_mode(int pin, int mode, int pull)
{
    return pin >= 0 && pin < 32;
}

bool board_gpio_read(int pin)
{
    return pin >= 0 && pin < 32 && fake.pins[pin];
}

void board_gpio_write(int pin, bool level)
{
    if (pin >= 0 && pin < 32)
        fake.pins[pin] = level;
}
