/* Layers, saving, booting: the configuration of a board. os/include/mgos_sys_config.h, mongoose-os.md 4.3
 * to 4.8 */

#include "check.h"

#include "board.h"
#include "boot.h"
#include "common/cs_dbg.h"
#include "fake_board.h"
#include "fake_config.h"
#include "heap.h"
#include "mgos_gpio.h"
#include "mgos_sys_config.h"
#include "mgos_uart.h"

static void open_uart(void)
{
    struct mgos_uart_config uart;

    mgos_uart_config_set_defaults(0, &uart);
    mgos_uart_configure(0, &uart);
}

static int start(void **state)
{
    fake_board_start();
    open_uart();
    return 0;
}

/* Boots and gives what was logged. */
static const char *boot(void)
{
    fake_board_reset();
    open_uart();
    assert_int_equal(sys_config_boot(), MGOS_INIT_OK);
    return fake_uart_output();
}

static void later_layers_win(void **state)
{
    fake_storage_put("conf1.json",
                     "{\"device\":{\"sn\":\"one\"},\"debug\":{\"level\":1},\"sys\":{\"wdt_timeout\":11}}");
    fake_storage_put("conf5.json", "{\"device\":{\"sn\":\"five\"}}");
    fake_storage_put("conf_vendor.json", "{\"device\":{\"sn\":\"vendor\"}}");
    fake_storage_put("conf9.json", "{\"debug\":{\"level\":0}}");
    boot();
    assert_string_equal(mgos_sys_config.device.sn, "vendor");
    assert_int_equal(mgos_sys_config.debug.level, 0);
    assert_int_equal(mgos_sys_config.sys.wdt_timeout, 11);
    fake_storage_put("conf6.json", "{\"device\":{\"sn\":\"six\"}}");
    boot();
    assert_string_equal(mgos_sys_config.device.sn, "six");
}

static void defaults_are_layer_0_and_no_file(void **state)
{
    fake_storage_put("conf0.json", "{\"device\":{\"sn\":\"not read\"}}");
    boot();
    assert_null(mgos_sys_config.device.sn);
}

static void a_file_called_conf_becomes_the_users_layer(void **state)
{
    fake_storage_put("conf.json", "{\"device\":{\"sn\":\"old style\"}}");
    boot();
    assert_string_equal(mgos_sys_config.device.sn, "old style");
    assert_null(fake_storage_get("conf.json"));
    assert_non_null(fake_storage_get("conf9.json"));
}

static void a_bad_file_is_told_and_the_boot_goes_on(void **state)
{
    fake_storage_put(
        "conf2.json",
        "{\"device\":{\"sn\":\"before\"},\"debug\":{\"level\":\"x\"},\"sys\":{\"wdt_timeout\":1}}");
    fake_storage_put("conf9.json", "{\"wifi\"");
    const char *log = boot();
    assert_non_null(strstr(log, "Failed to parse conf2.json: [debug.level] is not a number\n"));
    assert_non_null(strstr(log, "Failed to parse conf9.json: Invalid JSON\n"));
    assert_string_equal(mgos_sys_config.device.sn, "before");
    assert_int_equal(mgos_sys_config.sys.wdt_timeout, 30);
}

static void a_file_for_one_try_is_used_once(void **state)
{
    fake_storage_put("conf9.json", "{\"device\":{\"sn\":\"safe\"}}");
    fake_storage_put("conf9.json.try", "{\"device\":{\"sn\":\"daring\"}}");
    boot();
    assert_string_equal(mgos_sys_config.device.sn, "daring");
    assert_null(fake_storage_get("conf9.json.try"));
    boot();
    assert_string_equal(mgos_sys_config.device.sn, "safe");
}

static void the_list_of_a_layer_governs_the_layers_above(void **state)
{
    fake_storage_put("conf5.json", "{\"conf_acl\":\"-device.*,*\",\"device\":{\"sn\":\"vendor\"}}");
    fake_storage_put("conf9.json", "{\"device\":{\"sn\":\"user\"},\"debug\":{\"level\":1}}");
    const char *log = boot();
    assert_string_equal(mgos_sys_config.device.sn, "vendor");
    assert_int_equal(mgos_sys_config.debug.level, 1);
    assert_non_null(strstr(log, "Not allowed to set [device.sn]\n"));
}

/* mongoose-os.md 4.6 */
static void question_marks_become_the_mac(void **state)
{
    boot();
    assert_string_equal(mgos_sys_config.device.id, "linux_A1B2C3");
    assert_string_equal(mgos_sys_config.wifi.ap.ssid, "Mongoose_A1B2C3");

    char odd[] = "x_???", even[] = "??:??", none[] = "x", all[] = "??????????????";
    assert_false(mgos_expand_mac_address_placeholders(odd));
    assert_string_equal(odd, "x_???");
    assert_true(mgos_expand_mac_address_placeholders(even));
    assert_string_equal(even, "B2:C3");
    assert_false(mgos_expand_mac_address_placeholders(none));
    assert_true(mgos_expand_mac_address_placeholders(all));
    assert_string_equal(all, "??5CCF7FA1B2C3");
}

static void booting_tells_the_mac_and_starts_the_watchdog(void **state)
{
    fake_storage_put("conf3.json", "{\"sys\":{\"wdt_timeout\":60}}");
    const char *log = boot();
    assert_non_null(strstr(log, "MAC: 5c:cf:7f:a1:b2:c3\n"));
    assert_non_null(strstr(log, "WDT: 60 seconds\n"));
    assert_int_equal(fake_watchdog_seconds(), 60);
}

static void the_log_level_is_that_of_the_configuration(void **state)
{
    fake_storage_put("conf9.json", "{\"debug\":{\"level\":3,\"file_level\":\"x.c=0\"}}");
    boot();
    assert_int_equal(cs_log_get_level(), LL_DEBUG);
    fake_storage_put("conf9.json", "{\"debug\":{\"stdout_uart\":5}}");
    fake_board_reset();
    assert_int_equal(sys_config_boot(), MGOS_INIT_CONFIG_INVALID_STDOUT_UART);
}

/* The pin is read before layer 9: who writes layer 9 cannot disarm it (mongoose-os.md 4.7). */
static void a_pin_held_low_removes_the_users_layer(void **state)
{
    fake_storage_put("conf5.json", "{\"debug\":{\"factory_reset_gpio\":4}}");
    fake_storage_put("conf9.json", "{\"debug\":{\"factory_reset_gpio\":-1},\"device\":{\"sn\":\"user\"}}");
    const char *log = boot();
    assert_non_null(strstr(log, "Factory reset requested via GPIO4\n"));
    assert_non_null(strstr(log, "Removed conf9.json\n"));
    assert_null(mgos_sys_config.device.sn);
    assert_null(fake_storage_get("conf9.json"));
}

static void saving_writes_what_differs_from_the_layers_below(void **state)
{
    char *error;

    fake_storage_put("conf5.json", "{\"device\":{\"sn\":\"vendor\"}}");
    boot();
    mgos_sys_config_put_string("wifi.sta.ssid", "lab");
    assert_true(mgos_sys_config_save(&mgos_sys_config, false, &error));
    assert_null(error);
    assert_string_equal(fake_storage_get("conf9.json"),
                        "{\n  \"wifi\": {\n    \"sta\": {\n      \"ssid\": \"lab\"\n    }\n  }\n}");
    assert_non_null(strstr(fake_uart_output(), "Saved to conf9.json\n"));
    boot();
    assert_string_equal(mgos_sys_config.wifi.sta.ssid, "lab");
    assert_string_equal(mgos_sys_config.device.sn, "vendor");
}

static void saving_costs_no_memory_in_the_end(void **state)
{
    boot();
    size_t before = heap_available();
    assert_true(mgos_sys_config_save(&mgos_sys_config, false, NULL));
    assert_int_equal(heap_available(), before);
}

static void a_layer_for_one_try_leaves_the_old_one(void **state)
{
    fake_storage_put("conf9.json", "{\"device\":{\"sn\":\"safe\"}}");
    boot();
    mgos_sys_config_put_string("device.sn", "daring");
    assert_true(mgos_sys_config_save(&mgos_sys_config, true, NULL));
    assert_string_equal(fake_storage_get("conf9.json"), "{\"device\":{\"sn\":\"safe\"}}");
    assert_non_null(strstr(fake_storage_get("conf9.json.try"), "daring"));
    mgos_sys_config_put_string("device.sn", "sure");
    assert_true(mgos_sys_config_save(&mgos_sys_config, false, NULL));
    assert_null(fake_storage_get("conf9.json.try"));
}

static void a_lower_layer_can_be_saved_by_itself(void **state)
{
    struct mgos_config layer;

    fake_storage_put("conf9.json", "{\"device\":{\"sn\":\"user\"}}");
    boot();
    assert_true(mgos_sys_config_load_level(&layer, 5));
    assert_null(layer.device.sn);
    assert_string_equal(layer.device.id, "linux_??????");
    mgos_conf_set_str(&layer.wifi.sta.ssid, "vendor's");
    assert_true(mgos_sys_config_save_level(&layer, 5, false, NULL));
    mgos_conf_free(mgos_config_schema(), &layer);
    assert_string_equal(fake_storage_get("conf5.json"),
                        "{\n  \"wifi\": {\n    \"sta\": {\n      \"ssid\": \"vendor's\"\n    }\n  }\n}");
    char *error;
    assert_false(mgos_sys_config_save_level(&mgos_sys_config, 0, false, &error));
    assert_non_null(error);
    assert_false(mgos_sys_config_save_level(&mgos_sys_config, 10, false, NULL));
}

static bool refuse_long_ssids(const struct mgos_config *cfg, char **msg)
{
    if (!cfg->wifi.sta.ssid || strlen(cfg->wifi.sta.ssid) <= 31)
        return true;
    *msg = heap_strdup("STA SSID must be between 1 and 31 chars");
    return false;
}

static void validators_have_the_last_word(void **state)
{
    char *error;

    boot();
    assert_true(mgos_sys_config_register_validator(refuse_long_ssids));
    mgos_sys_config_put_string("wifi.sta.ssid", "a name of more than thirty-one chars");
    assert_false(mgos_sys_config_save(&mgos_sys_config, false, &error));
    assert_string_equal(error, "STA SSID must be between 1 and 31 chars");
    assert_null(fake_storage_get("conf9.json"));
}

static void a_full_medium_is_told(void **state)
{
    char *error;

    boot();
    fake_storage_set_full(true);
    assert_false(mgos_sys_config_save(&mgos_sys_config, false, &error));
    assert_string_equal(error, "failed to write file");
}

/* Better than Mongoose OS, which deletes and renames (mongoose-os.md 4.4): whenever the power fails, the
 * next boot finds the old settings or the new ones. */
static void a_power_cut_at_any_moment_leaves_the_old_or_the_new(void **state)
{
    for (volatile int with_try = 0; with_try < 2; with_try++) {
        for (volatile int cut = 1, running = 1; running; cut++) {
            for (volatile int completed = 0; completed < 2; completed++) {
                fake_board_start();
                fake_storage_put("conf9.json",
                                 "{\"device\":{\"sn\":\"old\"},\"wifi\":{\"sta\":{\"ssid\":\"old\"}}}");
                boot();
                if (with_try) {
                    mgos_sys_config_put_string("device.sn", "tried");
                    mgos_sys_config_put_string("wifi.sta.ssid", "tried");
                    assert_true(mgos_sys_config_save(&mgos_sys_config, true, NULL));
                }
                mgos_sys_config_put_string("device.sn", "new");
                mgos_sys_config_put_string("wifi.sta.ssid", "new");
                fake_storage_cut_power_at(cut, completed);
                if (setjmp(fake_board_end) == FAKE_RUNNING) {
                    assert_true(mgos_sys_config_save(&mgos_sys_config, false, NULL));
                    running = 0;
                }
                fake_storage_cut_power_at(0, false);
                boot();
                const char *sn = mgos_sys_config.device.sn;
                assert_non_null(sn);
                assert_string_equal(mgos_sys_config.wifi.sta.ssid, sn);
                if (!running)
                    assert_string_equal(sn, "new");
                else if (strcmp(sn, "old") != 0 && strcmp(sn, "new") != 0 &&
                         !(with_try && strcmp(sn, "tried") == 0))
                    fail_msg("after a power cut at call %d the serial number is '%s'", cut, sn);
            }
        }
    }
}

static void removing_layers(void **state)
{
    fake_storage_put("conf9.json", "{}");
    fake_storage_put("conf9.json.try", "{}");
    fake_storage_put("conf5.json", "{}");
    mgos_config_reset(6);
    assert_null(fake_storage_get("conf9.json"));
    assert_null(fake_storage_get("conf9.json.try"));
    assert_non_null(fake_storage_get("conf5.json"));
}

static void members_are_reached_by_path(void **state)
{
    boot();
    assert_string_equal(mgos_sys_config_string("device.id"), "linux_A1B2C3");
    assert_null(mgos_sys_config_string("debug.level"));
    assert_int_equal(mgos_sys_config_int("debug.level", 77), 2);
    assert_int_equal(mgos_sys_config_int("no.such", 77), 77);
    assert_int_equal(mgos_sys_config_int("wifi.ap.enable", 77), 1);
    assert_false(mgos_sys_config_put_string("debug.level", "x"));
    assert_true(mgos_sys_config_size() >= sizeof(struct mgos_config));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(later_layers_win, start),
        cmocka_unit_test_setup(defaults_are_layer_0_and_no_file, start),
        cmocka_unit_test_setup(a_file_called_conf_becomes_the_users_layer, start),
        cmocka_unit_test_setup(a_bad_file_is_told_and_the_boot_goes_on, start),
        cmocka_unit_test_setup(a_file_for_one_try_is_used_once, start),
        cmocka_unit_test_setup(the_list_of_a_layer_governs_the_layers_above, start),
        cmocka_unit_test_setup(question_marks_become_the_mac, start),
        cmocka_unit_test_setup(booting_tells_the_mac_and_starts_the_watchdog, start),
        cmocka_unit_test_setup(the_log_level_is_that_of_the_configuration, start),
        cmocka_unit_test_setup(a_pin_held_low_removes_the_users_layer, start),
        cmocka_unit_test_setup(saving_writes_what_differs_from_the_layers_below, start),
        cmocka_unit_test_setup(saving_costs_no_memory_in_the_end, start),
        cmocka_unit_test_setup(a_layer_for_one_try_leaves_the_old_one, start),
        cmocka_unit_test_setup(a_lower_layer_can_be_saved_by_itself, start),
        cmocka_unit_test_setup(validators_have_the_last_word, start),
        cmocka_unit_test_setup(a_full_medium_is_told, start),
        cmocka_unit_test_setup(a_power_cut_at_any_moment_leaves_the_old_or_the_new, start),
        cmocka_unit_test_setup(removing_layers, start),
        cmocka_unit_test_setup(members_are_reached_by_path, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
