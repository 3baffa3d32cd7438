/* The configuration of the board: loading its layers, changing and saving it (mongoose-os.md 4).
 *
 * `mos build` generates mgos_config.h from the manifests: `struct mgos_config`, the one instance
 * `mgos_sys_config`, and mgos_sys_config_get_…/set_… for every key. This header works without it too (for
 * os/ itself and for tests); then the structure is opaque. */
#ifndef MGOS_SYS_CONFIG_H
#define MGOS_SYS_CONFIG_H

#include <stdbool.h>

#include "mgos_config_util.h"
#if __has_include("mgos_config.h")
#include "mgos_config.h"
#endif

struct mgos_config;
extern struct mgos_config mgos_sys_config;
extern const struct mgos_config mgos_config_defaults;
const struct mgos_conf_entry *mgos_config_schema(void);

enum mgos_config_level {
    MGOS_CONFIG_LEVEL_DEFAULTS = 0,
    MGOS_CONFIG_LEVEL_VENDOR_1 = 1,
    MGOS_CONFIG_LEVEL_VENDOR_8 = 8,
    MGOS_CONFIG_LEVEL_USER = 9,
};

/* Fills `cfg` with the defaults and layers 1 to `level` from storage; mgos_conf_free() it afterwards.
 * False: memory is out. A file that does not parse is logged and skipped from the error on. */
bool mgos_sys_config_load_level(struct mgos_config *cfg, int level);
/* Room a struct mgos_config takes, for those who do not see its definition. */
size_t mgos_sys_config_size(void);

/* Runs the validators, then writes what differs from the layers below `level` (1 to 9) into
 * conf<level>.json, atomically: after a power loss the file is the old or the new one. With `try_once`
 * into conf<level>.json.try, which is used for one boot. False: `*msg` (heap_free it; may be NULL if
 * memory is out) says why. `msg` may be NULL. */
bool mgos_sys_config_save_level(const struct mgos_config *cfg, int level, bool try_once, char **msg);
/* The user's layer. */
bool mgos_sys_config_save(const struct mgos_config *cfg, bool try_once, char **msg);

/* Removes the user's layer (factory reset). */
void mgos_config_reset(int level);

/* A validator looks at a configuration that is about to be saved; false and `*msg` (heap_alloc'ed
 * sentence) refuse it. */
typedef bool (*mgos_config_validator_fn)(const struct mgos_config *cfg, char **msg);
/* False: too many (16). */
bool mgos_sys_config_register_validator(mgos_config_validator_fn fn);
bool mgos_sys_config_validate(const struct mgos_config *cfg, char **msg);

/* Replaces each '?' of `*text` by the last hex digits of the MAC, from the right, when their number is
 * even and not zero: "linux_??????" -> "linux_A1B2C3". False: memory is out, or nothing to do. */
bool mgos_expand_mac_address_placeholders(char *text);

/* Member by path, without the generated getters: NULL for an empty string, `fallback` when there is no
 * such key. */
const char *mgos_sys_config_string(const char *path);
int mgos_sys_config_int(const char *path, int fallback);
/* False: no such string member, or memory is out. */
bool mgos_sys_config_put_string(const char *path, const char *value);

#endif
