/* What the service's files share. */
#ifndef RPC_SERVICE_ATCA_INTERNAL_H
#define RPC_SERVICE_ATCA_INTERNAL_H

#include "mg_rpc.h"
#include "mgos_atca.h"

/* 0 to 15; otherwise the request has been answered with "Invalid slot". */
bool atca_service_slot_ok(struct mg_rpc_request_info *ri, int slot);
/* Logs what failed and answers with error 500: `format` takes the slot, zone or block `n` (when `n` >= 0),
 * then the status. */
void atca_service_failed(struct mg_rpc_request_info *ri, int err, const char *what, int n);

/* SetKey (mgos_atca_service_keys.c) and the rest of the key methods. */
void atca_service_add_keys(struct mg_rpc *rpc);

#endif
