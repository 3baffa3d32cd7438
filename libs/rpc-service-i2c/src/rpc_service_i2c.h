/* I2C.*: the I2C buses over RPC (mongoose-os.md 2.7). */
#ifndef RPC_SERVICE_I2C_H
#define RPC_SERVICE_I2C_H

#include "mg_rpc.h"

void rpc_service_i2c_add(struct mg_rpc *rpc);
/* On the firmware's RPC instance; called at boot. */
bool mgos_rpc_service_i2c_init(void);

#endif
