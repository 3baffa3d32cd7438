/* The RPC channel on a UART: frames in, one frame at a time out, never mixed with the console.
 * mongoose-os.md 1.5 */

#include "mgos_rpc_channel_uart.h"

#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "console.h"
#include "heap.h"
#include "mbuf.h"
#include "mg_rpc_channel.h"
#include "mgos_rpc.h"
#include "mgos_uart.h"
#include "uart_framing.h"

enum { READ_SIZE = 128 };

struct uart_channel {
    struct mg_rpc_channel channel; /* first: the engine knows us by it */
    struct uart_framing framing;
    int uart;
    struct mbuf tx;
    bool sending;     /* the transmitter runs, the console is suspended */
    bool frame_in_tx; /* a frame of the engine is part of it */
};

static struct uart_channel *of_channel(struct mg_rpc_channel *ch)
{
    return (struct uart_channel *)ch;
}

static struct uart_channel *of_framing(struct uart_framing *framing)
{
    return (struct uart_channel *)((char *)framing - offsetof(struct uart_channel, framing));
}

/* --- transmitter ---------------------------------------------------------------------------------------- */

static void start_sending(struct uart_channel *uc)
{
    if (uc->sending)
        return;
    uc->sending = true;
    console_suspend();
    mgos_uart_schedule_dispatcher(uc->uart, false);
}

/* The console comes back only when the last byte has left. */
static void finish_sending(struct uart_channel *uc)
{
    bool frame = uc->frame_in_tx;

    mgos_uart_flush(uc->uart);
    uc->sending = false;
    uc->frame_in_tx = false;
    mbuf_free(&uc->tx);
    console_resume();
    if (frame)
        mg_rpc_channel_sent(&uc->channel);
}

/* As much as the UART takes now; it calls the dispatcher when it has room again. */
static void transmit(struct uart_channel *uc)
{
    while (uc->sending) {
        size_t room = mgos_uart_write_avail(uc->uart);
        size_t length = uc->tx.len < room ? uc->tx.len : room;

        mbuf_remove(&uc->tx, mgos_uart_write(uc->uart, uc->tx.buf, length));
        if (uc->tx.len == 0)
            finish_sending(uc);
        else if (length == 0)
            return;
    }
}

static bool send_frame(struct mg_rpc_channel *ch, struct mg_str frame)
{
    struct uart_channel *uc = of_channel(ch);
    size_t length = uc->tx.len;
    char before[5], after[13];

    uart_framing_wrap(&uc->framing, frame, before, after);
    mbuf_resize(&uc->tx, length + strlen(before) + frame.len + strlen(after));
    if (mbuf_append(&uc->tx, before, strlen(before)) == 0 || mbuf_append(&uc->tx, frame.p, frame.len) == 0 ||
        mbuf_append(&uc->tx, after, strlen(after)) == 0) {
        uc->tx.len = length; /* out of memory: no half frames */
        return false;
    }
    uc->frame_in_tx = true;
    start_sending(uc);
    return true;
}

/* --- receiver ------------------------------------------------------------------------------------------- */

static void frame_received(struct uart_framing *framing, struct mg_str json)
{
    mg_rpc_channel_received(&of_framing(framing)->channel, json);
}

static void handshake_received(struct uart_framing *framing)
{
    static const char answer[] = "\"\"\"\x04\"\"\"";
    struct uart_channel *uc = of_framing(framing);

    if (mbuf_append(&uc->tx, answer, sizeof(answer) - 1) > 0)
        start_sending(uc);
}

/* Leaves with the next transmission, starts none: an empty line on a terminal is not worth an answer. Two of
 * them tell the other end nothing more than one. */
static void empty_received(struct uart_framing *framing)
{
    enum { ENOUGH = 16 };
    struct uart_channel *uc = of_framing(framing);

    if (uc->sending || uc->tx.len < ENOUGH)
        mbuf_append(&uc->tx, "\n", 1);
}

static void frame_corrupted(struct uart_framing *framing, const char *why)
{
    LOG(LL_WARN, ("%p %s", (void *)of_framing(framing), why));
}

static void frame_refused(struct uart_framing *framing, const char *why)
{
    (void)framing;
    LOG(LL_ERROR, ("%s", why));
}

static const struct uart_framing_events events = {
    .frame = frame_received,
    .handshake = handshake_received,
    .empty = empty_received,
    .corrupted = frame_corrupted,
    .refused = frame_refused,
};

static void dispatch(int uart, void *arg)
{
    struct uart_channel *uc = arg;
    uint8_t bytes[READ_SIZE];
    size_t length;

    while ((length = mgos_uart_read(uart, bytes, sizeof(bytes))) > 0)
        uart_framing_feed(&uc->framing, bytes, length);
    wipe(bytes, sizeof(bytes));
    transmit(uc);
}

/* --- channel -------------------------------------------------------------------------------------------- */

static void info(struct mg_rpc_channel *ch, char *out, size_t size)
{
    snprintf(out, size, "UART%d", of_channel(ch)->uart);
}

static void close_channel(struct mg_rpc_channel *ch)
{
    (void)ch; /* persistent: never asked to */
}

static const struct mg_rpc_channel_class uart_class = {
    .type = "UART",
    .persistent = true,
    .broadcast = true,
    .send = send_frame,
    .info = info,
    .close = close_channel,
};

/* The console's settings stay; only the flow control is ours. */
static bool open_uart(const struct mgos_rpc_channel_uart_options *options)
{
    struct mgos_uart_config config;

    if (!mgos_uart_config_get(options->uart_no, &config)) {
        mgos_uart_config_set_defaults(options->uart_no, &config);
        config.baud_rate = options->baud_rate;
    }
    config.rx_fc_type = config.tx_fc_type = (enum mgos_uart_fc_type)options->fc_type;
    return mgos_uart_configure(options->uart_no, &config);
}

bool mgos_rpc_channel_uart_add(struct mg_rpc *rpc, const struct mgos_rpc_channel_uart_options *options)
{
    struct uart_channel *uc;

    if (options->fc_type < MGOS_UART_FC_NONE || options->fc_type > MGOS_UART_FC_SW) {
        LOG(LL_ERROR,
            ("rpc.uart.fc_type %d: expected 0 (none), 1 (CTS/RTS) or 2 (XON/XOFF)", options->fc_type));
        return false;
    }
    if (!open_uart(options)) {
        LOG(LL_ERROR, ("RPC: cannot open UART%d (rpc.uart.uart_no, rpc.uart.baud_rate %d)", options->uart_no,
                       options->baud_rate));
        return false;
    }
    uc = heap_zalloc(sizeof(*uc));
    if (uc == NULL) {
        LOG(LL_ERROR, ("RPC: out of memory for UART%d", options->uart_no));
        return false;
    }
    uc->channel.vtable = &uart_class;
    uc->uart = options->uart_no;
    mbuf_init(&uc->tx, 0);
    uart_framing_init(&uc->framing, &events,
                      (size_t)(options->max_frame_size > 0 ? options->max_frame_size : 0));
    mg_rpc_add_channel(rpc, &uc->channel, options->dst);
    mgos_uart_set_dispatcher(uc->uart, dispatch, uc);
    mgos_uart_set_rx_enabled(uc->uart, true);
    LOG(LL_INFO, ("%p UART%d", (void *)uc, uc->uart));
    mgos_event_trigger(MGOS_RPC_EV_CHANNEL_OPEN, &uc->channel);
    return true;
}
