/* ATCA.*: the secure element over RPC (mongoose-os.md 2.5).
 *
 * The methods exist when sys.atca.enable is true, whether the chip is there at that moment or not: it may be
 * plugged in later. A failure is one sentence with the status as CryptoAuthLib numbers it, 0x<ss>, for the
 * tools; what it means, and what to check, is in the log. Keys are wiped from memory and never logged.
 */
#ifndef RPC_SERVICE_ATCA_H
#define RPC_SERVICE_ATCA_H

#include "mg_rpc.h"

void rpc_service_atca_add(struct mg_rpc *rpc);
/* On the firmware's RPC instance; called at boot. */
bool mgos_rpc_service_atca_init(void);

#endif
