/* The chip on the bus: wake, idle, sleep, word addresses, busy, split reads, watchdog.  atecc608.md 1.1
 * - 1.4, 1.8 */

#include "part.h"

#include "crc.h"
#include "memory.h"

enum { ADDRESS = 0x60, MS = 1000, TIMED = 0 };

static struct part part;

/* Timed, asleep: nothing has happened yet. */
static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    chip_power_off(&part.chip);
    part.chip.policy.fast = false;
    chip_power_on(&part.chip);
    part.event_count = 0;
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static bool write_word(uint8_t word)
{
    return chip_i2c_write(&part.chip, ADDRESS, &word, 1);
}

static bool write_hex(const char *text)
{
    uint8_t bytes[256];
    size_t n = hex(text, bytes, sizeof bytes);

    return chip_i2c_write(&part.chip, ADDRESS, bytes, n);
}

static void expect_read(const char *text)
{
    uint8_t wanted[128], bytes[128];
    size_t n = hex(text, wanted, sizeof wanted);

    assert_true(chip_i2c_read(&part.chip, ADDRESS, bytes, n));
    assert_memory_equal(wanted, bytes, n);
}

static bool reads(void)
{
    uint8_t byte;
    return chip_i2c_read(&part.chip, ADDRESS, &byte, 1);
}

static void wake(void)
{
    chip_wake_pulse(&part.chip);
    part.clock_us += 1500;
}

/* Word address 03, a command group, CRC added. */
static bool send_command(const char *text)
{
    uint8_t bytes[256] = {0x03};
    size_t n = 1 + hex(text, bytes + 1, 200);
    uint16_t crc = chip_crc16(0, bytes + 1, n - 1);

    bytes[n] = (uint8_t)crc;
    bytes[n + 1] = (uint8_t)(crc >> 8);
    return chip_i2c_write(&part.chip, ADDRESS, bytes, n + 2);
}

static void test_asleep_nothing_answers(void **state)
{
    assert_false(write_word(0x00));
    assert_false(reads());
    assert_false(send_command("07 30 00 00 00"));
}

static void test_unpowered_not_even_wake_helps(void **state)
{
    chip_power_off(&part.chip);
    wake();
    assert_false(reads());
    assert_int_equal(part.event_count, 0);
}

static void test_wake_answers_11_then_ff(void **state)
{
    wake();
    expect_read("04 11 33 43");
    expect_read("FF FF");
}

static void test_wake_takes_1500_us(void **state)
{
    chip_wake_pulse(&part.chip);
    part.clock_us += 1499;
    assert_false(reads());
    part.clock_us += 1;
    assert_true(reads());
}

static void test_any_transfer_to_address_0_is_a_wake_pulse(void **state)
{
    assert_false(chip_i2c_write(&part.chip, 0x00, (const uint8_t[]){0x01}, 1));
    part.clock_us += 1500;
    expect_read("04 11 33 43");
}

static void test_another_address_is_not_ours(void **state)
{
    uint8_t byte = 0;

    wake();
    assert_false(chip_i2c_read(&part.chip, 0x61, &byte, 1));
    assert_false(chip_i2c_write(&part.chip, 0x35, &byte, 1));
}

static void test_an_address_probe_is_acknowledged(void **state)
{
    wake();
    assert_true(chip_i2c_write(&part.chip, ADDRESS, NULL, 0));
    expect_read("04 11 33 43");
}

static void test_busy_until_the_execution_time_has_passed(void **state)
{
    wake();
    assert_true(send_command("07 30 00 00 00"));
    part.clock_us += 5 * MS - 1;
    assert_false(reads());
    assert_false(write_word(0x00));
    part.clock_us += 1;
    assert_true(write_word(0x00));
    expect_read("07 00 00 60 02 80 38");
}

static void test_a_refusal_comes_sooner(void **state)
{
    wake();
    assert_true(send_command("07 41 A0 07 00"));
    part.clock_us += 1 * MS;
    expect_read("04 0F 23 42");
}

static void test_fast_answers_at_once(void **state)
{
    part.chip.policy.fast = true;
    chip_wake_pulse(&part.chip);
    expect_read("04 11 33 43");
    assert_true(send_command("07 30 00 00 00"));
    expect_read("07 00 00 60 02 80 38");
}

static void test_reads_may_be_split_and_repeated(void **state)
{
    wake();
    send_command("07 30 00 00 00");
    part.clock_us += 5 * MS;
    expect_read("07");
    expect_read("00 00 60 02 80 38");
    expect_read("FF FF FF");
    assert_true(write_word(0x00));
    expect_read("07 00 00");
    expect_read("60 02 80 38 FF");
}

static void test_a_command_may_come_in_pieces(void **state)
{
    wake();
    assert_true(write_hex("03 07 30 00"));
    assert_true(write_hex("03 00 00"));
    assert_true(write_hex("03 03 5D"));
    part.clock_us += 5 * MS;
    expect_read("07 00 00 60 02 80 38");
}

static void test_while_a_command_is_incomplete_reads_are_not_acknowledged(void **state)
{
    wake();
    assert_true(write_hex("03 07 30 00"));
    assert_false(reads());
    assert_true(write_word(0x00)); /* discards it */
    assert_true(reads());
    assert_true(send_command("07 30 00 00 00"));
    part.clock_us += 5 * MS;
    expect_read("07 00 00 60 02");
}

static void test_bytes_past_the_count_are_ignored(void **state)
{
    wake();
    assert_true(write_hex("03 07 30 00 00 00 03 5D AA BB CC DD"));
    part.clock_us += 5 * MS;
    expect_read("07 00 00 60 02 80 38");
}

static void test_an_impossible_count_is_a_communication_error(void **state)
{
    static const char *const writes[] = {"03 00", "03 06 30 00 00 00 03", "03 A3 30", "03 FF"};

    wake();
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        assert_true(write_hex(writes[i]));
        part.clock_us += 1 * MS;
        expect_read("04 FF 01 42");
    }
}

static void test_a_new_command_replaces_an_unread_response(void **state)
{
    wake();
    send_command("07 41 A0 07 00");
    part.clock_us += 1 * MS;
    send_command("07 30 00 00 00");
    part.clock_us += 5 * MS;
    expect_read("07 00 00 60 02 80 38");
}

static void test_reserved_word_addresses_do_nothing(void **state)
{
    wake();
    assert_true(write_hex("04 01 02 03"));
    assert_true(write_hex("FF"));
    expect_read("04 11 33 43");
}

static void test_wake_while_awake_changes_nothing(void **state)
{
    wake();
    send_command("07 30 00 00 00");
    chip_wake_pulse(&part.chip);
    part.clock_us += 5 * MS;
    chip_wake_pulse(&part.chip);
    expect_read("07 00 00 60 02 80 38");
    assert_int_equal(part.event_count, 1);
}

static void load_everything(void)
{
    uint8_t data[64] = {0};

    part.chip.policy.fast = true;
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, data, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, data, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x83, 0, data, 32);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    part.chip.sram.auth_valid = true;
    part.chip.latch = true;
    part.chip.policy.fast = false;
}

static void test_idle_keeps_volatile_state(void **state)
{
    wake();
    load_everything();
    assert_true(write_word(0x02));
    assert_false(reads());
    part.clock_us += 60000 * MS; /* no watchdog while idle */
    wake();
    expect_read("04 11 33 43");
    assert_true(part.chip.sram.temp_key.valid);
    assert_int_equal(part.chip.sram.message_digest_length, 32);
    assert_true(part.chip.sram.alternate_key_valid);
    assert_int_equal(part.chip.sram.sha_kind, CHIP_SHA_PLAIN);
    assert_true(part.chip.sram.auth_valid);
    assert_true(part.chip.latch);
}

static void expect_forgotten(bool latch)
{
    assert_false(part.chip.sram.temp_key.valid);
    assert_int_equal(part.chip.sram.message_digest_length, 0);
    assert_false(part.chip.sram.alternate_key_valid);
    assert_int_equal(part.chip.sram.sha_kind, CHIP_SHA_NONE);
    assert_false(part.chip.sram.auth_valid);
    assert_int_equal(part.chip.latch, latch);
}

static void test_sleep_loses_volatile_state_but_the_latch(void **state)
{
    wake();
    load_everything();
    assert_true(write_word(0x01));
    assert_false(reads());
    wake();
    expect_read("04 11 33 43");
    expect_forgotten(true);
}

static void test_power_off_loses_the_latch_too(void **state)
{
    wake();
    load_everything();
    chip_power_off(&part.chip);
    chip_power_on(&part.chip);
    wake();
    expect_read("04 11 33 43");
    expect_forgotten(false);
}

static void test_watchdog_puts_it_to_sleep(void **state)
{
    wake();
    load_everything();
    part.clock_us += 1300 * MS - 1500 - 1;
    assert_true(write_word(0x00));
    part.clock_us += 1;
    assert_false(write_word(0x00));
    assert_int_equal(part.events[1], CHIP_EVENT_WATCHDOG);
    wake();
    expect_forgotten(true);
}

static void test_commands_do_not_feed_the_watchdog_but_idle_does(void **state)
{
    wake();
    for (unsigned i = 0; i < 5; i++) {
        part.clock_us += 500 * MS;
        if (i % 2 == 1) {
            assert_true(write_word(0x02));
            wake();
        }
        assert_true(reads());
    }
}

static void test_what_cannot_finish_before_the_watchdog_is_refused(void **state)
{
    wake();
    part.clock_us += 1200 * MS;
    assert_true(send_command("07 40 04 00 00")); /* GenKey: 115 ms */
    part.clock_us += 1 * MS;
    expect_read("04 EE 31 41");
    assert_true(send_command("07 30 00 00 00")); /* Info: 5 ms */
    part.clock_us += 5 * MS;
    expect_read("07 00 00 60 02 80 38");
}

static void test_long_watchdog_after_sleep(void **state)
{
    part.chip.eeprom.config[CONFIG_CHIP_MODE] = 0x04;
    wake();
    part.clock_us += 9000 * MS;
    assert_true(reads());
    part.clock_us += 1000 * MS;
    assert_false(reads());
}

static void test_clock_divider_slows_the_part_after_sleep(void **state)
{
    static const struct {
        uint8_t mode;
        unsigned sign_ms;
    } cases[] = {{0x00, 115}, {0x28, 220}, {0x68, 665}};

    for (size_t i = 0; i < 3; i++) {
        part.chip.eeprom.config[CONFIG_CHIP_MODE] = cases[i].mode;
        wake();
        assert_true(send_command("07 40 04 00 00"));
        part.clock_us += 653 * MS;
        part.chip.sram.message_digest_length = 32;
        assert_true(write_word(0x02)); /* restart the watchdog */
        wake();
        assert_true(send_command("07 41 A0 00 00"));
        part.clock_us += cases[i].sign_ms * MS - 1;
        assert_false(reads());
        part.clock_us += 1;
        assert_true(reads());
        assert_true(write_word(0x01));
    }
}

static void test_a_new_address_counts_after_sleep(void **state)
{
    uint8_t byte;

    wake();
    part.chip.eeprom.config[CONFIG_CHIP_MODE] = 0x01;
    part.chip.eeprom.config[CONFIG_USER_EXTRA_ADD] = 0x6A;
    assert_true(reads());
    assert_true(write_word(0x02)); /* idle is not enough */
    wake();
    assert_true(reads());
    assert_true(write_word(0x01));
    wake();
    assert_false(reads());
    assert_true(chip_i2c_read(&part.chip, 0x35, &byte, 1));
}

static void test_failed_power_on_self_test_shows_in_the_wake_response(void **state)
{
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] |= OPTION_POST;
    chip_inject_selftest_failure(&part.chip, 0x04);
    wake();
    expect_read("04 07 40 C2");
    chip_inject_selftest_failure(&part.chip, 0);
    assert_true(write_word(0x01));
    wake();
    expect_read("04 11 33 43");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_asleep_nothing_answers),
        T(test_unpowered_not_even_wake_helps),
        T(test_wake_answers_11_then_ff),
        T(test_wake_takes_1500_us),
        T(test_any_transfer_to_address_0_is_a_wake_pulse),
        T(test_another_address_is_not_ours),
        T(test_an_address_probe_is_acknowledged),
        T(test_busy_until_the_execution_time_has_passed),
        T(test_a_refusal_comes_sooner),
        T(test_fast_answers_at_once),
        T(test_reads_may_be_split_and_repeated),
        T(test_a_command_may_come_in_pieces),
        T(test_while_a_command_is_incomplete_reads_are_not_acknowledged),
        T(test_bytes_past_the_count_are_ignored),
        T(test_an_impossible_count_is_a_communication_error),
        T(test_a_new_command_replaces_an_unread_response),
        T(test_reserved_word_addresses_do_nothing),
        T(test_wake_while_awake_changes_nothing),
        T(test_idle_keeps_volatile_state),
        T(test_sleep_loses_volatile_state_but_the_latch),
        T(test_power_off_loses_the_latch_too),
        T(test_watchdog_puts_it_to_sleep),
        T(test_commands_do_not_feed_the_watchdog_but_idle_does),
        T(test_what_cannot_finish_before_the_watchdog_is_refused),
        T(test_long_watchdog_after_sleep),
        T(test_clock_divider_slows_the_part_after_sleep),
        T(test_a_new_address_counts_after_sleep),
        T(test_failed_power_on_self_test_shows_in_the_wake_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
