/* The JSON printer, to the byte. mongoose-os.md 1.2, 6.9 */

#include "check.h"

#include "fake_board.h"
#include "frozen.h"
#include "heap.h"
#include "mbuf.h"

static int start(void **state)
{
    fake_board_start();
    return 0;
}

static char text[400];

#define prints(expected, ...)                                                                                \
    do {                                                                                                     \
        struct json_out out = JSON_OUT_BUF(text, sizeof(text));                                              \
        assert_int_equal(json_printf(&out, __VA_ARGS__), strlen(expected));                                  \
        assert_string_equal(text, expected);                                                                 \
    } while (0)

static void bare_identifiers_are_quoted_and_the_rest_is_copied(void **state)
{
    prints("{\"a\": 1, \"b_2\":[2, 3]}", "{a: %d, b_2:[%d, %d]}", 1, 2, 3);
    prints("{\n\t\"x\":{} }", "{\n\tx:{} }");
    prints("{\"already\": 1, \"x y\": 2}", "{\"already\": 1, \"x y\": 2}");
}

static void q_escapes_and_quotes(void **state)
{
    prints("{\"s\": \"say \\\"hi\\\"\\\\\"}", "{s: %Q}", "say \"hi\"\\");
    prints("null", "%Q", NULL);
    prints("\"\"", "%Q", "");
    prints("\"abc\"", "%.*Q", 3, "abcdef");
    prints("null", "%.*Q", 0, NULL);
}

static void control_characters_have_their_names_or_both_their_digits(void **state)
{
    prints("\"\\b\\t\\n\\f\\r\"", "%Q", "\b\t\n\f\r");
    prints("\"\\u0001\\u000b\\u001f\\u000f\\u007f\"", "%Q", "\x01\x0b\x1f\x0f\x7f");
    prints("\"a\\u0000b\"", "%.*Q", 3, "a\0b");
    prints("\"/\"", "%Q", "/");
}

static void utf8_is_copied_and_what_is_none_is_replaced(void **state)
{
    prints("\"é € 😀\"", "%Q", "é € 😀");
    prints("\"a\xef\xbf\xbd"
           "b\"",
           "%Q",
           "a\xff"
           "b");
    prints("\"\xef\xbf\xbd\"", "%Q", "\xc3");                                 /* cut */
    prints("\"\xef\xbf\xbd\xef\xbf\xbd\"", "%Q", "\xc0\xaf");                 /* overlong */
    prints("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "%Q", "\xed\xa0\x80"); /* half a surrogate pair */
}

static void booleans_bytes_and_callbacks(void **state)
{
    prints("{\"t\": true, \"f\": false}", "{t: %B, f: %B}", 1, 0);
    prints("\"AQID/w==\"", "%V", "\x01\x02\x03\xff", 4);
    prints("\"0102ff\"", "%H", 3, "\x01\x02\xff");
    prints("\"\" \"\"", "%V %H", "", 0, 0, "");
}

static int print_pair(struct json_out *out, va_list *ap)
{
    int a = va_arg(*ap, int), b = va_arg(*ap, int);

    return json_printf(out, "{a: %d, b: %d}", a, b);
}

static void m_calls_back_and_the_arguments_go_on(void **state)
{
    static const int16_t numbers[] = {1, -2, 300};

    prints("[{\"a\": 1, \"b\": 2},3]", "[%M,%d]", print_pair, 1, 2, 3);
    prints("{\"n\": [1, -2, 300], \"m\": 4}", "{n: %M, m: %d}", json_printf_array, numbers, sizeof(numbers),
           sizeof(numbers[0]), "%d", 4);
}

static void base64_of_many_bytes_has_no_seams(void **state)
{
    char data[100], expected[140];

    memset(data, 'x', sizeof(data));
    for (int i = 0; i < 33; i++)
        memcpy(expected + 1 + 4 * i, "eHh4", 4);
    expected[0] = '"';
    strcpy(expected + 133, "eA==\"");
    prints(expected, "%V", data, 100);
}

static void the_rest_is_printf(void **state)
{
    prints("-1 4294967295 -2 3", "%d %u %ld %lu", -1, 4294967295u, -2l, 3ul);
    prints("-9223372036854775807 18446744073709551615", "%lld %llu", -9223372036854775807ll,
           18446744073709551615ull);
    prints("7 255 ff 0x1f", "%zu %d %x %#x", (size_t)7, 255, 255, 31);
    prints("1.500000 2.5 1.23", "%f %g %.2lf", 1.5, 2.5, 1.234);
    prints("plain   padded|42  |0042", "%s %8s|%-4d|%04d", "plain", "padded", 42, 42);
    prints("abc xy", "%.*s %.2s", 3, "abcdef", "xyz");
    prints("  5|  7", "%*d|%*d", 3, 5, 3, 7);
    prints("100%", "%d%%", 100);
}

static void a_long_value_is_not_cut(void **state)
{
    char expected[400];
    double huge = 1e200;

    snprintf(expected, sizeof(expected), "%f", huge);
    prints(expected, "%f", huge);
    snprintf(expected, sizeof(expected), "%150d", 5);
    prints(expected, "%150d", 5);
}

static void a_small_buffer_is_terminated_and_the_length_tells_the_truth(void **state)
{
    char small[8];
    struct json_out out = JSON_OUT_BUF(small, sizeof(small));

    memset(small, 'x', sizeof(small));
    assert_int_equal(json_printf(&out, "{abc: %d}", 12345), 14);
    assert_string_equal(small, "{\"abc\":");

    struct json_out none = JSON_OUT_BUF(NULL, 0);
    assert_int_equal(json_printf(&none, "%d", 12345), 5);
}

static void an_mbuf_grows(void **state)
{
    struct mbuf mb;
    struct json_out out = JSON_OUT_MBUF(&mb);

    mbuf_init(&mb, 0);
    for (int i = 0; i < 100; i++)
        json_printf(&out, "{i: %d}", i);
    assert_int_equal(mb.len, 10 * 8 + 90 * 9);
    assert_int_equal(out.u.buf.len, 0);
    mbuf_free(&mb);
}

static void out_of_memory_is_told(void **state)
{
    struct mbuf mb;
    struct json_out out = JSON_OUT_MBUF(&mb);

    mbuf_init(&mb, 0);
    while (heap_alloc(16))
        continue;
    json_printf(&out, "{a: %d}", 1);
    assert_int_equal(out.u.buf.len, 1);
    assert_null(json_asprintf("{a: %d}", 1));
}

static void asprintf_gives_a_text_of_its_own(void **state)
{
    size_t before = heap_available();
    char *s = json_asprintf("{name: %Q, n: %d}", "x", 3);

    assert_string_equal(s, "{\"name\": \"x\", \"n\": 3}");
    heap_free(s);
    assert_int_equal(heap_available(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bare_identifiers_are_quoted_and_the_rest_is_copied, start),
        cmocka_unit_test_setup(q_escapes_and_quotes, start),
        cmocka_unit_test_setup(control_characters_have_their_names_or_both_their_digits, start),
        cmocka_unit_test_setup(utf8_is_copied_and_what_is_none_is_replaced, start),
        cmocka_unit_test_setup(booleans_bytes_and_callbacks, start),
        cmocka_unit_test_setup(m_calls_back_and_the_arguments_go_on, start),
        cmocka_unit_test_setup(base64_of_many_bytes_has_no_seams, start),
        cmocka_unit_test_setup(the_rest_is_printf, start),
        cmocka_unit_test_setup(a_long_value_is_not_cut, start),
        cmocka_unit_test_setup(a_small_buffer_is_terminated_and_the_length_tells_the_truth, start),
        cmocka_unit_test_setup(an_mbuf_grows, start),
        cmocka_unit_test_setup(out_of_memory_is_told, start),
        cmocka_unit_test_setup(asprintf_gives_a_text_of_its_own, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
