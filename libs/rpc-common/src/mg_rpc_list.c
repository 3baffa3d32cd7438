/* RPC.List, RPC.Describe, RPC.Ping: what can be called here.  mongoose-os.md 2.1 */

#include "mg_rpc_internal.h"

#include <string.h>

#include "heap.h"

static int print_methods(struct json_out *out, va_list *ap)
{
    const struct mg_rpc *rpc = va_arg(*ap, const struct mg_rpc *);
    int length = 0;

    for (const struct mg_rpc_handler *handler = rpc->handlers; handler != NULL; handler = handler->next)
        length += json_printf(out, "%s%Q", handler == rpc->handlers ? "" : ",", handler->method);
    return length;
}

static void list(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    (void)args;
    mg_rpc_send_responsef(ri, "[%M]", print_methods, ri->rpc);
}

static void describe(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                     struct mg_str args)
{
    struct json_token name = JSON_INVALID_TOKEN;
    const struct mg_rpc_handler *handler = ri->rpc->handlers;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &name);
    if (name.type != JSON_TYPE_STRING || name.len == 0) {
        mg_rpc_send_errorf(ri, 400, "name is required");
        return;
    }
    while (handler != NULL &&
           mg_strcmp(mg_mk_str(handler->method), mg_mk_str_n(name.ptr, (size_t)name.len)) != 0)
        handler = handler->next;
    if (handler == NULL) {
        mg_rpc_send_errorf(ri, 404, "name not found");
        return;
    }
    mg_rpc_send_responsef(ri, "{name: %Q, args_fmt: %Q}", handler->method, handler->args_fmt);
}

static void ping(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    char info[MG_RPC_CHANNEL_INFO_MAX];

    (void)cb_arg;
    (void)fi;
    (void)args;
    ri->ch->vtable->info(ri->ch, info, sizeof(info));
    mg_rpc_send_responsef(ri, "{channel_info: %Q}", info);
}

void mg_rpc_add_list_handlers(struct mg_rpc *rpc)
{
    mg_rpc_add_handler(rpc, "RPC.List", "", list, NULL);
    mg_rpc_add_handler(rpc, "RPC.Describe", "{name: %T}", describe, NULL);
    mg_rpc_add_handler(rpc, "RPC.Ping", "", ping, NULL);
}
