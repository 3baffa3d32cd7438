/* Remote procedure calls: requests come in over a channel, a handler answers them (mongoose-os.md 1, 6.8).
 *
 * Handlers  mg_rpc_add_handler() registers a method. The handler gets `ri` and owns it: it answers, now or
 *           later, with exactly one of the mg_rpc_send_...() functions, which frees `ri`, or gives it up
 *           with mg_rpc_free_request_info(). `args` is the text of "params" (or "args"), valid during the
 *           call only, empty (p == NULL) when the request had none.
 * Formats   args_fmt and the formats of results and arguments are those of the JSON printer and scanner
 *           (frozen.h): spaces in a format are spaces on the wire.
 * Errors    An error is a code and a sentence. A request without id is executed and never answered.
 * Memory    From the board's heap. When it is out, a request is refused with error 500 "out of memory" if
 *           at all possible.
 * Channels  mg_rpc_channel.h.
 */
#ifndef MG_RPC_H
#define MG_RPC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "frozen.h"
#include "mg_str.h"

struct mg_rpc;
struct mg_rpc_channel;

struct mg_rpc_options {
    const char *id;       /* who we are: `src` of what we send; copied */
    int max_queue_length; /* frames that may wait for a channel, and calls for an answer */
};

/* NULL when memory is out. */
struct mg_rpc *mg_rpc_create(const struct mg_rpc_options *options);
/* Closes nothing: channels that still exist must be removed before. */
void mg_rpc_free(struct mg_rpc *rpc);

/* --- being called --------------------------------------------------------------------------------------- */

struct mg_rpc_authn_info {
    struct mg_str username;
};

/* One request that waits for its answer. All texts live as long as it does. */
struct mg_rpc_request_info {
    struct mg_rpc *rpc;
    struct mg_str id; /* as in the request: digits, or a string without its quotes; len 0: no answer wanted */
    struct mg_str src, dst, tag, method;
    struct mg_str auth; /* JSON object, or empty */
    struct mg_rpc_authn_info authn_info;
    const char *args_fmt;             /* as registered */
    void *user_data;                  /* the handler's */
    struct mg_rpc_channel *ch;        /* NULL once the channel is gone */
    struct mg_rpc_request_info *next; /* private */
};

struct mg_rpc_frame_info {
    const char *channel_type; /* "UART" */
};

typedef void (*mg_handler_cb_t)(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                                struct mg_str args);

/* `method` is a pattern as for mg_match_prefix(), which must match the whole name; the newest registration
 * wins. `method` and `args_fmt` are kept, not copied. */
void mg_rpc_add_handler(struct mg_rpc *rpc, const char *method, const char *args_fmt, mg_handler_cb_t cb,
                        void *cb_arg);

/* Called before every handler. False: the request was refused, and `ri` has been answered or freed. */
typedef bool (*mg_rpc_prehandler_t)(struct mg_rpc_request_info *ri, void *cb_arg,
                                    struct mg_rpc_frame_info *fi, struct mg_str args);
void mg_rpc_set_prehandler(struct mg_rpc *rpc, mg_rpc_prehandler_t prehandler, void *cb_arg);

/* The answer; `result_json_fmt` NULL sends null. False when it could not be sent (channel gone, memory). */
bool mg_rpc_send_responsef(struct mg_rpc_request_info *ri, const char *result_json_fmt, ...);
bool mg_rpc_send_vresponsef(struct mg_rpc_request_info *ri, const char *result_json_fmt, va_list ap);
/* `error_msg_fmt` is of printf's kind; NULL: no message. */
bool mg_rpc_send_errorf(struct mg_rpc_request_info *ri, int error_code, const char *error_msg_fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The message is the text of the JSON that `error_json_fmt` prints. */
bool mg_rpc_send_error_jsonf(struct mg_rpc_request_info *ri, int error_code, const char *error_json_fmt, ...);
void mg_rpc_free_request_info(struct mg_rpc_request_info *ri);

/* RPC.List, RPC.Describe, RPC.Ping (mongoose-os.md 2.1). */
void mg_rpc_add_list_handlers(struct mg_rpc *rpc);

/* --- calling -------------------------------------------------------------------------------------------- */

/* `error_code` 0: `result` is its JSON. Texts are valid during the call only. */
typedef void (*mg_result_cb_t)(struct mg_rpc *rpc, void *cb_arg, struct mg_rpc_frame_info *fi,
                               struct mg_str result, int error_code, struct mg_str error_msg);

struct mg_rpc_call_opts {
    struct mg_str src, dst, tag, key; /* src empty: our id */
    bool no_queue;                    /* now or not at all */
    bool broadcast;                   /* to every channel that broadcasts; no callback then */
};

/* Calls `method` at opts->dst (the channel that dst was seen on, or the one without an address). Without `cb`
 * it is a notification: no id, no answer. False when it could not be sent; `cb` is then not called. */
bool mg_rpc_callf(struct mg_rpc *rpc, const struct mg_str method, mg_result_cb_t cb, void *cb_arg,
                  const struct mg_rpc_call_opts *opts, const char *args_jsonf, ...);
bool mg_rpc_vcallf(struct mg_rpc *rpc, const struct mg_str method, mg_result_cb_t cb, void *cb_arg,
                   const struct mg_rpc_call_opts *opts, const char *args_jsonf, va_list ap);

#endif
