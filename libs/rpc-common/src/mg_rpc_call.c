/* Calls the device makes, and the answers it gets.  mongoose-os.md 1.2, 1.3 */

#include "mg_rpc_internal.h"

#include <stdio.h>
#include <string.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"

/* Ids grow by a random step, so that a stray answer from before a reboot does not fit a new call. */
static uint32_t new_id(struct mg_rpc *rpc)
{
    uint16_t step;

    board_random(&step, sizeof(step));
    rpc->next_id += step > 0 ? step : 1u;
    if (rpc->next_id == 0)
        rpc->next_id = 1;
    return rpc->next_id;
}

static void finish_call(struct mg_rpc *rpc, struct mg_rpc_pending_call *call, struct mg_rpc_frame_info *fi,
                        struct mg_str result, int error_code, const char *error_message)
{
    struct mg_str message = {error_message, error_message != NULL ? strlen(error_message) : 0};

    call->cb(rpc, call->cb_arg, fi, result, error_code, message);
    heap_free(call);
}

/* Beyond the limit the oldest call is given up. */
static void limit_calls(struct mg_rpc *rpc)
{
    struct mg_rpc_frame_info nobody = {.channel_type = ""};
    int count = 0;

    for (const struct mg_rpc_pending_call *call = rpc->calls; call != NULL; call = call->next)
        count++;
    while (count-- > rpc->max_queue_length && rpc->calls != NULL) {
        struct mg_rpc_pending_call *oldest = rpc->calls;

        rpc->calls = oldest->next;
        finish_call(rpc, oldest, &nobody, (struct mg_str){NULL, 0}, 429, "Request queue overflow");
    }
}

static struct mg_rpc_pending_call *await(struct mg_rpc *rpc, uint32_t id, mg_result_cb_t cb, void *cb_arg)
{
    struct mg_rpc_pending_call *call = heap_alloc(sizeof(*call)), **at = &rpc->calls;

    if (call == NULL)
        return NULL;
    *call = (struct mg_rpc_pending_call){NULL, id, cb, cb_arg};
    while (*at != NULL)
        at = &(*at)->next;
    *at = call;
    return call;
}

static struct mg_rpc_pending_call *take_call(struct mg_rpc *rpc, uint32_t id)
{
    struct mg_rpc_pending_call **at = &rpc->calls, *call;

    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    call = *at;
    if (call != NULL)
        *at = call->next;
    return call;
}

static bool broadcast(struct mg_rpc *rpc, struct mg_str frame, bool no_queue)
{
    bool sent = false;

    for (struct mg_rpc_channel *ch = rpc->channels; ch != NULL; ch = ch->next) {
        if (ch->vtable->broadcast && mg_rpc_send_frame(ch, frame, no_queue))
            sent = true;
    }
    return sent;
}

static bool send_call(struct mg_rpc *rpc, const struct mg_rpc_call_opts *opts, struct mg_str frame)
{
    struct mg_rpc_channel *ch;

    if (opts->broadcast)
        return broadcast(rpc, frame, opts->no_queue);
    ch = mg_rpc_find_channel(rpc, opts->dst);
    if (ch == NULL) {
        LOG(LL_ERROR, ("DROPPED FRAME (%d): no channel to '%.*s'", (int)frame.len, (int)opts->dst.len,
                       opts->dst.len > 0 ? opts->dst.p : ""));
        return false;
    }
    return mg_rpc_send_frame(ch, frame, opts->no_queue);
}

bool mg_rpc_vcallf(struct mg_rpc *rpc, const struct mg_str method, mg_result_cb_t cb, void *cb_arg,
                   const struct mg_rpc_call_opts *opts, const char *args_jsonf, va_list ap)
{
    static const struct mg_rpc_call_opts none;
    struct mg_rpc_header header = {.src = {rpc->id, strlen(rpc->id)}};
    struct mg_rpc_text text;
    uint32_t id = new_id(rpc);
    bool sent;

    if (opts == NULL)
        opts = &none;
    if (opts->broadcast)
        cb = NULL;
    if (opts->src.len > 0)
        header.src = opts->src;
    header.dst = opts->dst;
    header.tag = opts->tag;
    header.key = opts->key;

    mg_rpc_text_init(&text);
    mg_rpc_frame_begin(&text, &header);
    if (cb != NULL)
        json_printf(&text.out, "id:%lu,", (unsigned long)id);
    json_printf(&text.out, "method:%.*Q", (int)method.len, method.p);
    if (args_jsonf != NULL) {
        json_printf(&text.out, ",params:");
        json_vprintf(&text.out, args_jsonf, ap);
    }
    json_printf(&text.out, "}");

    sent = !text.failed && (cb == NULL || await(rpc, id, cb, cb_arg) != NULL);
    if (sent && !send_call(rpc, opts, (struct mg_str){text.p, text.length})) {
        heap_free(cb != NULL ? take_call(rpc, id) : NULL);
        sent = false;
    }
    mg_rpc_text_free(&text);
    if (sent)
        limit_calls(rpc);
    return sent;
}

bool mg_rpc_callf(struct mg_rpc *rpc, const struct mg_str method, mg_result_cb_t cb, void *cb_arg,
                  const struct mg_rpc_call_opts *opts, const char *args_jsonf, ...)
{
    va_list ap;
    bool sent;

    va_start(ap, args_jsonf);
    sent = mg_rpc_vcallf(rpc, method, cb, cb_arg, opts, args_jsonf, ap);
    va_end(ap);
    return sent;
}

/* --- answers -------------------------------------------------------------------------------------------- */

static bool parse_id(struct mg_str text, uint32_t *id)
{
    uint32_t value = 0;

    if (text.len == 0 || text.len > 10)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t digit = (uint32_t)(unsigned char)text.p[i] - '0';

        if (digit > 9 || value > (UINT32_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *id = value;
    return true;
}

void mg_rpc_handle_response(struct mg_rpc_channel *ch, const struct mg_rpc_frame *frame)
{
    struct mg_rpc_frame_info fi = {.channel_type = ch->vtable->type};
    struct mg_rpc_pending_call *call;
    uint32_t id;

    if (!parse_id(frame->id, &id))
        return;
    call = take_call(ch->rpc, id);
    if (call == NULL)
        return; /* late, or not for us */
    finish_call(ch->rpc, call, &fi, frame->result, frame->has_error ? frame->error_code : 0,
                frame->error_message);
}
