/* The firmware's RPC instance: made from the configuration, and the simple layer on top.
 * mongoose-os.md 1.4, 6.8 */

#include "mgos_rpc.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"
#include "mg_rpc_acl.h"
#include "mgos_rpc_service_sys.h"
#include "mgos_sys_config.h"
#include "mgos_system.h"

enum { SHUTTING_DOWN_MS = 100 };

static struct mg_rpc *global;
static struct mgos_rpc_sys_options sys_options;

struct mg_rpc *mgos_rpc_get_global(void)
{
    return global;
}

/* --- access --------------------------------------------------------------------------------------------- */

static bool may_call(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                     struct mg_str args)
{
    int restart_in = mgos_system_restart_in();
    const char *why = "";

    (void)cb_arg;
    (void)args;
    if (restart_in >= 0 && restart_in < SHUTTING_DOWN_MS) {
        mg_rpc_send_errorf(ri, 418, "shutting down in %d ms", restart_in);
        return false;
    }
    if (mg_rpc_acl_settings_allow(mgos_sys_config_get_rpc_acl(), mgos_sys_config_get_rpc_acl_file(),
                                  ri->method, fi->channel_type, &why))
        return true;
    LOG(LL_ERROR, ("%.*s refused: %s", (int)ri->method.len, ri->method.p, why));
    mg_rpc_send_errorf(ri, 403, "unauthorized");
    return false;
}

/* --- the simple layer ----------------------------------------------------------------------------------- */

struct simple_handler {
    mgos_rpc_eh_t cb;
    void *cb_arg;
};

static void call_simple(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    const struct simple_handler *handler = cb_arg;
    struct mg_str copy = mg_strdup_nul(args);

    (void)fi;
    if (copy.p == NULL && args.len > 0) {
        mg_rpc_send_errorf(ri, 500, "out of memory");
        return;
    }
    handler->cb(ri, copy.p != NULL ? copy.p : "", ri->src.p, handler->cb_arg);
    mg_strfree(&copy);
}

void mgos_rpc_add_handler(const char *method, mgos_rpc_eh_t cb, void *cb_arg)
{
    struct simple_handler *handler = heap_alloc(sizeof(*handler));

    if (handler == NULL || global == NULL) {
        heap_free(handler);
        LOG(LL_ERROR,
            ("%s is not available: %s", method, global == NULL ? "rpc.enable is false" : "out of memory"));
        return;
    }
    *handler = (struct simple_handler){cb, cb_arg};
    mg_rpc_add_handler(global, method, "", call_simple, handler);
}

bool mgos_rpc_send_response(struct mg_rpc_request_info *ri, const char *response_json)
{
    return mg_rpc_send_responsef(ri, "%s", response_json != NULL ? response_json : "null");
}

struct simple_call {
    mgos_rpc_result_cb_t cb;
    void *cb_arg;
};

static void simple_result(struct mg_rpc *rpc, void *cb_arg, struct mg_rpc_frame_info *fi,
                          struct mg_str result, int error_code, struct mg_str error_msg)
{
    struct simple_call *call = cb_arg;
    struct mg_str json = mg_strdup_nul(result), message = mg_strdup_nul(error_msg);

    (void)rpc;
    (void)fi;
    call->cb(json.p != NULL ? json.p : "", error_code, message.p != NULL ? message.p : "", call->cb_arg);
    mg_strfree(&json);
    mg_strfree(&message);
    heap_free(call);
}

bool mgos_rpc_call(const char *dst, const char *method, const char *args_json, mgos_rpc_result_cb_t cb,
                   void *cb_arg)
{
    struct mg_rpc_call_opts opts = {.dst = mg_mk_str(dst)};
    struct simple_call *call = NULL;
    const char *format = args_json != NULL && args_json[0] != '\0' ? "%s" : NULL;

    if (global == NULL)
        return false;
    if (cb == NULL)
        return mg_rpc_callf(global, mg_mk_str(method), NULL, NULL, &opts, format, args_json);
    call = heap_alloc(sizeof(*call));
    if (call == NULL)
        return false;
    *call = (struct simple_call){cb, cb_arg};
    if (mg_rpc_callf(global, mg_mk_str(method), simple_result, call, &opts, format, args_json))
        return true;
    heap_free(call);
    return false;
}

/* --- init ----------------------------------------------------------------------------------------------- */

/* Config.Set may replace a setting's text; who we are stays as it was until the next boot. */
static const char *copy_of(const char *setting)
{
    return setting != NULL ? heap_strdup(setting) : NULL;
}

bool mgos_rpc_common_init(void)
{
    struct mg_rpc_options options = {
        .id = mgos_sys_config_get_device_id(),
        .max_queue_length = mgos_sys_config_get_rpc_max_queue_length(),
    };

    if (!mgos_event_register_base(MGOS_RPC_EVENT_BASE, "rpc"))
        return false;
    if (!mgos_sys_config_get_rpc_enable())
        return true;
    if (mgos_sys_config_get_rpc_http_enable())
        LOG(LL_ERROR, ("rpc.http_enable: RPC over HTTP is not implemented, nothing listens for it"));
    if (mgos_sys_config_get_rpc_auth_file() != NULL)
        LOG(LL_ERROR, ("rpc.auth_file: authentication is not implemented, an access list that names users "
                       "lets nobody in"));
    global = mg_rpc_create(&options);
    if (global == NULL) {
        LOG(LL_ERROR, ("RPC: out of memory"));
        return false;
    }
    mg_rpc_set_prehandler(global, may_call, NULL);
    mg_rpc_add_list_handlers(global);
    if (mgos_sys_config_get_rpc_service_sys_enable()) {
        sys_options.id = copy_of(mgos_sys_config_get_device_id());
        sys_options.public_key = copy_of(mgos_sys_config_get_device_public_key());
        mgos_rpc_service_sys_add(global, &sys_options);
    }
    return true;
}
