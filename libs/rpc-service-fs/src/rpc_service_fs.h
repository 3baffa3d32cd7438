/* FS.*: the board's files over RPC (mongoose-os.md 2.4), on os/storage.h.
 *
 * Names may begin with '/'; there are no directories. FS.Put at offset 0 (or without offset) truncates and is
 * not atomic by nature: a file comes in many pieces. FS.Mkfs, FS.Mount and FS.Umount always fail: the board
 * has one file system.
 */
#ifndef RPC_SERVICE_FS_H
#define RPC_SERVICE_FS_H

#include "mg_rpc.h"

void rpc_service_fs_add(struct mg_rpc *rpc);
/* On the firmware's RPC instance; called at boot. */
bool mgos_rpc_service_fs_init(void);

#endif
