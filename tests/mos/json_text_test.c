/* JSON as text: spelling kept, white space changed.  mongoose-os.md 1.10, 3.8, 3.9 */

#include "json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void expect_compact(const char *text, const char *wanted)
{
    char *compact = json_text_compact(text, strlen(text));

    assert_string_equal(compact, wanted);
    free(compact);
}

static void compact_keeps_spelling(void **state)
{
    expect_compact(" { \"b\" : 2.50 ,\n \"a\" : [ 1e3 , \"x y\\\" z\" ] } ",
                   "{\"b\":2.50,\"a\":[1e3,\"x y\\\" z\"]}");
}

/* A board's UART gives up at a byte of 80h or more (1.5.3). */
static void compact_escapes_all_but_ascii(void **state)
{
    expect_compact("\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"", "\"caf\\u00e9 \\u20ac \\ud83d\\ude00\"");
}

static void expect_member(const char *text, const char *name, const char *wanted)
{
    const char *value;
    size_t length;

    assert_true(json_text_member(text, strlen(text), name, &value, &length));
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(value, wanted, length);
}

static void member_is_the_text_as_it_stands(void **state)
{
    static const char frame[] =
        "{\"id\":1, \"x\":{\"result\":7}, \"y\":\"\\\"result\\\":8\", \"result\": {\"v\": 2.50, "
        "\"s\": \"}]\"} ,\"z\":[]}";
    const char *value;
    size_t length;

    expect_member(frame, "result", "{\"v\": 2.50, \"s\": \"}]\"}");
    expect_member(frame, "id", "1");
    expect_member(frame, "z", "[]");
    assert_false(json_text_member(frame, strlen(frame), "v", &value, &length));
    assert_false(json_text_member("[1]", 3, "v", &value, &length));
    assert_false(json_text_member("{}", 2, "v", &value, &length));
}

static void expect_printed(const char *text, const char *wanted, bool sorted)
{
    char *printed;
    size_t size;
    FILE *file = open_memstream(&printed, &size);

    if (sorted) {
        json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
        json_value_print_sorted(file, value);
        json_decref(value);
    } else {
        json_text_print_indented(file, text, strlen(text));
    }
    fclose(file);
    assert_string_equal(printed, wanted);
    free(printed);
}

static void call_prints_indented(void **state)
{
    expect_printed("{\"b\":2.50,\"a\":[1,{}],\"c\":[],\"h\":\"<a&b>\"}",
                   "{\n  \"b\": 2.50,\n  \"a\": [\n    1,\n    {}\n  ],\n  \"c\": [],\n"
                   "  \"h\": \"\\u003ca\\u0026b\\u003e\"\n}",
                   false);
    expect_printed("null", "null", false);
}

static void config_get_prints_sorted(void **state)
{
    expect_printed("{\"b\":2.000000,\"a\":{\"y\":true,\"x\":0.1}}",
                   "{\n  \"a\": {\n    \"x\": 0.1,\n    \"y\": true\n  },\n  \"b\": 2\n}", true);
    expect_printed("\"bare\"", "bare", true);
    expect_printed("-0.250000", "-0.25", true);
    expect_printed("1e300", "1e+300", true);
    expect_printed("false", "false", true);
}

static void check_says_why(void **state)
{
    char why[160];

    assert_true(json_text_check("{\"a\": 1}", 8, why, sizeof why));
    assert_true(json_text_check("12", 2, why, sizeof why));
    assert_false(json_text_check("{a: 1}", 6, why, sizeof why));
    assert_true(strlen(why) > 0);
    assert_false(json_text_check("\"\xff\"", 3, why, sizeof why));
    assert_false(json_text_check("{} {}", 5, why, sizeof why));
    assert_false(json_text_check("[true\0]", 7, why, sizeof why)); /* found by the fuzzer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_keeps_spelling),          cmocka_unit_test(compact_escapes_all_but_ascii),
        cmocka_unit_test(member_is_the_text_as_it_stands), cmocka_unit_test(call_prints_indented),
        cmocka_unit_test(config_get_prints_sorted),        cmocka_unit_test(check_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
