/* Private keys at work: GenKey, Sign, ECDH, Info(KeyValid). atecc608.md 3.10, 3.11, 3.14, 3.18, 5.6, 7.5, 7.8
 */

#include "part.h"

#include "crypto.h"
#include "io_protection.h"
#include "memory.h"

#define D_7_8 "878F0AB6A526D7111C26E6170810796E7B33007F832B8D64467ED6F870537A19"
#define POINT_7_8                                                                                            \
    "06105615D5005C5CE9C703C0331632BF2891FE83581EB1BC8795E3716DA00DA8"                                       \
    "50441D5C0CBFD8ED647D49EC49612F5269D7DDFFD62105D9CF893919B2AF95ED"
#define SECRET_7_8 "26C9ED2953D4012FC40D896BC2D7CD01221B75031890D2E85D46E4EBEC64707D"

static struct part part;
static uint8_t data[128], answer[128], point[64], digest[32];

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    part.counting = true;
    ascending(digest, 0x80, sizeof digest);
    hex(POINT_7_8, point, sizeof point);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static const struct chip_temp_key *temp_key(void)
{
    return &part.chip.sram.temp_key;
}

static void put_private_key(unsigned slot, const char *d)
{
    uint8_t scalar[32];

    hex(d, scalar, sizeof scalar);
    chip_private_key_store(&part.chip, slot, scalar);
}

static void load_message_digest(void)
{
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, digest, 32);
}

/* ---- GenKey ---- */

static void test_a_blank_slot_has_no_key(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds no private key yet", GENKEY, 0x00, 0, NULL, 0);
    load_message_digest();
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds no private key yet", SIGN, 0xA0, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds no private key yet", ECDH, 0x0C, 0, point, 64);
    expect_answer(&part, 4, answer, INFO, 0x01, 0, NULL, 0);
    assert_hex("00 00 00 00", answer, 4);
}

static void test_a_slot_with_a_filled_pad_has_no_key(void **state)
{
    uint8_t stored[36] = {[3] = 1, [35] = 7};

    part_fill_slot(&part, 0, 0, stored, sizeof stored);
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds no private key yet", GENKEY, 0x00, 0, NULL, 0);
}

static void test_create_then_read_the_public_key(void **state)
{
    uint8_t created[64];

    expect_answer(&part, 64, created, GENKEY, 0x04, 0, NULL, 0);
    assert_true(chip_p256_point_valid(part.chip.crypto, created));
    expect_answer(&part, 64, answer, GENKEY, 0x00, 0, NULL, 0);
    assert_memory_equal(created, answer, 64);
    expect_answer(&part, 4, answer, INFO, 0x01, 0, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
    expect_answer(&part, 64, answer, GENKEY, 0x04, 0, NULL, 0);
    assert_memory_not_equal(created, answer, 64);
    assert_false(temp_key()->valid);
}

static void test_create_takes_the_scalar_from_the_random_source(void **state)
{
    part.counting = false;
    hex(D_7_8, part.random, 32);
    expect_answer(&part, 64, answer, GENKEY, 0x04, 0, NULL, 0);
    assert_hex("8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B"
               "E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86",
               answer, 64);
}

static void test_a_random_source_without_scalars_is_an_ecc_fault(void **state)
{
    part.counting = false;
    memset(part.random, 0xFF, 32);
    expect_status(&part, CHIP_ECC_FAULT, GENKEY, 0x04, 0, NULL, 0);
    expect_status(&part, CHIP_EXEC, GENKEY, 0x00, 0, NULL, 0);
    assert_int_equal(part.chip.eeprom_writes, 0);
}

static void test_pub_info_hides_the_public_key(void **state)
{
    part_set_slot(&part, 0, 0x2087, 0x0031);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 1 = 0", GENKEY, 0x00, 0, NULL, 0);
}

static void test_genkey_wants_a_secret_private_slot(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "slot 10 is not a P-256 private key slot", GENKEY, 0x04, 10, NULL, 0);
    part_set_slot(&part, 0, 0x2007, 0x0033);
    expect_refusal(&part, CHIP_EXEC, "SlotConfig bit 7 = 0", GENKEY, 0x04, 0, NULL, 0);
}

static void test_genkey_with_digest(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", GENKEY, 0x0C, 2, NULL, 0);
    load_t0(&part);
    expect_answer(&part, 64, NULL, GENKEY, 0x0C, 2, NULL, 0);
    assert_true(temp_key()->gen_key_data);
    assert_false(temp_key()->gen_dig_data);
    assert_false(temp_key()->from_input);
    assert_int_equal(temp_key()->key_id, 2);
    load_t0(&part);
    expect_answer(&part, 64, NULL, GENKEY, 0x08, 2, NULL, 0);
    assert_true(temp_key()->gen_key_data);
}

static void test_genkey_into_temp_key(void **state)
{
    expect_status(&part, CHIP_PARSE, GENKEY, 0x00, 0xFFFF, NULL, 0);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    assert_true(temp_key()->valid);
    expect_refusal(&part, CHIP_EXEC, "which only ECDH may use", GENDIG, 0x02, 4, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "which only ECDH may use", SIGN, 0x80, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "which only ECDH may use", SHA, 0x04, 0xFFFF, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "which only ECDH may use", AES, 0x00, 0xFFFF, digest, 16);
    assert_int_equal(part.chip.eeprom_writes, 0);
}

/* ---- Sign ---- */

static void expect_signature(unsigned slot, const uint8_t signed_digest[32], const uint8_t signature[64])
{
    uint8_t of_slot[64], d[32];

    assert_true(chip_private_key(&part.chip, slot, d));
    assert_true(chip_p256_public(part.chip.crypto, d, of_slot));
    assert_true(chip_p256_verify(part.chip.crypto, of_slot, signed_digest, signature));
}

static void test_sign_external_from_the_message_digest_buffer(void **state)
{
    put_private_key(0, D_7_8);
    load_t0(&part);
    load_message_digest();
    expect_answer(&part, 64, answer, SIGN, 0xA0, 0, NULL, 0);
    expect_signature(0, digest, answer);
    assert_true(temp_key()->valid);
    expect_answer(&part, 64, answer, SIGN, 0xA0, 0, NULL, 0); /* the buffer is kept: GUESS 37 */
}

static void test_sign_external_from_temp_key_spends_it(void **state)
{
    put_private_key(0, D_7_8);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    expect_answer(&part, 64, answer, SIGN, 0x80, 0, NULL, 0);
    expect_signature(0, digest, answer);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", SIGN, 0x80, 0, NULL, 0);
}

static void test_sign_needs_a_message(void **state)
{
    put_private_key(0, D_7_8);
    expect_refusal(&part, CHIP_EXEC, "Message Digest Buffer is empty", SIGN, 0xA0, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", SIGN, 0x80, 0, NULL, 0);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "GenDig or GenKey", SIGN, 0x00, 0, NULL, 0);
}

static void test_sign_obeys_slotconfig_bits_0_and_1(void **state)
{
    put_private_key(0, D_7_8);
    load_session_key(&part, 4);
    load_message_digest();
    part_set_slot(&part, 0, 0x2086, 0x0033);
    expect_refusal(&part, CHIP_EXEC, "allows internal signatures only (SlotConfig bit 0 = 0)", SIGN, 0xA0, 0,
                   NULL, 0);
    part_set_slot(&part, 0, 0x2084, 0x0033);
    expect_refusal(&part, CHIP_EXEC, "(SlotConfig bit 0 = 0)", SIGN, 0xA0, 0, NULL, 0);
    part_set_slot(&part, 0, 0x2085, 0x0033);
    expect_refusal(&part, CHIP_EXEC, "(SlotConfig bit 1 = 0)", SIGN, 0x00, 0, NULL, 0);
}

static void test_sign_reports_a_health_failure(void **state)
{
    put_private_key(0, D_7_8);
    load_message_digest();
    chip_inject_health_failure(&part.chip);
    expect_status(&part, CHIP_HEALTH_FAILED, SIGN, 0xA0, 0, NULL, 0);
    expect_answer(&part, 64, NULL, SIGN, 0xA0, 0, NULL, 0);
}

/* 7.5: Sign P1=40 key 0, TempKey = K with KeyID 2, GenKeyData 1, Source 0. */
static void test_sign_internal_vector(void **state)
{
    struct chip_temp_key *key = &part.chip.sram.temp_key;
    uint8_t message_digest[32];

    part_set_slot(&part, 2, 0x2087, 0x0013);
    put_private_key(0, D_7_8);
    *key = (struct chip_temp_key){.valid = true, .gen_key_data = true, .key_id = 2};
    hex("29d28f2035cef4cd651d5b308fe8895cd9cd4bd59eadc7bf5215dde01ce37c3d", key->value, 32);
    expect_answer(&part, 64, answer, SIGN, 0x40, 0, NULL, 0);
    hex("8133a8742344261ec80033146a828b117feca1e2607888ee2d9cb36f76bbaf33", message_digest, 32);
    expect_signature(0, message_digest, answer);
    assert_false(key->valid);
}

/* The same message with slot 2 locked: byte 52 is 00. */
static void test_sign_internal_tells_that_the_slot_is_locked(void **state)
{
    struct chip_temp_key *key = &part.chip.sram.temp_key;
    uint8_t message[55], message_digest[32];
    struct chip_sha256 sha;

    part_set_slot(&part, 2, 0x2087, 0x0013);
    part_lock_slot(&part, 2);
    put_private_key(0, D_7_8);
    *key = (struct chip_temp_key){.valid = true, .gen_key_data = true, .key_id = 2};
    memcpy(message, key->value, 32);
    hex("41 40 0000 8720 1300 42 0000 EE 89ABCDEF 0123 4567 00 00 00", message + 32, 23);
    expect_answer(&part, 64, answer, SIGN, 0x40, 0, NULL, 0);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, message, sizeof message);
    chip_sha256_finish(&sha, message_digest);
    expect_signature(0, message_digest, answer);
}

/* ---- ECDH ---- */

static void test_ecdh_output(void **state)
{
    put_private_key(0, D_7_8);
    expect_answer(&part, 32, answer, ECDH, 0x0C, 0, point, 64);
    assert_hex(SECRET_7_8, answer, 32);
    expect_answer(&part, 32, answer, ECDH, 0x00, 0, point, 64);
    assert_hex(SECRET_7_8, answer, 32);
}

/* Mongoose sends P2 = 0010 with TempKey as the source (5.6). */
static void test_ecdh_from_temp_key_ignores_param2(void **state)
{
    part.counting = false;
    hex(D_7_8, part.random, 32);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_answer(&part, 32, answer, ECDH, 0x0D, 0x0010, point, 64);
    assert_hex(SECRET_7_8, answer, 32);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds no private key", ECDH, 0x0D, 0x0010, point, 64);
}

static void test_a_key_in_temp_key_survives_what_other_connections_do(void **state)
{
    put_private_key(0, D_7_8);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_answer(&part, 32, NULL, RANDOM, 0, 0, NULL, 0);
    load_message_digest();
    expect_answer(&part, 64, data, SIGN, 0xA0, 0, NULL, 0);
    expect_answer(&part, 64, data + 64, GENKEY, 0x00, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x22, 0x0004, data, 128);
    expect_answer(&part, 32, NULL, ECDH, 0x0D, 0x0010, point, 64);
}

static void test_ecdh_wants_a_private_key_in_temp_key(void **state)
{
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds no private key", ECDH, 0x0D, 0, point, 64);
}

static void test_ecdh_to_temp_key(void **state)
{
    put_private_key(0, D_7_8);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x08, 0, point, 64);
    expect_temp_key(&part, SECRET_7_8);
    assert_true(temp_key()->from_input);
    part.counting = false;
    hex(D_7_8, part.random, 32);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x09, 0x0010, point, 64);
    expect_temp_key(&part, SECRET_7_8);
    assert_false(temp_key()->is_private_key);
}

static void test_ecdh_to_the_next_slot(void **state)
{
    uint8_t secret[32];

    hex(SECRET_7_8, secret, 32);
    put_private_key(0, D_7_8);
    part_set_slot(&part, 0, 0x208F, 0x0033);
    part_set_slot(&part, 1, 0x44C4, 0x001C);
    expect_refusal(&part, CHIP_EXEC, "stays in the chip, in slot 1 (SlotConfig bit 3 = 1)", ECDH, 0x0C, 0,
                   point, 64);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x00, 0, point, 64);
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(1), secret, 32);
    part_lock_slot(&part, 1);
    expect_refusal(&part, CHIP_EXEC, "target slot 1 is locked", ECDH, 0x00, 0, point, 64);
}

static void test_ecdh_never_overwrites_a_private_key(void **state)
{
    put_private_key(0, D_7_8);
    expect_refusal(&part, CHIP_EXEC, "would overwrite the private key in slot 1", ECDH, 0x04, 0, point, 64);
}

static void test_ecdh_from_temp_key_to_a_slot(void **state)
{
    uint8_t secret[32];

    hex(SECRET_7_8, secret, 32);
    part.counting = false;
    hex(D_7_8, part.random, 32);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 6 is never writable", ECDH, 0x05, 6, point, 64);
    expect_status(&part, CHIP_PARSE, ECDH, 0x05, 16, point, 64);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x05, 12, point, 64);
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(12), secret, 32);
    assert_false(temp_key()->valid);
}

static void test_a_secret_stored_over_a_public_key_invalidates_it(void **state)
{
    part_set_slot(&part, 12, 0x0F0F, 0x0032);
    chip_validity_set(&part.chip, 12, PUBLIC_KEY_VALID);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x05, 12, point, 64);
    assert_int_equal(chip_validity(&part.chip, 12), PUBLIC_KEY_INVALID);
}

static void test_ecdh_obeys_slotconfig_bit_2(void **state)
{
    part_set_slot(&part, 0, 0x2083, 0x0033);
    put_private_key(0, D_7_8);
    expect_refusal(&part, CHIP_EXEC, "SlotConfig bit 2 = 0", ECDH, 0x0C, 0, point, 64);
}

static void test_ecdh_with_a_point_off_the_curve(void **state)
{
    put_private_key(0, D_7_8);
    point[63] ^= 1;
    expect_refusal(&part, CHIP_ECC_FAULT, "not on the curve", ECDH, 0x0C, 0, point, 64);
    memset(point, 0, 64);
    expect_status(&part, CHIP_ECC_FAULT, ECDH, 0x0C, 0, point, 64);
    memset(point, 0xFF, 64);
    expect_status(&part, CHIP_ECC_FAULT, ECDH, 0x0C, 0, point, 64);
}

/* The host's side of atecc608.md 3.18. */
static void expect_encrypted_secret(const uint8_t io_key[32])
{
    uint8_t stream[32], secret[32];
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, io_key, 32);
    chip_sha256_update(&sha, answer + 32, 16);
    chip_sha256_finish(&sha, stream);
    for (unsigned i = 0; i < 32; i++)
        secret[i] = answer[i] ^ stream[i];
    assert_hex(SECRET_7_8, secret, 32);
}

static void set_chip_options(uint16_t options)
{
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = (uint8_t)options;
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS + 1] = (uint8_t)(options >> 8);
}

static void test_ecdh_encrypted_output(void **state)
{
    uint8_t io_key[32];

    ascending(io_key, 0x60, 32);
    part_fill_slot(&part, 6, 0, io_key, 32);
    put_private_key(0, D_7_8);
    expect_refusal(&part, CHIP_EXEC, "ChipOptions bit 1 = 0", ECDH, 0x0E, 0, point, 64);
    set_chip_options(0x6002);
    expect_answer(&part, 64, answer, ECDH, 0x0E, 0, point, 64);
    expect_encrypted_secret(io_key);
}

static void test_ecdh_protection_levels(void **state)
{
    uint8_t io_key[32];

    ascending(io_key, 0x60, 32);
    part_fill_slot(&part, 6, 0, io_key, 32);
    put_private_key(0, D_7_8);
    set_chip_options(0x6102);
    expect_answer(&part, 64, answer, ECDH, 0x0C, 0, point, 64);
    expect_encrypted_secret(io_key);
    set_chip_options(0x6202);
    expect_refusal(&part, CHIP_EXEC, "may not leave the chip", ECDH, 0x0E, 0, point, 64);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x08, 0, point, 64);
    set_chip_options(0x6302);
    expect_refusal(&part, CHIP_EXEC, "switched off", ECDH, 0x08, 0, point, 64);
}

/* 7.5: IO encryption of key then dig, OutNonce 00..1F. */
static void test_io_encryption_vector(void **state)
{
    uint8_t io_key[32], out_nonce[32], bytes[64];

    ascending(io_key, 0x60, 32);
    ascending(out_nonce, 0x00, 32);
    ascending(bytes, 0xA0, 32);
    ascending(bytes + 32, 0x80, 32);
    chip_io_encrypt(io_key, out_nonce, bytes, 64);
    assert_hex("d61e5a3b029f867affbc0b7bc80f70dde8c93ebe8cb2399b4b2d174dbf04a841"
               "db9553e53270930869ed795ec8fdcd62c54fd965365ae3cfbab35f603c3ba721",
               bytes, 64);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_a_blank_slot_has_no_key),
        T(test_a_slot_with_a_filled_pad_has_no_key),
        T(test_create_then_read_the_public_key),
        T(test_create_takes_the_scalar_from_the_random_source),
        T(test_a_random_source_without_scalars_is_an_ecc_fault),
        T(test_pub_info_hides_the_public_key),
        T(test_genkey_wants_a_secret_private_slot),
        T(test_genkey_with_digest),
        T(test_genkey_into_temp_key),
        T(test_sign_external_from_the_message_digest_buffer),
        T(test_sign_external_from_temp_key_spends_it),
        T(test_sign_needs_a_message),
        T(test_sign_obeys_slotconfig_bits_0_and_1),
        T(test_sign_reports_a_health_failure),
        T(test_sign_internal_vector),
        T(test_sign_internal_tells_that_the_slot_is_locked),
        T(test_ecdh_output),
        T(test_ecdh_from_temp_key_ignores_param2),
        T(test_a_key_in_temp_key_survives_what_other_connections_do),
        T(test_ecdh_wants_a_private_key_in_temp_key),
        T(test_ecdh_to_temp_key),
        T(test_ecdh_to_the_next_slot),
        T(test_ecdh_never_overwrites_a_private_key),
        T(test_ecdh_from_temp_key_to_a_slot),
        T(test_a_secret_stored_over_a_public_key_invalidates_it),
        T(test_ecdh_obeys_slotconfig_bit_2),
        T(test_ecdh_with_a_point_off_the_curve),
        T(test_ecdh_encrypted_output),
        T(test_ecdh_protection_levels),
        T(test_io_encryption_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
