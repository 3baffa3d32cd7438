/* The configuration of the board: layers, saving, boot. os/include/mgos_sys_config.h, mongoose-os.md 4.3
 * to 4.8 */

#include "mgos_sys_config.h"

#include <stdio.h>
#include <string.h>

#include "board.h"
#include "boot.h"
#include "common/cs_dbg.h"
#include "common/cs_file.h"
#include "common/str_util.h"
#include "config_member.h"
#include "heap.h"
#include "loop.h"
#include "mbuf.h"
#include "mgos_debug.h"
#include "mgos_gpio.h"
#include "mgos_system.h"
#include "storage.h"

enum { LAYERS = 9, VENDOR_FILE_BEFORE = 6, VALIDATORS_MAX = 16, FILE_NAME_SIZE = 20 };

static struct {
    mgos_config_validator_fn validators[VALIDATORS_MAX];
    int validator_count;
} sys_config;

/* Keys whose value may hold the board's MAC (mongoose-os.md 4.6). */
static const char *const placeholder_keys[] = {"device.id", "wifi.ap.ssid", "debug.stdout_topic",
                                               "debug.stderr_topic"};

static const struct mgos_conf_entry *find(const char *path)
{
    return mgos_conf_find_schema_entry(path, mgos_config_schema());
}

size_t mgos_sys_config_size(void)
{
    return config_size(mgos_config_schema());
}

static const char *string_member(const struct mgos_config *cfg, const char *path)
{
    const struct mgos_conf_entry *e = find(path);

    return e && e->type == CONF_TYPE_STRING ? *(const char *const *)config_member_const(cfg, e) : NULL;
}

static int int_member(const struct mgos_config *cfg, const char *path, int fallback)
{
    const struct mgos_conf_entry *e = find(path);
    bool is_int =
        e && (e->type == CONF_TYPE_INT || e->type == CONF_TYPE_BOOL || e->type == CONF_TYPE_UNSIGNED_INT);

    return is_int ? *(const int *)config_member_const(cfg, e) : fallback;
}

const char *mgos_sys_config_string(const char *path)
{
    return string_member(&mgos_sys_config, path);
}

int mgos_sys_config_int(const char *path, int fallback)
{
    return int_member(&mgos_sys_config, path, fallback);
}

static bool put_string(struct mgos_config *cfg, const char *path, const char *value)
{
    const struct mgos_conf_entry *e = find(path);

    return e && e->type == CONF_TYPE_STRING && mgos_conf_set_str(config_member(cfg, e), value);
}

bool mgos_sys_config_put_string(const char *path, const char *value)
{
    return put_string(&mgos_sys_config, path, value);
}

/* --- placeholders ------------------------------------------------------------------------------------- */

bool mgos_expand_mac_address_placeholders(char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    const uint8_t *mac = board_info()->mac;
    int marks = 0;

    for (const char *s = text; *s; s++)
        marks += *s == '?';
    if (marks == 0 || marks % 2 != 0)
        return false;
    int digit = 11; /* of the MAC's 12, from the right */
    for (char *s = text + strlen(text); s-- > text && digit >= 0;)
        if (*s == '?') {
            *s = digits[mac[digit / 2] >> (digit % 2 ? 0 : 4) & 15];
            digit--;
        }
    return true;
}

/* `text` expanded, on the heap; NULL when there is nothing to expand or memory is out. */
static char *expanded(const char *text)
{
    char *copy = text && strchr(text, '?') ? heap_strdup(text) : NULL;

    if (copy && !mgos_expand_mac_address_placeholders(copy)) {
        heap_free(copy);
        return NULL;
    }
    return copy;
}

static void expand_placeholders(struct mgos_config *cfg)
{
    for (size_t i = 0; i < sizeof(placeholder_keys) / sizeof(placeholder_keys[0]); i++) {
        char *text = expanded(string_member(cfg, placeholder_keys[i]));
        if (text)
            put_string(cfg, placeholder_keys[i], text);
        heap_free(text);
    }
}

/* The live configuration holds expanded names, files the unexpanded: where they mean the same, the base
 * takes the live form, so that saving does not write the MAC into the user's layer. */
static void reconcile_placeholders(struct mgos_config *base, const struct mgos_config *cfg)
{
    for (size_t i = 0; i < sizeof(placeholder_keys) / sizeof(placeholder_keys[0]); i++) {
        const char *mine = string_member(cfg, placeholder_keys[i]);
        char *text = expanded(string_member(base, placeholder_keys[i]));
        if (mine && text && strcmp(mine, text) == 0)
            put_string(base, placeholder_keys[i], mine);
        heap_free(text);
    }
}

/* --- layers ------------------------------------------------------------------------------------------- */

static void load_file(struct mgos_config *cfg, const char *name, const char *acl)
{
    size_t size;
    char *error = NULL;

    if (storage_size(name) < 0)
        return;
    LOG(LL_DEBUG, ("Loading %s", name));
    char *text = cs_read_file(name, &size);
    if (!text || !mgos_conf_parse(mg_mk_str_n(text, size), acl, mgos_config_schema(), cfg, &error))
        LOG(LL_ERROR, ("Failed to parse %s: %s", name,
                       !text   ? "it cannot be read"
                       : error ? error
                               : "no memory"));
    heap_free(error);
    heap_free_secret(text);
}

static void layer_name(char name[FILE_NAME_SIZE], int level, bool try_once)
{
    snprintf(name, FILE_NAME_SIZE, "conf%d.json%s", level % 10, try_once ? ".try" : "");
}

/* Layer `level` (1 to 9) over what `cfg` has. At boot a file for one try is used up. */
static void load_layer(struct mgos_config *cfg, int level, bool at_boot)
{
    char name[FILE_NAME_SIZE];
    const char *acl = level == 1 ? "*" : string_member(cfg, "conf_acl");

    /* Schemas without conf_acl (tests) allow everything. */
    if (!find("conf_acl"))
        acl = "*";
    if (level == VENDOR_FILE_BEFORE)
        load_file(cfg, "conf_vendor.json", acl);
    layer_name(name, level, true);
    if (at_boot && storage_size(name) >= 0) {
        load_file(cfg, name, acl);
        storage_remove(name);
        return;
    }
    layer_name(name, level, false);
    load_file(cfg, name, acl);
}

bool mgos_sys_config_load_level(struct mgos_config *cfg, int level)
{
    if (!mgos_conf_copy(mgos_config_schema(), &mgos_config_defaults, cfg)) {
        mgos_conf_free(mgos_config_schema(), cfg);
        return false;
    }
    for (int i = 1; i <= level && i <= LAYERS; i++)
        load_layer(cfg, i, false);
    return true;
}

/* --- saving ------------------------------------------------------------------------------------------- */

bool mgos_sys_config_register_validator(mgos_config_validator_fn fn)
{
    if (sys_config.validator_count == VALIDATORS_MAX)
        return false;
    sys_config.validators[sys_config.validator_count++] = fn;
    return true;
}

bool mgos_sys_config_validate(const struct mgos_config *cfg, char **msg)
{
    for (int i = 0; i < sys_config.validator_count; i++)
        if (!sys_config.validators[i](cfg, msg))
            return false;
    return true;
}

static bool refuse(char **msg, const char *sentence)
{
    *msg = heap_strdup(sentence);
    return false;
}

/* The text of the layer: what `cfg` has and the layers below do not. */
static bool layer_text(const struct mgos_config *cfg, int level, struct mbuf *text, char **msg)
{
    const struct mgos_conf_entry *schema = mgos_config_schema();
    struct json_out out = JSON_OUT_MBUF(text);
    struct mgos_config *base = heap_zalloc(mgos_sys_config_size());

    if (!base || !mgos_sys_config_load_level(base, level - 1)) {
        heap_free(base);
        return refuse(msg, "failed to load defaults");
    }
    reconcile_placeholders(base, cfg);
    mgos_conf_emit(cfg, base, schema, schema, true, &out);
    mgos_conf_free(schema, base);
    heap_free(base);
    return out.u.buf.len == 0 || refuse(msg, "insufficient memory");
}

/* The new file is complete before the old one goes: storage_replace(). A stale file for one try would hide
 * it at the next boot, so that goes first. */
static bool write_layer(int level, bool try_once, const struct mbuf *text, char **msg)
{
    char name[FILE_NAME_SIZE];

    layer_name(name, level, true);
    if (!try_once && storage_size(name) >= 0)
        storage_remove(name);
    layer_name(name, level, try_once);
    int err = storage_replace(name, text->buf, text->len);
    if (err) {
        LOG(LL_ERROR, ("Failed to write %s: %s", name, storage_strerror(err)));
        return refuse(msg, "failed to write file");
    }
    LOG(LL_INFO, ("Saved to %s", name));
    return true;
}

bool mgos_sys_config_save_level(const struct mgos_config *cfg, int level, bool try_once, char **msg)
{
    struct mbuf text;
    char *ignored = NULL;
    char **why = msg ? msg : &ignored;
    bool saved = false;

    *why = NULL;
    if (level < 1 || level > LAYERS)
        return refuse(why, "not allowed: layers that can be saved are 1 to 9");
    mbuf_init(&text, 0);
    if (mgos_sys_config_validate(cfg, why) && layer_text(cfg, level, &text, why))
        saved = write_layer(level, try_once, &text, why);
    if (text.buf)
        wipe(text.buf, text.len);
    mbuf_free(&text);
    heap_free(ignored);
    return saved;
}

bool mgos_sys_config_save(const struct mgos_config *cfg, bool try_once, char **msg)
{
    return mgos_sys_config_save_level(cfg, MGOS_CONFIG_LEVEL_USER, try_once, msg);
}

void mgos_config_reset(int level)
{
    char name[FILE_NAME_SIZE];

    for (int i = LAYERS; i >= level && i > 0; i--) {
        layer_name(name, i, false);
        if (storage_remove(name) == 0)
            LOG(LL_WARN, ("Removed %s", name));
        layer_name(name, i, true);
        storage_remove(name);
    }
}

/* --- boot --------------------------------------------------------------------------------------------- */

/* Looked at before layer 9, so that the user's layer cannot switch it off (mongoose-os.md 4.7). */
static void check_factory_reset(void)
{
    int pin = mgos_sys_config_int("debug.factory_reset_gpio", -1);

    if (pin < 0 || !mgos_gpio_setup_input(pin, MGOS_GPIO_PULL_UP))
        return;
    mgos_msleep(10);
    if (mgos_gpio_read(pin))
        return;
    LOG(LL_WARN, ("Factory reset requested via GPIO%d", pin));
    mgos_config_reset(MGOS_CONFIG_LEVEL_USER);
}

static enum mgos_init_result apply_debug(void)
{
    cs_log_set_level((enum cs_log_level)mgos_sys_config_int("debug.level", LL_INFO));
    cs_log_set_file_level(mgos_sys_config_string("debug.file_level"));
    int before = mgos_get_stderr_uart(), now = mgos_sys_config_int("debug.stderr_uart", 0);
    if (now != before)
        LOG(LL_INFO, ("Switching debug to UART%d", now));
    if (!mgos_set_stdout_uart(mgos_sys_config_int("debug.stdout_uart", 0)))
        return MGOS_INIT_CONFIG_INVALID_STDOUT_UART;
    if (!mgos_set_stderr_uart(now))
        return MGOS_INIT_CONFIG_INVALID_STDERR_UART;
    return MGOS_INIT_OK;
}

enum mgos_init_result sys_config_boot(void)
{
    const uint8_t *mac = board_info()->mac;

    if (!mgos_conf_copy(mgos_config_schema(), &mgos_config_defaults, &mgos_sys_config))
        return MGOS_INIT_CONFIG_LOAD_DEFAULTS_FAILED;
    if (storage_size("conf.json") >= 0)
        storage_rename("conf.json", "conf9.json");
    for (int level = 1; level < LAYERS; level++)
        load_layer(&mgos_sys_config, level, true);
    check_factory_reset();
    load_layer(&mgos_sys_config, LAYERS, true);
    expand_placeholders(&mgos_sys_config);

    enum mgos_init_result result = apply_debug();
    if (result != MGOS_INIT_OK)
        return result;
    LOG(LL_INFO, ("MAC: %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]));
    mgos_wdt_set_timeout(mgos_sys_config_int("sys.wdt_timeout", 30));
    LOG(LL_INFO, ("WDT: %d seconds", mgos_sys_config_int("sys.wdt_timeout", 30)));
    return MGOS_INIT_OK;
}

void sys_config_forget_all(void)
{
    sys_config.validator_count = 0;
}
