/* What the engine's files share. */
#ifndef MG_RPC_INTERNAL_H
#define MG_RPC_INTERNAL_H

#include "mg_rpc.h"
#include "mg_rpc_channel.h"

struct mg_rpc_handler {
    struct mg_rpc_handler *next;
    const char *method, *args_fmt;
    mg_handler_cb_t cb;
    void *cb_arg;
};

/* A frame that waits until its channel has sent the one before. */
struct mg_rpc_queued_frame {
    struct mg_rpc_queued_frame *next;
    struct mg_rpc_channel *ch;
    size_t length;
    char text[];
};

/* A call we made and whose answer we await. */
struct mg_rpc_pending_call {
    struct mg_rpc_pending_call *next;
    uint32_t id;
    mg_result_cb_t cb;
    void *cb_arg;
};

struct mg_rpc {
    char *id;
    int max_queue_length;
    struct mg_rpc_handler *handlers; /* newest first */
    mg_rpc_prehandler_t prehandler;
    void *prehandler_arg;
    struct mg_rpc_channel *channels;
    struct mg_rpc_queued_frame *queue;    /* oldest first */
    struct mg_rpc_request_info *requests; /* not answered yet */
    struct mg_rpc_pending_call *calls;    /* oldest first */
    uint32_t next_id;
};

/* --- frames (mg_rpc_frame.c) ---------------------------------------------------------------------------- */

/* A frame taken apart; the texts point into it. Strings are without their quotes and keep their escapes. */
struct mg_rpc_frame {
    int version;
    struct mg_str id, src, dst, tag, method;
    struct mg_str args;         /* JSON; p NULL: none */
    struct mg_str auth, result; /* JSON */
    int error_code;
    char *error_message; /* from the heap; NULL: none */
    bool has_error;
};

/* False: not a frame. mg_rpc_frame_free() in either case. */
bool mg_rpc_frame_parse(struct mg_str text, struct mg_rpc_frame *frame);
void mg_rpc_frame_free(struct mg_rpc_frame *frame);

/* The frame's addressing, in the order it is printed. Empty ones are left out, but for src. */
struct mg_rpc_header {
    struct mg_str id, src, dst, tag, key;
};

/* A growing text from the heap that remembers when memory ran out. */
struct mg_rpc_text {
    struct json_out out; /* first: the printer finds the text through it */
    char *p;
    size_t length, size;
    bool failed;
};
void mg_rpc_text_init(struct mg_rpc_text *text);
void mg_rpc_text_free(struct mg_rpc_text *text);

/* `{"id":…,"src":…,…,`, up to the payload. */
void mg_rpc_frame_begin(struct mg_rpc_text *text, const struct mg_rpc_header *header);

/* --- sending (mg_rpc_channel.c) ------------------------------------------------------------------------- */

/* Sends or queues. False: dropped, and logged. */
bool mg_rpc_send_frame(struct mg_rpc_channel *ch, struct mg_str frame, bool no_queue);
struct mg_rpc_channel *mg_rpc_find_channel(struct mg_rpc *rpc, struct mg_str dst);

/* --- answers to our calls (mg_rpc_call.c) --------------------------------------------------------------- */

void mg_rpc_handle_response(struct mg_rpc_channel *ch, const struct mg_rpc_frame *frame);

/* --- texts ---------------------------------------------------------------------------------------------- */

char *mg_rpc_strdup(struct mg_str text); /* from the heap, terminated; NULL: out of memory */

enum {
    MG_RPC_SHOWN_MAX = 40
}; /* of a bad frame in the log: who sent it, not the secrets it may carry further on */

static inline int mg_rpc_shown(struct mg_str text)
{
    return text.len < MG_RPC_SHOWN_MAX ? (int)text.len : MG_RPC_SHOWN_MAX;
}

#endif
