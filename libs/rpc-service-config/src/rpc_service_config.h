/* Config.Get, Config.Set, Config.Save (mongoose-os.md 2.3), on the configuration of mgos_sys_config.h. */
#ifndef RPC_SERVICE_CONFIG_H
#define RPC_SERVICE_CONFIG_H

#include "mg_rpc.h"

void rpc_service_config_add(struct mg_rpc *rpc);
/* On the firmware's RPC instance; called at boot. */
bool mgos_rpc_service_config_init(void);

#endif
