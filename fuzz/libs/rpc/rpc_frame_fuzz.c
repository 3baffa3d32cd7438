/* Bytes from a serial line through the framing into the engine: nothing crashes, nothing leaks, and every
 * frame sent is JSON between delimiters.
 *
 * The first byte of the input says how the rest is cut into pieces, as a UART would.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "mg_rpc.h"
#include "mg_rpc_acl.h"
#include "mg_rpc_channel.h"
#include "uart_framing.h"

enum { MAX_FRAME = 512 };

struct line {
    struct mg_rpc_channel channel;
    struct uart_framing framing;
};

static struct line line;
static struct mg_rpc_request_info *kept;

static void pass_over(void *user, const char *name, size_t name_length, const char *path,
                      const struct json_token *token)
{
    (void)user;
    (void)name;
    (void)name_length;
    (void)path;
    (void)token;
}

static bool send_frame(struct mg_rpc_channel *ch, struct mg_str frame)
{
    char before[5], after[13];

    uart_framing_wrap(&line.framing, frame, before, after);
    if (strlen(before) + strlen(after) > UART_FRAMING_OVERHEAD)
        abort();
    /* What is sent must be one JSON object without control characters: else the other end could not find its
     * end. */
    if (json_walk(frame.p, (int)frame.len, pass_over, NULL) != (int)frame.len || frame.p[0] != '{')
        abort();
    for (size_t i = 0; i < frame.len; i++) {
        if ((unsigned char)frame.p[i] < 0x20)
            abort();
    }
    ch->sending = false;
    return true;
}

static void info(struct mg_rpc_channel *ch, char *out, size_t size)
{
    (void)ch;
    if (size > 0)
        out[0] = '\0';
}

static void close_channel(struct mg_rpc_channel *ch)
{
    (void)ch;
}

static const struct mg_rpc_channel_class line_class = {.type = "UART",
                                                       .persistent = true,
                                                       .broadcast = true,
                                                       .send = send_frame,
                                                       .info = info,
                                                       .close = close_channel};

static void echo(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    char *text = NULL, *data = NULL;
    int number = 0, length = 0;

    (void)arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, "{n: %d, s: %Q, d: %V}", &number, &text, &data, &length);
    mg_rpc_send_responsef(ri, "{n: %d, s: %Q, d: %V}", number, text, data, length);
    heap_free(text);
    heap_free_secret(data);
}

static void fail(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    (void)arg;
    (void)fi;
    mg_rpc_send_errorf(ri, 400, "%.*s", (int)args.len, args.len > 0 ? args.p : "");
}

static void keep(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    if (kept != NULL)
        mg_rpc_send_responsef(kept, NULL);
    kept = ri;
}

static bool acl(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    const char *why;

    (void)arg;
    mg_rpc_acl_allows(args, ri->method, fi->channel_type,
                      &why); /* the arguments as access list: for its parser */
    return true;
}

static void on_frame(struct uart_framing *framing, struct mg_str json)
{
    (void)framing;
    mg_rpc_channel_received(&line.channel, json);
}

static void on_nothing(struct uart_framing *framing)
{
    (void)framing;
}

static void on_dropped(struct uart_framing *framing, const char *why)
{
    (void)framing;
    (void)why;
}

static const struct uart_framing_events events = {on_frame, on_nothing, on_nothing, on_dropped, on_dropped};

static void on_result(struct mg_rpc *rpc, void *arg, struct mg_rpc_frame_info *fi, struct mg_str result,
                      int code, struct mg_str message)
{
    (void)rpc;
    (void)arg;
    (void)fi;
    (void)result;
    (void)code;
    (void)message;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mg_rpc_options options = {.id = "esp8266_A1B2C3", .max_queue_length = 3};
    struct mg_rpc *rpc;
    size_t piece;

    if (size == 0)
        return 0;
    piece = (size_t)(data[0] & 63) + 1;
    rpc = mg_rpc_create(&options);
    memset(&line, 0, sizeof(line));
    line.channel.vtable = &line_class;
    kept = NULL;
    uart_framing_init(&line.framing, &events, MAX_FRAME);
    mg_rpc_add_channel(rpc, &line.channel, NULL);
    mg_rpc_add_list_handlers(rpc);
    mg_rpc_add_handler(rpc, "T.Echo", "{n: %d, s: %Q, d: %V}", echo, NULL);
    mg_rpc_add_handler(rpc, "T.Fail", "", fail, NULL);
    mg_rpc_add_handler(rpc, "T.Keep", "", keep, NULL);
    mg_rpc_set_prehandler(rpc, acl, NULL);
    mg_rpc_callf(rpc, mg_mk_str("H.Do"), on_result, NULL, NULL, NULL);

    for (size_t at = 1; at < size; at += piece)
        uart_framing_feed(&line.framing, data + at, size - at < piece ? size - at : piece);

    uart_framing_free(&line.framing);
    mg_rpc_free(rpc);
    return 0;
}
