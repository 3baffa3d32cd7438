/* Verify: external and stored keys, validation of stored keys, reply MACs.  atecc608.md 3.12, 2.11, 7.5 */

#include "part.h"

#include "crypto.h"
#include "internal_message.h"
#include "io_protection.h"
#include "memory.h"

static struct part part;
static uint8_t digest[32], sig_and_key[128], answer[128];

/* sig_and_key: slot 0's signature of `digest`, and its public key. */
static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    part.counting = true;
    ascending(digest, 0x80, sizeof digest);
    expect_answer(&part, 64, sig_and_key + 64, GENKEY, 0x04, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, digest, 32);
    expect_answer(&part, 64, sig_and_key, SIGN, 0xA0, 0, NULL, 0);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void store_public_key(unsigned slot, uint16_t slot_config, uint16_t key_config,
                             const uint8_t point[64])
{
    static const uint8_t pad[4];

    part_set_slot(&part, slot, slot_config, key_config);
    part_fill_slot(&part, slot, 0, pad, 4);
    part_fill_slot(&part, slot, 4, point, 32);
    part_fill_slot(&part, slot, 36, pad, 4);
    part_fill_slot(&part, slot, 40, point + 32, 32);
}

static void test_external_from_the_message_digest_buffer(void **state)
{
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x22, 0x0004, sig_and_key, 128);
    assert_true(part.chip.sram.temp_key.valid);
}

static void test_external_from_temp_key_spends_it_even_on_mismatch(void **state)
{
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x02, 0x0004, sig_and_key, 128);
    assert_false(part.chip.sram.temp_key.valid);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    sig_and_key[0] ^= 1;
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x02, 0x0004, sig_and_key, 128);
    expect_status(&part, CHIP_EXEC, VERIFY, 0x02, 0x0004, sig_and_key, 128);
}

static void test_wrong_signature_digest_or_key_is_a_mismatch(void **state)
{
    for (unsigned byte = 0; byte < 128; byte += 9) {
        sig_and_key[byte] ^= 1;
        expect_refusal(&part, CHIP_MISMATCH, "the signature is not that of this key", VERIFY, 0x22, 0x0004,
                       sig_and_key, 128);
        sig_and_key[byte] ^= 1;
    }
    digest[0] ^= 1;
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, digest, 32);
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x22, 0x0004, sig_and_key, 128);
}

static void test_values_out_of_range_are_a_mismatch(void **state)
{
    uint8_t bad[128];

    memcpy(bad, sig_and_key, 128);
    memset(bad, 0x00, 32);
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x22, 0x0004, bad, 128);
    memset(bad, 0xFF, 64);
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x22, 0x0004, bad, 128);
    memcpy(bad, sig_and_key, 64);
    memset(bad + 64, 0x00, 64);
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x22, 0x0004, bad, 128);
}

static void test_stored_key_without_validation(void **state)
{
    store_public_key(10, 0x0F0F, 0x0030, sig_and_key + 64);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x20, 10, sig_and_key, 64);
    sig_and_key[5] ^= 1;
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x20, 10, sig_and_key, 64);
}

static void test_stored_wants_a_public_key_slot(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "slot 0 is not a P-256 public key slot", VERIFY, 0x20, 0, sig_and_key,
                   64);
    expect_refusal(&part, CHIP_EXEC, "slot 12 is not a P-256 public key slot", VERIFY, 0x20, 12, sig_and_key,
                   64);
}

static void test_stored_req_random_takes_its_message_from_temp_key(void **state)
{
    store_public_key(10, 0x0F0F, 0x0070, sig_and_key + 64);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6", VERIFY, 0x20, 10, sig_and_key, 64);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6", VERIFY, 0x00, 10, sig_and_key, 64);
    load_t0(&part);
    memcpy(digest, part.chip.sram.temp_key.value, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, digest, 32);
    expect_answer(&part, 64, sig_and_key, SIGN, 0xA0, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x00, 10, sig_and_key, 64);
}

/* ---- Validation ---- */

/* Slot 14 holds the key under test, slot 15 that of the authority, which is this part's own slot 0. */
static void prepare_validation(void)
{
    store_public_key(14, 0x0F0F, 0x0032, sig_and_key + 64);
    chip_validity_set(&part.chip, 14, PUBLIC_KEY_INVALID);
    store_public_key(15, 0x0F0F, 0x0030, sig_and_key + 64);
}

/* GenKey digest of slot 14, signed by slot 0 as Sign(Internal) does; OtherData as the host composes it. */
static void sign_validation(uint8_t p1, uint8_t sig_and_other[64 + VERIFY_OTHER_DATA])
{
    /* P1, P2, SlotConfig[14], KeyConfig[14], TempKey flags (GenKeyData, KeyID 14), two zeros */
    const uint8_t head[10] = {p1, 0x00, 0x00, 0x0F, 0x0F, 0x32, 0x00, 0x4E, 0x00, 0x00};
    uint8_t *other = sig_and_other + 64;

    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 14, NULL, 0);
    expect_answer(&part, 64, sig_and_other, SIGN, p1, 0, NULL, 0);
    memset(other, 0, VERIFY_OTHER_DATA);
    memcpy(other, head, 10);
    other[16] = 0x01; /* slot 14 is not locked */
    other[17] = chip_validity(&part.chip, 14) == PUBLIC_KEY_VALID;
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 14, NULL, 0);
}

static void test_validate_then_invalidate(void **state)
{
    uint8_t message[64 + VERIFY_OTHER_DATA];

    prepare_validation();
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, digest, 32);
    expect_refusal(&part, CHIP_EXEC, "slot 14 is not validated", VERIFY, 0x20, 14, sig_and_key, 64);
    sign_validation(0x00, message);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x03, 14, message, sizeof message);
    assert_int_equal(chip_validity(&part.chip, 14), PUBLIC_KEY_VALID);
    expect_answer(&part, 4, answer, INFO, 0x01, 14, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x20, 14, sig_and_key, 64);

    sign_validation(0x01, message);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x07, 14, message, sizeof message);
    assert_int_equal(chip_validity(&part.chip, 14), PUBLIC_KEY_INVALID);
    expect_status(&part, CHIP_EXEC, VERIFY, 0x20, 14, sig_and_key, 64);
}

static void test_validation_with_a_wrong_signature_changes_nothing(void **state)
{
    uint8_t message[64 + VERIFY_OTHER_DATA];

    prepare_validation();
    sign_validation(0x00, message);
    message[3] ^= 1;
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x03, 14, message, sizeof message);
    assert_int_equal(chip_validity(&part.chip, 14), PUBLIC_KEY_INVALID);
}

static void test_validation_wants_the_genkey_digest_of_the_slot(void **state)
{
    uint8_t message[64 + VERIFY_OTHER_DATA];

    prepare_validation();
    sign_validation(0x00, message);
    load_session_key(&part, 14); /* names slot 14, but by GenDig */
    expect_refusal(&part, CHIP_EXEC, "does not hold the GenKey digest of slot 14", VERIFY, 0x03, 14, message,
                   sizeof message);
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 15, NULL, 0); /* by GenKey, but of slot 15 */
    expect_refusal(&part, CHIP_EXEC, "does not hold the GenKey digest of slot 14", VERIFY, 0x03, 14, message,
                   sizeof message);
    expect_refusal(&part, CHIP_EXEC, "not a public key that needs validation", VERIFY, 0x03, 15, message,
                   sizeof message);
}

static void test_a_validation_message_does_not_invalidate(void **state)
{
    uint8_t message[64 + VERIFY_OTHER_DATA];

    prepare_validation();
    sign_validation(0x00, message);
    expect_refusal(&part, CHIP_EXEC, "made for the other operation", VERIFY, 0x07, 14, message,
                   sizeof message);
}

/* 7.5: the OtherData that belongs to the Sign(Internal) vector gives the same digest. */
static void test_internal_digest_vector_from_other_data(void **state)
{
    struct chip_temp_key *key = &part.chip.sram.temp_key;
    uint8_t other_data[VERIFY_OTHER_DATA], made[32];

    hex("29d28f2035cef4cd651d5b308fe8895cd9cd4bd59eadc7bf5215dde01ce37c3d", key->value, 32);
    hex("4000008720130042000089abcdef4567010000", other_data, sizeof other_data);
    chip_verify_internal_digest(&part.chip, other_data, made);
    assert_hex("8133a8742344261ec80033146a828b117feca1e2607888ee2d9cb36f76bbaf33", made, 32);
}

/* ---- ValidateExternal ---- */

/* A certificate of two blocks, the key of slot 14, `after` blocks and three bytes, hashed by the chip; its signature by
 * slot 0 to `signature`, its digest to TempKey. */
static void hash_certificate(unsigned before, unsigned after, uint8_t signature[64])
{
    uint8_t block[64], made[32];

    ascending(block, 0x11, sizeof block);
    for (unsigned run = 0; run < 2; run++) {
        expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
        for (unsigned i = 0; i < before; i++)
            expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, block, 64);
        expect_status(&part, CHIP_SUCCESS, SHA, 0x03, 14, NULL, 0);
        for (unsigned i = 0; i < after; i++)
            expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, block, 64);
        expect_answer(&part, 32, made, SHA, 0x02, 3, block, 3);
        if (run == 0) {
            expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, made, 32);
            expect_answer(&part, 64, signature, SIGN, 0xA0, 0, NULL, 0);
        }
    }
}

static void test_a_certificate_validates_the_key_in_it(void **state)
{
    uint8_t signature[64];

    prepare_validation();
    hash_certificate(2, 1, signature);
    signature[0] ^= 1;
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0x01, 14, signature, 64);
    assert_int_equal(chip_validity(&part.chip, 14), PUBLIC_KEY_INVALID);
    hash_certificate(2, 1, signature);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x01, 14, signature, 64);
    assert_int_equal(chip_validity(&part.chip, 14), PUBLIC_KEY_VALID);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_a_digest_without_the_key_is_no_certificate(void **state)
{
    static const char reason[] = "not an SHA digest with the public key of slot 14";
    uint8_t signature[64], context[128];

    prepare_validation();
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    expect_refusal(&part, CHIP_EXEC, reason, VERIFY, 0x01, 14, sig_and_key, 64);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x03, 15, NULL,
                  0); /* another slot's key, though the same bytes */
    expect_answer(&part, 32, NULL, SHA, 0x02, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, reason, VERIFY, 0x01, 14, sig_and_key, 64);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x03, 14, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x03, 14, NULL, 0); /* twice */
    expect_answer(&part, 32, NULL, SHA, 0x02, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, reason, VERIFY, 0x01, 14, sig_and_key, 64);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x03, 14, NULL, 0);
    expect_answer(&part, 36, context, SHA, 0x06, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x07, 36, context, 36); /* a context may come from anywhere */
    expect_answer(&part, 32, NULL, SHA, 0x02, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, reason, VERIFY, 0x01, 14, sig_and_key, 64);
    hash_certificate(0, 0, signature);
    expect_status(&part, CHIP_SUCCESS, GENKEY, 0x10, 14, NULL, 0); /* folded into something else */
    expect_refusal(&part, CHIP_EXEC, reason, VERIFY, 0x01, 14, signature, 64);
}

/* X509format 42: the key in block 2 of 4 whole blocks. */
static void test_the_form_of_a_certificate_may_be_fixed(void **state)
{
    uint8_t signature[64], message[64 + VERIFY_OTHER_DATA];

    prepare_validation();
    part_set_slot(&part, 14, 0x0F0F, 0x8032); /* X509id 2 */
    part.chip.eeprom.config[CONFIG_X509_FORMAT + 2] = 0x42;
    hash_certificate(1, 2, signature);
    expect_refusal(&part, CHIP_EXEC,
                   "the key began at byte 64 of the certificate, not in block 2 (X509format[2]", VERIFY, 0x01,
                   14, signature, 64);
    hash_certificate(2, 2, signature);
    expect_refusal(&part, CHIP_EXEC, "the certificate had 5 whole blocks, not 4 (X509format[2] bits 7:4)",
                   VERIFY, 0x01, 14, signature, 64);
    sign_validation(0x00, message);
    expect_refusal(&part, CHIP_EXEC,
                   "slot 14 is validated by a certificate, ValidateExternal (X509format[2] = 42)", VERIFY,
                   0x03, 14, message, sizeof message);
    hash_certificate(2, 1, signature);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x01, 14, signature, 64);
    assert_int_equal(chip_validity(&part.chip, 14), PUBLIC_KEY_VALID);
}

static void test_validate_external_refusals(void **state)
{
    uint8_t signature[64];

    prepare_validation();
    hash_certificate(0, 0, signature);
    expect_refusal(&part, CHIP_EXEC, "not a public key that needs validation", VERIFY, 0x01, 15, signature,
                   64);
    expect_refusal(&part, CHIP_PARSE, "Param1 bit 5 must be 0", VERIFY, 0x21, 14, signature, 64);
    expect_status(&part, CHIP_PARSE, VERIFY, 0x01, 14, signature, 63);
    expect_status(&part, CHIP_PARSE, VERIFY, 0x01, 16, signature, 64);
    part_set_slot(&part, 15, 0x0F0F, 0x0033); /* no parent any more */
    expect_refusal(&part, CHIP_EXEC, "slot 15 is not a P-256 public key slot", VERIFY, 0x01, 14, signature,
                   64);
}

/* ---- Reply MAC ---- */

static void enable_io_key(uint8_t io_key[32])
{
    ascending(io_key, 0x60, 32);
    part_fill_slot(&part, 6, 0, io_key, 32);
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = 0x02;
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS + 1] = 0x60;
}

static void test_mac_vector(void **state)
{
    static const uint8_t command[4] = {0x45, 0xA2, 0x04, 0x00};
    uint8_t io_key[32], mdb[64], sig[64], mac[32];

    ascending(io_key, 0x60, 32);
    for (unsigned i = 0; i < 64; i++) {
        mdb[i] = (uint8_t)(i ^ 0x5A);
        sig[i] = (uint8_t)(255 - i);
    }
    chip_io_verify_mac(io_key, mdb, mdb + 32, sig, command, mac);
    assert_hex("652562b253b9f834834cdfccfe15662ed2b41e5df1e6755d54d3c6bd333d5848", mac, 32);
}

static void test_mac_reply(void **state)
{
    static const uint8_t command[4] = {0x45, 0xA2, 0x04, 0x00};
    uint8_t io_key[32], digest_and_nonce[64], mac[32];

    expect_status(&part, CHIP_EXEC, VERIFY, 0xA2, 0x0004, sig_and_key, 128);
    enable_io_key(io_key);
    expect_refusal(&part, CHIP_EXEC, "system's nonce", VERIFY, 0xA2, 0x0004, sig_and_key, 128);
    memcpy(digest_and_nonce, digest, 32);
    ascending(digest_and_nonce + 32, 0x33, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x63, 0, digest_and_nonce, 64);
    expect_answer(&part, 32, answer, VERIFY, 0xA2, 0x0004, sig_and_key, 128);
    chip_io_verify_mac(io_key, digest, digest_and_nonce + 32, sig_and_key, command, mac);
    assert_memory_equal(answer, mac, 32);
    sig_and_key[0] ^= 1;
    expect_status(&part, CHIP_MISMATCH, VERIFY, 0xA2, 0x0004, sig_and_key, 128);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_external_from_the_message_digest_buffer),
        T(test_external_from_temp_key_spends_it_even_on_mismatch),
        T(test_wrong_signature_digest_or_key_is_a_mismatch),
        T(test_values_out_of_range_are_a_mismatch),
        T(test_stored_key_without_validation),
        T(test_stored_wants_a_public_key_slot),
        T(test_stored_req_random_takes_its_message_from_temp_key),
        T(test_validate_then_invalidate),
        T(test_validation_with_a_wrong_signature_changes_nothing),
        T(test_validation_wants_the_genkey_digest_of_the_slot),
        T(test_a_validation_message_does_not_invalidate),
        T(test_internal_digest_vector_from_other_data),
        T(test_a_certificate_validates_the_key_in_it),
        T(test_a_digest_without_the_key_is_no_certificate),
        T(test_the_form_of_a_certificate_may_be_fixed),
        T(test_validate_external_refusals),
        T(test_mac_vector),
        T(test_mac_reply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
