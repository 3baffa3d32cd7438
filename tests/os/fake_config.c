/* A small configuration, its defaults and schema; a build of nothing. tests/os/fake_config.h */

#include "fake_config.h"

#include <stddef.h>

#include "build_info.h"
#include "mgos_deps.h"

struct mgos_config mgos_sys_config;

const struct mgos_config mgos_config_defaults = {
    .device = {.id = "linux_??????"},
    .debug = {.level = 2, .factory_reset_gpio = -1},
    .sys = {.wdt_timeout = 30},
    .wifi = {.ap = {.enable = 1, .ssid = "Mongoose_??????"}},
    .test = {.ratio = 2.0, .gain = 0.5f, .count = 7},
    .conf_acl = "*",
};

#define AT(member) offsetof(struct mgos_config, member)

static const struct mgos_conf_entry schema[] = {
    {CONF_TYPE_OBJECT, "", 0, 24},
    {CONF_TYPE_OBJECT, "device", AT(device), 2},
    {CONF_TYPE_STRING, "id", AT(device.id), 0},
    {CONF_TYPE_STRING, "sn", AT(device.sn), 0},
    {CONF_TYPE_OBJECT, "debug", AT(debug), 5},
    {CONF_TYPE_INT, "level", AT(debug.level), 0},
    {CONF_TYPE_STRING, "file_level", AT(debug.file_level), 0},
    {CONF_TYPE_INT, "stdout_uart", AT(debug.stdout_uart), 0},
    {CONF_TYPE_INT, "stderr_uart", AT(debug.stderr_uart), 0},
    {CONF_TYPE_INT, "factory_reset_gpio", AT(debug.factory_reset_gpio), 0},
    {CONF_TYPE_OBJECT, "sys", AT(sys), 1},
    {CONF_TYPE_INT, "wdt_timeout", AT(sys.wdt_timeout), 0},
    {CONF_TYPE_OBJECT, "wifi", AT(wifi), 7},
    {CONF_TYPE_OBJECT, "ap", AT(wifi.ap), 2},
    {CONF_TYPE_BOOL, "enable", AT(wifi.ap.enable), 0},
    {CONF_TYPE_STRING, "ssid", AT(wifi.ap.ssid), 0},
    {CONF_TYPE_OBJECT, "sta", AT(wifi.sta), 3},
    {CONF_TYPE_BOOL, "enable", AT(wifi.sta.enable), 0},
    {CONF_TYPE_STRING, "ssid", AT(wifi.sta.ssid), 0},
    {CONF_TYPE_STRING, "pass", AT(wifi.sta.pass), 0},
    {CONF_TYPE_OBJECT, "test", AT(test), 3},
    {CONF_TYPE_DOUBLE, "ratio", AT(test.ratio), 0},
    {CONF_TYPE_FLOAT, "gain", AT(test.gain), 0},
    {CONF_TYPE_UNSIGNED_INT, "count", AT(test.count), 0},
    {CONF_TYPE_STRING, "conf_acl", AT(conf_acl), 0},
};

const struct mgos_conf_entry *mgos_config_schema(void)
{
    return schema;
}

__attribute__((weak)) bool mgos_deps_init(void)
{
    return true;
}

const char *build_app = "test-app";
const char *build_version = "1.0";
const char *build_id = "20240101-120000/gdeadbee-main";
const char *build_timestamp = "2024-01-01T12:00:00Z";
const char *mg_build_version = "0.1.0";
const char *mg_build_id = "20240101-120000/gdeadbee-main";
