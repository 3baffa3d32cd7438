/* Clear Read and Write of data slots after both locks, and the rules of every use of a key.
 * atecc608.md 2.6, 2.8, 2.13 - 2.15 */

#include "part.h"

#include "counter_field.h"
#include "memory.h"

static struct part part;
static uint8_t data[128], answer[128];

enum { SLOT_10 = 0x0050 };

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    part.counting = true;
    ascending(data, 0x10, sizeof data);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

/* The four combinations of IsSecret and EncryptRead. */
static void test_read_table(void **state)
{
    part_fill_slot(&part, 10, 0, data, 72);
    part_set_slot(&part, 10, 0x0000, 0x003C);
    expect_answer(&part, 32, answer, READ, 0x82, SLOT_10, NULL, 0);
    assert_memory_equal(answer, data, 32);
    expect_answer(&part, 4, answer, READ, 0x02, SLOT_10 | 7, NULL, 0);
    assert_memory_equal(answer, data + 28, 4);
    part_set_slot(&part, 10, 0x0040, 0x003C);
    expect_refusal(&part, CHIP_EXEC, "prohibited combination", READ, 0x82, SLOT_10, NULL, 0);
    part_set_slot(&part, 10, 0x0080, 0x003C);
    expect_refusal(&part, CHIP_EXEC, "never readable", READ, 0x82, SLOT_10, NULL, 0);
    part_set_slot(&part, 10, 0x00C0, 0x003C);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", READ, 0x82, SLOT_10, NULL, 0);
}

static void test_private_slots_are_never_read_whatever_slotconfig_says(void **state)
{
    part_set_slot(&part, 10, 0x0000, 0x0033);
    expect_refusal(&part, CHIP_EXEC, "slot 10 holds a private key", READ, 0x82, SLOT_10, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 10 holds a private key", WRITE, 0x82, SLOT_10, data, 32);
}

static void test_read_of_a_partial_block_and_beyond(void **state)
{
    part_fill_slot(&part, 10, 0, data, 72);
    expect_answer(&part, 32, answer, READ, 0x82, 0x0250, NULL, 0);
    assert_memory_equal(answer, data + 64, 8);
    for (unsigned i = 8; i < 32; i++)
        assert_int_equal(answer[i], 0x00);
    expect_answer(&part, 4, answer, READ, 0x02, 0x0251, NULL, 0);
    expect_status(&part, CHIP_PARSE, READ, 0x02, 0x0252, NULL, 0);
    expect_status(&part, CHIP_PARSE, READ, 0x82, 0x0350, NULL, 0);
}

/* All sixteen values of WriteConfig. */
static void test_write_table(void **state)
{
    for (unsigned write_config = 0; write_config < 16; write_config++) {
        bool clear = write_config <= 1;
        part_set_slot(&part, 10, (uint16_t)(write_config << 12), 0x003C);
        data[0]++;
        expect_status(&part, clear ? CHIP_SUCCESS : CHIP_EXEC, WRITE, 0x82, SLOT_10, data, 32);
        expect_status(&part, clear ? CHIP_SUCCESS : CHIP_EXEC, WRITE, 0x02, SLOT_10, data, 4);
        assert_int_equal(part.chip.eeprom.data[chip_slot_offset(10)] == data[0], clear);
    }
}

static void test_secret_always_slot_takes_32_bytes_only(void **state)
{
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0020, data, 32);
    expect_refusal(&part, CHIP_EXEC, "slot 4 takes 32-byte writes only", WRITE, 0x02, 0x0020, data, 4);
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(4), data, 32);
}

static void test_pub_invalid_protects_a_valid_public_key(void **state)
{
    part_set_slot(&part, 10, 0x1000, 0x0032);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, SLOT_10, data, 32);
    assert_int_equal(chip_validity(&part.chip, 10), PUBLIC_KEY_INVALID);
    chip_validity_set(&part.chip, 10, PUBLIC_KEY_VALID);
    expect_refusal(&part, CHIP_EXEC, "holds a valid public key", WRITE, 0x82, SLOT_10, data, 32);
}

static void test_a_write_anywhere_in_a_public_key_invalidates_it(void **state)
{
    part_set_slot(&part, 10, 0x0000, 0x0032);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, SLOT_10, data, 32);
    expect_answer(&part, 4, answer, READ, 0x02, SLOT_10, NULL, 0);
    assert_int_equal(answer[0], 0xA0 | (data[0] & 0x0F));
    chip_validity_set(&part.chip, 10, PUBLIC_KEY_VALID);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x02, 0x0150, data, 4);
    assert_int_equal(chip_validity(&part.chip, 10), PUBLIC_KEY_INVALID);
}

static void expect_sign_works(unsigned slot)
{
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, data, 32);
    expect_answer(&part, 64, NULL, SIGN, 0xA0, (uint16_t)slot, NULL, 0);
}

static void make_private(unsigned slot, uint16_t slot_config, uint16_t key_config)
{
    part_set_slot(&part, slot, slot_config, key_config);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, data, 32);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, (uint16_t)slot, NULL, 0);
}

static void test_limited_use_stops_at_the_match_value(void **state)
{
    static const uint8_t limit[8] = {32, 0, 0, 0, 32, 0, 0, 0};

    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0xA1;
    part_fill_slot(&part, 10, 0, limit, 8);
    make_private(0, 0x20AF, 0x0033);
    assert_int_equal(chip_counter_read(&part.chip, 0), 0); /* creating uses nothing */
    for (unsigned i = 0; i < 32; i++)
        expect_sign_works(0);
    expect_refusal(&part, CHIP_EXEC, "counter 0 is at 32 of 32", SIGN, 0xA0, 0, NULL, 0);
    assert_int_equal(chip_counter_read(&part.chip, 0), 32);
    expect_answer(&part, 64, NULL, GENKEY, 0x00, 0, NULL, 0);
}

static void test_limited_use_without_match_value_is_the_counter_maximum(void **state)
{
    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0x00;
    make_private(0, 0x20AF, 0x0033);
    chip_counter_encode(COUNTER_MAX - 1, part.chip.eeprom.config + CONFIG_COUNTER);
    expect_sign_works(0);
    expect_status(&part, CHIP_EXEC, SIGN, 0xA0, 0, NULL, 0);
}

static void test_a_torn_match_value_permits_nothing(void **state)
{
    static const uint8_t torn[8] = {32, 0, 0, 0, 64, 0, 0, 0};

    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0xA1;
    part_fill_slot(&part, 10, 0, torn, 8);
    make_private(0, 0x20AF, 0x0033);
    expect_status(&part, CHIP_EXEC, SIGN, 0xA0, 0, NULL, 0);
}

static void test_a_refused_use_is_not_counted(void **state)
{
    make_private(0, 0x20AC, 0x0033); /* no signatures */
    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0x00;
    expect_status(&part, CHIP_EXEC, SIGN, 0xA0, 0, NULL, 0);
    assert_int_equal(chip_counter_read(&part.chip, 0), 0);
}

static void test_limits_do_not_count_before_data_lock(void **state)
{
    make_private(0, 0x20AF, 0x0033 | 0x1000);
    part_set_phase(&part, DATA_OPEN);
    expect_sign_works(0);
    assert_int_equal(chip_counter_read(&part.chip, 0), 0);
}

static void test_req_auth_is_spent_by_one_use(void **state)
{
    part.chip.sram.auth_valid = true;
    part.chip.sram.auth_slot = 4;
    make_private(0, 0x2087, 0x04B3);
    expect_refusal(&part, CHIP_EXEC, "needs a CheckMac with slot 4", SIGN, 0xA0, 0, NULL, 0);
    part.chip.sram.auth_valid = true;
    expect_sign_works(0);
    expect_status(&part, CHIP_EXEC, SIGN, 0xA0, 0, NULL, 0);
    part.chip.sram.auth_valid = true;
    part.chip.sram.auth_slot = 5;
    expect_status(&part, CHIP_EXEC, SIGN, 0xA0, 0, NULL, 0);
}

/* Every command that uses a stored key, on a slot made for it. */
static const struct key_use {
    uint8_t opcode, p1;
    uint16_t slot;
    uint16_t slot_config, key_config;
    size_t data_length;
    unsigned counted; /* takes a count of a LimitedUse key */
} key_uses[] = {
    {SIGN, 0xA0, 0, 0x2087, 0x0033, 0, 1},       {ECDH, 0x0C, 0, 0x2087, 0x0033, 64, 1},
    {GENKEY, 0x00, 0, 0x2087, 0x0033, 0, 0},     {GENDIG, 0x02, 12, 0x0080, 0x003C, 0, 1},
    {SHA, 0x04, 12, 0x0080, 0x003C, 0, 1},       {AES, 0x00, 12, 0x0080, 0x0038, 16, 1},
    {VERIFY, 0x20, 12, 0x0000, 0x0030, 64, 1},   {MAC, 0x00, 12, 0x0080, 0x003C, 32, 1},
    {CHECKMAC, 0x00, 12, 0x0F80, 0x003C, 77, 1}, {DERIVEKEY, 0x00, 12, 0x2080, 0x003C, 0, 1},
    {KDF, 0x12, 12, 0x0080, 0x003C, 20, 1},      {SECUREBOOT, 0x05, 12, 0x0000, 0x0030, 96, 1},
};

enum { KEY_USES = sizeof key_uses / sizeof key_uses[0] };

/* Slot 0 gets a key, slot 12 its public half; the data is whatever makes the command succeed. */
static void prepare_use(const struct key_use *use, uint16_t more_slot_config, uint16_t more_key_config)
{
    uint8_t point[64], stored[72] = {0};

    part_set_phase(&part, BOTH_LOCKED);
    part_set_slot(&part, 0, 0x2087, 0x0033);
    expect_answer(&part, 64, point, GENKEY, 0x04, 0, NULL, 0);
    memcpy(stored + 4, point, 32);
    memcpy(stored + 40, point + 32, 32);
    part_fill_slot(&part, 12, 0, stored, sizeof stored);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, point, 32);
    memcpy(data, point, 64);
    if (use->opcode == VERIFY)
        expect_answer(&part, 64, data, SIGN, 0xA0, 0, NULL, 0);
    if (use->opcode == CHECKMAC)
        make_checkmac(&part, 0x00, stored, data);
    if (use->opcode == KDF)
        memcpy(data, (const uint8_t[4]){0x01, 0x00, 0x00, 0x10}, 4); /* PRF, key of 32 bytes, message of 16 */
    if (use->opcode == SECUREBOOT) {
        part.chip.eeprom.config[CONFIG_SECURE_BOOT] = 0x01;
        part.chip.eeprom.config[CONFIG_SECURE_BOOT + 1] = 0xC0;
        expect_answer(&part, 64, data + 32, SIGN, 0xA0, 0, NULL, 0);
    }
    load_t0(&part);
    part_set_slot(&part, use->slot, (uint16_t)(use->slot_config | more_slot_config),
                  (uint16_t)(use->key_config | more_key_config));
}

static enum chip_status run_use(const struct key_use *use)
{
    uint16_t p2 = use->opcode == SECUREBOOT ? 0 : use->slot;

    part_command(&part, use->opcode, use->p1, p2, data, use->data_length, answer);
    return part.last.status;
}

static void test_every_use_of_a_key_needs_its_authorisation(void **state)
{
    for (size_t i = 0; i < KEY_USES; i++) {
        prepare_use(&key_uses[i], 0, 0x0580); /* ReqAuth, AuthKey 5 */
        part.chip.sram.auth_valid = false;
        part.chip.sram.auth_slot = 5;
        assert_int_equal(run_use(&key_uses[i]), CHIP_EXEC);
        assert_non_null(strstr(part.last.reason, "needs a CheckMac with slot 5"));
        part.chip.sram.auth_valid = true;
        assert_int_equal(run_use(&key_uses[i]), CHIP_SUCCESS);
        assert_false(part.chip.sram.auth_valid);
    }
}

static void test_every_use_of_a_limited_key_counts(void **state)
{
    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0x00;
    for (size_t i = 0; i < KEY_USES; i++) {
        uint32_t before = chip_counter_read(&part.chip, 0);
        prepare_use(&key_uses[i], 0x0020, 0);
        assert_int_equal(run_use(&key_uses[i]), CHIP_SUCCESS);
        assert_int_equal(chip_counter_read(&part.chip, 0), before + key_uses[i].counted);
    }
}

static void test_every_use_of_a_key_needs_the_latch_but_genkey(void **state)
{
    for (size_t i = 0; i < KEY_USES; i++) {
        bool needs_it = key_uses[i].opcode != GENKEY;

        prepare_use(&key_uses[i], 0, 0x1000); /* PersistentDisable */
        part.chip.latch = false;
        assert_int_equal(run_use(&key_uses[i]), needs_it ? CHIP_EXEC : CHIP_SUCCESS);
        assert_int_equal(strstr(part.last.reason, "persistent latch set (KeyConfig bit 12 = 1)") != NULL,
                         needs_it);
        part.chip.latch = true;
        assert_int_equal(run_use(&key_uses[i]), CHIP_SUCCESS);
    }
}

static void test_use_lock_closes_every_use_of_a_key(void **state)
{
    for (size_t i = 0; i < KEY_USES; i++) {
        prepare_use(&key_uses[i], 0, 0);
        part.chip.eeprom.config[CONFIG_USE_LOCK] = 0x4A;
        assert_int_equal(run_use(&key_uses[i]), CHIP_EXEC);
        assert_non_null(strstr(part.last.reason, "CheckMac succeeds with slot 4 (UseLock = 4A"));
        part.chip.eeprom.config[CONFIG_USE_LOCK] = 0x4B; /* only the nibble A enables it */
        assert_int_equal(run_use(&key_uses[i]), CHIP_SUCCESS);
    }
}

static void test_persistent_disable_needs_the_latch_but_genkey_does_not(void **state)
{
    make_private(0, 0x2087, 0x1033);
    expect_refusal(&part, CHIP_EXEC, "persistent latch", SIGN, 0xA0, 0, NULL, 0);
    part.chip.latch = true;
    expect_sign_works(0);
}

static void test_use_lock_closes_every_key(void **state)
{
    make_private(0, 0x2087, 0x0033);
    part.chip.eeprom.config[CONFIG_USE_LOCK] = 0x4A;
    expect_refusal(&part, CHIP_EXEC, "CheckMac succeeds with slot 4", SIGN, 0xA0, 0, NULL, 0);
    part.chip.use_unlocked = true;
    expect_sign_works(0);
}

static void test_latch_commands(void **state)
{
    part.chip.eeprom.config[CONFIG_VOLATILE_KEY] = 0x84;
    expect_refusal(&part, CHIP_EXEC, "SecureBoot alone sets the latch", INFO, 0x04, 0x0003, NULL, 0);
    part.chip.eeprom.config[CONFIG_SECURE_BOOT] = 0x00;
    expect_refusal(&part, CHIP_EXEC, "CheckMac with slot 4", INFO, 0x04, 0x0003, NULL, 0);
    part.chip.sram.auth_valid = true;
    part.chip.sram.auth_slot = 5;
    expect_status(&part, CHIP_EXEC, INFO, 0x04, 0x0003, NULL, 0);
    part.chip.sram.auth_slot = 4;
    expect_answer(&part, 4, answer, INFO, 0x04, 0x0003, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
    expect_answer(&part, 4, answer, INFO, 0x04, 0x0000, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
    expect_answer(&part, 4, answer, INFO, 0x04, 0x0002, NULL, 0);
    assert_hex("00 00 00 00", answer, 4);
    part.chip.eeprom.config[CONFIG_VOLATILE_KEY] = 0x04;
    expect_refusal(&part, CHIP_EXEC, "disabled", INFO, 0x04, 0x0003, NULL, 0);
    expect_status(&part, CHIP_PARSE, INFO, 0x04, 0x0001, NULL, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_read_table),
        T(test_private_slots_are_never_read_whatever_slotconfig_says),
        T(test_read_of_a_partial_block_and_beyond),
        T(test_write_table),
        T(test_secret_always_slot_takes_32_bytes_only),
        T(test_pub_invalid_protects_a_valid_public_key),
        T(test_a_write_anywhere_in_a_public_key_invalidates_it),
        T(test_limited_use_stops_at_the_match_value),
        T(test_limited_use_without_match_value_is_the_counter_maximum),
        T(test_a_torn_match_value_permits_nothing),
        T(test_a_refused_use_is_not_counted),
        T(test_limits_do_not_count_before_data_lock),
        T(test_req_auth_is_spent_by_one_use),
        T(test_every_use_of_a_key_needs_its_authorisation),
        T(test_every_use_of_a_limited_key_counts),
        T(test_every_use_of_a_key_needs_the_latch_but_genkey),
        T(test_use_lock_closes_every_use_of_a_key),
        T(test_persistent_disable_needs_the_latch_but_genkey_does_not),
        T(test_use_lock_closes_every_key),
        T(test_latch_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
