/* Starts the library. */

#include "mgos_rpc.h"
#include "rpc_service_i2c.h"

bool mgos_rpc_service_i2c_init(void)
{
    rpc_service_i2c_add(mgos_rpc_get_global());
    return true;
}
