/* Config.Get, Config.Set, Config.Save: mongoose-os.md 2.3, on the small configuration of
 * tests/os/fake_config.h. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "fake_board.h"
#include "fake_config.h"
#include "loopback.h"
#include "mgos_sys_config.h"
#include "rpc_service_config.h"

static struct mg_rpc *rpc;
static struct loopback line;

static int start(void **state)
{
    (void)state;
    fake_board_start();
    memset(&mgos_sys_config, 0, sizeof(mgos_sys_config));
    assert_true(mgos_conf_copy(mgos_config_schema(), &mgos_config_defaults, &mgos_sys_config));
    rpc = loopback_start(&line);
    rpc_service_config_add(rpc);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mg_rpc_free(rpc);
    mgos_conf_free(mgos_config_schema(), &mgos_sys_config);
    return 0;
}

static void gives(const char *method, const char *params, const char *payload)
{
    assert_string_equal(loopback_call(&line, method, params), payload);
}

/* --- Get ------------------------------------------------------------------------------------------------ */

static void gets_everything_a_branch_or_a_leaf(void **state)
{
    const char *payload;

    (void)state;
    payload = loopback_call(&line, "Config.Get", NULL);
    assert_ptr_equal(strstr(payload, "\"result\":{\"device\":{\"id\":"), payload);
    assert_null(strchr(payload, ' '));
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"IoT\"}", "\"result\":{\"saved\": false}");
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\"}", "\"result\":\"IoT\"");
    gives("Config.Set", "{\"config\":{\"wifi\":{\"sta\":{\"enable\":true,\"pass\":\"12344321\"}}}}",
          "\"result\":{\"saved\": false}");
    gives("Config.Get", "{\"key\":\"wifi.sta\"}",
          "\"result\":{\"enable\":true,\"ssid\":\"IoT\",\"pass\":\"12344321\"}");
    gives("Config.Get", "{\"key\":\"test.ratio\",\"level\":9}",
          strstr(loopback_call(&line, "Config.Get", "{\"key\":\"test.ratio\"}"), "\"result\":"));
}

static void empty_strings_are_empty_strings(void **state)
{
    (void)state;
    gives("Config.Get", "{\"key\":\"device.sn\"}", "\"result\":\"\"");
}

static void an_unknown_key_is_404(void **state)
{
    (void)state;
    gives("Config.Get", "{\"key\":\"no.such\"}",
          "\"error\":{\"code\":404,\"message\":\"invalid config key\"}");
    gives("Config.Set", "{\"key\":\"no.such\",\"value\":1}",
          "\"error\":{\"code\":404,\"message\":\"invalid config key\"}");
}

static void levels_are_read_from_their_files(void **state)
{
    (void)state;
    fake_storage_put("conf3.json", "{\"wifi\":{\"sta\":{\"ssid\":\"vendor\"}}}");
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"live\"}", "\"result\":{\"saved\": false}");
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\",\"level\":2}", "\"result\":\"\"");
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\",\"level\":3}", "\"result\":\"vendor\"");
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\",\"level\":9}", "\"result\":\"live\"");
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\",\"level\":77}", "\"result\":\"live\"");
}

/* --- Set ------------------------------------------------------------------------------------------------ */

static void set_says_what_is_wrong(void **state)
{
    (void)state;
    gives("Config.Set", NULL, "\"error\":{\"code\":400,\"message\":\"value is required\"}");
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\"}",
          "\"error\":{\"code\":400,\"message\":\"value is required\"}");
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"x\",\"level\":0}",
          "\"error\":{\"code\":400,\"message\":\"not allowed\"}");
    gives(
        "Config.Set", "{\"key\":\"wifi.sta.enable\",\"value\":5}",
        "\"error\":{\"code\":400,\"message\":\"invalid config value: [wifi.sta.enable] is not a boolean\"}");
    gives("Config.Set", "{\"config\":{\"debug\":{\"level\":\"x\"}}}",
          "\"error\":{\"code\":400,\"message\":\"invalid config value: [debug.level] is not a number\"}");
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":5}",
          "\"error\":{\"code\":400,\"message\":\"invalid config value: [wifi.sta.ssid] is not a string\"}");
}

static void the_access_list_is_the_live_one(void **state)
{
    (void)state;
    gives("Config.Set", "{\"key\":\"conf_acl\",\"value\":\"-wifi.*,*\"}", "\"result\":{\"saved\": false}");
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"x\"}", "\"result\":{\"saved\": false}");
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\"}", "\"result\":\"\"");
}

static void saves_what_differs(void **state)
{
    (void)state;
    gives("Config.Set", "{\"config\":{\"wifi\":{\"sta\":{\"ssid\":\"IoT\"}}},\"save\":true}",
          "\"result\":{\"saved\": true}");
    assert_string_equal(fake_storage_get("conf9.json"),
                        "{\n  \"wifi\": {\n    \"sta\": {\n      \"ssid\": \"IoT\"\n    }\n  }\n}");
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"two\"}", "\"result\":{\"saved\": false}");
    gives("Config.Save", NULL, "\"result\":{\"saved\": true}");
    assert_non_null(strstr(fake_storage_get("conf9.json"), "\"two\""));
}

static void saves_a_vendor_level_without_touching_the_live_one(void **state)
{
    (void)state;
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"vendor\",\"level\":5,\"save\":true}",
          "\"result\":{\"saved\": true}");
    assert_non_null(strstr(fake_storage_get("conf5.json"), "\"ssid\": \"vendor\""));
    assert_null(fake_storage_get("conf9.json"));
    gives("Config.Get", "{\"key\":\"wifi.sta.ssid\"}", "\"result\":\"\"");
}

static void try_once_is_a_file_of_its_own(void **state)
{
    (void)state;
    gives("Config.Set", "{\"key\":\"wifi.sta.ssid\",\"value\":\"IoT\",\"save\":true,\"try_once\":true}",
          "\"result\":{\"saved\": true}");
    assert_null(fake_storage_get("conf9.json"));
    assert_non_null(fake_storage_get("conf9.json.try"));
}

static void a_failure_to_write_is_an_error(void **state)
{
    (void)state;
    fake_storage_set_full(true);
    gives("Config.Save", NULL,
          "\"error\":{\"code\":-1,\"message\":\"error saving config: failed to write file\"}");
}

static void reboots_half_a_second_later(void **state)
{
    enum fake_end end = (enum fake_end)setjmp(fake_board_end);

    (void)state;
    if (end == FAKE_RUNNING) {
        gives("Config.Save", "{\"reboot\":true}", "\"result\":{\"saved\": true}");
        fake_board_run_us(400000);
        fake_storage_put("still", "running");
        fake_board_run_us(400000);
        fail_msg("did not restart");
    }
    assert_int_equal(end, FAKE_RESTARTED);
    assert_non_null(fake_storage_get("still"));
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(gets_everything_a_branch_or_a_leaf),
        POINT(empty_strings_are_empty_strings),
        POINT(an_unknown_key_is_404),
        POINT(levels_are_read_from_their_files),
        POINT(set_says_what_is_wrong),
        POINT(the_access_list_is_the_live_one),
        POINT(saves_what_differs),
        POINT(saves_a_vendor_level_without_touching_the_live_one),
        POINT(try_once_is_a_file_of_its_own),
        POINT(a_failure_to_write_is_an_error),
        POINT(reboots_half_a_second_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
