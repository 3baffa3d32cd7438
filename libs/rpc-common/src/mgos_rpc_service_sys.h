/* Sys.GetInfo, Sys.Reboot, Sys.SetDebug (mongoose-os.md 2.2). */
#ifndef MGOS_RPC_SERVICE_SYS_H
#define MGOS_RPC_SERVICE_SYS_H

#include "mg_rpc.h"

struct mgos_rpc_sys_options {
    const char *id;         /* device.id; kept */
    const char *public_key; /* device.public_key, NULL when empty; kept */
};

/* `options` must live for ever. */
void mgos_rpc_service_sys_add(struct mg_rpc *rpc, const struct mgos_rpc_sys_options *options);

#endif
