/* DeriveKey: roll, create, authorising MAC.  atecc608.md 3.9, 2.6, 7.5 */

#include "part.h"

#include "counter_field.h"
#include "crypto.h"
#include "memory.h"

static struct part part;
static uint8_t key[32];

static const char derived[] = "b86b7dd8f41eae566703adc90fd7f457fa725196dd6656a6f0cd7505c619e16d";
static const char input_mac[] = "36bc2c3b3fa37b4382137c6e65a4e467c4b17a04d2b9068f48c062d12644274b";

enum { ROLL = 0x2080, CREATE_FROM_4 = 0x3480, WITH_MAC = 0x8000 };

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0x00;
    ascending(key, 0xA0, 32);
    load_t0(&part);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static const uint8_t *slot(unsigned n)
{
    return part.chip.eeprom.data + chip_slot_offset(n);
}

static void test_roll_vector(void **state)
{
    part_set_slot(&part, 9, ROLL, 0x003C);
    part_fill_slot(&part, 9, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, NULL, 0);
    assert_hex(derived, slot(9), 32);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_create_vector(void **state)
{
    part_set_slot(&part, 9, CREATE_FROM_4, 0x003C);
    part_fill_slot(&part, 4, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, NULL, 0);
    assert_hex(derived, slot(9), 32);
    assert_memory_equal(slot(4), key, 32);
}

static void test_the_rest_of_a_long_slot_stays(void **state)
{
    part_set_slot(&part, 9, ROLL, 0x003C);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, NULL, 0);
    for (unsigned i = 32; i < 72; i++)
        assert_int_equal(slot(9)[i], 0xFF);
}

/* The sixteen values of WriteConfig: bit 13 makes a target, bit 12 chooses the parent, bit 15 asks for a MAC. */
static void test_write_config_table(void **state)
{
    uint8_t mac[32];

    hex(input_mac, mac, 32);
    for (unsigned write_config = 0; write_config < 16; write_config++) {
        bool target = write_config & 2, create = write_config & 1, with_mac = write_config & 8;

        part_set_slot(&part, 9, (uint16_t)(write_config << 12 | 0x0480), 0x003C);
        memset(part.chip.eeprom.data, 0xFF, sizeof part.chip.eeprom.data);
        part_fill_slot(&part, create ? 4 : 9, 0, key, 32);
        load_t0(&part);
        expect_status(&part, target && !with_mac ? CHIP_SUCCESS : CHIP_EXEC, DERIVEKEY, 0x00, 9, NULL, 0);
        if (!target) {
            assert_non_null(strstr(part.last.reason, "no target for DeriveKey (SlotConfig bit 13 = 0)"));
            continue;
        }
        if (with_mac) {
            assert_non_null(strstr(part.last.reason, "SlotConfig bit 15 = 1"));
            expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, mac, 32);
        }
        assert_hex(derived, slot(9), 32);
    }
}

static void test_a_wrong_mac_changes_nothing(void **state)
{
    uint8_t mac[32];

    hex(input_mac, mac, 32);
    mac[31] ^= 1;
    part_set_slot(&part, 9, ROLL | WITH_MAC, 0x003C);
    part_fill_slot(&part, 9, 0, key, 32);
    expect_refusal(&part, CHIP_EXEC, "not that of the parent key", DERIVEKEY, 0x00, 9, mac, 32);
    assert_memory_equal(slot(9), key, 32);
    assert_true(part.chip.sram.temp_key.valid);
}

static void test_a_mac_nobody_asked_for_is_ignored(void **state)
{
    part_set_slot(&part, 9, ROLL, 0x003C);
    part_fill_slot(&part, 9, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, key, 32);
    assert_hex(derived, slot(9), 32);
}

static void test_temp_key_must_fit(void **state)
{
    static const uint8_t other_data[4] = {0x15, 0x02, 0x06, 0x00};

    part_set_slot(&part, 9, ROLL, 0x003C);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag = 0, Param1 bit 2 = 1", DERIVEKEY, 0x04, 9, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", DERIVEKEY, 0x00, 9, NULL, 0);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 6, other_data, 4);
    expect_refusal(&part, CHIP_EXEC, "NoMacFlag = 1", DERIVEKEY, 0x00, 9, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x04, 9, NULL, 0);
}

static void test_targets_that_stay_as_they_are(void **state)
{
    part_set_slot(&part, 9, ROLL, 0x0033);
    expect_refusal(&part, CHIP_EXEC, "slot 9 holds a private key", DERIVEKEY, 0x00, 9, NULL, 0);
    part_set_slot(&part, 9, ROLL, 0x003C);
    part_lock_slot(&part, 9);
    expect_refusal(&part, CHIP_EXEC, "slot 9 is locked (SlotLocked bit 9 = 0)", DERIVEKEY, 0x00, 9, NULL, 0);
    expect_status(&part, CHIP_PARSE, DERIVEKEY, 0x00, 16, NULL, 0);
    expect_status(&part, CHIP_PARSE, DERIVEKEY, 0x01, 9, NULL, 0);
    expect_status(&part, CHIP_PARSE, DERIVEKEY, 0x00, 9, key, 31);
    part_set_phase(&part, CONFIG_OPEN);
    expect_refusal(&part, CHIP_EXEC, "LockConfig = 55", DERIVEKEY, 0x00, 9, NULL, 0);
}

static void test_rules_of_the_parent(void **state)
{
    part_set_slot(&part, 9, 0x3080, 0x003C); /* the parent is slot 0, a private key */
    expect_refusal(&part, CHIP_EXEC, "the parent of slot 9 is slot 0, which holds a private key", DERIVEKEY,
                   0x00, 9, NULL, 0);
    part_set_slot(&part, 9, CREATE_FROM_4, 0x003C);
    part_set_slot(&part, 4, 0x0F8F, 0x05BC); /* ReqAuth, AuthKey 5 */
    expect_refusal(&part, CHIP_EXEC, "slot 4 needs a CheckMac with slot 5", DERIVEKEY, 0x00, 9, NULL, 0);
    part_set_slot(&part, 4, 0x0F8F, 0x007C); /* ReqRandom */
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_refusal(&part, CHIP_EXEC, "slot 4 needs a random nonce in TempKey (KeyConfig bit 6 = 1", DERIVEKEY,
                   0x04, 9, NULL, 0);
}

static void test_a_limited_parent_counts(void **state)
{
    part_set_slot(&part, 9, CREATE_FROM_4 | 0x0020, 0x003C); /* the target's own limit does not */
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, NULL, 0);
    assert_int_equal(chip_counter_read(&part.chip, 0), 0);
    part_set_slot(&part, 4, 0x0FAF, 0x003C);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, NULL, 0);
    assert_int_equal(chip_counter_read(&part.chip, 0), 1);
    chip_counter_encode(COUNTER_MAX, part.chip.eeprom.config + CONFIG_COUNTER);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "slot 4 is limited-use", DERIVEKEY, 0x00, 9, NULL, 0);
}

static void test_a_public_key_it_overwrites_is_no_longer_valid(void **state)
{
    part_set_slot(&part, 9, ROLL, 0x0032);
    chip_validity_set(&part.chip, 9, PUBLIC_KEY_VALID);
    expect_status(&part, CHIP_SUCCESS, DERIVEKEY, 0x00, 9, NULL, 0);
    assert_int_equal(chip_validity(&part.chip, 9), PUBLIC_KEY_INVALID);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_roll_vector),
        T(test_create_vector),
        T(test_the_rest_of_a_long_slot_stays),
        T(test_write_config_table),
        T(test_a_wrong_mac_changes_nothing),
        T(test_a_mac_nobody_asked_for_is_ignored),
        T(test_temp_key_must_fit),
        T(test_targets_that_stay_as_they_are),
        T(test_rules_of_the_parent),
        T(test_a_limited_parent_counts),
        T(test_a_public_key_it_overwrites_is_no_longer_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
