/* board.json read back: people edit it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "board.h"

static struct identity identity;
static char why[160];

static bool parse(const char *text)
{
    why[0] = '\0';
    return record_parse(text, strlen(text), &identity, why, sizeof why);
}

static void the_mac_and_the_ports(void **state)
{
    static const uint8_t mac[] = {0x02, 0, 0, 0xaa, 0xbb, 0xcc};
    assert_true(parse("{\"mac\":\"020000AABBCC\",\"forwards\":{\"80\":\"127.0.0.1:40000\"}}"));
    assert_memory_equal(identity.mac, mac, sizeof mac);
    assert_int_equal(identity.forward_count, 1);
    assert_int_equal(identity.forwards[0].port, 80);
    assert_int_equal(identity.forwards[0].host_port, 40000);
    assert_true(parse("{\"mac\":\"020000AABBCC\"}"));
    assert_int_equal(identity.forward_count, 0);
}

static void ports_that_are_none_are_left_out(void **state)
{
    assert_true(parse(
        "{\"mac\":\"020000AABBCC\",\"forwards\":{\"65616\":\"127.0.0.1:40000\",\"80\":\"127.0.0.1:99999\","
        "\"81\":\"127.0.0.1:0\",\"82\":\"10.0.0.1:8082\",\"83\":8083,\"x\":\"127.0.0.1:8084\","
        "\"443\":\"127.0.0.1:8443\"}}"));
    assert_int_equal(identity.forward_count, 1);
    assert_int_equal(identity.forwards[0].port, 443);
    assert_true(parse("{\"mac\":\"020000AABBCC\",\"forwards\":[1,2]}"));
    assert_int_equal(identity.forward_count, 0);
}

static void more_ports_than_a_board_has(void **state)
{
    assert_true(
        parse("{\"mac\":\"020000AABBCC\",\"forwards\":{\"1\":\"127.0.0.1:1\",\"2\":\"127.0.0.1:2\","
              "\"3\":\"127.0.0.1:3\",\"4\":\"127.0.0.1:4\",\"5\":\"127.0.0.1:5\",\"6\":\"127.0.0.1:6\","
              "\"7\":\"127.0.0.1:7\",\"8\":\"127.0.0.1:8\",\"9\":\"127.0.0.1:9\"}}"));
    assert_int_equal(identity.forward_count, BOARD_FORWARDS);
}

static void what_is_no_board_is_refused_with_a_reason(void **state)
{
    static const char *const texts[] = {
        "", "{\"mac\": 5", "[]", "{}", "{\"mac\":5}", "{\"mac\":\"0200\"}", "{\"mac\":\"zz0000aabbcc\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(parse(texts[i]));
        assert_int_not_equal(why[0], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mac_and_the_ports),
        cmocka_unit_test(ports_that_are_none_are_left_out),
        cmocka_unit_test(more_ports_than_a_board_has),
        cmocka_unit_test(what_is_no_board_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
