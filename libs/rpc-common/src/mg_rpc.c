/* The engine: an incoming frame finds its handler.  mongoose-os.md 1.3 */

#include "mg_rpc_internal.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "common/str_util.h"
#include "heap.h"

struct mg_rpc *mg_rpc_create(const struct mg_rpc_options *options)
{
    struct mg_rpc *rpc = heap_zalloc(sizeof(*rpc));

    if (rpc == NULL)
        return NULL;
    rpc->id = heap_strdup(options->id != NULL ? options->id : "");
    if (rpc->id == NULL) {
        heap_free(rpc);
        return NULL;
    }
    rpc->max_queue_length = options->max_queue_length;
    return rpc;
}

void mg_rpc_free(struct mg_rpc *rpc)
{
    if (rpc == NULL)
        return;
    while (rpc->channels != NULL)
        mg_rpc_remove_channel(rpc->channels);
    while (rpc->requests != NULL)
        mg_rpc_free_request_info(rpc->requests);
    while (rpc->calls != NULL) {
        struct mg_rpc_pending_call *call = rpc->calls;

        rpc->calls = call->next;
        heap_free(call);
    }
    while (rpc->handlers != NULL) {
        struct mg_rpc_handler *handler = rpc->handlers;

        rpc->handlers = handler->next;
        heap_free(handler);
    }
    heap_free(rpc->id);
    heap_free(rpc);
}

/* --- handlers ------------------------------------------------------------------------------------------- */

void mg_rpc_add_handler(struct mg_rpc *rpc, const char *method, const char *args_fmt, mg_handler_cb_t cb,
                        void *cb_arg)
{
    struct mg_rpc_handler *handler;

    if (rpc == NULL)
        return;
    handler = heap_alloc(sizeof(*handler));
    if (handler == NULL) {
        LOG(LL_ERROR, ("%s is not available: out of memory", method));
        return;
    }
    *handler = (struct mg_rpc_handler){rpc->handlers, method, args_fmt, cb, cb_arg};
    rpc->handlers = handler;
}

void mg_rpc_set_prehandler(struct mg_rpc *rpc, mg_rpc_prehandler_t prehandler, void *cb_arg)
{
    rpc->prehandler = prehandler;
    rpc->prehandler_arg = cb_arg;
}

static const struct mg_rpc_handler *find_handler(const struct mg_rpc *rpc, struct mg_str method)
{
    for (const struct mg_rpc_handler *handler = rpc->handlers; handler != NULL; handler = handler->next) {
        if (mg_match_whole(mg_mk_str(handler->method), method))
            return handler;
    }
    return NULL;
}

/* --- requests ------------------------------------------------------------------------------------------- */

static char *copy_into(char *at, struct mg_str from, struct mg_str *to)
{
    *to = (struct mg_str){at, from.len};
    if (from.len > 0)
        memcpy(at, from.p, from.len);
    at[from.len] = '\0';
    return at + from.len + 1;
}

/* One block: the struct, and behind it its texts, each terminated. */
static struct mg_rpc_request_info *make_request_info(struct mg_rpc_channel *ch,
                                                     const struct mg_rpc_frame *frame)
{
    size_t texts = frame->id.len + frame->src.len + frame->dst.len + frame->tag.len + frame->method.len +
                   frame->auth.len + 6;
    struct mg_rpc_request_info *ri = heap_zalloc(sizeof(*ri) + texts);
    char *at;

    if (ri == NULL)
        return NULL;
    at = (char *)(ri + 1);
    at = copy_into(at, frame->id, &ri->id);
    at = copy_into(at, frame->src, &ri->src);
    at = copy_into(at, frame->dst, &ri->dst);
    at = copy_into(at, frame->tag, &ri->tag);
    at = copy_into(at, frame->method, &ri->method);
    copy_into(at, frame->auth, &ri->auth);
    ri->rpc = ch->rpc;
    ri->ch = ch;
    ri->next = ch->rpc->requests;
    ch->rpc->requests = ri;
    return ri;
}

void mg_rpc_free_request_info(struct mg_rpc_request_info *ri)
{
    struct mg_rpc_request_info **at;

    if (ri == NULL)
        return;
    at = &ri->rpc->requests;
    while (*at != NULL && *at != ri)
        at = &(*at)->next;
    if (*at != NULL)
        *at = ri->next;
    heap_free_secret(ri); /* `auth` */
}

static void log_request(const struct mg_rpc_request_info *ri)
{
    char info[MG_RPC_CHANNEL_INFO_MAX];
    struct mg_str user = ri->authn_info.username;

    ri->ch->vtable->info(ri->ch, info, sizeof(info));
    LOG(LL_INFO, ("%.*s via %s %s%s%.*s", (int)ri->method.len, ri->method.p, ri->ch->vtable->type, info,
                  user.len > 0 ? " user " : "", (int)user.len, user.len > 0 ? user.p : ""));
}

static void handle_request(struct mg_rpc_channel *ch, const struct mg_rpc_frame *frame)
{
    struct mg_rpc *rpc = ch->rpc;
    struct mg_rpc_request_info *ri = make_request_info(ch, frame);
    const struct mg_rpc_handler *handler;
    struct mg_rpc_frame_info fi = {.channel_type = ch->vtable->type};

    if (ri == NULL) {
        LOG(LL_ERROR, ("%.*s: out of memory, not answered", (int)frame->method.len, frame->method.p));
        return;
    }
    handler = find_handler(rpc, ri->method);
    if (handler == NULL) {
        LOG(LL_ERROR, ("No handler for %.*s", (int)ri->method.len, ri->method.p));
        mg_rpc_send_errorf(ri, 404, "No handler for %.*s", (int)ri->method.len, ri->method.p);
        return;
    }
    ri->args_fmt = handler->args_fmt;
    if (rpc->prehandler != NULL && !rpc->prehandler(ri, rpc->prehandler_arg, &fi, frame->args))
        return;
    log_request(ri);
    handler->cb(ri, handler->cb_arg, &fi, frame->args);
}

/* --- frames --------------------------------------------------------------------------------------------- */

static void learn_address(struct mg_rpc_channel *ch, struct mg_str src)
{
    if (src.len == 0 || ch->address != NULL)
        return;
    for (const struct mg_rpc_channel *other = ch->rpc->channels; other != NULL; other = other->next) {
        if (other->address != NULL && mg_vcmp(&src, other->address) == 0)
            LOG(LL_WARN, ("%p: duplicate id '%.*s'", (void *)ch, (int)src.len, src.p));
    }
    ch->address = mg_rpc_strdup(src);
}

static bool is_ours(const struct mg_rpc *rpc, struct mg_str dst)
{
    return dst.len == 0 || mg_vcmp(&dst, rpc->id) == 0;
}

static bool dispatch(struct mg_rpc_channel *ch, struct mg_str text)
{
    struct mg_rpc_frame frame;
    bool good = mg_rpc_frame_parse(text, &frame);

    if (good && !is_ours(ch->rpc, frame.dst)) {
        LOG(LL_ERROR, ("Wrong dst: '%.*s'", (int)frame.dst.len, frame.dst.p));
        good = false;
    }
    if (good) {
        learn_address(ch, frame.src);
        if (frame.method.len > 0)
            handle_request(ch, &frame);
        else
            mg_rpc_handle_response(ch, &frame);
    }
    mg_rpc_frame_free(&frame);
    return good;
}

void mg_rpc_channel_received(struct mg_rpc_channel *ch, struct mg_str frame)
{
    if (dispatch(ch, frame))
        return;
    LOG(LL_ERROR,
        ("%p INVALID FRAME (%d): '%.*s'", (void *)ch, (int)frame.len, mg_rpc_shown(frame), frame.p));
    if (!ch->vtable->persistent)
        ch->vtable->close(ch);
}
