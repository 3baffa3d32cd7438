/* Channels: who is at the other end, and frames that wait for their turn.  mongoose-os.md 1.3 */

#include "mg_rpc_internal.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"

void mg_rpc_add_channel(struct mg_rpc *rpc, struct mg_rpc_channel *ch, const char *dst)
{
    ch->rpc = rpc;
    ch->address = dst != NULL && dst[0] != '\0' ? heap_strdup(dst) : NULL;
    ch->sending = false;
    ch->next = rpc->channels;
    rpc->channels = ch;
}

static void drop_queued(struct mg_rpc *rpc, const struct mg_rpc_channel *ch)
{
    struct mg_rpc_queued_frame **at = &rpc->queue;

    while (*at != NULL) {
        struct mg_rpc_queued_frame *frame = *at;

        if (frame->ch == ch) {
            *at = frame->next;
            heap_free(frame);
        } else {
            at = &frame->next;
        }
    }
}

void mg_rpc_remove_channel(struct mg_rpc_channel *ch)
{
    struct mg_rpc *rpc = ch->rpc;
    struct mg_rpc_channel **at = &rpc->channels;

    while (*at != NULL && *at != ch)
        at = &(*at)->next;
    if (*at != NULL)
        *at = ch->next;
    drop_queued(rpc, ch);
    for (struct mg_rpc_request_info *ri = rpc->requests; ri != NULL; ri = ri->next) {
        if (ri->ch == ch)
            ri->ch = NULL;
    }
    heap_free(ch->address);
    ch->address = NULL;
    ch->rpc = NULL;
}

struct mg_rpc_channel *mg_rpc_find_channel(struct mg_rpc *rpc, struct mg_str dst)
{
    struct mg_rpc_channel *nobody = NULL;

    for (struct mg_rpc_channel *ch = rpc->channels; ch != NULL; ch = ch->next) {
        if (ch->address == NULL)
            nobody = ch;
        else if (dst.len > 0 && mg_vcmp(&dst, ch->address) == 0)
            return ch;
    }
    if (nobody == NULL && dst.len == 0)
        return rpc->channels;
    return nobody;
}

/* --- the queue ------------------------------------------------------------------------------------------ */

static bool send_now(struct mg_rpc_channel *ch, struct mg_str frame)
{
    ch->sending = true;
    if (ch->vtable->send(ch, frame))
        return true;
    ch->sending = false;
    return false;
}

/* When the queue is full its oldest frame makes room, silently (mongoose-os.md 1.3). */
static bool enqueue(struct mg_rpc_channel *ch, struct mg_str text)
{
    struct mg_rpc *rpc = ch->rpc;
    struct mg_rpc_queued_frame *frame, **at = &rpc->queue;
    int length = 0;

    if (rpc->max_queue_length < 1)
        return false;
    frame = heap_alloc(sizeof(*frame) + text.len);
    if (frame == NULL)
        return false;
    frame->next = NULL;
    frame->ch = ch;
    frame->length = text.len;
    memcpy(frame->text, text.p, text.len);

    while (*at != NULL) {
        at = &(*at)->next;
        length++;
    }
    *at = frame;
    if (length >= rpc->max_queue_length) {
        struct mg_rpc_queued_frame *oldest = rpc->queue;

        rpc->queue = oldest->next;
        heap_free(oldest);
    }
    return true;
}

bool mg_rpc_send_frame(struct mg_rpc_channel *ch, struct mg_str frame, bool no_queue)
{
    bool sent = ch->sending ? !no_queue && enqueue(ch, frame) : send_now(ch, frame);

    if (!sent)
        LOG(LL_ERROR, ("DROPPED FRAME (%d): %.*s", (int)frame.len, mg_rpc_shown(frame), frame.p));
    return sent;
}

void mg_rpc_channel_sent(struct mg_rpc_channel *ch)
{
    struct mg_rpc_queued_frame **at = &ch->rpc->queue;

    ch->sending = false;
    while (*at != NULL && !ch->sending) {
        struct mg_rpc_queued_frame *frame = *at;

        if (frame->ch != ch) {
            at = &frame->next;
            continue;
        }
        *at = frame->next;
        send_now(ch, (struct mg_str){frame->text, frame->length});
        heap_free(frame);
    }
}
