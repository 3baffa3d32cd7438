/* Serial ports: buffers between the board's UART and its users. os/include/mgos_uart.h */

#include "mgos_uart.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "common/str_util.h"
#include "heap.h"
#include "loop.h"
#include "mgos_system.h"
#include "mgos_utils.h"

/* How long a writer waits for an other side that takes nothing. */
enum { STALL_US = 2000000, RETRY_US = 1000 };

struct uart {
    bool open;
    bool rx_enabled;
    bool scheduled; /* the dispatcher is on its way through mgos_invoke_cb() */
    struct mgos_uart_config config;
    struct mbuf rx, tx;
    mgos_uart_dispatcher_t dispatcher;
    void *dispatcher_arg;
};

static struct uart uarts[BOARD_UARTS];

static struct uart *get(int uart_no)
{
    return uart_no >= 0 && uart_no < BOARD_UARTS && uarts[uart_no].open ? &uarts[uart_no] : NULL;
}

/* --- moving bytes ------------------------------------------------------------------------------------- */

static void push(int uart_no, struct uart *u)
{
    if (u->tx.len == 0)
        return;
    mbuf_remove(&u->tx, board_uart_write(uart_no, u->tx.buf, u->tx.len));
    if (u->tx.len == 0)
        mbuf_free(&u->tx);
}

static void pull(int uart_no, struct uart *u)
{
    uint8_t bytes[64];

    while (u->rx_enabled && u->rx.len < (size_t)u->config.rx_buf_size) {
        size_t n =
            board_uart_read(uart_no, bytes, MIN(sizeof(bytes), (size_t)u->config.rx_buf_size - u->rx.len));
        if (n == 0 || mbuf_append(&u->rx, bytes, n) == 0)
            break;
    }
    wipe(bytes, sizeof(bytes)); /* ATCA.SetKey passes here */
}

static void dispatch(int uart_no)
{
    struct uart *u = get(uart_no);

    if (!u)
        return;
    push(uart_no, u);
    pull(uart_no, u);
    if (u->dispatcher)
        u->dispatcher(uart_no, u->dispatcher_arg);
}

static void on_board_event(int uart_no, void *arg)
{
    dispatch(uart_no);
}

/* --- settings ----------------------------------------------------------------------------------------- */

void mgos_uart_config_set_defaults(int uart_no, struct mgos_uart_config *cfg)
{
    *cfg = (struct mgos_uart_config){
        .baud_rate = 115200,
        .num_data_bits = 8,
        .parity = MGOS_UART_PARITY_NONE,
        .stop_bits = MGOS_UART_STOP_BITS_1,
        .rx_buf_size = 256,
        .rx_linger_micros = 15,
        .tx_buf_size = 256,
    };
}

bool mgos_uart_configure(int uart_no, const struct mgos_uart_config *cfg)
{
    if (uart_no < 0 || uart_no >= BOARD_UARTS || cfg->rx_buf_size < 1 || cfg->tx_buf_size < 1)
        return false;
    struct uart *u = &uarts[uart_no];
    u->config = *cfg;
    if (!u->open)
        board_uart_set_handler(uart_no, on_board_event, NULL);
    u->open = true;
    return true;
}

bool mgos_uart_config_get(int uart_no, struct mgos_uart_config *cfg)
{
    struct uart *u = get(uart_no);

    if (u)
        *cfg = u->config;
    return u;
}

void mgos_uart_set_dispatcher(int uart_no, mgos_uart_dispatcher_t cb, void *arg)
{
    struct uart *u = get(uart_no);

    if (!u)
        return;
    u->dispatcher = cb;
    u->dispatcher_arg = arg;
}

static void run_scheduled(void *arg)
{
    struct uart *u = arg;

    u->scheduled = false;
    dispatch((int)(u - uarts));
}

void mgos_uart_schedule_dispatcher(int uart_no, bool from_isr)
{
    struct uart *u = get(uart_no);

    if (u && !u->scheduled)
        u->scheduled = mgos_invoke_cb(run_scheduled, u, from_isr ? MGOS_INVOKE_CB_F_FROM_ISR : 0);
}

void mgos_uart_set_rx_enabled(int uart_no, bool enabled)
{
    struct uart *u = get(uart_no);

    if (!u)
        return;
    u->rx_enabled = enabled;
    if (enabled)
        mgos_uart_schedule_dispatcher(uart_no, false);
}

bool mgos_uart_is_rx_enabled(int uart_no)
{
    struct uart *u = get(uart_no);

    return u && u->rx_enabled;
}

/* --- writing ------------------------------------------------------------------------------------------ */

static size_t room(const struct uart *u)
{
    size_t size = (size_t)u->config.tx_buf_size;

    return u->tx.len < size ? size - u->tx.len : 0;
}

/* Hands bytes to the board, or to the buffer when the board takes no more: what was taken. */
static size_t write_some(int uart_no, struct uart *u, const char *buf, size_t len)
{
    size_t taken = 0;

    push(uart_no, u);
    if (u->tx.len == 0)
        taken = board_uart_write(uart_no, buf, len);
    if (taken < len)
        taken += mbuf_append(&u->tx, buf + taken, MIN(len - taken, room(u)));
    return taken;
}

size_t mgos_uart_write(int uart_no, const void *buf, size_t len)
{
    struct uart *u = get(uart_no);
    const char *bytes = buf;
    size_t taken = 0;

    if (!u)
        return 0;
    uint64_t progress_at = board_uptime_us();
    while (taken < len) {
        size_t n = write_some(uart_no, u, bytes + taken, len - taken);
        taken += n;
        if (n > 0) {
            progress_at = board_uptime_us();
        } else if (board_uptime_us() - progress_at > STALL_US) {
            break;
        } else {
            board_delay_us(RETRY_US);
        }
    }
    return taken;
}

size_t mgos_uart_write_avail(int uart_no)
{
    struct uart *u = get(uart_no);

    if (!u)
        return 0;
    push(uart_no, u);
    return room(u);
}

int mgos_uart_printf(int uart_no, const char *fmt, ...)
{
    char small[100], *text = small;
    va_list ap;

    va_start(ap, fmt);
    int n = mg_avprintf(&text, sizeof(small), fmt, ap);
    va_end(ap);
    if (n > 0)
        n = (int)mgos_uart_write(uart_no, text, (size_t)n);
    if (text != small)
        heap_free(text);
    return n;
}

void mgos_uart_flush(int uart_no)
{
    struct uart *u = get(uart_no);

    if (!u)
        return;
    uint64_t progress_at = board_uptime_us();
    while (u->tx.len > 0 && board_uptime_us() - progress_at <= STALL_US) {
        size_t before = u->tx.len;
        push(uart_no, u);
        if (u->tx.len < before)
            progress_at = board_uptime_us();
        else
            board_delay_us(RETRY_US);
    }
    board_uart_flush(uart_no);
}

/* --- reading ------------------------------------------------------------------------------------------ */

size_t mgos_uart_read_avail(int uart_no)
{
    struct uart *u = get(uart_no);

    if (!u)
        return 0;
    pull(uart_no, u);
    return u->rx.len;
}

size_t mgos_uart_read(int uart_no, void *buf, size_t len)
{
    size_t n = MIN(len, mgos_uart_read_avail(uart_no));

    if (n == 0)
        return 0;
    struct uart *u = get(uart_no);
    memcpy(buf, u->rx.buf, n);
    mbuf_remove(&u->rx, n);
    wipe(u->rx.buf + u->rx.len, n);
    if (u->rx.len == 0)
        mbuf_free(&u->rx);
    return n;
}

size_t mgos_uart_read_mbuf(int uart_no, struct mbuf *mb, size_t len)
{
    size_t total = 0;

    while (total < len) {
        char bytes[64];
        size_t n = mgos_uart_read(uart_no, bytes, MIN(sizeof(bytes), len - total));
        if (n == 0 || mbuf_append(mb, bytes, n) == 0)
            break;
        total += n;
    }
    return total;
}

void uarts_forget_all(void)
{
    memset(uarts, 0, sizeof(uarts));
}
