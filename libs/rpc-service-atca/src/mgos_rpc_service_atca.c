/* Starts the library. */

#include "mgos_atca.h"
#include "mgos_rpc.h"
#include "rpc_service_atca.h"

bool mgos_rpc_service_atca_init(void)
{
    if (atca_is_enabled())
        rpc_service_atca_add(mgos_rpc_get_global());
    return true;
}
