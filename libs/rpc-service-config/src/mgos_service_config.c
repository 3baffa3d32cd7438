/* Config.Get, Config.Set, Config.Save.  mongoose-os.md 2.3 */

#include "rpc_service_config.h"

#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_config_util.h"
#include "mgos_sys_config.h"
#include "mgos_system.h"

enum { REBOOT_DELAY_MS = 500 };

/* --- levels --------------------------------------------------------------------------------------------- */

/* Levels 0 to 8 are files (0: what was compiled in); anything else means the live configuration. */
static bool is_layer(int level)
{
    return level >= MGOS_CONFIG_LEVEL_DEFAULTS && level < MGOS_CONFIG_LEVEL_USER;
}

/* The configuration of that level, from the heap; NULL: memory. */
static struct mgos_config *load_layer(int level)
{
    struct mgos_config *cfg = heap_zalloc(mgos_sys_config_size());

    if (cfg == NULL)
        return NULL;
    if (!mgos_sys_config_load_level(cfg, level)) {
        heap_free(cfg);
        return NULL;
    }
    return cfg;
}

static void free_layer(struct mgos_config *cfg)
{
    if (cfg == NULL)
        return;
    mgos_conf_free(mgos_config_schema(), cfg);
    heap_free(cfg);
}

/* --- Config.Get ----------------------------------------------------------------------------------------- */

static int print_config(struct json_out *out, va_list *ap)
{
    const struct mgos_config *cfg = va_arg(*ap, const struct mgos_config *);
    const struct mgos_conf_entry *entry = va_arg(*ap, const struct mgos_conf_entry *);

    mgos_conf_emit(cfg, NULL, mgos_config_schema(), entry, false, out);
    return 0;
}

static void get(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                struct mg_str args)
{
    char *key = NULL;
    int level = -1;
    struct mgos_config *layer = NULL;
    const struct mgos_conf_entry *entry;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &key, &level);
    entry = mgos_conf_find_schema_entry(key, mgos_config_schema());
    heap_free(key);
    if (entry == NULL) {
        mg_rpc_send_errorf(ri, 404, "invalid config key");
        return;
    }
    if (is_layer(level) && (layer = load_layer(level)) == NULL) {
        mg_rpc_send_errorf(ri, 400, "failed to load config");
        return;
    }
    mg_rpc_send_responsef(ri, "%M", print_config, layer != NULL ? layer : &mgos_sys_config, entry);
    free_layer(layer);
}

/* --- Config.Save ---------------------------------------------------------------------------------------- */

static void save_and_answer(struct mg_rpc_request_info *ri, const struct mgos_config *cfg, int level,
                            bool try_once, bool reboot)
{
    char *message = NULL;

    if (!mgos_sys_config_save_level(cfg, level, try_once, &message)) {
        mg_rpc_send_errorf(ri, -1, "error saving config: %s",
                           message != NULL ? message : "insufficient memory");
        heap_free(message);
        return;
    }
    mg_rpc_send_responsef(ri, "{saved: %B}", 1);
    if (reboot)
        mgos_system_restart_after(REBOOT_DELAY_MS);
}

static void save(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    bool try_once = false, reboot = false;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &try_once, &reboot);
    save_and_answer(ri, &mgos_sys_config, MGOS_CONFIG_LEVEL_USER, try_once, reboot);
}

/* --- Config.Set ----------------------------------------------------------------------------------------- */

struct set_request {
    char *key;
    struct json_token value;
    int level;
    bool save, try_once, reboot;
};

static struct mg_str value_text(const struct json_token *value)
{
    if (value->type == JSON_TYPE_STRING) /* the scanner left the quotes out */
        return mg_mk_str_n(value->ptr - 1, (size_t)value->len + 2);
    return mg_mk_str_n(value->ptr, (size_t)value->len);
}

/* Edits `cfg`; false: the request has been answered with why not. */
static bool edit(struct mg_rpc_request_info *ri, const struct set_request *request, struct mgos_config *cfg)
{
    const struct mgos_conf_entry *schema = mgos_config_schema();
    char *error = NULL;

    if (mgos_conf_find_schema_entry(request->key, schema) == NULL) {
        mg_rpc_send_errorf(ri, 404, "invalid config key");
        return false;
    }
    if (mgos_conf_parse_at(request->key, value_text(&request->value), mgos_sys_config_string("conf_acl"),
                           schema, cfg, &error))
        return true;
    mg_rpc_send_errorf(ri, 400, "invalid config value: %s", error != NULL ? error : "insufficient memory");
    heap_free(error);
    return false;
}

static void apply(struct mg_rpc_request_info *ri, const struct set_request *request, struct mgos_config *cfg,
                  int level)
{
    if (!edit(ri, request, cfg))
        return;
    if (request->save) {
        save_and_answer(ri, cfg, level, request->try_once, request->reboot);
        return;
    }
    mg_rpc_send_responsef(ri, "{saved: %B}", 0);
    if (request->reboot)
        mgos_system_restart_after(REBOOT_DELAY_MS);
}

static void apply_to_layer(struct mg_rpc_request_info *ri, const struct set_request *request)
{
    struct mgos_config *layer = load_layer(request->level);

    if (layer == NULL) {
        mg_rpc_send_errorf(ri, 400, "failed to load config");
        return;
    }
    apply(ri, request, layer, request->level);
    free_layer(layer);
}

static void set(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                struct mg_str args)
{
    struct set_request request = {.value = JSON_INVALID_TOKEN, .level = MGOS_CONFIG_LEVEL_USER};

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &request.key, &request.value, &request.value,
               &request.level, &request.save, &request.try_once, &request.reboot);
    if (request.value.ptr == NULL)
        mg_rpc_send_errorf(ri, 400, "value is required");
    else if (request.level == MGOS_CONFIG_LEVEL_DEFAULTS)
        mg_rpc_send_errorf(ri, 400, "not allowed");
    else if (is_layer(request.level))
        apply_to_layer(ri, &request);
    else
        apply(ri, &request, &mgos_sys_config, MGOS_CONFIG_LEVEL_USER);
    heap_free(request.key);
}

void rpc_service_config_add(struct mg_rpc *rpc)
{
    mg_rpc_add_handler(rpc, "Config.Get", "{key: %Q, level: %d}", get, NULL);
    mg_rpc_add_handler(rpc, "Config.Set",
                       "{key: %Q, config: %T, value: %T, level: %d, save: %B, try_once: %B, reboot: %B}", set,
                       NULL);
    mg_rpc_add_handler(rpc, "Config.Save", "{try_once: %B, reboot: %B}", save, NULL);
}
