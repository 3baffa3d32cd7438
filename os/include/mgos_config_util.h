/* Configuration as data: a schema table, and the functions that parse, print, compare, copy and free what it
 * describes. (mongoose-os.md 4.2 to 4.5.)
 *
 * `mos build` generates mgos_config.h/.c from the manifests: `struct mgos_config`, its defaults, its schema
 * table and the getters and setters. Everything here works on the table alone, so that it is compiled once
 * and tested without it.
 */
#ifndef MGOS_CONFIG_UTIL_H
#define MGOS_CONFIG_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mg_str.h"
#include "frozen.h"

enum mgos_conf_type {
    CONF_TYPE_INT = 0,           /* int */
    CONF_TYPE_BOOL = 1,          /* int, 0 or 1 */
    CONF_TYPE_DOUBLE = 2,        /* double */
    CONF_TYPE_STRING = 3,        /* const char *; the empty string is NULL */
    CONF_TYPE_OBJECT = 4,
    CONF_TYPE_UNSIGNED_INT = 5,  /* unsigned int */
    CONF_TYPE_FLOAT = 6,         /* float */
};

/* Entries stand in depth-first order. The first is the root object: key "", offset 0, num_desc = all that
 * follow. */
struct mgos_conf_entry {
    enum mgos_conf_type type;
    const char *key;             /* last path component */
    uint16_t offset;             /* of the member (or nested struct), from the beginning of the root struct */
    uint16_t num_desc;           /* objects: entries that belong to them, nested ones included */
};

/* The entry of `path` ("http.ssl_key"; "" or NULL is the root) within `schema`; NULL if there is none. */
const struct mgos_conf_entry *mgos_conf_find_schema_entry(const char *path,
                                                          const struct mgos_conf_entry *schema);

/* Sets members of `cfg` from `json`. Members that `acl` refuses are skipped with an ERROR log; unknown
 * ones with DEBUG. On a bad value: false, `*error` (heap_free it) is "[a.b] is not a number" …; members
 * set before stay set. */
bool mgos_conf_parse(const struct mg_str json, const char *acl, const struct mgos_conf_entry *schema,
                     void *cfg, char **error);
/* As above for the value at `path`. False with error "invalid config key" when there is no such path. */
bool mgos_conf_parse_at(const char *path, const struct mg_str json, const char *acl,
                        const struct mgos_conf_entry *schema, void *cfg, char **error);
/* Prints `cfg` (only what differs from `base`, unless that is NULL) below `entry`. */
void mgos_conf_emit(const void *cfg, const void *base, const struct mgos_conf_entry *schema,
                    const struct mgos_conf_entry *entry, bool pretty, struct json_out *out);
/* `to` is overwritten, not freed. False: out of memory, strings are missing in `to`. */
bool mgos_conf_copy(const struct mgos_conf_entry *schema, const void *from, void *to);
void mgos_conf_free(const struct mgos_conf_entry *schema, void *cfg);
/* Replaces a string member: literals (defaults) are left alone, heap strings are freed. False: out of
 * memory. */
bool mgos_conf_set_str(const char **member, const char *value);
/* mongoose-os.md 4.5 */
bool mgos_conf_check_access(const char *path, const char *acl);

#endif
