/* What is allowed before and after each lock: Read, Write, Lock, and the commands on keys.
 * atecc608.md 2.2, 2.10, 3.13 */

#include "part.h"

#include "crc.h"
#include "memory.h"

static struct part part;
static uint8_t data[128], answer[128];

static int setup(void **state)
{
    part_make(&part, "blank", CONFIG_OPEN);
    ascending(data, 0x10, sizeof data);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void test_config_is_always_readable(void **state)
{
    for (enum phase phase = CONFIG_OPEN; phase <= BOTH_LOCKED; phase++) {
        part_set_phase(&part, phase);
        for (uint16_t block = 0; block < 4; block++) {
            expect_answer(&part, 32, answer, READ, 0x80, (uint16_t)(block << 3), NULL, 0);
            assert_memory_equal(answer, part.chip.eeprom.config + 32 * block, 32);
        }
        expect_answer(&part, 4, answer, READ, 0x00, 0x0015, NULL, 0);
        assert_memory_equal(answer, part.chip.eeprom.config + 84, 4);
    }
    expect_status(&part, CHIP_PARSE, READ, 0x80, 0x0020, NULL, 0);
}

static void test_config_words_that_may_be_written(void **state)
{
    for (uint16_t word = 0; word < 32; word++) {
        bool allowed = word >= 4 && word != 21;
        expect_status(&part, allowed ? CHIP_SUCCESS : CHIP_EXEC, WRITE, 0x00, word, data, 4);
        assert_int_equal(memcmp(part.chip.eeprom.config + 4 * word, data, 4) == 0, allowed);
    }
}

static void test_config_blocks_that_may_be_written(void **state)
{
    uint8_t before[CHIP_CONFIG_SIZE];

    memcpy(before, part.chip.eeprom.config, sizeof before);
    expect_refusal(&part, CHIP_EXEC, "Write may not change", WRITE, 0x80, 0x0000, data, 32);
    expect_refusal(&part, CHIP_EXEC, "Write may not change", WRITE, 0x80, 0x0010, data, 32);
    assert_memory_equal(part.chip.eeprom.config, before, sizeof before);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x80, 0x0008, data, 32);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x80, 0x0018, data, 32);
    assert_memory_equal(part.chip.eeprom.config + 32, data, 32);
    assert_memory_equal(part.chip.eeprom.config + 96, data, 32);
}

static void test_config_write_refusals(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "no encrypted writes", WRITE, 0xC0, 0x0008, data, 64);
    expect_status(&part, CHIP_PARSE, WRITE, 0x00, 0x0020, data, 4);
    expect_status(&part, CHIP_PARSE, WRITE, 0x00, 0x0008, data, 32);
    part_set_phase(&part, DATA_OPEN);
    expect_refusal(&part, CHIP_EXEC, "the configuration zone is locked", WRITE, 0x00, 4, data, 4);
}

static void test_config_open_keys_and_slots_are_closed(void **state)
{
    expect_status(&part, CHIP_EXEC, READ, 0x82, 0x0040, NULL, 0);
    expect_status(&part, CHIP_EXEC, READ, 0x81, 0x0000, NULL, 0);
    expect_status(&part, CHIP_EXEC, WRITE, 0x82, 0x0040, data, 32);
    expect_status(&part, CHIP_EXEC, WRITE, 0x81, 0x0000, data, 32);
    expect_status(&part, CHIP_EXEC, GENKEY, 0x04, 0, NULL, 0);
    expect_status(&part, CHIP_EXEC, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, data, 32);
    expect_status(&part, CHIP_EXEC, SIGN, 0x80, 0, NULL, 0);
    expect_status(&part, CHIP_EXEC, ECDH, 0x0C, 0, data, 64);
    expect_status(&part, CHIP_EXEC, PRIVWRITE, 0x00, 0, data, 68);
    expect_status(&part, CHIP_EXEC, GENDIG, 0x00, 1, NULL, 0);
    expect_status(&part, CHIP_EXEC, GENDIG, 0x02, 8, NULL, 0);
    expect_status(&part, CHIP_PARSE, AES, 0x00, 0xFFFF, data, 16);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_answer(&part, 4, NULL, COUNTER, 0x00, 0, NULL, 0);
    expect_answer(&part, 4, NULL, INFO, 0x00, 0, NULL, 0);
}

static void test_data_open_write_is_32_bytes_and_ignores_slot_rules(void **state)
{
    part_set_phase(&part, DATA_OPEN);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0040, data, 32); /* slot 8: Never-writable later on */
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(8), data, 32);
    expect_refusal(&part, CHIP_EXEC, "32-byte writes only", WRITE, 0x02, 0x0040, data, 4);
    expect_refusal(&part, CHIP_EXEC, "cannot be read before", READ, 0x82, 0x0040, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds a private key", WRITE, 0x82, 0x0000, data, 32);
}

static void test_data_open_partial_blocks(void **state)
{
    part_set_phase(&part, DATA_OPEN);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0250, data, 32); /* slot 10 block 2: 8 bytes */
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0251, data, 32); /* word offset ignored */
    expect_status(&part, CHIP_PARSE, WRITE, 0x82, 0x0350, data, 32);   /* block 3 does not exist */
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0C40, data, 32); /* slot 8 block 12 */
    expect_status(&part, CHIP_PARSE, WRITE, 0x82, 0x0D40, data, 32);
    expect_status(&part, CHIP_PARSE, WRITE, 0x82, 0x0080, data, 32); /* slot 16 */
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(10) + 64, data, 8);
    assert_int_equal(part.chip.eeprom.data[chip_slot_offset(11)], 0xFF);
}

static void test_otp_is_written_between_the_locks_and_read_after(void **state)
{
    part_set_phase(&part, DATA_OPEN);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x81, 0x0008, data, 32);
    expect_status(&part, CHIP_EXEC, WRITE, 0x01, 0x0000, data, 4);
    expect_status(&part, CHIP_EXEC, READ, 0x81, 0x0008, NULL, 0);
    expect_status(&part, CHIP_PARSE, WRITE, 0x81, 0x0010, data, 32);
    part_set_phase(&part, BOTH_LOCKED);
    expect_status(&part, CHIP_EXEC, WRITE, 0x81, 0x0008, data, 32);
    expect_answer(&part, 32, answer, READ, 0x81, 0x0008, NULL, 0);
    assert_memory_equal(answer, data, 32);
    expect_answer(&part, 4, answer, READ, 0x01, 0x000F, NULL, 0);
    assert_memory_equal(answer, data + 28, 4);
}

static void test_genkey_between_the_locks_needs_no_bit_13(void **state)
{
    part_set_slot(&part, 0, 0x0083, 0x0033);
    part_set_phase(&part, DATA_OPEN);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0, NULL, 0);
    part_set_phase(&part, BOTH_LOCKED);
    expect_refusal(&part, CHIP_EXEC, "SlotConfig bit 13 = 0", GENKEY, 0x04, 0, NULL, 0);
    expect_answer(&part, 64, NULL, GENKEY, 0x00, 0, NULL, 0);
}

static void test_lock_config_with_its_crc(void **state)
{
    uint16_t crc = chip_crc16(0, part.chip.eeprom.config, CHIP_CONFIG_SIZE);

    expect_refusal(&part, CHIP_EXEC, "CRC", LOCK, 0x00, (uint16_t)(crc + 1), NULL, 0);
    expect_status(&part, CHIP_EXEC, LOCK, 0x81, 0, NULL, 0); /* data first: no */
    expect_status(&part, CHIP_EXEC, LOCK, 0x02 | 8 << 2, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, LOCK, 0x00, crc, NULL, 0);
    assert_int_equal(part.chip.eeprom.config[87], 0x00);
    assert_int_equal(part.chip.eeprom.config[86], 0x55);
    expect_refusal(&part, CHIP_EXEC, "locked already", LOCK, 0x80, 0, NULL, 0);
}

/* The summary CRCs of 7.1: everything FF, without and with private slots left out. */
static void test_lock_data_with_its_crc(void **state)
{
    static const struct {
        uint16_t private_slots;
        uint16_t crc;
    } cases[] = {{0x0000, 0xDFF1}, {0x0007, 0x5335}, {0x408F, 0x2A80}};

    for (size_t i = 0; i < 3; i++) {
        part_set_phase(&part, DATA_OPEN);
        for (unsigned slot = 0; slot < 16; slot++)
            part_set_slot(&part, slot, 0x2083, cases[i].private_slots >> slot & 1 ? 0x0033 : 0x003C);
        expect_refusal(&part, CHIP_EXEC, "data slots and OTP", LOCK, 0x01, (uint16_t)(cases[i].crc ^ 1), NULL,
                       0);
        expect_status(&part, CHIP_SUCCESS, LOCK, 0x01, cases[i].crc, NULL, 0);
        assert_int_equal(part.chip.eeprom.config[86], 0x00);
    }
    expect_refusal(&part, CHIP_EXEC, "locked already", LOCK, 0x81, 0, NULL, 0);
}

static void test_lock_ignoring_the_crc(void **state)
{
    expect_status(&part, CHIP_SUCCESS, LOCK, 0x80, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, LOCK, 0x81, 0, NULL, 0);
}

static void test_lock_slot(void **state)
{
    part_set_slot(&part, 10, 0x0F0F, 0x003C);
    part_set_slot(&part, 11, 0x0F0F, 0x001C);
    part_set_phase(&part, BOTH_LOCKED);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0050, data, 32);
    expect_status(&part, CHIP_SUCCESS, LOCK, 0x02 | 10 << 2, 0, NULL, 0);
    assert_int_equal(part.last.slot, 10);
    assert_hex("FF FB", part.chip.eeprom.config + 88, 2);
    expect_refusal(&part, CHIP_EXEC, "slot 10 is locked", WRITE, 0x82, 0x0050, data + 1, 32);
    expect_answer(&part, 32, answer, READ, 0x82, 0x0050, NULL, 0);
    assert_memory_equal(answer, data, 32);
    expect_refusal(&part, CHIP_EXEC, "locked already", LOCK, 0x02 | 10 << 2, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 5 = 0", LOCK, 0x02 | 11 << 2, 0, NULL, 0);
}

static void test_a_locked_slot_keeps_its_key(void **state)
{
    part_set_phase(&part, BOTH_LOCKED);
    part_lock_slot(&part, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 0 is locked", GENKEY, 0x04, 0, NULL, 0);
    part_set_phase(&part, DATA_OPEN);
    expect_refusal(&part, CHIP_EXEC, "slot 0 is locked", GENKEY, 0x04, 0, NULL, 0);
    part_lock_slot(&part, 8);
    expect_refusal(&part, CHIP_EXEC, "slot 8 is locked", WRITE, 0x82, 0x0040, data, 32);
}

static void test_update_extra_works_once_at_any_time(void **state)
{
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x00, 0x00, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x00, 0x12, NULL, 0);
    expect_status(&part, CHIP_EXEC, UPDATE_EXTRA, 0x00, 0x13, NULL, 0);
    part_set_phase(&part, BOTH_LOCKED);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x01, 0x6A, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "set before (6A)", UPDATE_EXTRA, 0x01, 0x00, NULL, 0);
    assert_hex("12 6A 00 00", part.chip.eeprom.config + 84, 4);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_config_is_always_readable),
        T(test_config_words_that_may_be_written),
        T(test_config_blocks_that_may_be_written),
        T(test_config_write_refusals),
        T(test_config_open_keys_and_slots_are_closed),
        T(test_data_open_write_is_32_bytes_and_ignores_slot_rules),
        T(test_data_open_partial_blocks),
        T(test_otp_is_written_between_the_locks_and_read_after),
        T(test_genkey_between_the_locks_needs_no_bit_13),
        T(test_lock_config_with_its_crc),
        T(test_lock_data_with_its_crc),
        T(test_lock_ignoring_the_crc),
        T(test_lock_slot),
        T(test_a_locked_slot_keeps_its_key),
        T(test_update_extra_works_once_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
