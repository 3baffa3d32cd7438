/* Who may call what (mongoose-os.md 1.4).
 *
 * An access list is a JSON array of {"method": PATTERN, "ch_type": TYPE, "acl": USERS}; the first entry that
 * matches decides. USERS "*" or "+*" lets everybody call, "-*" nobody. Any other list names users: since no
 * channel here can tell who a user is (digest authentication is not implemented), it lets nobody call. What
 * no entry matches is refused, and so is everything when the list cannot be read: a mistake closes the door
 * instead of opening it.
 */
#ifndef MG_RPC_ACL_H
#define MG_RPC_ACL_H

#include <stdbool.h>

#include "mg_str.h"

/* `*why` is a sentence for the log when the answer is no. */
bool mg_rpc_acl_allows(struct mg_str acl_json, struct mg_str method, const char *ch_type, const char **why);
/* As above, with the settings rpc.acl and rpc.acl_file; with neither set everything is allowed. */
bool mg_rpc_acl_settings_allow(const char *acl, const char *acl_file, struct mg_str method,
                               const char *ch_type, const char **why);

#endif
