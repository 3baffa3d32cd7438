/* The UART of the linux board: a pair of descriptors. os/board.h */

#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"

enum { RING = 4096, FLUSH_MS = 2000, SHARED_CHUNK = 512 };

static struct {
    int in, out;
    bool exclusive;
    bool ended;      /* nothing will come any more */
    bool wants_room; /* a write was cut short: tell when there is room */
    uint8_t ring[RING];
    size_t first, length;
    void (*handler)(int uart, void *arg);
    void *arg;
} uart = {.in = -1, .out = -1};

static void on_ready(int fd, short revents, void *arg);

static void update(void)
{
    short input = !uart.ended && uart.length < RING ? POLLIN : 0;
    short output = uart.wants_room ? POLLOUT : 0;

    if (uart.in == uart.out) {
        watch(uart.in, input | output, on_ready, NULL);
        return;
    }
    watch(uart.in, input, on_ready, NULL);
    watch(uart.out, output, on_ready, NULL);
}

/* Without a supervisor there is no board to be. A terminal or pipe that ended only means that nobody
 * types. */
static void power_failed(void)
{
    if (uart.exclusive)
        _exit(0);
    uart.ended = true;
}

static void receive(void)
{
    size_t end = (uart.first + uart.length) % RING;
    size_t room = RING - uart.length, to_wrap = RING - end;
    ssize_t n = read(uart.in, uart.ring + end, room < to_wrap ? room : to_wrap);

    if (n > 0)
        uart.length += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        power_failed();
}

static void on_ready(int fd, short revents, void *arg)
{
    if (fd == uart.in && revents & (POLLIN | POLLHUP | POLLERR) && uart.length < RING)
        receive();
    if (fd == uart.out && revents & (POLLOUT | POLLHUP | POLLERR))
        uart.wants_room = false;
    update();
    if (uart.handler)
        uart.handler(0, uart.arg);
}

void uart_start(int in, int out, bool exclusive)
{
    uart.in = in;
    uart.out = out;
    uart.exclusive = exclusive;
    if (exclusive)
        fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
    update();
}

size_t board_uart_read(int number, void *out, size_t size)
{
    uint8_t *bytes = out;
    size_t n = 0;

    for (; n < size && uart.length > 0; uart.length--) {
        bytes[n++] = uart.ring[uart.first];
        uart.first = (uart.first + 1) % RING;
    }
    if (uart.length == 0)
        uart.first = 0;
    update();
    return n;
}

static bool has_room(int timeout_ms)
{
    struct pollfd out = {.fd = uart.out, .events = POLLOUT};

    return poll(&out, 1, timeout_ms) > 0;
}

/* A shared descriptor (a shell's terminal) must not be made non-blocking, which others would inherit: it
 * is asked before, and gets no more than it certainly takes. */
static ssize_t write_some(const void *data, size_t length)
{
    if (uart.exclusive)
        return write(uart.out, data, length);
    if (!has_room(0)) {
        errno = EAGAIN;
        return -1;
    }
    return write(uart.out, data, length < SHARED_CHUNK ? length : SHARED_CHUNK);
}

size_t board_uart_write(int number, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t taken = 0;

    while (taken < length) {
        ssize_t n = write_some(bytes + taken, length - taken);
        if (n > 0) {
            taken += (size_t)n;
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            power_failed();
            return length; /* nobody reads: the bytes leave into the air, as on a wire without a listener */
        }
        uart.wants_room = true;
        update();
        break;
    }
    return taken;
}

void board_uart_flush(int number)
{
    /* What a descriptor has accepted has left. A writer that was refused waits here a moment for room. */
    if (uart.wants_room)
        has_room(FLUSH_MS);
}

void board_uart_set_handler(int number, void (*handler)(int uart, void *arg), void *arg)
{
    uart.handler = handler;
    uart.arg = arg;
}

void uart_emergency(const char *text)
{
    ssize_t ignored = write(uart.out >= 0 ? uart.out : STDERR_FILENO, text, strlen(text));

    (void)ignored;
}
