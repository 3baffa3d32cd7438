/* Execution times of both parts, dividers, watchdogs, all on a virtual clock.  atecc608.md 1.2, 2.4, 4 */

#include "part.h"

#include "command.h"
#include "memory.h"

enum { ADDRESS = 0x60, MS = 1000 };

static struct part part;

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void start(const char *profile, uint8_t chip_mode)
{
    part_make(&part, profile, BOTH_LOCKED);
    chip_power_off(&part.chip);
    part.chip.policy.fast = false;
    part.chip.eeprom.config[CONFIG_CHIP_MODE] = chip_mode;
    chip_power_on(&part.chip);
    chip_wake_pulse(&part.chip);
    part.clock_us += 1500;
}

static int setup(void **state)
{
    start("mongoose", 0x00);
    return 0;
}

/* atecc608.md 4.1 and 4.2, row by row; 0 where there is no such command. */
static const struct {
    uint8_t opcode;
    uint16_t m0, m1, m2, of_508;
} times[] = {
    {AES, 27, 27, 27, 0},           {CHECKMAC, 40, 40, 40, 13},   {COUNTER, 25, 25, 25, 20},
    {DERIVEKEY, 50, 50, 50, 50},    {ECDH, 75, 172, 531, 58},     {GENDIG, 25, 35, 35, 11},
    {GENKEY, 115, 215, 653, 115},   {HMAC, 0, 0, 0, 23},          {INFO, 5, 5, 5, 1},
    {KDF, 165, 165, 165, 0},        {LOCK, 35, 35, 35, 32},       {MAC, 55, 55, 55, 14},
    {NONCE, 20, 20, 20, 29},        {PAUSE, 0, 0, 0, 3},          {PRIVWRITE, 50, 50, 50, 48},
    {RANDOM, 23, 23, 23, 23},       {READ, 5, 5, 5, 1},           {SECUREBOOT, 80, 160, 480, 0},
    {SELFTEST, 250, 625, 2324, 0},  {SHA, 36, 42, 75, 9},         {SIGN, 115, 220, 665, 50},
    {UPDATE_EXTRA, 10, 10, 10, 10}, {VERIFY, 105, 295, 1085, 58}, {WRITE, 45, 45, 45, 26},
};

enum { TIMES = sizeof times / sizeof times[0] };

static void test_every_command_of_the_608_at_every_divider(void **state)
{
    static const uint8_t dividers[3] = {0x00, 0x28, 0x68};

    for (unsigned d = 0; d < 3; d++) {
        teardown(NULL);
        start("mongoose", dividers[d]);
        for (unsigned i = 0; i < TIMES; i++) {
            uint16_t ms = d == 0 ? times[i].m0 : d == 1 ? times[i].m1 : times[i].m2;
            assert_int_equal(chip_execution_time_us(&part.chip, times[i].opcode), ms * MS);
            assert_int_equal(chip_has_command(&part.chip, times[i].opcode), ms != 0);
        }
    }
}

static void test_every_command_of_the_508(void **state)
{
    teardown(NULL);
    start("mongoose-508", 0x68); /* dividers are the 608's */
    for (unsigned i = 0; i < TIMES; i++) {
        assert_int_equal(chip_execution_time_us(&part.chip, times[i].opcode), times[i].of_508 * MS);
        assert_int_equal(chip_has_command(&part.chip, times[i].opcode), times[i].of_508 != 0);
    }
}

/* No command is missing from the table above. */
static void test_the_table_is_complete(void **state)
{
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        bool listed = false;
        for (unsigned i = 0; i < TIMES; i++)
            listed = listed || times[i].opcode == opcode;
        assert_int_equal(chip_commands[opcode].name != NULL, listed);
    }
}

static void test_a_divider_that_does_not_exist_is_m0(void **state)
{
    teardown(NULL);
    start("mongoose", 0x30);
    assert_int_equal(chip_execution_time_us(&part.chip, VERIFY), 105 * MS);
}

static void send(const char *text)
{
    uint8_t bytes[16] = {0x03};
    size_t n = hex(text, bytes + 1, 8);

    part_crc(bytes + 1, n + 2);
    assert_true(chip_i2c_write(&part.chip, ADDRESS, bytes, n + 3));
}

static bool is_there(void)
{
    return chip_i2c_write(&part.chip, ADDRESS, NULL, 0);
}

/* The example of chip.h, chapter 3. */
static void test_a_virtual_clock_decides(void **state)
{
    uint8_t byte;

    send("07 40 04 00 00"); /* GenKey */
    part.clock_us += 114999;
    assert_false(chip_i2c_read(&part.chip, ADDRESS, &byte, 1));
    part.clock_us += 1;
    assert_true(chip_i2c_read(&part.chip, ADDRESS, &byte, 1));
    assert_int_equal(byte, 67);
}

static void test_a_busy_part_hears_neither_words_nor_wake(void **state)
{
    uint8_t word = 0x01;

    send("07 1B 00 00 00");
    part.clock_us += 22 * MS;
    assert_false(chip_i2c_write(&part.chip, ADDRESS, &word, 1));
    chip_wake_pulse(&part.chip);
    assert_false(is_there());
    part.clock_us += 1 * MS;
    assert_true(is_there());
}

/* With M2 SelfTest does not fit before the short watchdog; with the long one it does. */
static void test_m2_needs_the_long_watchdog(void **state)
{
    teardown(NULL);
    start("mongoose", 0x68);
    send("07 77 3B 00 00");
    assert_int_equal(part.last.status, CHIP_WATCHDOG);
    assert_non_null(strstr(part.last.reason, "SelfTest refused: the watchdog would expire first"));
    teardown(NULL);
    start("mongoose", 0x68 | 0x04);
    send("07 77 3B 00 00");
    assert_int_equal(part.last.status, CHIP_SUCCESS);
    part.clock_us += 2323 * MS;
    assert_false(is_there());
    part.clock_us += 1 * MS;
    assert_true(is_there());
}

static void test_the_watchdog_of_the_508_too(void **state)
{
    teardown(NULL);
    start("mongoose-508", 0x00);
    part.clock_us += 1300 * MS;
    assert_false(is_there());
    assert_int_equal(part.chip.power, CHIP_ASLEEP);
    teardown(NULL);
    start("mongoose-508", 0x04);
    part.clock_us += 9000 * MS;
    assert_true(is_there());
}

static void test_a_refusal_at_the_watchdog_changes_nothing(void **state)
{
    part.clock_us += 1250 * MS;
    send("07 24 01 01 00"); /* increment: 25 ms */
    part.clock_us += 30 * MS;
    uint32_t writes = part.chip.eeprom_writes;
    send("07 24 01 01 00");
    assert_int_equal(part.last.status, CHIP_WATCHDOG);
    assert_int_equal(part.chip.eeprom_writes, writes);
}

static void test_fast_takes_no_time_but_the_watchdog_runs(void **state)
{
    part.chip.policy.fast = true;
    send("07 40 04 00 00");
    assert_true(is_there());
    part.clock_us += 1300 * MS;
    assert_false(is_there());
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_every_command_of_the_608_at_every_divider),
        T(test_every_command_of_the_508),
        T(test_the_table_is_complete),
        T(test_a_divider_that_does_not_exist_is_m0),
        T(test_a_virtual_clock_decides),
        T(test_a_busy_part_hears_neither_words_nor_wake),
        T(test_m2_needs_the_long_watchdog),
        T(test_the_watchdog_of_the_508_too),
        T(test_a_refusal_at_the_watchdog_changes_nothing),
        T(test_fast_takes_no_time_but_the_watchdog_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
