/* KDF: PRF, AES and HKDF from every source to every target.  atecc608.md 3.20, 7.7 */

#include "part.h"

#include "counter_field.h"
#include "hmac.h"
#include "io_protection.h"
#include "memory.h"

static struct part part;
static uint8_t key[64], message[16], data[4 + 128], answer[128];

static const char prf[] = "1EBCBE62005AB948FDFFE1C402AABA354EC676050C9BC1AAE1FF5B1509A4A04A"
                          "44254664C2A480F5B77EA2D1020C7BA4B3640C4AC793324C26D6FDDFDB1F011A";
static const char aes[] = "0A940BB5416EF045F1C39458C653EA5A 00000000000000000000000000000000";
static const char hkdf[] = "495D46AA392D51132EDB93BC49E60ECAAEB7802F3AE529779D5883F9330AF561";

/* Param1 */
enum {
    FROM_TEMP_KEY = 0x00,
    FROM_UPPER = 0x01,
    FROM_SLOT = 0x02,
    FROM_ALT = 0x03,
    TO_TEMP_KEY = 0x00,
    TO_UPPER = 0x04,
    TO_SLOT = 0x08,
    TO_ALT = 0x0C,
    TO_OUTPUT = 0x10,
    TO_ENCRYPTED = 0x14,
    PRF = 0x00,
    BY_AES = 0x20,
    HKDF = 0x40,
};

/* Details */
enum { KEY_32 = 0x01, OUT_64 = 0x100, AEAD = 0x200, MESSAGE_16 = 0x10000000, INPUT = 0x02, INPUT_IV = 0x03 };

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    ascending(key, 0x00, 16); /* 7.7: 00..0F, again and again */
    memcpy(key + 16, key, 16);
    memcpy(key + 32, key, 32);
    ascending(message, 0x00, 16);
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = 0x06;     /* IO key, KDF-AES */
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS + 1] = 0x60; /* IO key in slot 6 */
    part_fill_slot(&part, 6, 0, key, 32);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static size_t input(uint32_t details, const uint8_t *bytes, size_t n)
{
    for (unsigned i = 0; i < 4; i++)
        data[i] = (uint8_t)(details >> 8 * i);
    memcpy(data + 4, bytes, n);
    return 4 + n;
}

static void load_key(size_t n)
{
    expect_status(&part, CHIP_SUCCESS, NONCE, n == 64 ? 0x23 : 0x03, 0, key, n);
}

static void expect_result(const char *result, size_t n, uint8_t p1, uint16_t p2, uint32_t details)
{
    size_t length = input(details, message, 16);

    expect_answer(&part, n, answer, KDF, p1, p2, data, length);
    assert_hex(result, answer, n);
}

static void refused(enum chip_status status, const char *reason, uint8_t p1, uint16_t p2, uint32_t details)
{
    size_t length = input(details, message, 16);

    expect_refusal(&part, status, reason, KDF, p1, p2, data, length);
}

static void test_prf_vector(void **state)
{
    load_key(32);
    expect_result(prf, 64, PRF | TO_OUTPUT, 0, MESSAGE_16 | KEY_32 | OUT_64);
    assert_true(part.chip.sram.temp_key.valid); /* it serves again */
    char first_half[65];
    memcpy(first_half, prf, 64);
    first_half[64] = 0;
    expect_result(first_half, 32, PRF | TO_OUTPUT, 0, MESSAGE_16 | KEY_32);
}

static void test_aes_vector(void **state)
{
    load_key(32);
    expect_result(aes, 32, BY_AES | TO_OUTPUT, 0, 0);
    expect_result(aes, 32, BY_AES | TO_OUTPUT, 0, 1); /* block 1 holds the same bytes */
}

static void test_hkdf_vector(void **state)
{
    load_key(32);
    expect_result(hkdf, 32, HKDF | TO_OUTPUT, 0, MESSAGE_16 | INPUT);
}

/* RFC 4231 test case 2, whose key is shorter than a block. */
static void test_the_hmac_beneath(void **state)
{
    uint8_t mac[32];

    chip_hmac((const uint8_t *)"Jefe", 4, (const uint8_t *)"what do ya want for nothing?", 28, mac);
    assert_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", mac, 32);
}

/* ---- Sources ---- */

static void test_every_source_gives_the_same_result(void **state)
{
    part_set_slot(&part, 9, 0x0F8F, 0x003C);
    part_fill_slot(&part, 9, 0, key, 64);
    load_key(64);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x83, 0, key, 32);
    expect_result(prf, 64, PRF | FROM_TEMP_KEY | TO_OUTPUT, 0, MESSAGE_16 | KEY_32 | OUT_64);
    expect_result(prf, 64, PRF | FROM_UPPER | TO_OUTPUT, 0, MESSAGE_16 | KEY_32 | OUT_64);
    expect_result(prf, 64, PRF | FROM_SLOT | TO_OUTPUT, 9, MESSAGE_16 | KEY_32 | OUT_64);
    assert_int_equal(part.last.slot, 9);
    expect_result(prf, 64, PRF | FROM_ALT | TO_OUTPUT, 0, MESSAGE_16 | KEY_32 | OUT_64);
    expect_result(aes, 32, BY_AES | FROM_UPPER | TO_OUTPUT, 0, 1);
    expect_result(aes, 32, BY_AES | FROM_SLOT | TO_OUTPUT, 9, 3);
    expect_result(aes, 32, BY_AES | FROM_ALT | TO_OUTPUT, 0, 0);
    expect_result(hkdf, 32, HKDF | FROM_SLOT | TO_OUTPUT, 9, MESSAGE_16 | INPUT);
    assert_true(part.chip.sram.temp_key.valid);
}

static void test_longer_keys(void **state)
{
    uint8_t expected[64];

    for (size_t n = 48; n <= 64; n += 16) {
        ascending(key, 0x30, 64);
        load_key(64);
        chip_prf(key, n, message, 16, expected, 64);
        size_t length = input(MESSAGE_16 | OUT_64 | (uint32_t)(n / 16 - 1), message, 16);
        expect_answer(&part, 64, answer, KDF, PRF | TO_OUTPUT, 0, data, length);
        assert_memory_equal(answer, expected, 64);
    }
}

static void test_sources_that_do_not_reach(void **state)
{
    refused(CHIP_EXEC, "TempKey holds nothing", PRF | TO_OUTPUT, 0, MESSAGE_16 | KEY_32);
    load_key(32);
    refused(CHIP_EXEC, "TempKey holds 32 bytes", PRF | TO_OUTPUT, 0, MESSAGE_16 | 0x03);
    refused(CHIP_EXEC, "TempKey holds 32 bytes", PRF | FROM_UPPER | TO_OUTPUT, 0, MESSAGE_16 | KEY_32);
    refused(CHIP_PARSE, "beyond TempKey", PRF | FROM_UPPER | TO_OUTPUT, 0, MESSAGE_16 | 0x02);
    refused(CHIP_PARSE, "slot 5 has 36 bytes", PRF | FROM_SLOT | TO_OUTPUT, 5, MESSAGE_16 | 0x02);
    refused(CHIP_PARSE, "slot 5 has 36 bytes", BY_AES | FROM_SLOT | TO_OUTPUT, 5, 2);
    refused(CHIP_PARSE, "no source slot 10", PRF | FROM_SLOT | TO_OUTPUT, 16, MESSAGE_16 | KEY_32);
    refused(CHIP_EXEC, "Alternate Key Buffer is empty", PRF | FROM_ALT | TO_OUTPUT, 0, MESSAGE_16 | KEY_32);
    refused(CHIP_PARSE, "beyond the Alternate Key Buffer", PRF | FROM_ALT | TO_OUTPUT, 0, MESSAGE_16 | 0x03);
}

static void test_rules_of_the_source_slot(void **state)
{
    refused(CHIP_EXEC, "slot 0 holds a private key", PRF | FROM_SLOT | TO_OUTPUT, 0, MESSAGE_16 | KEY_32);
    refused(CHIP_EXEC, "slot 6 is for verification only", HKDF | FROM_SLOT | TO_OUTPUT, 6,
            MESSAGE_16 | INPUT);
    part_set_slot(&part, 9, 0x0F8F, 0x0030);
    refused(CHIP_EXEC, "slot 9 holds a public key", PRF | FROM_SLOT | TO_OUTPUT, 9, MESSAGE_16 | KEY_32);
    part_set_slot(&part, 9, 0x0F8F, 0x04BC);
    refused(CHIP_EXEC, "slot 9 needs a CheckMac with slot 4", PRF | FROM_SLOT | TO_OUTPUT, 9,
            MESSAGE_16 | KEY_32);
    part.chip.eeprom.config[CONFIG_COUNT_MATCH] = 0x00;
    part_set_slot(&part, 9, 0x0FAF, 0x003C);
    size_t length = input(MESSAGE_16 | KEY_32, message, 16);
    expect_answer(&part, 32, NULL, KDF, PRF | FROM_SLOT | TO_OUTPUT, 9, data, length);
    assert_int_equal(chip_counter_read(&part.chip, 0), 1);
}

static void test_nomac_and_private_contents_of_temp_key(void **state)
{
    static const uint8_t other_data[4] = {0x15, 0x02, 0x06, 0x00};

    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 6, other_data, 4);
    refused(CHIP_EXEC, "NoMacFlag = 1", HKDF | TO_OUTPUT, 0, MESSAGE_16 | INPUT);
    part.counting = true;
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    refused(CHIP_EXEC, "only ECDH may use", HKDF | TO_OUTPUT, 0, MESSAGE_16 | INPUT);
}

/* ---- Messages ---- */

static void test_messages_of_hkdf(void **state)
{
    size_t length;

    part_set_slot(&part, 9, 0x0F8F, 0x003C);
    part_set_slot(&part, 10, 0x0F8F, 0x003C);
    part_fill_slot(&part, 9, 0, key, 32);
    part_fill_slot(&part, 10, 0, message, 16);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32); /* begins with 00..0F too */
    length = input(MESSAGE_16 | 0x01, message, 0);
    expect_answer(&part, 32, answer, KDF, HKDF | FROM_SLOT | TO_OUTPUT, 9, data, length);
    assert_hex(hkdf, answer, 32);
    length = input(MESSAGE_16 | 0x0A00, message, 0); /* slot 10 */
    expect_answer(&part, 32, answer, KDF, HKDF | FROM_SLOT | TO_OUTPUT, 9, data, length);
    assert_hex(hkdf, answer, 32);
    expect_result(hkdf, 32, HKDF | FROM_SLOT | TO_OUTPUT, 9,
                  MESSAGE_16 | 0x0A00); /* bytes that come are ignored */
    refused(CHIP_EXEC, "slot 0 holds a private key", HKDF | FROM_SLOT | TO_OUTPUT, 9, MESSAGE_16);
    refused(CHIP_EXEC, "slot 6 may not be a message (SlotConfig bit 4 = 1", HKDF | FROM_SLOT | TO_OUTPUT, 9,
            MESSAGE_16 | 0x0600);
    length = input(0x30000000 | 0x01, message, 0);
    expect_refusal(&part, CHIP_EXEC, "TempKey is shorter", KDF, HKDF | FROM_SLOT | TO_OUTPUT, 9, data,
                   length);
    length = input(0x49000000 | 0x0A00, message, 0);
    expect_refusal(&part, CHIP_PARSE, "slot 10 has 72 bytes, and the message 73", KDF,
                   HKDF | FROM_SLOT | TO_OUTPUT, 9, data, length);
}

static void test_hkdf_with_the_zero_key(void **state)
{
    uint8_t zeros[32] = {0}, expected[32];

    chip_hmac(zeros, 32, message, 16, expected);
    size_t length = input(MESSAGE_16 | INPUT | 0x04, message, 16);
    expect_answer(&part, 32, answer, KDF, HKDF | TO_OUTPUT, 0, data, length); /* TempKey is empty */
    assert_memory_equal(answer, expected, 32);
}

/* As the library's test has it: 69 76 at byte 9. */
static void test_hkdf_iv(void **state)
{
    part.chip.eeprom.config[CONFIG_KDF_IV_LOC] = 9;
    part.chip.eeprom.config[CONFIG_KDF_IV_STR] = 0x69;
    part.chip.eeprom.config[CONFIG_KDF_IV_STR + 1] = 0x76;
    load_key(32);
    refused(CHIP_EXEC, "message bytes 9 and 10 must be 69 76 (KdfIvLoc", HKDF | TO_OUTPUT, 0,
            MESSAGE_16 | INPUT_IV);
    message[9] = 0x69;
    message[10] = 0x76;
    size_t length = input(MESSAGE_16 | INPUT_IV, message, 16);
    expect_answer(&part, 32, NULL, KDF, HKDF | TO_OUTPUT, 0, data, length);
    length = input(0x0A000000 | INPUT_IV, message, 10); /* ends after the first of the two bytes */
    expect_refusal(&part, CHIP_EXEC, "KdfIvLoc", KDF, HKDF | TO_OUTPUT, 0, data, length);
}

static void test_message_lengths(void **state)
{
    uint8_t expected[64], bytes[128];

    ascending(bytes, 0x80, 128);
    load_key(32);
    size_t length = input(0x80000000 | KEY_32, bytes, 128);
    expect_answer(&part, 32, answer, KDF, PRF | TO_OUTPUT, 0, data, length);
    chip_prf(key, 32, bytes, 128, expected, 32);
    assert_memory_equal(answer, expected, 32);
    length = input(0x81000000 | KEY_32, bytes, 128);
    expect_refusal(&part, CHIP_PARSE, "at most 128 bytes, not 129", KDF, PRF | TO_OUTPUT, 0, data, length);
    length = input(0x10000000 | KEY_32, bytes, 15);
    expect_status(&part, CHIP_PARSE, KDF, PRF | TO_OUTPUT, 0, data, length);
    expect_status(&part, CHIP_PARSE, KDF, PRF | TO_OUTPUT, 0, data, 3);
    length = input(0, bytes, 15);
    expect_status(&part, CHIP_PARSE, KDF, BY_AES | TO_OUTPUT, 0, data, length);
}

/* ---- Targets ---- */

static void run(uint8_t p1, uint16_t p2, uint32_t details)
{
    size_t length = input(details, message, 16);

    expect_status(&part, CHIP_SUCCESS, KDF, p1, p2, data, length);
}

static void test_volatile_targets(void **state)
{
    uint8_t result[64];

    hex(prf, result, 64);
    load_key(32);
    run(PRF | TO_ALT, 0, MESSAGE_16 | KEY_32);
    assert_memory_equal(part.chip.sram.alternate_key, result, 32);
    run(PRF | TO_UPPER, 0, MESSAGE_16 | KEY_32);
    assert_memory_equal(part.chip.sram.temp_key.value, key, 32);
    assert_memory_equal(part.chip.sram.temp_key.value + 32, result, 32);
    assert_true(part.chip.sram.temp_key.upper_half);
    run(PRF | TO_TEMP_KEY, 0, MESSAGE_16 | KEY_32 | OUT_64);
    assert_memory_equal(part.chip.sram.temp_key.value, result, 64);
    assert_true(part.chip.sram.temp_key.valid && part.chip.sram.temp_key.upper_half);
    assert_true(part.chip.sram.temp_key.from_input);
    load_key(32);
    run(BY_AES | TO_TEMP_KEY, 0, 0);
    expect_temp_key(&part, aes);
    assert_false(part.chip.sram.temp_key.upper_half);
}

static void test_a_slot_as_target(void **state)
{
    uint8_t result[64];

    hex(prf, result, 64);
    load_key(32);
    part_set_slot(&part, 9, 0x0F8F, 0x001E); /* PubInfo = 1 */
    run(PRF | TO_SLOT, 0x0900, MESSAGE_16 | KEY_32 | OUT_64);
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(9), result, 64);
    part_set_slot(&part, 5, 0x8F8F, 0x003A); /* AES, never writable by Write */
    run(PRF | TO_SLOT, 0x0500, MESSAGE_16 | KEY_32);
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(5), result, 32);
}

static void test_targets_that_take_nothing(void **state)
{
    load_key(32);
    refused(CHIP_EXEC, "slot 9 takes no KDF results (KeyConfig bit 1 = 0", PRF | TO_SLOT, 0x0900,
            MESSAGE_16 | KEY_32);
    refused(CHIP_EXEC, "slot 0 holds a private key", PRF | TO_SLOT, 0x0000, MESSAGE_16 | KEY_32);
    part_set_slot(&part, 9, 0x0F8F, 0x0012);
    refused(CHIP_EXEC, "KeyType 4", PRF | TO_SLOT, 0x0900, MESSAGE_16 | KEY_32);
    part_set_slot(&part, 5, 0x0F8F, 0x003A);
    refused(CHIP_PARSE, "target slot 5 has 36 bytes", PRF | TO_SLOT, 0x0500, MESSAGE_16 | KEY_32 | OUT_64);
    part_lock_slot(&part, 5);
    refused(CHIP_EXEC, "the target slot 5 is locked (SlotLocked bit 5 = 0)", PRF | TO_SLOT, 0x0500,
            MESSAGE_16 | KEY_32);
    refused(CHIP_PARSE, "no target slot 10", PRF | TO_SLOT, 0x1000, MESSAGE_16 | KEY_32);
    refused(CHIP_PARSE, "takes 32 bytes", PRF | TO_UPPER, 0, MESSAGE_16 | KEY_32 | OUT_64);
    refused(CHIP_PARSE, "takes 32 bytes", PRF | TO_ALT, 0, MESSAGE_16 | KEY_32 | OUT_64);
    part_set_slot(&part, 9, 0x0F8F, 0x003C);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    refused(CHIP_EXEC, "only ECDH may use", PRF | FROM_SLOT | TO_UPPER, 9, MESSAGE_16 | KEY_32);
}

/* AEAD: one half stays, the other goes out. */
static void test_aead_splits_the_result(void **state)
{
    uint8_t result[64];

    hex(prf, result, 64);
    load_key(32);
    size_t length = input(MESSAGE_16 | KEY_32 | AEAD | OUT_64, message, 16);
    expect_answer(&part, 32, answer, KDF, PRF | TO_ALT, 0, data, length);
    assert_memory_equal(answer, result + 32, 32);
    assert_memory_equal(part.chip.sram.alternate_key, result, 32);
    refused(CHIP_PARSE, "AEAD mode 2", PRF | TO_ALT, 0, MESSAGE_16 | KEY_32 | 0x400);
}

static void decrypt(size_t n)
{
    chip_io_encrypt(key, answer + n, answer, n); /* the same both ways */
}

static void test_encrypted_output(void **state)
{
    load_key(32);
    size_t length = input(MESSAGE_16 | KEY_32 | OUT_64, message, 16);
    expect_answer(&part, 96, answer, KDF, PRF | TO_ENCRYPTED, 0, data, length);
    decrypt(64);
    assert_hex(prf, answer, 64);
    length = input(MESSAGE_16 | INPUT, message, 16);
    expect_answer(&part, 64, answer, KDF, HKDF | TO_ENCRYPTED, 0, data, length);
    decrypt(32);
    assert_hex(hkdf, answer, 32);
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = 0x04;
    refused(CHIP_EXEC, "ChipOptions bit 1 = 0", HKDF | TO_ENCRYPTED, 0, MESSAGE_16 | INPUT);
}

static void test_protection_levels(void **state)
{
    uint8_t *high = &part.chip.eeprom.config[CONFIG_CHIP_OPTIONS + 1];
    size_t length = input(MESSAGE_16 | INPUT, message, 16);

    load_key(32);
    *high = 0x64; /* KDFProt 1: encrypted whatever the mode says */
    expect_answer(&part, 64, answer, KDF, HKDF | TO_OUTPUT, 0, data, length);
    decrypt(32);
    assert_hex(hkdf, answer, 32);
    length = input(MESSAGE_16 | KEY_32 | AEAD, message, 16);
    expect_answer(&part, 64, answer, KDF, PRF | TO_ALT, 0, data, length);
    *high = 0x68; /* 2: nothing leaves */
    refused(CHIP_EXEC, "KDF secrets may not leave the chip (ChipOptions bits 11:10 = 2)", HKDF | TO_OUTPUT, 0,
            MESSAGE_16 | INPUT);
    refused(CHIP_EXEC, "bits 11:10 = 2", PRF | TO_ALT, 0, MESSAGE_16 | KEY_32 | AEAD);
    run(HKDF | TO_ALT, 0, MESSAGE_16 | INPUT);
    *high = 0x6C; /* 3: off */
    refused(CHIP_EXEC, "KDF is switched off (ChipOptions bits 11:10 = 3)", HKDF | TO_ALT, 0,
            MESSAGE_16 | INPUT);
}

static void test_what_must_be_enabled(void **state)
{
    load_key(32);
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = 0x02;
    refused(CHIP_EXEC, "ChipOptions bit 2 = 0", BY_AES | TO_OUTPUT, 0, 0);
    part.chip.eeprom.config[CONFIG_AES_ENABLE] = 0xC0;
    refused(CHIP_PARSE, "AES_Enable bit 0 = 0", BY_AES | TO_OUTPUT, 0, 0);
    part_set_phase(&part, CONFIG_OPEN);
    refused(CHIP_EXEC, "LockConfig = 55", HKDF | TO_OUTPUT, 0, MESSAGE_16 | INPUT);
}

static void test_meaningless_modes(void **state)
{
    load_key(32);
    refused(CHIP_PARSE, "bit 7 must be 0", 0x80 | TO_OUTPUT, 0, MESSAGE_16);
    refused(CHIP_PARSE, "target 6", 0x18, 0, MESSAGE_16);
    refused(CHIP_PARSE, "target 7", 0x1C, 0, MESSAGE_16);
    refused(CHIP_PARSE, "algorithm 3", 0x60 | TO_OUTPUT, 0, MESSAGE_16);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_prf_vector),
        T(test_aes_vector),
        T(test_hkdf_vector),
        T(test_the_hmac_beneath),
        T(test_every_source_gives_the_same_result),
        T(test_longer_keys),
        T(test_sources_that_do_not_reach),
        T(test_rules_of_the_source_slot),
        T(test_nomac_and_private_contents_of_temp_key),
        T(test_messages_of_hkdf),
        T(test_hkdf_with_the_zero_key),
        T(test_hkdf_iv),
        T(test_message_lengths),
        T(test_volatile_targets),
        T(test_a_slot_as_target),
        T(test_targets_that_take_nothing),
        T(test_aead_splits_the_result),
        T(test_encrypted_output),
        T(test_protection_levels),
        T(test_what_must_be_enabled),
        T(test_meaningless_modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
