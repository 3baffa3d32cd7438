/* Texts, buffers, patterns, numbers, codes. mg_str.h, mbuf.h, common/ */

#include "check.h"

#include "common/cs_base64.h"
#include "common/cs_crc32.h"
#include "common/cs_hex.h"
#include "common/str_util.h"
#include "fake_board.h"
#include "heap.h"
#include "mbuf.h"
#include "mg_str.h"
#include "mgos_net.h"
#include "mgos_utils.h"
#include "number.h"

static int start(void **state)
{
    fake_board_start();
    return 0;
}

/* mongoose-os.md 9.1 */
static void the_crc_is_that_of_the_uart_frames(void **state)
{
    static const char *const texts[] = {
        "123456789",
        "{\"src\":\"mos\",\"id\":1945849494123,\"method\":\"Sys.GetInfo\"}",
        "{\"src\":\"mos\",\"id\":1945849494124,\"method\":\"FS.List\",\"params\":{\"path\":\"/\"}}",
        "{\"id\":1945849494124,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"result\":[\"conf0.json\",\"ca."
        "pem\"]}",
    };
    static const uint32_t crcs[] = {0xcbf43926, 0xe2586d69, 0xd512c452, 0xa50cb299};

    for (int i = 0; i < 4; i++)
        assert_int_equal(cs_crc32(0, texts[i], strlen(texts[i])), crcs[i]);
    assert_int_equal(cs_crc32(cs_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
}

/* RFC 4648 10 */
static void base64_is_that_of_the_rfc(void **state)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    char out[16];

    for (int i = 0; i < 7; i++) {
        size_t n = cs_base64_encode(pairs[i][0], strlen(pairs[i][0]), out);
        assert_int_equal(n, strlen(pairs[i][1]));
        assert_string_equal(out, pairs[i][1]);
        n = cs_base64_decode(pairs[i][1], strlen(pairs[i][1]), out);
        assert_int_equal(n, strlen(pairs[i][0]));
        assert_memory_equal(out, pairs[i][0], n);
    }
}

static void base64_is_decoded_leniently(void **state)
{
    char out[16];

    assert_int_equal(cs_base64_decode("Zm 9v\r\nYg", 9, out), 4);
    assert_memory_equal(out, "foob", 4);
    assert_int_equal(cs_base64_decode("!!!!", 4, out), 0);
}

static void hex_goes_both_ways(void **state)
{
    char text[9];
    unsigned char bytes[4];

    cs_to_hex(text, (const unsigned char *)"\x00\x9a\xff\x0f", 4);
    assert_string_equal(text, "009aff0f");
    assert_int_equal(cs_from_hex(bytes, "009AfF0f", 8), 4);
    assert_memory_equal(bytes, "\x00\x9a\xff\x0f", 4);
    assert_int_equal(cs_from_hex(bytes, "009", 3), -1);
    assert_int_equal(cs_from_hex(bytes, "0g", 2), -1);
}

static void whole_texts_are_numbers_or_are_not(void **state)
{
    static const struct {
        const char *text;
        int base;
        int64_t value;
    } good[] = {{"0", 0, 0},
                {"-12", 0, -12},
                {"+7", 10, 7},
                {"0x1f", 0, 31},
                {"0x1f", 16, 31},
                {"1f", 16, 31},
                {"017", 0, 15},
                {"017", 10, 17},
                {"9223372036854775807", 0, INT64_MAX},
                {"-9223372036854775807", 0, -INT64_MAX}};
    static const char *const bad[] = {
        "", "-", "0x", "12a", " 1", "1 ", "08", "9223372036854775808", "99999999999999999999", "1.0"};
    int64_t value = 77;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(number_parse(good[i].text, strlen(good[i].text), good[i].base, &value));
        assert_true(value == good[i].value);
    }
    value = 77;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(number_parse(bad[i], strlen(bad[i]), 0, &value));
    assert_true(value == 77);
}

static void numbers_are_written_in_any_base(void **state)
{
    char out[34];

    out[mgos_itoa(-2147483647 - 1, out, 10)] = '\0';
    assert_string_equal(out, "-2147483648");
    out[mgos_utoa(255, out, 16)] = '\0';
    assert_string_equal(out, "ff");
    out[mgos_utoa(0, out, 2)] = '\0';
    assert_string_equal(out, "0");
    assert_int_equal(mgos_utoa(0xffffffff, out, 2), 32);
}

static bool whole(const char *pattern, const char *text)
{
    return mg_match_whole(mg_mk_str(pattern), mg_mk_str(text));
}

/* mongoose-os.md 1.3 */
static void patterns_match_whole_texts(void **state)
{
    assert_true(whole("FS.Get", "fs.get"));
    assert_false(whole("FS.Get", "FS.GetAll"));
    assert_true(whole("FS.*", "FS.List"));
    assert_false(whole("FS.*", "Sys.Reboot"));
    assert_true(whole("*", ""));
    assert_true(whole("?s.*", "FS.x"));
    assert_false(whole("?", ""));
    assert_true(whole("a|b|c*", "cd"));
    assert_false(whole("a|b", "ab"));
    assert_true(whole("wifi.*", "wifi.sta.ssid"));
    assert_true(whole("*.pem$", "ca.pem"));
    assert_false(whole("", "x"));
    assert_false(whole("a$b", "ab"));
}

static void one_star_stops_at_a_slash_and_two_do_not(void **state)
{
    assert_true(whole("/a/*/c", "/a/b/c"));
    assert_false(whole("/a/*/c", "/a/b/b/c"));
    assert_true(whole("/a/**/c", "/a/b/b/c"));
    assert_true(whole("**/x*.c", "a/b/xy.c"));
    assert_false(whole("**/x*.c", "a/b/x/y.c"));
    assert_true(whole("**a*b", "xx/a/ab"));
    assert_true(whole("*a*b", "aab"));
}

static void a_prefix_match_tells_how_far_it_went(void **state)
{
    assert_int_equal(mg_match_prefix("/rpc", 4, "/rpc/FS.List"), 4);
    assert_int_equal(mg_match_prefix("/rpc/*", 6, "/rpc/FS.List"), 12);
    assert_int_equal(mg_match_prefix("/rpc$", 5, "/rpc/FS.List"), 0);
    assert_int_equal(mg_match_prefix("*a", 2, "xaya"), 4);
    assert_int_equal(mg_match_prefix("x", 1, "y"), 0);
}

static void hostile_patterns_take_no_time(void **state)
{
    char text[4001];

    memset(text, 'a', 4000);
    text[4000] = '\0';
    assert_false(whole("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    assert_false(whole("**a**a**a**a**a**a**a**a**a**b", text));
}

static void windows_compare_as_texts(void **state)
{
    struct mg_str s = mg_mk_str_n("abcdef", 3);

    assert_int_equal(mg_vcmp(&s, "abc"), 0);
    assert_true(mg_vcmp(&s, "abcd") < 0);
    assert_true(mg_vcmp(&s, "ab") > 0);
    assert_int_equal(mg_vcasecmp(&s, "ABC"), 0);
    assert_true(mg_strcmp(mg_mk_str("\xff"), mg_mk_str("a")) > 0);
    assert_int_equal(mg_strncmp(mg_mk_str("abx"), mg_mk_str("aby"), 2), 0);
    assert_true(mg_str_starts_with(mg_mk_str("abc"), mg_mk_str("ab")));
    assert_false(mg_str_starts_with(mg_mk_str("a"), mg_mk_str("ab")));
    assert_int_equal(mg_mk_str(NULL).len, 0);
    s = mg_strstrip(mg_mk_str(" \t x y \n"));
    assert_int_equal(mg_vcmp(&s, "x y"), 0);
    assert_string_equal(mg_strstr(mg_mk_str("hello"), mg_mk_str("ll")), "llo");
    assert_null(mg_strstr(mg_mk_str("hel"), mg_mk_str("ll")));
    s = mg_strdup_nul(mg_mk_str_n("abcdef", 3));
    assert_string_equal(s.p, "abc");
    mg_strfree(&s);
    assert_null(s.p);
}

static void buffers_grow_and_shrink(void **state)
{
    struct mbuf mb;

    mbuf_init(&mb, 0);
    assert_int_equal(mbuf_append(&mb, "world", 5), 5);
    assert_int_equal(mbuf_insert(&mb, 0, "hello ", 6), 6);
    assert_int_equal(mbuf_insert(&mb, 99, "x", 1), 0);
    assert_memory_equal(mb.buf, "hello world", 11);
    mbuf_remove(&mb, 6);
    mbuf_trim(&mb);
    assert_int_equal(mb.size, 5);
    assert_memory_equal(mb.buf, "world", 5);
    mbuf_remove(&mb, 100);
    assert_int_equal(mb.len, 0);
    mbuf_free(&mb);
    assert_null(mb.buf);
}

static void a_buffer_that_cannot_grow_keeps_what_it_has(void **state)
{
    struct mbuf mb;

    mbuf_init(&mb, 0);
    mbuf_append(&mb, "abc", 3);
    assert_int_equal(mbuf_append(&mb, NULL, FAKE_HEAP_SIZE), 0);
    assert_int_equal(mb.len, 3);
    assert_memory_equal(mb.buf, "abc", 3);
}

static void printf_goes_to_the_heap_only_when_it_must(void **state)
{
    size_t before = heap_available();
    char small[8], *text = small;

    assert_int_equal(mg_asprintf(&text, sizeof(small), "%d", 1234567), 7);
    assert_ptr_equal(text, small);
    assert_int_equal(mg_asprintf(&text, sizeof(small), "%d", 12345678), 8);
    assert_ptr_not_equal(text, small);
    assert_string_equal(text, "12345678");
    heap_free(text);
    assert_int_equal(heap_available(), before);
}

static void addresses_are_texts(void **state)
{
    struct sockaddr_in sin;
    struct mgos_net_ip_info info;
    char text[16];

    assert_true(mgos_net_str_to_ip("192.168.4.255", &sin));
    assert_string_equal(mgos_net_ip_to_str(&sin, text), "192.168.4.255");
    assert_false(mgos_net_str_to_ip("192.168.4", &sin));
    assert_false(mgos_net_str_to_ip("192.168.4.256", &sin));
    assert_false(mgos_net_str_to_ip("192.168.4.1.", &sin));
    assert_false(mgos_net_str_to_ip("192.168..1", &sin));
    assert_true(mgos_net_get_ip_info(MGOS_NET_IF_TYPE_WIFI, MGOS_NET_IF_WIFI_STA, &info));
    assert_string_equal(mgos_net_ip_to_str(&info.gw, text), "10.33.33.254");
    assert_false(mgos_net_get_ip_info(MGOS_NET_IF_TYPE_WIFI, MGOS_NET_IF_WIFI_AP, &info));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_crc_is_that_of_the_uart_frames, start),
        cmocka_unit_test_setup(base64_is_that_of_the_rfc, start),
        cmocka_unit_test_setup(base64_is_decoded_leniently, start),
        cmocka_unit_test_setup(hex_goes_both_ways, start),
        cmocka_unit_test_setup(whole_texts_are_numbers_or_are_not, start),
        cmocka_unit_test_setup(numbers_are_written_in_any_base, start),
        cmocka_unit_test_setup(patterns_match_whole_texts, start),
        cmocka_unit_test_setup(one_star_stops_at_a_slash_and_two_do_not, start),
        cmocka_unit_test_setup(a_prefix_match_tells_how_far_it_went, start),
        cmocka_unit_test_setup(hostile_patterns_take_no_time, start),
        cmocka_unit_test_setup(windows_compare_as_texts, start),
        cmocka_unit_test_setup(buffers_grow_and_shrink, start),
        cmocka_unit_test_setup(a_buffer_that_cannot_grow_keeps_what_it_has, start),
        cmocka_unit_test_setup(printf_goes_to_the_heap_only_when_it_must, start),
        cmocka_unit_test_setup(addresses_are_texts, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
