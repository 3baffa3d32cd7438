/* Fault rules: what they may say, and when they strike. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server_fault.h"

static struct fault_rules rules;
static char error[FAULT_ERROR_MAX];

static int clean(void **state)
{
    rules = (struct fault_rules){.count = 0};
    return 0;
}

static void add(const char *text)
{
    if (fault_rules_add(&rules, text, error) < 0)
        fail_msg("%s", error);
}

static void refuse(const char *text, const char *why)
{
    unsigned before = rules.count;

    assert_int_equal(fault_rules_add(&rules, text, error), -1);
    if (!strstr(error, why))
        fail_msg("\"%s\": expected \"%s\", got: %s", text, why, error);
    assert_int_equal(rules.count, before);
}

static unsigned happens(enum fault_unit unit, uint8_t address)
{
    const struct fault *due[FAULT_RULES_MAX];

    return fault_rules_due(&rules, unit, address, due);
}

static void test_every_fault_has_a_rule(void **state)
{
    add("at 1 nack\n"
        "at 2 nack 5\n"
        "at 2 nack forever\n"
        "at write 3 lost\n"
        "at read 4 flip 12\n"
        "at transfer 4 truncate 0\n"
        "at 5 oversize 8\n"
        "at read 1 answer 04110a0B\n"
        "at wake 1 busy 40\n"
        "at 1 busy forever\n"
        "every 9 watchdog\n"
        "at eeprom 2 power-loss before\n"
        "at eeprom 2 address 35 power-loss after\n"
        "at 7 power-loss\n"
        "at 1 disconnect\n"
        "at 1 selftest-failure 3F\n"
        "at 1 health-failure\n");
    assert_int_equal(rules.count, 17);
    assert_int_equal(rules.rules[4].kind, FAULT_FLIP);
    assert_int_equal(rules.rules[4].unit, FAULT_UNIT_READ);
    assert_int_equal(rules.rules[4].number, 12);
    assert_int_equal(rules.rules[7].length, 4);
    assert_memory_equal(rules.rules[7].bytes, "\x04\x11\x0A\x0B", 4);
    assert_true(rules.rules[11].before);
    assert_int_equal(rules.rules[12].address, 0x35);
}

static void test_blank_lines_and_comments(void **state)
{
    add("");
    add("\n  \t\r\n# nothing\n   # nothing either\n");
    assert_int_equal(rules.count, 0);
    add("  at\t1   nack # one\r\n");
    assert_int_equal(rules.count, 1);
}

static void test_what_is_no_rule(void **state)
{
    refuse("nack", "begins with `at` or `every`");
    refuse("at", "the number of the transfer");
    refuse("at 0 nack", "counted from 1");
    refuse("at -1 nack", "counted from 1");
    refuse("at 1", "no such fault");
    refuse("at 1 explode", "no such fault");
    refuse("at 1 address 80 nack", "00 to 7F");
    refuse("at 1 nack 0", "nack [N]");
    refuse("at 1 nack 1 2", "nack [N]");
    refuse("at 1 flip", "flip BIT");
    refuse("at 1 flip -1", "flip BIT");
    refuse("at 1 flip 99999999999999999999", "flip BIT");
    refuse("at read 1 answer 041", "answer HEX");
    refuse("at read 1 answer 0x", "answer HEX");
    refuse("at 1 answer 04", "of reads");
    refuse("at eeprom 1 nack", "power-loss");
    refuse("at 1 power-loss during", "before|after");
    refuse("at 1 watchdog now", "watchdog");
    refuse("at 1x nack", "counted from 1");
    refuse("at x nack", "counted from 1");
    refuse("at 99999999999999999999 nack", "counted from 1");
    refuse("at 1 nack many", "nack [N]");
    refuse("at 1 nack 1000001", "nack [N]");
    refuse("at 1 busy", "busy");
    refuse("at 1 busy 3600001", "busy");
    refuse("at 1 busy long", "busy");
    refuse("at read 1 answer", "answer HEX");
    refuse("at 1 selftest-failure 40", "selftest-failure");
    char answer[sizeof "at read 1 answer " + 2 * FAULT_BYTES_MAX + 2] = "at read 1 answer ";
    memset(answer + strlen(answer), '0', 2 * FAULT_BYTES_MAX + 2);
    refuse(answer, "answer HEX");
    refuse("at 1 nack\n\nat 2 nonsense", "line 3");
    char big[1000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    refuse(big, "too long");
}

static void test_room_for_64(void **state)
{
    for (unsigned i = 0; i < FAULT_RULES_MAX; i++)
        add("every 2 nack");
    refuse("at 1 nack", "64 rules");
    fault_rules_clear(&rules);
    add("at 1 nack");
}

static void test_it_counts_its_kind_only(void **state)
{
    add("at read 2 nack");
    assert_int_equal(happens(FAULT_UNIT_WRITE, 0x60), 0);
    assert_int_equal(happens(FAULT_UNIT_READ, 0x60), 0);
    assert_int_equal(happens(FAULT_UNIT_WAKE, 0), 0);
    assert_int_equal(happens(FAULT_UNIT_READ, 0x60), 1);
    assert_int_equal(happens(FAULT_UNIT_READ, 0x60), 0);
    assert_true(rules.rules[0].over);
}

static void test_transfers_are_all_three(void **state)
{
    add("at 3 nack");
    assert_int_equal(happens(FAULT_UNIT_WAKE, 0), 0);
    assert_int_equal(happens(FAULT_UNIT_EEPROM, 0x60), 0); /* not a transfer of its own */
    assert_int_equal(happens(FAULT_UNIT_WRITE, 0x60), 0);
    assert_int_equal(happens(FAULT_UNIT_READ, 0x60), 1);
}

static void test_every_time_several_times(void **state)
{
    add("every 3 nack 2");
    static const unsigned expected[] = {0, 0, 1, 1, 0, 1, 1, 0, 1, 1};
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(happens(FAULT_UNIT_WRITE, 0x60), expected[i]);
    assert_false(rules.rules[0].over);
}

static void test_repetition(void **state)
{
    add("at 2 nack 2");
    add("every 3 lost");
    static const unsigned expected[] = {0, 1, 2, 0, 0, 1};
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(happens(FAULT_UNIT_WRITE, 0x60), expected[i]);
    fault_rules_clear(&rules);
    add("at 2 nack forever");
    assert_int_equal(happens(FAULT_UNIT_WRITE, 0x60), 0);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(happens(FAULT_UNIT_WRITE, 0x60), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        T(test_every_fault_has_a_rule),   T(test_blank_lines_and_comments),
        T(test_what_is_no_rule),          T(test_room_for_64),
        T(test_it_counts_its_kind_only),  T(test_transfers_are_all_three),
        T(test_every_time_several_times), T(test_repetition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
