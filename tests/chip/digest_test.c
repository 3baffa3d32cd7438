/* What Nonce, GenDig, GenKey and Random leave in TempKey: the vectors of atecc608.md 7.3 - 7.5, and the flags
 * of 3.25. */

#include "part.h"

#include "counter_field.h"
#include "memory.h"

#define G_VALUE  "6887695266d52c0336aed671b806d98da959742d30526d06e58bdaea53a5d556"
#define T0_VALUE "37f5a62e00ffc15e5d0b523455d34408eb1f7de42ce8760fe6a9214c01bbef49"

static struct part part;
static uint8_t key[32], num_in[20], chal[32], pub[64], answer[128];

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    ascending(key, 0xA0, sizeof key);
    ascending(num_in, 0x20, sizeof num_in);
    ascending(chal, 0x40, sizeof chal);
    for (unsigned i = 0; i < sizeof pub; i++)
        pub[i] = (uint8_t)(3 * i);
    part_fill_slot(&part, 4, 0, key, sizeof key);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static struct chip_temp_key *temp_key(void)
{
    return &part.chip.sram.temp_key;
}

static void expect_flags(bool from_input, bool gen_dig, bool gen_key, bool no_mac, unsigned key_id)
{
    assert_true(temp_key()->valid);
    assert_int_equal(temp_key()->from_input, from_input);
    assert_int_equal(temp_key()->gen_dig_data, gen_dig);
    assert_int_equal(temp_key()->gen_key_data, gen_key);
    assert_int_equal(temp_key()->no_mac, no_mac);
    assert_int_equal(temp_key()->key_id, key_id);
}

static void test_random_before_config_lock_is_a_pattern(void **state)
{
    part_set_phase(&part, CONFIG_OPEN);
    expect_answer(&part, 32, answer, RANDOM, 0x00, 0, NULL, 0);
    assert_hex("FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000", answer, 32);
    expect_answer(&part, 32, answer, NONCE, 0x00, 0, num_in, 20);
    assert_hex("FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000", answer, 32);
    assert_int_equal(part.random_calls, 0);
}

static void test_random_after_config_lock_is_the_generator(void **state)
{
    part_set_phase(&part, DATA_OPEN);
    expect_answer(&part, 32, answer, RANDOM, 0x01, 0, NULL, 0);
    assert_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", answer, 32);
    expect_status(&part, CHIP_PARSE, RANDOM, 0x00, 1, NULL, 0);
}

static void test_health_failure_is_reported_once(void **state)
{
    chip_inject_health_failure(&part.chip);
    expect_refusal(&part, CHIP_HEALTH_FAILED, "health test", RANDOM, 0x00, 0, NULL, 0);
    expect_answer(&part, 32, NULL, RANDOM, 0x00, 0, NULL, 0);
}

static void test_nonce_random(void **state)
{
    expect_answer(&part, 32, answer, NONCE, 0x00, 0, num_in, 20);
    assert_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", answer, 32);
    expect_temp_key(&part, T0_VALUE);
    expect_flags(false, false, false, false, 0);
    expect_answer(&part, 32, NULL, NONCE, 0x01, 0, num_in, 20);
    expect_temp_key(&part, "fcfadbcba35582bf219d78690fd52f8dc552c208dea5a2a49bec94f66f06e6c0");
}

/* The same hash with TempKey in RandOut's place: loaded with 00..1F, P2 = 8000 gives T0 (the low byte of P2
 * is 00). */
static void test_nonce_from_temp_key(void **state)
{
    uint8_t rand_out[32];

    ascending(rand_out, 0x00, 32);
    expect_status(&part, CHIP_EXEC, NONCE, 0x00, 0x8000, num_in, 20);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, rand_out, 32);
    expect_answer(&part, 32, answer, NONCE, 0x00, 0x8000, num_in, 20);
    assert_hex(T0_VALUE, answer, 32);
    expect_temp_key(&part, T0_VALUE);
    expect_flags(true, false, false, false, 0);
    assert_int_equal(part.random_calls, 0);
}

static void test_nonce_pass_through_to_temp_key(void **state)
{
    uint8_t both[64];

    ascending(both, 0x11, sizeof both);
    load_session_key(&part, 4);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, chal, 32);
    assert_memory_equal(temp_key()->value, chal, 32);
    expect_flags(true, false, false, false, 0);
    assert_false(temp_key()->upper_half);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x23, 0, both, 64);
    assert_memory_equal(temp_key()->value, both, 64);
    assert_true(temp_key()->upper_half);
    expect_status(&part, CHIP_PARSE, NONCE, 0x03, 1, chal, 32);
    expect_status(&part, CHIP_PARSE, NONCE, 0x23, 0, chal, 32);
}

static void test_nonce_to_the_other_buffers_leaves_temp_key(void **state)
{
    uint8_t both[64];

    ascending(both, 0x11, sizeof both);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, chal, 32);
    assert_int_equal(part.chip.sram.message_digest_length, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x63, 0, both, 64);
    assert_int_equal(part.chip.sram.message_digest_length, 64);
    assert_memory_equal(part.chip.sram.message_digest, both, 64);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x83, 0, chal, 32);
    assert_memory_equal(part.chip.sram.alternate_key, chal, 32);
    expect_temp_key(&part, T0_VALUE);
    expect_flags(false, false, false, false, 0);
}

static void test_temp_key_survives_unrelated_commands(void **state)
{
    load_t0(&part);
    expect_answer(&part, 32, NULL, RANDOM, 0, 0, NULL, 0);
    expect_answer(&part, 4, NULL, INFO, 0x02, 0, NULL, 0);
    expect_answer(&part, 4, NULL, COUNTER, 0x01, 0, NULL, 0);
    expect_answer(&part, 32, NULL, READ, 0x80, 0, NULL, 0);
    expect_status(&part, CHIP_PARSE, GENDIG, 0x09, 4, NULL, 0);
    expect_status(&part, CHIP_EXEC, GENDIG, 0x02, 0, NULL, 0);
    expect_temp_key(&part, T0_VALUE);
}

static void test_gendig_needs_temp_key(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "send Nonce first", GENDIG, 0x02, 4, NULL, 0);
}

static void test_gendig_config(void **state)
{
    memcpy(part.chip.eeprom.config + 32, key, 32);
    load_t0(&part);
    expect_status(&part, CHIP_PARSE, GENDIG, 0x00, 4, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x00, 1, NULL, 0);
    expect_temp_key(&part, "fdab680e52b5f1eac063eeeec5e3df82e94cf6cc3d59d29360aa82e36c48001b");
    expect_flags(false, false, false, false, 0);
}

static void test_gendig_otp(void **state)
{
    memcpy(part.chip.eeprom.otp, key, 32);
    load_t0(&part);
    expect_status(&part, CHIP_PARSE, GENDIG, 0x01, 2, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x01, 0, NULL, 0);
    expect_temp_key(&part, "6def626fcf1a6167af4cf6f9557ee6083c487040adae1953f7c7585c2484a2e2");
}

static void test_gendig_data(void **state)
{
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 4, NULL, 0);
    expect_temp_key(&part, G_VALUE);
    expect_flags(false, true, false, false, 4);
}

static void test_gendig_ignores_other_data_of_an_ordinary_slot(void **state)
{
    static const uint8_t unused[4] = {0xDE, 0xAD, 0xBE, 0xEF};

    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 4, unused, 4);
    expect_temp_key(&part, G_VALUE);
}

/* A NoMac slot hashes OtherData instead of its own parameters: with 15 02 04 00 slot 6 gives what slot 4
 * gives. */
static void test_gendig_of_a_nomac_slot(void **state)
{
    static const uint8_t other_data[4] = {0x15, 0x02, 0x04, 0x00};

    part_fill_slot(&part, 6, 0, key, sizeof key);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "SlotConfig bit 4", GENDIG, 0x02, 6, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 6, other_data, 4);
    expect_temp_key(&part, G_VALUE);
    expect_flags(false, true, false, true, 6);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 4, NULL, 0);
    expect_flags(false, true, false, true, 4); /* NoMacFlag is sticky */
}

static void test_gendig_of_a_private_slot_is_refused(void **state)
{
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds a private key", GENDIG, 0x02, 0, NULL, 0);
    expect_status(&part, CHIP_PARSE, GENDIG, 0x02, 0x8004, NULL, 0);
}

static void test_gendig_shared_nonce(void **state)
{
    load_t0(&part);
    expect_status(&part, CHIP_PARSE, GENDIG, 0x03, 4, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x03, 0x0004, chal, 32);
    expect_temp_key(&part, "c3bf4925aae2bf151ac8cb49b2f6684b0158fd233e85ce7291fd304026916bb2");
    expect_flags(false, false, false, false, 0);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x03, 0x8004, chal, 32);
    expect_temp_key(&part, "9c56144e8251c8bb049f825b687ce71218e5d64722128001e279e7a84bf7531b");
}

static void test_gendig_counter(void **state)
{
    chip_counter_encode(0x00012345, part.chip.eeprom.config + CONFIG_COUNTER + 8);
    load_t0(&part);
    expect_status(&part, CHIP_PARSE, GENDIG, 0x04, 2, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x04, 1, NULL, 0);
    expect_temp_key(&part, "b6817a57a57547fe81fed1ef152a1188de11aaec285c2f584f7cca836bd22b2f");
    expect_flags(false, false, false, false, 0);
}

static void test_gendig_key_config(void **state)
{
    part_set_slot(&part, 4, 0x0F8F, 0x003C);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x05, 4, NULL, 0);
    expect_temp_key(&part, "767b98d4f4b8253fff9d5d6b5b04582b74d4b1dddad492d066dce91671909df3");
    load_t0(&part);
    part_lock_slot(&part, 4);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x05, 4, NULL, 0);
    assert_int_not_equal(temp_key()->value[0], 0x76);
}

static void test_gendig_req_random_refuses_a_fixed_nonce(void **state)
{
    part_set_slot(&part, 4, 0x0080, 0x003C | 0x0040);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, chal, 32);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6", GENDIG, 0x02, 4, NULL, 0);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 4, NULL, 0);
}

/* 72-byte format: pad, X, pad, Y. */
static void store_pub(unsigned slot)
{
    part_fill_slot(&part, slot, 4, pub, 32);
    part_fill_slot(&part, slot, 40, pub + 32, 32);
}

static void test_genkey_digest_of_a_stored_public_key(void **state)
{
    static const uint8_t other_data[3] = {0x10, 0x0E, 0x00};

    part_set_slot(&part, 14, 0x0F0F, 0x0030);
    store_pub(14);
    expect_status(&part, CHIP_EXEC, GENKEY, 0x10, 14, other_data, 3);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 14, other_data, 3);
    expect_temp_key(&part, "9392fb9fa03cdca55f43359fd52f77720431fb6c1d7c4ec234945ec7e653389b");
    expect_flags(false, false, true, false, 14);
}

static void test_genkey_digest_without_other_data_hashes_the_parameters(void **state)
{
    part_set_slot(&part, 14, 0x0F0F, 0x0030);
    store_pub(14);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 14, NULL, 0);
    expect_temp_key(&part, "9392fb9fa03cdca55f43359fd52f77720431fb6c1d7c4ec234945ec7e653389b");
}

/* K of 7.5 is GenKey 0C of slot 2; its digest differs from that of mode 10 by the three hashed bytes alone.
 */
static void test_genkey_digest_of_a_private_slot_has_the_same_layout(void **state)
{
    static const uint8_t other_data[3] = {0x0C, 0x02, 0x00};

    part_set_slot(&part, 14, 0x0F0F, 0x0030);
    store_pub(14);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 14, other_data, 3);
    expect_temp_key(&part, "29d28f2035cef4cd651d5b308fe8895cd9cd4bd59eadc7bf5215dde01ce37c3d");
}

static void test_genkey_digest_wants_a_public_slot(void **state)
{
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "not a P-256 public key slot", GENKEY, 0x10, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "not a P-256 public key slot", GENKEY, 0x10, 12, NULL, 0);
}

static void test_info_state_shows_the_flags(void **state)
{
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_hex("00 00 00 00", answer, 4);
    load_session_key(&part, 4);
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_hex("24 80 00 00", answer, 4);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, chal, 32);
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_hex("10 80 00 00", answer, 4);
    part.chip.sram.auth_valid = true;
    part.chip.sram.auth_slot = 11;
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_hex("10 DC 00 00", answer, 4);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_random_before_config_lock_is_a_pattern),
        T(test_random_after_config_lock_is_the_generator),
        T(test_health_failure_is_reported_once),
        T(test_nonce_random),
        T(test_nonce_from_temp_key),
        T(test_nonce_pass_through_to_temp_key),
        T(test_nonce_to_the_other_buffers_leaves_temp_key),
        T(test_temp_key_survives_unrelated_commands),
        T(test_gendig_needs_temp_key),
        T(test_gendig_config),
        T(test_gendig_otp),
        T(test_gendig_data),
        T(test_gendig_ignores_other_data_of_an_ordinary_slot),
        T(test_gendig_of_a_nomac_slot),
        T(test_gendig_of_a_private_slot_is_refused),
        T(test_gendig_shared_nonce),
        T(test_gendig_counter),
        T(test_gendig_key_config),
        T(test_gendig_req_random_refuses_a_fixed_nonce),
        T(test_genkey_digest_of_a_stored_public_key),
        T(test_genkey_digest_without_other_data_hashes_the_parameters),
        T(test_genkey_digest_of_a_private_slot_has_the_same_layout),
        T(test_genkey_digest_wants_a_public_slot),
        T(test_info_state_shows_the_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
