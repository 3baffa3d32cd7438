/* Starts the library. */

#include "mgos_rpc.h"
#include "rpc_service_config.h"

bool mgos_rpc_service_config_init(void)
{
    rpc_service_config_add(mgos_rpc_get_global());
    return true;
}
