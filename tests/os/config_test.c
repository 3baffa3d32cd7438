/* Configuration as data: finding, parsing, printing, access. os/include/mgos_config_util.h, mongoose-os.md
 * 2.3, 4.4, 4.5 */

#include "check.h"

#include "common/cs_dbg.h"
#include "fake_board.h"
#include "fake_config.h"
#include "heap.h"
#include "mgos_uart.h"

static struct mgos_config config;

static int start(void **state)
{
    struct mgos_uart_config uart;

    fake_board_start();
    mgos_uart_config_set_defaults(0, &uart);
    mgos_uart_configure(0, &uart);
    assert_true(mgos_conf_copy(mgos_config_schema(), &mgos_config_defaults, &config));
    return 0;
}

static char *parse_at(const char *path, const char *json, const char *acl)
{
    char *error = NULL;

    bool parsed = mgos_conf_parse_at(path, mg_mk_str(json), acl, mgos_config_schema(), &config, &error);
    assert_int_equal(parsed, error == NULL);
    return error;
}

#define fails(expected, path, json)                                                                          \
    do {                                                                                                     \
        char *error = parse_at(path, json, "*");                                                             \
        assert_non_null(error);                                                                              \
        assert_string_equal(error, expected);                                                                \
        heap_free(error);                                                                                    \
    } while (0)

static void entries_are_found_by_path(void **state)
{
    const struct mgos_conf_entry *schema = mgos_config_schema();

    assert_ptr_equal(mgos_conf_find_schema_entry("", schema), schema);
    assert_ptr_equal(mgos_conf_find_schema_entry(NULL, schema), schema);
    assert_string_equal(mgos_conf_find_schema_entry("wifi.sta.pass", schema)->key, "pass");
    assert_int_equal(mgos_conf_find_schema_entry("wifi.sta", schema)->num_desc, 3);
    assert_string_equal(mgos_conf_find_schema_entry("conf_acl", schema)->key, "conf_acl");
    static const char *const none[] = {"x",       "wifi.", ".wifi",     "wifi.sta.pass.x",
                                       "wifi.st", "pass",  "wifi..sta", "."};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_null(mgos_conf_find_schema_entry(none[i], schema));
}

static void members_are_set(void **state)
{
    assert_null(parse_at("",
                         "{\"wifi\":{\"sta\":{\"enable\":true,\"ssid\":\"lab\"}},\"test\":{\"ratio\":1.5,"
                         "\"gain\":2,\"count\":4294967295},"
                         "\"debug\":{\"level\":-1}}",
                         "*"));
    assert_int_equal(config.wifi.sta.enable, 1);
    assert_string_equal(config.wifi.sta.ssid, "lab");
    assert_true(config.test.ratio == 1.5);
    assert_true(config.test.gain == 2.0f);
    assert_int_equal(config.test.count, 4294967295u);
    assert_int_equal(config.debug.level, -1);
    assert_string_equal(config.wifi.ap.ssid, "Mongoose_??????");
    assert_null(parse_at("debug.level", "0x10", "*"));
    assert_int_equal(config.debug.level, 16);
    assert_null(parse_at("wifi.sta", "{\"pass\":\"s\\u0065cret\"}", "*"));
    assert_string_equal(config.wifi.sta.pass, "secret");
    assert_null(parse_at("wifi.sta.pass", "\"\"", "*"));
    assert_null(config.wifi.sta.pass);
}

static void bad_values_are_named(void **state)
{
    fails("[debug.level] is not a number", "", "{\"debug\":{\"level\":\"2\"}}");
    fails("[wifi.sta.enable] is not a boolean", "wifi", "{\"sta\":{\"enable\":1}}");
    fails("[device.id] is not a string", "device.id", "5");
    fails("[device.id] is not a string", "device.id", "null");
    fails("[debug.level] failed to parse [1.5]", "debug.level", "1.5");
    fails("[debug.level] failed to parse [2147483648]", "debug.level", "2147483648");
    fails("[test.count] failed to parse [-1]", "test.count", "-1");
    fails("[test.gain] failed to parse [1e39]", "test.gain", "1e39");
    fails("[test.ratio] failed to parse [1e999]", "test.ratio", "1e999");
    fails("[test.ratio] is not a number", "test.ratio", "true");
    fails("[device.id] invalid string", "device.id", "\"a\\u0000b\"");
    fails("[device.id] invalid string", "device.id", "\"\\ud800\"");
    fails("[wifi] is not an object", "", "{\"wifi\":1}");
    fails("Invalid JSON", "", "{\"wifi\":");
    fails("Invalid JSON", "", "[]");
    fails("Invalid JSON", "debug.level", "");
    fails("invalid config key", "no.such.key", "1");
}

static void what_came_before_the_bad_value_stays(void **state)
{
    fails("[debug.level] is not a number", "",
          "{\"device\":{\"sn\":\"7\"},\"debug\":{\"level\":true},\"sys\":{\"wdt_timeout\":5}}");
    assert_string_equal(config.device.sn, "7");
    assert_int_equal(config.debug.level, 2);
    assert_int_equal(config.sys.wdt_timeout, 30);
}

static void unknown_members_are_skipped(void **state)
{
    cs_log_set_level(LL_DEBUG);
    assert_null(
        parse_at("", "{\"future\":{\"x\":[1]},\"wifi\":{\"mesh\":true},\"device\":{\"sn\":\"8\"}}", "*"));
    assert_string_equal(config.device.sn, "8");
    const char *log = fake_uart_output();
    assert_non_null(strstr(log, "Unknown key [future]\n"));
    assert_non_null(strstr(log, "Unknown key [wifi.mesh]\n"));
    assert_non_null(strstr(log, "Set [device.sn] = [8]\n"));
}

static void passwords_do_not_reach_the_log(void **state)
{
    cs_log_set_level(LL_DEBUG);
    assert_null(parse_at("", "{\"wifi\":{\"sta\":{\"pass\":\"secret12\"}}}", "*"));
    assert_null(strstr(fake_uart_output(), "secret12"));
}

static void what_the_list_refuses_is_skipped_and_logged(void **state)
{
    assert_null(parse_at("", "{\"wifi\":{\"sta\":{\"ssid\":\"x\"}},\"device\":{\"sn\":\"9\"}}", "-wifi.*,*"));
    assert_null(config.wifi.sta.ssid);
    assert_string_equal(config.device.sn, "9");
    assert_non_null(strstr(fake_uart_output(), "Not allowed to set [wifi.sta.ssid]\n"));
}

/* mongoose-os.md 4.5 */
static void the_first_match_decides_and_none_is_a_refusal(void **state)
{
    assert_true(mgos_conf_check_access("wifi.sta.ssid", "*"));
    assert_true(mgos_conf_check_access("wifi.sta.ssid", "wifi.*"));
    assert_true(mgos_conf_check_access("wifi.sta.ssid", "-debug.*,+wifi.*"));
    assert_false(mgos_conf_check_access("wifi.sta.ssid", "-wifi.*,*"));
    assert_true(mgos_conf_check_access("wifi.sta.ssid", "wifi.sta.*,-wifi.*"));
    assert_false(mgos_conf_check_access("wifi.ap.ssid", "wifi.sta.*, -wifi.*, *"));
    assert_false(mgos_conf_check_access("wifi.sta.ssid", "wifi"));
    assert_false(mgos_conf_check_access("wifi.sta.ssid", ""));
    assert_false(mgos_conf_check_access("wifi.sta.ssid", NULL));
    assert_false(mgos_conf_check_access("wifi.sta.ssid", ",,-"));
}

static void the_list_may_be_part_of_what_changes(void **state)
{
    mgos_conf_set_str(&config.conf_acl, "conf_acl,device.*");
    assert_null(parse_at("", "{\"conf_acl\":\"\",\"device\":{\"sn\":\"1\"}}", config.conf_acl));
    assert_string_equal(config.device.sn, "1");
    assert_null(config.conf_acl);
}

static const char *emitted(const void *base, const char *path, bool pretty)
{
    static char text[2000];
    struct json_out out = JSON_OUT_BUF(text, sizeof(text));
    const struct mgos_conf_entry *schema = mgos_config_schema();

    mgos_conf_emit(&config, base, schema, mgos_conf_find_schema_entry(path, schema), pretty, &out);
    return text;
}

static void all_of_it_in_the_order_of_the_schema(void **state)
{
    assert_string_equal(emitted(NULL, "", false),
                        "{\"device\":{\"id\":\"linux_?\?\?\?\?\?\",\"sn\":\"\"},"
                        "\"debug\":{\"level\":2,\"file_level\":\"\",\"stdout_uart\":0,\"stderr_uart\":0,"
                        "\"factory_reset_gpio\":-1},"
                        "\"sys\":{\"wdt_timeout\":30},"
                        "\"wifi\":{\"ap\":{\"enable\":true,\"ssid\":\"Mongoose_?\?\?\?\?\?\"},"
                        "\"sta\":{\"enable\":false,\"ssid\":\"\",\"pass\":\"\"}},"
                        "\"test\":{\"ratio\":2.000000,\"gain\":0.500000,\"count\":7},"
                        "\"conf_acl\":\"*\"}");
}

static void a_part_of_it(void **state)
{
    assert_string_equal(emitted(NULL, "wifi.ap", false),
                        "{\"enable\":true,\"ssid\":\"Mongoose_?\?\?\?\?\?\"}");
    assert_string_equal(emitted(NULL, "wifi.ap.enable", false), "true");
    assert_string_equal(emitted(NULL, "device.sn", false), "\"\"");
    assert_string_equal(emitted(NULL, "test.ratio", false), "2.000000");
}

/* mongoose-os.md 4.4, the example */
static void differences_are_printed_as_in_the_files(void **state)
{
    assert_string_equal(emitted(&mgos_config_defaults, "", true), "{\n}");
    assert_string_equal(emitted(&mgos_config_defaults, "", false), "{}");
    assert_null(parse_at(
        "wifi",
        "{\"ap\":{\"enable\":false},\"sta\":{\"enable\":true,\"ssid\":\"lab\",\"pass\":\"secret12\"}}", "*"));
    assert_string_equal(emitted(&mgos_config_defaults, "", true), "{\n"
                                                                  "  \"wifi\": {\n"
                                                                  "    \"ap\": {\n"
                                                                  "      \"enable\": false\n"
                                                                  "    },\n"
                                                                  "    \"sta\": {\n"
                                                                  "      \"enable\": true,\n"
                                                                  "      \"ssid\": \"lab\",\n"
                                                                  "      \"pass\": \"secret12\"\n"
                                                                  "    }\n"
                                                                  "  }\n"
                                                                  "}");
}

static void copies_are_independent_and_leave_nothing_behind(void **state)
{
    struct mgos_config copy;
    size_t before = heap_available();

    assert_null(parse_at("device.sn", "\"original\"", "*"));
    assert_true(mgos_conf_copy(mgos_config_schema(), &config, &copy));
    assert_null(parse_at("device.sn", "\"changed\"", "*"));
    assert_string_equal(copy.device.sn, "original");
    assert_ptr_equal(copy.device.id, mgos_config_defaults.device.id);
    mgos_conf_free(mgos_config_schema(), &copy);
    mgos_conf_free(mgos_config_schema(), &config);
    assert_int_equal(heap_available(), before);
}

static void without_memory_nothing_is_lost(void **state)
{
    char *error = NULL;
    void *rest[4000];
    int count = 0;

    assert_null(parse_at("device.sn", "\"first\"", "*"));
    while ((rest[count] = heap_alloc(200)) != NULL)
        count++;
    while ((rest[count] = heap_alloc(1)) != NULL)
        count++;
    assert_false(
        mgos_conf_parse_at("device.sn", mg_mk_str("\"second\""), "*", mgos_config_schema(), &config, &error));
    assert_string_equal(config.device.sn, "first");
    assert_false(mgos_conf_set_str(&config.device.sn, "third"));
    assert_string_equal(config.device.sn, "first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(entries_are_found_by_path, start),
        cmocka_unit_test_setup(members_are_set, start),
        cmocka_unit_test_setup(bad_values_are_named, start),
        cmocka_unit_test_setup(what_came_before_the_bad_value_stays, start),
        cmocka_unit_test_setup(unknown_members_are_skipped, start),
        cmocka_unit_test_setup(passwords_do_not_reach_the_log, start),
        cmocka_unit_test_setup(what_the_list_refuses_is_skipped_and_logged, start),
        cmocka_unit_test_setup(the_first_match_decides_and_none_is_a_refusal, start),
        cmocka_unit_test_setup(the_list_may_be_part_of_what_changes, start),
        cmocka_unit_test_setup(all_of_it_in_the_order_of_the_schema, start),
        cmocka_unit_test_setup(a_part_of_it, start),
        cmocka_unit_test_setup(differences_are_printed_as_in_the_files, start),
        cmocka_unit_test_setup(copies_are_independent_and_leave_nothing_behind, start),
        cmocka_unit_test_setup(without_memory_nothing_is_lost, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
