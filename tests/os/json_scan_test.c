/* The JSON scanner. mongoose-os.md 6.9, 2 */

#include "check.h"

#include "fake_board.h"
#include "frozen.h"
#include "heap.h"

static int start(void **state)
{
    fake_board_start();
    return 0;
}

static int scan(const char *text, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = json_vscanf(text, (int)strlen(text), fmt, ap);
    va_end(ap);
    return n;
}

static void members_are_found_by_name_wherever_they_stand(void **state)
{
    int a = 0, c = 0;
    bool b = false;

    assert_int_equal(scan("{\"x\":[1,{\"a\":9}],\"b\":true,\"o\":{\"c\":-3,\"d\":{}},\"a\":7}",
                          "{a: %d, b: %B, o: {c: %d}}", &a, &b, &c),
                     3);
    assert_int_equal(a, 7);
    assert_true(b);
    assert_int_equal(c, -3);
}

static void absent_members_leave_their_variables_alone(void **state)
{
    int a = 41, b = 42;
    char *s = NULL;

    assert_int_equal(scan("{\"c\":1}", "{a: %d, o: {b: %d}, s: %Q}", &a, &b, &s), 0);
    assert_int_equal(a, 41);
    assert_int_equal(b, 42);
    assert_null(s);
}

static void wrong_types_count_as_absent(void **state)
{
    int n = 5;
    bool b = true;
    char *s = NULL;

    assert_int_equal(scan("{\"n\":true,\"b\":0,\"s\":12}", "{n: %d, b: %B, s: %Q}", &n, &b, &s), 0);
    assert_int_equal(n, 5);
    assert_true(b);
    assert_null(s);
    assert_int_equal(scan("{\"n\":\"twelve\"}", "{n: %d}", &n), 0);
    assert_int_equal(scan("{\"n\":1.5}", "{n: %d}", &n), 0);
    assert_int_equal(scan("{\"n\":99999999999}", "{n: %d}", &n), 0);
    assert_int_equal(n, 5);
}

static void every_integer_size_is_written_in_its_own_width(void **state)
{
    struct {
        signed char hh;
        char guard;
        short h;
        int d;
        long l;
        long long ll;
        unsigned u;
    } v = {.guard = 'g'};

    assert_int_equal(
        scan("{\"a\":-5,\"b\":-300,\"c\":-70000,\"d\":2147483648,\"e\":1945849494123,\"f\":4294967295}",
             "{a: %hhd, b: %hd, c: %d, d: %ld, e: %lld, f: %u}", &v.hh, &v.h, &v.d, &v.l, &v.ll, &v.u),
        sizeof(long) == 8 ? 6 : 5);
    assert_int_equal(v.hh, -5);
    assert_int_equal(v.guard, 'g');
    assert_int_equal(v.h, -300);
    assert_int_equal(v.d, -70000);
    assert_true(v.ll == 1945849494123ll);
    assert_int_equal(v.u, 4294967295u);
    assert_int_equal(scan("{\"f\":-1}", "{f: %u}", &v.u), 0);
}

static void numbers_in_strings_are_numbers(void **state)
{
    int a = 0, b = 0, c = 0;

    assert_int_equal(scan("{\"a\":\"12\",\"b\":\"0x1f\",\"c\":\"017\"}", "{a: %d, b: %d, c: %i}", &a, &b, &c),
                     3);
    assert_int_equal(a, 12);
    assert_int_equal(b, 31);
    assert_int_equal(c, 15);
}

static void an_empty_string_does_not_hide_what_follows(void **state)
{
    struct json_token t;
    char *s = NULL;
    int n = 0;

    assert_int_equal(scan("{\"s\":\"\",\"n\":3}", "{s: %Q, n: %d}", &s, &n), 2);
    assert_string_equal(s, "");
    assert_int_equal(n, 3);
    assert_int_equal(json_scanf_array_elem("[\"\",\"\",5]", 9, "", 2, &t), 1);
    assert_memory_equal(t.ptr, "5", 1);
    heap_free(s);
}

static void strings_are_unescaped_and_owned_by_the_caller(void **state)
{
    size_t before = heap_available();
    char *s = NULL;

    assert_int_equal(scan("{\"s\":\"a\\n\\\"\\u00e9\\u20ac\\ud83d\\ude00\\/\"}", "{s: %Q}", &s), 1);
    assert_string_equal(s, "a\n\"é€😀/");
    heap_free(s);
    assert_int_equal(scan("{\"s\":null}", "{s: %Q}", &s), 0);
    assert_null(s);
    assert_int_equal(heap_available(), before);
}

static void half_a_surrogate_pair_is_no_string(void **state)
{
    char *s = NULL;

    assert_int_equal(scan("{\"s\":\"\\ud83d\"}", "{s: %Q}", &s), 0);
    assert_int_equal(scan("{\"s\":\"\\ude00\\ud83d\"}", "{s: %Q}", &s), 0);
    assert_int_equal(scan("{\"s\":\"\\ud83d\\u0041\"}", "{s: %Q}", &s), 0);
    assert_null(s);
}

static void bytes_come_as_base64_or_hex(void **state)
{
    char *v = NULL, *h = NULL;
    int v_length = -1, h_length = -1;

    assert_int_equal(
        scan("{\"v\":\"AQID/w==\",\"h\":\"0A0b\"}", "{v: %V, h: %H}", &v, &v_length, &h_length, &h), 2);
    assert_int_equal(v_length, 4);
    assert_memory_equal(v, "\x01\x02\x03\xff", 4);
    assert_int_equal(h_length, 2);
    assert_memory_equal(h, "\x0a\x0b", 2);
    heap_free(v);
    heap_free(h);
    assert_int_equal(scan("{\"h\":\"0A0\"}", "{h: %H}", &h_length, &h), 0);
    assert_int_equal(scan("{\"h\":\"zz\"}", "{h: %H}", &h_length, &h), 0);
}

static void t_gives_the_text_itself(void **state)
{
    struct json_token s = JSON_INVALID_TOKEN, o = JSON_INVALID_TOKEN, n = JSON_INVALID_TOKEN;

    assert_int_equal(
        scan("{\"s\":\"a\\n\",\"o\":{\"x\": [1, 2]},\"n\":12}", "{s: %T, o: %T, n: %T}", &s, &o, &n), 3);
    assert_int_equal(s.type, JSON_TYPE_STRING);
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.ptr, "a\\n", 3);
    assert_int_equal(o.type, JSON_TYPE_OBJECT_END);
    assert_int_equal(o.len, 13);
    assert_memory_equal(o.ptr, "{\"x\": [1, 2]}", 13);
    assert_int_equal(n.type, JSON_TYPE_NUMBER);
}

static void take(const char *text, int length, void *user)
{
    memcpy(user, text, (size_t)length);
}

static void m_hands_the_text_to_a_function(void **state)
{
    char got[20] = "";

    assert_int_equal(scan("{\"m\":[1,2]}", "{m: %M}", take, got), 1);
    assert_string_equal(got, "[1,2]");
}

static void floating_numbers(void **state)
{
    float f = 0;
    double d = 0;

    assert_int_equal(scan("{\"f\":0.5,\"d\":-1.25e2}", "{f: %f, d: %lf}", &f, &d), 2);
    assert_true(f == 0.5f);
    assert_true(d == -125.0);
}

static void the_root_can_be_scanned_itself(void **state)
{
    int n = 0;

    assert_int_equal(scan(" 42 ", "%d", &n), 1);
    assert_int_equal(n, 42);
}

static void array_elements(void **state)
{
    static const char text[] = "{\"a\":{\"b\":[10,{\"x\":1},\"s\"]}}";
    struct json_token t;

    assert_int_equal(json_scanf_array_elem(text, sizeof(text) - 1, ".a.b", 0, &t), 2);
    assert_int_equal(json_scanf_array_elem(text, sizeof(text) - 1, ".a.b", 1, &t), 7);
    assert_memory_equal(t.ptr, "{\"x\":1}", 7);
    assert_int_equal(json_scanf_array_elem(text, sizeof(text) - 1, ".a.b", 2, &t), 1);
    assert_int_equal(json_scanf_array_elem(text, sizeof(text) - 1, ".a.b", 3, &t), -1);
    assert_int_equal(json_scanf_array_elem(text, sizeof(text) - 1, ".a", 0, &t), -1);
    assert_int_equal(json_scanf_array_elem("[[1,2],[3]]", 11, "[1]", 0, &t), 1);
    assert_memory_equal(t.ptr, "3", 1);
}

static void what_is_no_json_is_refused_as_a_whole(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "}",
        "{]",
        "[}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\" 1}",
        "{:1}",
        "{\"a\":1,}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1}x",
        "{\"a\":1}{}",
        "[1:2]",
        "{\"a\":1:2}",
        "{\"a\":[1]:2}",
        "nul",
        "truefalse",
        "+1",
        "1.",
        ".5",
        "1e",
        "--1",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "{1:2}",
        "{\"a\",\"b\"}",
        "[\"a\"\"b\"]",
        "{{}:1}",
        "{[]:1}",
        "{\"a\"::1}",
        "[1,,2]",
        "{,}",
        "[,]",
        "0x",
        "{\"a\":b}",
        "[1]]",
        "[[1]",
        "{\"a\":1,,\"b\":2}",
        "0xg",
        "\t",
        "{\"a\":{\"b\":1}:2}",
    };
    int a = 5;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int n = scan(bad[i], "{a: %d}", &a);
        if (n >= 0)
            fail_msg("accepted: %s", bad[i]);
    }
    assert_int_equal(a, 5);
    assert_true(json_scanf("{\"a\":1\0}", 8, "{a: %d}", &a) < 0);
}

static void what_is_json_or_close_to_it_is_accepted(void **state)
{
    static const char *const good[] = {
        "{}",
        "[]",
        "[[],{}]",
        " { } ",
        "null",
        "-0",
        "1.5e+10",
        "1E-2",
        "\"\"",
        "[1,2 , 3\n]",
        "{a:1,_b2:{c:[]}}",
        "{\"a\":[{\"b\":[[]]}],\"c\":{}}",
        "0x1F",
        "007",
        "\"\\\\\"",
        "{\"\":1}",
        "[\"a\",\"b\"]",
    };

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int n = scan(good[i], "");
        if (n != 0)
            fail_msg("refused (%d): %s", n, good[i]);
    }
}

static void without_memory_it_says_so(void **state)
{
    int a;

    while (heap_alloc(16))
        continue;
    assert_int_equal(scan("{\"a\":1}", "{a: %d}", &a), JSON_OUT_OF_MEMORY);
}

static void deep_nesting_costs_heap_and_no_stack(void **state)
{
    enum { DEPTH = 1000 };
    char deep[2 * DEPTH + 1];
    int n = 0;

    memset(deep, '[', DEPTH);
    memset(deep + DEPTH, ']', DEPTH);
    deep[2 * DEPTH] = '\0';
    assert_int_equal(scan(deep, "{a: %d}", &n), 0);
}

static void nothing_is_left_in_the_heap(void **state)
{
    size_t before = heap_available();
    int a;

    scan("{\"a\":{\"b\":[1,2,3]}}", "{a: %d}", &a);
    scan("{\"a\":{\"b\":[1,2,3]}", "{a: %d}", &a);
    scan("{\"a\":{\"b\":[1,2,3}}", "{a: %d}", &a);
    assert_int_equal(heap_available(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(members_are_found_by_name_wherever_they_stand, start),
        cmocka_unit_test_setup(absent_members_leave_their_variables_alone, start),
        cmocka_unit_test_setup(wrong_types_count_as_absent, start),
        cmocka_unit_test_setup(every_integer_size_is_written_in_its_own_width, start),
        cmocka_unit_test_setup(numbers_in_strings_are_numbers, start),
        cmocka_unit_test_setup(an_empty_string_does_not_hide_what_follows, start),
        cmocka_unit_test_setup(strings_are_unescaped_and_owned_by_the_caller, start),
        cmocka_unit_test_setup(half_a_surrogate_pair_is_no_string, start),
        cmocka_unit_test_setup(bytes_come_as_base64_or_hex, start),
        cmocka_unit_test_setup(t_gives_the_text_itself, start),
        cmocka_unit_test_setup(m_hands_the_text_to_a_function, start),
        cmocka_unit_test_setup(floating_numbers, start),
        cmocka_unit_test_setup(the_root_can_be_scanned_itself, start),
        cmocka_unit_test_setup(array_elements, start),
        cmocka_unit_test_setup(what_is_no_json_is_refused_as_a_whole, start),
        cmocka_unit_test_setup(what_is_json_or_close_to_it_is_accepted, start),
        cmocka_unit_test_setup(without_memory_it_says_so, start),
        cmocka_unit_test_setup(deep_nesting_costs_heap_and_no_stack, start),
        cmocka_unit_test_setup(nothing_is_left_in_the_heap, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
