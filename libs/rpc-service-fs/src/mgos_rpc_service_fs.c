/* Starts the library. */

#include "mgos_rpc.h"
#include "rpc_service_fs.h"

bool mgos_rpc_service_fs_init(void)
{
    rpc_service_fs_add(mgos_rpc_get_global());
    return true;
}
