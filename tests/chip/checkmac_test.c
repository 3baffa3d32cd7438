/* CheckMac, and what its success is good for: AuthComplete, the latch, UseLock, a copy in TempKey.
 * atecc608.md 3.8, 2.14, 2.15, 7.3 */

#include "part.h"

#include "counter_field.h"
#include "memory.h"

static struct part part;
static uint8_t key[32], data[77], answer[128];

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    ascending(key, 0xA0, 32);
    part_set_slot(&part, 4, 0x0F8F, 0x003C); /* ReadKey F: no copies */
    part_fill_slot(&part, 4, 0, key, 32);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void test_vector(void **state)
{
    ascending(data, 0x40, 32);
    ascending(data + 64, 0xF0, 13);
    hex("d48beb761d6300f23fbd652c0ecff5ff142558c33dbe909dbb1635168e2430bd", data + 32, 32);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x01, 4, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
    load_t0(&part);
    data[32] ^= 1;
    expect_refusal(&part, CHIP_MISMATCH, "not that of this key", CHECKMAC, 0x01, 4, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
}

/* What MAC answers, CheckMac accepts, with the OtherData of atecc608.md 3.8. */
static void test_it_checks_what_mac_makes(void **state)
{
    static const uint8_t other_data[13] = {0x08, 0x40, 0x04, 0x00, 0x00, 0x00, 0x00,
                                           0x89, 0xAB, 0xCD, 0xEF, 0x45, 0x67};

    ascending(data, 0x40, 32);
    expect_answer(&part, 32, data + 32, MAC, 0x40, 4, data, 32);
    memcpy(data + 64, other_data, 13);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 4, data, 77);
}

/* All five modes, and each wrong in one bit of every field it reads. */
static void test_every_mode(void **state)
{
    static const struct {
        uint8_t p1;
        bool fixed_nonce, uses_temp_key;
    } modes[] = {{0x00, false, false},
                 {0x01, false, true},
                 {0x05, true, true},
                 {0x02, false, true},
                 {0x06, true, true}};

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        for (unsigned wrong = 0; wrong < 2; wrong++) {
            load_t0(&part);
            if (modes[i].fixed_nonce)
                expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
            make_checkmac(&part, modes[i].p1, key, data);
            data[64 + 12] ^= (uint8_t)wrong;
            expect_status(&part, wrong ? CHIP_MISMATCH : CHIP_SUCCESS, CHECKMAC, modes[i].p1, 4, data, 77);
            assert_int_equal(part.chip.sram.temp_key.valid, !modes[i].uses_temp_key);
        }
    }
}

static void test_other_modes_lengths_and_slots_are_parse_errors(void **state)
{
    for (unsigned p1 = 0; p1 < 256; p1++) {
        if (p1 != 0 && p1 != 1 && p1 != 2 && p1 != 5 && p1 != 6)
            expect_status(&part, CHIP_PARSE, CHECKMAC, (uint8_t)p1, 4, data, 77);
    }
    expect_status(&part, CHIP_PARSE, CHECKMAC, 0x00, 4, data, 76);
    expect_status(&part, CHIP_PARSE, CHECKMAC, 0x00, 16, data, 77);
}

static void test_flags_of_temp_key(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", CHECKMAC, 0x01, 4, data, 77);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag = 0, Param1 bit 2 = 1", CHECKMAC, 0x05, 4, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_slot_rules(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds a private key", CHECKMAC, 0x00, 0, data, 77);
    part_set_slot(&part, 4, 0x0F8F, 0x007C);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6 = 1, Param1 bit 0 = 0", CHECKMAC, 0x00, 4, data, 77);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6 = 1", CHECKMAC, 0x05, 4, data, 77);
    part_set_phase(&part, CONFIG_OPEN);
    expect_refusal(&part, CHIP_EXEC, "LockConfig = 55", CHECKMAC, 0x00, 4, data, 77);
}

/* A NoMac key is for this command. */
static void test_a_nomac_slot_may_be_checked(void **state)
{
    part_fill_slot(&part, 6, 0, key, 32);
    make_checkmac(&part, 0x00, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 6, data, 77);
}

static void test_it_counts_as_a_use(void **state)
{
    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0x00;
    part_set_slot(&part, 4, 0x0FAF, 0x003C);
    make_checkmac(&part, 0x00, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 4, data, 77);
    data[0] ^= 1;
    expect_status(&part, CHIP_MISMATCH, CHECKMAC, 0x00, 4, data, 77);
    assert_int_equal(chip_counter_read(&part.chip, 0), 2);
}

/* ---- Copy ---- */

/* The password case: slot 8 names it, slot 9 is what TempKey gets. */
static void test_an_even_slot_copies_the_next(void **state)
{
    uint8_t secret[32];

    ascending(secret, 0x10, 32);
    part_set_slot(&part, 8, 0x0F8F, 0x003C);
    part_set_slot(&part, 9, 0x0080, 0x003C); /* never readable, ReadKey 0 */
    part_fill_slot(&part, 8, 0, key, 32);
    part_fill_slot(&part, 9, 0, secret, 32);
    load_t0(&part);
    make_checkmac(&part, 0x01, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x01, 8, data, 77);
    assert_true(part.chip.sram.temp_key.valid);
    assert_memory_equal(part.chip.sram.temp_key.value, secret, 32);
    assert_true(part.chip.sram.temp_key.from_input);
    assert_false(part.chip.sram.temp_key.gen_dig_data);
}

static void test_an_odd_slot_copies_itself(void **state)
{
    part_set_slot(&part, 9, 0x0080, 0x003C);
    part_fill_slot(&part, 9, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    make_checkmac(&part, 0x05, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x05, 9, data, 77);
    assert_memory_equal(part.chip.sram.temp_key.value, key, 32);
}

/* Modes 00 and 02 do not copy, a mismatch does not, ReadKey other than 0 does not. */
static void test_when_nothing_is_copied(void **state)
{
    part_set_slot(&part, 9, 0x0080, 0x003C);
    part_fill_slot(&part, 9, 0, key, 32);
    load_t0(&part);
    make_checkmac(&part, 0x02, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x02, 9, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
    make_checkmac(&part, 0x00, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 9, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
    load_t0(&part);
    make_checkmac(&part, 0x01, key, data);
    data[33] ^= 1;
    expect_status(&part, CHIP_MISMATCH, CHECKMAC, 0x01, 9, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
    part_set_slot(&part, 9, 0x0081, 0x003C);
    load_t0(&part);
    make_checkmac(&part, 0x01, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x01, 9, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
}

/* Bits 3:0 of a private slot are no ReadKey: 0 there must not open it. */
static void test_a_private_key_is_never_copied(void **state)
{
    part_set_slot(&part, 5, 0x2080, 0x0033);
    load_t0(&part);
    make_checkmac(&part, 0x01, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x01, 4, data, 77);
    assert_false(part.chip.sram.temp_key.valid);
}

/* ---- AuthComplete ---- */

static void make_guarded_slot(void)
{
    part.counting = true;
    part_set_slot(&part, 0, 0x2087, 0x0033);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0, NULL, 0);
    part_set_slot(&part, 0, 0x2087, 0x04B3); /* ReqAuth, AuthKey 4 */
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, key, 32);
}

static void sign_is(enum chip_status status)
{
    part_command(&part, SIGN, 0xA0, 0, NULL, 0, answer);
    assert_int_equal(part.last.status, status);
}

static void test_authorisation_is_good_for_one_use(void **state)
{
    make_guarded_slot();
    sign_is(CHIP_EXEC);
    assert_non_null(strstr(part.last.reason, "needs a CheckMac with slot 4 first (KeyConfig bit 7 = 1"));
    authorise(&part, 4);
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_int_equal(answer[1] & 0x7C, 4 << 3 | 1 << 2); /* AuthValid, slot 4 */
    sign_is(CHIP_SUCCESS);
    sign_is(CHIP_EXEC);
}

static void test_authorisation_survives_idle_and_other_commands(void **state)
{
    static const uint8_t idle = 0x02;
    uint8_t ignored[4];

    make_guarded_slot();
    authorise(&part, 4);
    assert_true(chip_i2c_write(&part.chip, 0x60, &idle, 1));
    chip_wake_pulse(&part.chip);
    expect_answer(&part, 32, NULL, READ, 0x80, 0, NULL, 0);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 4, NULL, 0);
    expect_answer(&part, 32, NULL, RANDOM, 0x00, 0, NULL, 0);
    sign_is(CHIP_SUCCESS);
    assert_true(chip_i2c_read(&part.chip, 0x60, ignored, 4));
}

static void test_authorisation_does_not_survive_sleep(void **state)
{
    static const uint8_t sleep = 0x01;

    make_guarded_slot();
    authorise(&part, 4);
    assert_true(chip_i2c_write(&part.chip, 0x60, &sleep, 1));
    chip_wake_pulse(&part.chip);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, key, 32);
    sign_is(CHIP_EXEC);
}

static void test_a_failed_check_ends_an_earlier_authorisation(void **state)
{
    make_guarded_slot();
    authorise(&part, 4);
    make_checkmac(&part, 0x00, key, data);
    data[40] ^= 1;
    expect_status(&part, CHIP_MISMATCH, CHECKMAC, 0x00, 4, data, 77);
    sign_is(CHIP_EXEC);
}

static void test_the_next_check_replaces_it(void **state)
{
    make_guarded_slot();
    authorise(&part, 4);
    authorise(&part, 10);
    sign_is(CHIP_EXEC);
}

/* A given challenge can be replayed: it authorises nothing. */
static void test_only_a_random_nonce_authorises(void **state)
{
    make_guarded_slot();
    make_checkmac(&part, 0x00, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 4, data, 77);
    sign_is(CHIP_EXEC);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    make_checkmac(&part, 0x05, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x05, 4, data, 77);
    sign_is(CHIP_EXEC);
}

/* Mode 02 proves TempKey, not the slot it names. */
static void test_a_check_of_temp_key_proves_no_slot(void **state)
{
    make_guarded_slot();
    part.chip.eeprom.config[CONFIG_USE_LOCK] = 0x4A;
    load_t0(&part);
    make_checkmac(&part, 0x02, key, data);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x02, 4, data, 77);
    assert_false(part.chip.sram.auth_valid);
    assert_false(part.chip.use_unlocked);
}

/* A guarded key may guard others. */
static void test_a_slot_that_needs_authorisation_itself(void **state)
{
    part_set_slot(&part, 10, 0x0F8F, 0x04BC); /* AuthKey 4 */
    part_fill_slot(&part, 10, 0, key, 32);
    make_checkmac(&part, 0x00, key, data);
    expect_refusal(&part, CHIP_EXEC, "slot 10 needs a CheckMac with slot 4", CHECKMAC, 0x00, 10, data, 77);
    authorise(&part, 4);
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 10, data, 77);
    assert_false(part.chip.sram.auth_valid);
}

static void test_it_opens_the_latch(void **state)
{
    part.chip.eeprom.config[CONFIG_VOLATILE_KEY] = 0x84;
    part.chip.eeprom.config[CONFIG_SECURE_BOOT] = 0x00;
    expect_status(&part, CHIP_EXEC, INFO, 0x04, 0x0003, NULL, 0);
    authorise(&part, 4);
    expect_answer(&part, 4, answer, INFO, 0x04, 0x0003, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
    part_set_slot(&part, 5, 0x0F8F, 0x1038); /* AES, PersistentDisable */
    expect_answer(&part, 16, NULL, AES, 0x00, 5, key, 16);
    expect_answer(&part, 4, answer, INFO, 0x04, 0x0002, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 12 = 1", AES, 0x00, 5, key, 16);
}

/* UseLock: closed, everything is refused but the CheckMac that opens it; power-down closes it again. */
static void test_it_opens_use_lock(void **state)
{
    part.chip.eeprom.config[CONFIG_USE_LOCK] = 0x4A;
    make_checkmac(&part, 0x00, key, data);
    expect_refusal(&part, CHIP_EXEC, "UseLock = 4A", CHECKMAC, 0x00, 10, data, 77);
    expect_refusal(&part, CHIP_EXEC, "UseLock = 4A", MAC, 0x00, 4, data, 32);
    data[40] ^= 1;
    expect_status(&part, CHIP_MISMATCH, CHECKMAC, 0x00, 4, data, 77);
    expect_status(&part, CHIP_EXEC, MAC, 0x00, 4, data, 32);
    data[40] ^= 1;
    expect_status(&part, CHIP_SUCCESS, CHECKMAC, 0x00, 4, data, 77);
    expect_answer(&part, 32, NULL, MAC, 0x00, 4, data, 32);
    chip_power_off(&part.chip);
    chip_power_on(&part.chip);
    chip_wake_pulse(&part.chip);
    expect_status(&part, CHIP_EXEC, MAC, 0x00, 4, data, 32);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_vector),
        T(test_it_checks_what_mac_makes),
        T(test_every_mode),
        T(test_other_modes_lengths_and_slots_are_parse_errors),
        T(test_flags_of_temp_key),
        T(test_slot_rules),
        T(test_a_nomac_slot_may_be_checked),
        T(test_it_counts_as_a_use),
        T(test_an_even_slot_copies_the_next),
        T(test_an_odd_slot_copies_itself),
        T(test_when_nothing_is_copied),
        T(test_a_private_key_is_never_copied),
        T(test_authorisation_is_good_for_one_use),
        T(test_authorisation_survives_idle_and_other_commands),
        T(test_authorisation_does_not_survive_sleep),
        T(test_a_failed_check_ends_an_earlier_authorisation),
        T(test_the_next_check_replaces_it),
        T(test_only_a_random_nonce_authorises),
        T(test_a_check_of_temp_key_proves_no_slot),
        T(test_a_slot_that_needs_authorisation_itself),
        T(test_it_opens_the_latch),
        T(test_it_opens_use_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
