/* The firmware's RPC instance, and the simple way to use it (mongoose-os.md 6.8). */
#ifndef MGOS_RPC_H
#define MGOS_RPC_H

#include <stdbool.h>

#include "mg_rpc.h"
#include "mgos_event.h"

#define MGOS_RPC_EVENT_BASE MGOS_EVENT_BASE('R', 'P', 'C')

enum mgos_rpc_event {
    MGOS_RPC_EV_CHANNEL_OPEN = MGOS_RPC_EVENT_BASE, /* data: struct mg_rpc_channel * */
    MGOS_RPC_EV_CHANNEL_CLOSED,                     /* data: struct mg_rpc_channel * */
};

/* NULL when rpc.enable is false. */
struct mg_rpc *mgos_rpc_get_global(void);

bool mgos_rpc_common_init(void);

/* Texts are JSON. `args` and `src` are valid during the call only; the answer is due through `ri`, now or
 * later. */
typedef void (*mgos_rpc_eh_t)(struct mg_rpc_request_info *ri, const char *args, const char *src,
                              void *user_data);
void mgos_rpc_add_handler(const char *method, mgos_rpc_eh_t cb, void *cb_arg);
bool mgos_rpc_send_response(struct mg_rpc_request_info *ri, const char *response_json);

typedef void (*mgos_rpc_result_cb_t)(const char *result_json, int error_code, const char *error_msg,
                                     void *cb_arg);
bool mgos_rpc_call(const char *dst, const char *method, const char *args_json, mgos_rpc_result_cb_t cb,
                   void *cb_arg);

#endif
