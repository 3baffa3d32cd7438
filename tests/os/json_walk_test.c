/* Walking and editing JSON. os/include/frozen.h */

#include "check.h"

#include "fake_board.h"
#include "frozen.h"
#include "mbuf.h"

static int start(void **state)
{
    fake_board_start();
    return 0;
}

static char trace[4000];

static void note(void *user, const char *name, size_t name_length, const char *path,
                 const struct json_token *token)
{
    static const char *const types[] = {"?", "string", "number", "true", "false", "null", "{", "}", "[", "]"};
    char line[500];

    snprintf(line, sizeof(line), "%.*s|%s|%s|%.*s\n", (int)name_length, name, path, types[token->type],
             token->ptr ? token->len : 0, token->ptr ? token->ptr : "");
    strcat(trace, line);
}

static void every_value_comes_with_its_name_and_path(void **state)
{
    static const char text[] = "{\"a\":{\"b\":[10,\"x\",{\"c\":null}],\"d.e\":true},\"f\":[]} ";

    trace[0] = '\0';
    assert_int_equal(json_walk(text, sizeof(text) - 1, note, NULL), (int)sizeof(text) - 2);
    assert_string_equal(trace, "||{|\n"
                               "a|.a|{|\n"
                               "b|.a.b|[|\n"
                               "0|.a.b[0]|number|10\n"
                               "1|.a.b[1]|string|x\n"
                               "2|.a.b[2]|{|\n"
                               "c|.a.b[2].c|null|null\n"
                               "2|.a.b[2]|}|{\"c\":null}\n"
                               "b|.a.b|]|[10,\"x\",{\"c\":null}]\n"
                               "d.e|.a.d.e|true|true\n"
                               "a|.a|}|{\"b\":[10,\"x\",{\"c\":null}],\"d.e\":true}\n"
                               "f|.f|[|\n"
                               "f|.f|]|[]\n"
                               "||}|{\"a\":{\"b\":[10,\"x\",{\"c\":null}],\"d.e\":true},\"f\":[]}\n");
}

static void what_is_no_json_is_not_walked_at_all(void **state)
{
    trace[0] = '\0';
    assert_int_equal(json_walk("{\"a\":1,", 7, note, NULL), JSON_STRING_INCOMPLETE);
    assert_int_equal(json_walk("{\"a\":1 2}", 9, note, NULL), JSON_STRING_INVALID);
    assert_string_equal(trace, "");
}

static void a_path_that_is_too_long_is_cut_and_found_again(void **state)
{
    char text[600] = "{\"a\":", key[200];

    memset(key, 'k', sizeof(key) - 1);
    key[sizeof(key) - 1] = '\0';
    snprintf(text, sizeof(text), "{\"%s\":{\"%s\":[1]},\"z\":2}", key, key);
    trace[0] = '\0';
    assert_true(json_walk(text, (int)strlen(text), (json_walk_callback_t)note, NULL) > 0);
    assert_non_null(strstr(trace, "z|.z|number|2\n"));
}

#define edits(expected, text, ...)                                                                           \
    do {                                                                                                     \
        char buffer[300];                                                                                    \
        struct json_out out = JSON_OUT_BUF(buffer, sizeof(buffer));                                          \
        json_setf(text, (int)strlen(text), &out, __VA_ARGS__);                                               \
        assert_string_equal(buffer, expected);                                                               \
    } while (0)

static void values_are_replaced_added_and_removed(void **state)
{
    edits("{\"a\":1,\"b\":5}", "{\"a\":1,\"b\":2}", ".b", "%d", 5);
    edits("{\"a\":\"new\"}", "{\"a\":\"old\"}", ".a", "%Q", "new");
    edits("{\"a\":{\"b\":[1,7]}}", "{\"a\":{\"b\":[1,2]}}", ".a.b[1]", "%d", 7);
    edits("{\"a\":1,\"c\":true}", "{\"a\":1}", ".c", "%B", 1);
    edits("{\"x\":{\"y\":{\"z\":3}}}", "{}", ".x.y.z", "%d", 3);
    edits("{\"x\":{\"a\":1,\"y\":{\"z\":3}}}", "{\"x\":{\"a\":1}}", ".x.y.z", "%d", 3);
    edits("{\"b\":2}", "{\"a\":1,\"b\":2}", ".a", NULL);
    edits("{\"a\":1}", "{\"a\":1,\"b\":2}", ".b", NULL);
    edits("{}", "{\"a\":1}", ".a", NULL);
    edits("[1,3]", "[1,2,3]", "[1]", NULL);
    edits("{\"a\":1}", "{\"a\":1}", ".q", NULL);
}

static void it_is_printed_prettily(void **state)
{
    char buffer[300];
    struct json_out out = JSON_OUT_BUF(buffer, sizeof(buffer));
    static const char text[] = "{\"a\" : [1,2],\"s\":\"x, {y}: \\\"\"}";

    assert_true(json_prettify(text, sizeof(text) - 1, &out) > 0);
    assert_string_equal(buffer, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"s\": \"x, {y}: \\\"\"\n}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_value_comes_with_its_name_and_path, start),
        cmocka_unit_test_setup(what_is_no_json_is_not_walked_at_all, start),
        cmocka_unit_test_setup(a_path_that_is_too_long_is_cut_and_found_again, start),
        cmocka_unit_test_setup(values_are_replaced_added_and_removed, start),
        cmocka_unit_test_setup(it_is_printed_prettily, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
