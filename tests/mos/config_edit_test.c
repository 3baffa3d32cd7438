/* Assignments to configuration values, with the types of the present ones.  mongoose-os.md 3.9, 8.3 R9 */

#include "config_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static json_t *config;
static char why[400];

static int setup(void **state)
{
    config = json_loads("{\"debug\":{\"level\":2},\"http\":{\"enable\":true,\"listen_addr\":\":443\"},"
                        "\"sys\":{\"atca\":{\"i2c_addr\":96}},\"ratio\":1.5}",
                        0, NULL);
    return config ? 0 : -1;
}

static int teardown(void **state)
{
    json_decref(config);
    return 0;
}

static void expect_changes(const char *wanted, ...)
{
    json_t *changes = json_object();
    va_list arguments;
    char *text;

    va_start(arguments, wanted);
    for (const char *a = va_arg(arguments, const char *); a; a = va_arg(arguments, const char *))
        assert_int_equal(config_assign(config, changes, a, why, sizeof why), 0);
    va_end(arguments);
    text = json_dumps(changes, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, wanted);
    free(text);
    json_decref(changes);
}

static void expect_refusal(const char *assignment, const char *sentence)
{
    json_t *changes = json_object();

    assert_int_equal(config_assign(config, changes, assignment, why, sizeof why), -1);
    assert_non_null(strstr(why, sentence));
    assert_int_equal(json_object_size(changes), 0);
    json_decref(changes);
}

static void types_follow_the_present_value(void **state)
{
    expect_changes("{\"debug\":{\"level\":3}}", "debug.level=3", NULL);
    expect_changes("{\"http\":{\"enable\":false,\"listen_addr\":\"443\"}}", "http.enable=false",
                   "http.listen_addr=443", NULL);
    expect_changes("{\"ratio\":2}", "ratio=2", NULL);
    expect_changes("{\"http\":{\"listen_addr\":\"\"}}", "http.listen_addr=", NULL);
}

static void first_equals_sign_separates(void **state)
{
    expect_changes("{\"http\":{\"listen_addr\":\"a=b=c\"}}", "http.listen_addr=a=b=c", NULL);
}

/* The original refuses 0x60 (R9). */
static void hex_numbers(void **state)
{
    expect_changes("{\"sys\":{\"atca\":{\"i2c_addr\":96}}}", "sys.atca.i2c_addr=0x60", NULL);
}

static void last_assignment_wins(void **state)
{
    expect_changes("{\"debug\":{\"level\":1}}", "debug.level=3", "debug.level=1", NULL);
}

static void refusals(void **state)
{
    expect_refusal("debug.levle=3", "no config value at path \"debug.levle\"");
    expect_refusal("debug.level.x=3", "no config value at path \"debug.level.x\"");
    expect_refusal("=3", "no config value at path \"\"");
    expect_refusal("debug.=3", "no config value at path \"debug.\"");
    expect_refusal("debug.level", "missing value for \"debug.level\"");
    expect_refusal("debug.level=high", "can't convert \"high\" to a number");
    expect_refusal("debug.level=nan", "can't convert");
    expect_refusal("http.enable=maybe", "can't convert \"maybe\" to a boolean");
    expect_refusal("http=x",
                   "only strings, numbers and booleans can be set, but path \"http\" refers to an object");
    expect_refusal("http.listen_addr=\xff", "UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(types_follow_the_present_value, setup, teardown),
        cmocka_unit_test_setup_teardown(first_equals_sign_separates, setup, teardown),
        cmocka_unit_test_setup_teardown(hex_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(last_assignment_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
