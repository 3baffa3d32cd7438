/* A channel for tests. */

#include "loopback.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static bool send_line(struct mg_rpc_channel *ch, struct mg_str frame)
{
    struct loopback *loopback = (struct loopback *)ch;
    size_t length = strlen(loopback->sent);

    snprintf(loopback->sent + length, sizeof(loopback->sent) - length, "%.*s\n", (int)frame.len, frame.p);
    if (!loopback->asynchronous)
        ch->sending = false;
    return true;
}

static void info(struct mg_rpc_channel *ch, char *out, size_t size)
{
    (void)ch;
    snprintf(out, size, "UART0");
}

static void note_close(struct mg_rpc_channel *ch)
{
    ((struct loopback *)ch)->closed++;
}

void loopback_add(struct mg_rpc *rpc, struct loopback *loopback)
{
    memset(loopback, 0, sizeof(*loopback));
    loopback->vtable = (struct mg_rpc_channel_class){.type = "UART",
                                                     .persistent = true,
                                                     .broadcast = true,
                                                     .send = send_line,
                                                     .info = info,
                                                     .close = note_close};
    loopback->channel.vtable = &loopback->vtable;
    mg_rpc_add_channel(rpc, &loopback->channel, NULL);
}

struct mg_rpc *loopback_start(struct loopback *loopback)
{
    struct mg_rpc_options options = {.id = "esp8266_A1B2C3", .max_queue_length = 3};
    struct mg_rpc *rpc = mg_rpc_create(&options);

    assert_non_null(rpc);
    loopback_add(rpc, loopback);
    return rpc;
}

const char *loopback_take(struct loopback *loopback)
{
    static char taken[sizeof(loopback->sent)];

    strcpy(taken, loopback->sent);
    loopback->sent[0] = '\0';
    return taken;
}

void loopback_sent(struct loopback *loopback)
{
    mg_rpc_channel_sent(&loopback->channel);
}

void loopback_receive(struct loopback *loopback, const char *frame)
{
    mg_rpc_channel_received(&loopback->channel, (struct mg_str){frame, strlen(frame)});
}

const char *loopback_call(struct loopback *loopback, const char *method, const char *params)
{
    static const char head[] = "{\"id\":1,\"src\":\"esp8266_A1B2C3\",";
    static char frame[4096], payload[sizeof(loopback->sent)];
    const char *answer;

    loopback_take(loopback);
    snprintf(frame, sizeof(frame), "{\"id\":1,\"method\":\"%s\"%s%s}", method,
             params != NULL ? ",\"params\":" : "", params != NULL ? params : "");
    loopback_receive(loopback, frame);
    answer = loopback_take(loopback);
    if (strncmp(answer, head, strlen(head)) != 0)
        fail_msg("unexpected answer to %s: %s", method, answer);
    strcpy(payload, answer + strlen(head));
    assert_string_equal(payload + strlen(payload) - 2, "}\n");
    payload[strlen(payload) - 2] = '\0';
    return payload;
}
