/* Recipes: which commands, in which order, with which bytes.  mongoose-os.md 2.5.1, 2.5.2, 9.1;
 * atecc608.md 6.3, 7.5 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "driver/atecc_internal.h"
#include "hex.h"
#include "mock_chip.h"

#define ZEROS_20 "0000000000000000000000000000000000000000"
#define COUNT_00 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define COUNT_40 "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
#define COUNT_80 "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
#define BLOCK_0  "0123a1b2 00006002 c3d4e5f6ee 616100 c0005500 87648764876487648f0f8f8f"
#define READ_SN  "07 02 80 00 00 09 ad"
#define NONCE    "1b 16 00 00 00 " ZEROS_20 " 7d e0"
#define GENDIG_4 "0b 15 02 04 00 15 02 04 00 d2 ec"
#define RANDOM   "07 1b 00 00 00 24 cd"

struct rig {
    struct mock_chip chip;
    struct atecc dev;
};

static void set_up(struct rig *rig)
{
    mock_chip_init(&rig->chip);
    mock_device(&rig->dev, &rig->chip);
}

static void bytes(uint8_t out[32], const char *hex)
{
    assert_int_equal(hex_bytes(hex, out, 32), 32);
}

/* The packet with its CRC added, for commands whose CRC the references do not print. */
static const char *with_crc(const char *packet)
{
    static char text[2 * 160 + 1];
    uint8_t data[160];
    size_t length = hex_bytes(packet, data, sizeof(data));
    uint16_t crc = atecc_crc16(0, data, length);

    assert_int_equal(data[0], length + 2);
    data[length++] = (uint8_t)crc;
    data[length++] = (uint8_t)(crc >> 8);
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", data[i]);
    return text;
}

static void init_learns_revision_serial_and_model(void **state)
{
    static const struct {
        const char *revision;
        enum atecc_model model;
    } cases[] = {{"00 00 60 02", ATECC_MODEL_608},
                 {"00 00 60 03", ATECC_MODEL_608},
                 {"00 00 50 00", ATECC_MODEL_508A},
                 {"00 00 10 05", ATECC_MODEL_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;

        set_up(&rig);
        mock_expect(&rig.chip, "07 30 00 00 00 03 5d", cases[i].revision, 100);
        mock_expect(&rig.chip, READ_SN, BLOCK_0, 100);
        assert_int_equal(atecc_init(&rig.dev, &rig.chip.vtable, 0x60, rig.dev.sha256), ATECC_OK);
        mock_assert_done(&rig.chip);
        assert_hex(rig.dev.revision, 4, cases[i].revision);
        assert_hex(rig.dev.serial, 9, "0123a1b2c3d4e5f6ee");
        assert_int_equal(rig.dev.model, cases[i].model);
        assert_int_equal(rig.chip.wakes, 1);
        assert_int_equal(rig.chip.power, MOCK_IDLE);
    }
}

static void a_private_key_is_written_encrypted(void **state)
{
    struct rig rig;
    uint8_t key[32], write_key[32];

    (void)state;
    set_up(&rig);
    bytes(key, COUNT_40);
    bytes(write_key, COUNT_00);
    mock_expect(&rig.chip, READ_SN, BLOCK_0, 0);
    mock_expect(&rig.chip, NONCE, COUNT_80, 0);
    mock_expect(&rig.chip, GENDIG_4, "00", 0);
    mock_expect(&rig.chip,
                "4b 46 40 00 00 50d485812d38de2b97249c11e2e378fa13ca7f7c083c13417aebd054b401f393ed93f26d "
                "af2030f2483bddfca9f200c612f479d2a210d960ba443fa1c657b336b4b5c424 21 63",
                "00", 1000);
    memset(rig.dev.serial, 0, 9); /* read anew each time: the chip may be another one */
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 0, key, 4, write_key), ATECC_OK);
    mock_assert_done(&rig.chip);
    assert_int_equal(rig.chip.wakes, 1);
    assert_hex(rig.dev.serial, 9, "0123a1b2c3d4e5f6ee");
}

static void a_slot_is_written_encrypted(void **state)
{
    struct rig rig;
    uint8_t data[32], write_key[32];

    (void)state;
    set_up(&rig);
    bytes(data, COUNT_40);
    bytes(write_key, COUNT_00);
    mock_expect(&rig.chip, READ_SN, BLOCK_0, 0);
    mock_expect(&rig.chip, NONCE, COUNT_80, 0);
    mock_expect(&rig.chip, GENDIG_4, "00", 0);
    mock_expect(&rig.chip,
                with_crc("47 12 c2 28 00 1095c7c2293cda2f9b28901de6e77cfe0fd663600c38174576e7dc58b005f797 "
                         "f92a825880a15a4a6d32cd87bab77e8f5337b5051fab91362d2cac5ff59c3722"),
                "00", 1000);
    assert_int_equal(atecc_write_slot_encrypted(&rig.dev, 5, 0, data, 4, write_key), ATECC_OK);
    mock_assert_done(&rig.chip);
}

/* atecc608.md 7.5, with the inputs of 7.2. NumIn there is 20..33 and here zero, so T0 is another one: the
 * stand-in for SHA-256 maps the nonce to the reference's T0 and computes everything else. */
static void sha256_with_reference_nonce(const uint8_t *data, size_t length, uint8_t digest[32])
{
    struct rig rig;

    if (length == 55) {
        bytes(digest, "37f5a62e00ffc15e5d0b523455d34408eb1f7de42ce8760fe6a9214c01bbef49");
        return;
    }
    set_up(&rig);
    rig.dev.sha256(data, length, digest);
}

static void encrypted_writes_match_the_derived_vectors(void **state)
{
    static const char block_0[] = "01234567 00006003 89abcdefee 616100 c0005500 87648764876487648f0f8f8f";
    static const char key_hex[] = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";
    struct rig rig;
    uint8_t data[32], write_key[32];

    (void)state;
    set_up(&rig);
    rig.dev.sha256 = sha256_with_reference_nonce;
    bytes(data, COUNT_80);
    bytes(write_key, key_hex);
    mock_expect(&rig.chip, READ_SN, block_0, 0);
    mock_expect(&rig.chip, NONCE, COUNT_00, 0);
    mock_expect(&rig.chip, GENDIG_4, "00", 0);
    mock_expect(&rig.chip,
                with_crc("47 12 c2 28 00 e806ebd1e250aa84be275cfa348b570239c8e6bea4c7fb917d124071cf384bc9 "
                         "85090a81052c4d90a47a87e011e3b2ab527ad12b54a4838ba20a2e772671041c"),
                "00", 0);
    assert_int_equal(atecc_write_slot_encrypted(&rig.dev, 5, 0, data, 4, write_key), ATECC_OK);
    mock_expect(&rig.chip, READ_SN, block_0, 0);
    mock_expect(&rig.chip, NONCE, COUNT_00, 0);
    mock_expect(&rig.chip, GENDIG_4, "00", 0);
    mock_expect(
        &rig.chip,
        with_crc("4b 46 40 00 00 68876952e654ae80b22b50f6308f530625d4faa2a0c3ff95711e4c7dcb3c4fcdf287da54 "
                 "2b9b8757e46595d508c24bf306284d820be338f8db2af0b2a7d707e94f0bfa02"),
        "00", 0);
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 0, data, 4, write_key), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void a_private_key_is_written_in_clear(void **state)
{
    struct rig rig;
    uint8_t key[32];

    (void)state;
    set_up(&rig);
    bytes(key, COUNT_40);
    mock_expect(&rig.chip, with_crc("4b 46 00 02 00 00000000 " COUNT_40 ZEROS_20 "000000000000000000000000"),
                "00", 0);
    assert_int_equal(atecc_write_private_key(&rig.dev, 2, key), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void the_608_signs_from_the_message_digest_buffer(void **state)
{
    struct rig rig;
    uint8_t digest[32], signature[64];

    (void)state;
    set_up(&rig);
    bytes(digest, COUNT_40);
    mock_expect(&rig.chip, RANDOM, COUNT_00, 1000);
    mock_expect(&rig.chip, with_crc("27 16 43 00 00 " COUNT_40), "00", 100);
    mock_expect(&rig.chip, "07 41 a0 02 00 7d 05", COUNT_00 COUNT_80, 60000);
    assert_int_equal(atecc_sign(&rig.dev, 2, digest, signature), ATECC_OK);
    mock_assert_done(&rig.chip);
    assert_hex(signature, 64, COUNT_00 COUNT_80);
    assert_int_equal(rig.chip.wakes, 1);
}

static void the_508a_signs_from_tempkey(void **state)
{
    struct rig rig;
    uint8_t digest[32], signature[64];

    (void)state;
    set_up(&rig);
    rig.dev.model = ATECC_MODEL_508A;
    bytes(digest, COUNT_40);
    mock_expect(&rig.chip, RANDOM, COUNT_00, 1000);
    mock_expect(&rig.chip, with_crc("27 16 03 00 00 " COUNT_40), "00", 100);
    mock_expect(&rig.chip, with_crc("07 41 80 02 00"), COUNT_00 COUNT_80, 60000);
    assert_int_equal(atecc_sign(&rig.dev, 2, digest, signature), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void verify_is_nonce_and_verify_external(void **state)
{
    static const struct {
        enum atecc_model model;
        const char *nonce, *verify;
    } cases[] = {
        {ATECC_MODEL_608, "27 16 43 00 00 " COUNT_40, "87 45 22 04 00 " COUNT_00 COUNT_80 COUNT_40 COUNT_80},
        {ATECC_MODEL_508A, "27 16 03 00 00 " COUNT_40,
         "87 45 02 04 00 " COUNT_00 COUNT_80 COUNT_40 COUNT_80}};
    uint8_t digest[32], signature[64], public_key[64];

    (void)state;
    bytes(digest, COUNT_40);
    hex_bytes(COUNT_00 COUNT_80, signature, 64);
    hex_bytes(COUNT_40 COUNT_80, public_key, 64);
    for (size_t i = 0; i < 2; i++) {
        struct rig rig;

        set_up(&rig);
        rig.dev.model = cases[i].model;
        mock_expect(&rig.chip, with_crc(cases[i].nonce), "00", 0);
        mock_expect(&rig.chip, with_crc(cases[i].verify), "00", 50000);
        assert_int_equal(atecc_verify(&rig.dev, digest, signature, public_key), ATECC_OK);
        mock_expect(&rig.chip, with_crc(cases[i].nonce), "00", 0);
        mock_expect(&rig.chip, with_crc(cases[i].verify), "01", 50000);
        assert_int_equal(atecc_verify(&rig.dev, digest, signature, public_key), ATECC_ERROR_MISMATCH);
        mock_assert_done(&rig.chip);
    }
}

static void key_agreement_takes_the_slots_or_the_ephemeral_key(void **state)
{
    struct rig rig;
    uint8_t peer[64], secret[32];

    (void)state;
    set_up(&rig);
    hex_bytes(COUNT_40 COUNT_80, peer, 64);
    mock_expect(&rig.chip, with_crc("47 43 0c 02 00 " COUNT_40 COUNT_80), COUNT_00, 40000);
    assert_int_equal(atecc_ecdh(&rig.dev, 2, peer, secret), ATECC_OK);
    assert_hex(secret, 32, COUNT_00);
    mock_expect(&rig.chip, with_crc("47 43 0d 10 00 " COUNT_40 COUNT_80), COUNT_80, 40000);
    assert_int_equal(atecc_ecdh_ephemeral(&rig.dev, peer, secret), ATECC_OK);
    assert_hex(secret, 32, COUNT_80);
    mock_assert_done(&rig.chip);
}

static void aes_names_the_key_block_in_its_mode(void **state)
{
    struct rig rig;
    uint8_t in[16], result[16];

    (void)state;
    set_up(&rig);
    hex_bytes("6BC1BEE22E409F96E93D7E117393172A", in, 16);
    mock_expect(&rig.chip, with_crc("17 51 80 0a 00 6BC1BEE22E409F96E93D7E117393172A"),
                "2861A0FA3925E2025E41DCDE53DF7CA7", 0);
    assert_int_equal(atecc_aes(&rig.dev, 10, 2, 0, in, result), ATECC_OK);
    assert_hex(result, 16, "2861A0FA3925E2025E41DCDE53DF7CA7");
    mock_expect(&rig.chip, with_crc("17 51 c1 0a 00 6BC1BEE22E409F96E93D7E117393172A"),
                "000102030405060708090a0b0c0d0e0f", 0);
    assert_int_equal(atecc_aes(&rig.dev, 10, 3, 1, in, result), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void the_configuration_is_read_in_four_blocks(void **state)
{
    struct rig rig;
    uint8_t config[128];

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, READ_SN, COUNT_00, 0);
    mock_expect(&rig.chip, "07 02 80 08 00 0a 4d", COUNT_40, 0);
    mock_expect(&rig.chip, "07 02 80 10 00 0a 1d", COUNT_80, 0);
    mock_expect(&rig.chip, "07 02 80 18 00 09 fd", COUNT_40, 0);
    assert_int_equal(atecc_read_config(&rig.dev, config), ATECC_OK);
    mock_assert_done(&rig.chip);
    assert_hex(config, 128, COUNT_00 COUNT_40 COUNT_80 COUNT_40);
    assert_int_equal(rig.chip.wakes, 1);
}

static void the_configuration_is_written_around_its_protected_bytes(void **state)
{
    static const struct {
        unsigned word, length;
    } pieces[] = {{4, 4},  {5, 4},  {6, 4},  {7, 4},  {8, 32}, {16, 4}, {17, 4},
                  {18, 4}, {19, 4}, {20, 4}, {22, 4}, {23, 4}, {24, 32}};
    struct rig rig;
    uint8_t config[128];

    (void)state;
    set_up(&rig);
    for (unsigned i = 0; i < sizeof(config); i++)
        config[i] = (uint8_t)(0x80 + i);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        char packet[128];
        int at = snprintf(packet, sizeof(packet), "%02x 12 %02x %02x 00 ", 7 + pieces[i].length,
                          pieces[i].length == 32 ? 0x80u : 0u, pieces[i].word);

        for (unsigned j = 0; j < pieces[i].length; j++)
            at += snprintf(packet + at, sizeof(packet) - (size_t)at, "%02x", config[4 * pieces[i].word + j]);
        mock_expect(&rig.chip, with_crc(packet), "00", 40000);
    }
    mock_expect(&rig.chip, with_crc("07 20 00 d4 00"), "00", 8000);
    mock_expect(&rig.chip, with_crc("07 20 01 d5 00"), "00", 8000);
    assert_int_equal(atecc_write_config(&rig.dev, config), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void slots_are_addressed_by_block(void **state)
{
    struct rig rig;
    uint8_t data[32];

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, with_crc("07 02 82 40 0c"), COUNT_40, 0);
    assert_int_equal(atecc_read_slot(&rig.dev, 8, 12, data), ATECC_OK);
    assert_hex(data, 32, COUNT_40);
    mock_expect(&rig.chip, with_crc("27 12 82 20 00 " COUNT_40), "00", 0);
    assert_int_equal(atecc_write_slot(&rig.dev, 4, 0, data), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void what_does_not_exist_is_not_asked_for(void **state)
{
    struct rig rig;
    uint8_t data[64] = {0};

    (void)state;
    set_up(&rig);
    assert_int_equal(atecc_read_slot(&rig.dev, 16, 0, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_read_slot(&rig.dev, 7, 2, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_read_slot(&rig.dev, 8, 13, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_read_slot(&rig.dev, 15, 3, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_write_slot(&rig.dev, 255, 0, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_write_slot_encrypted(&rig.dev, 5, 0, data, 16, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_write_slot_encrypted(&rig.dev, 5, 2, data, 4, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 16, data, 4, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 0, data, 16, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_write_private_key(&rig.dev, 16, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_gen_key(&rig.dev, 16, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_public_key(&rig.dev, 16, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_sign(&rig.dev, 16, data, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_ecdh(&rig.dev, 16, data, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_aes(&rig.dev, 16, 0, 0, data, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_aes(&rig.dev, 15, 4, 0, data, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(atecc_aes(&rig.dev, 15, 0, 2, data, data), ATECC_ERROR_PARAMETER);
    assert_int_equal(rig.chip.transfers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_learns_revision_serial_and_model),
        cmocka_unit_test(a_private_key_is_written_encrypted),
        cmocka_unit_test(a_slot_is_written_encrypted),
        cmocka_unit_test(encrypted_writes_match_the_derived_vectors),
        cmocka_unit_test(a_private_key_is_written_in_clear),
        cmocka_unit_test(the_608_signs_from_the_message_digest_buffer),
        cmocka_unit_test(the_508a_signs_from_tempkey),
        cmocka_unit_test(verify_is_nonce_and_verify_external),
        cmocka_unit_test(key_agreement_takes_the_slots_or_the_ephemeral_key),
        cmocka_unit_test(aes_names_the_key_block_in_its_mode),
        cmocka_unit_test(the_configuration_is_read_in_four_blocks),
        cmocka_unit_test(the_configuration_is_written_around_its_protected_bytes),
        cmocka_unit_test(slots_are_addressed_by_block),
        cmocka_unit_test(what_does_not_exist_is_not_asked_for),
    };

    return cmocka_run_group_tests_name("driver: recipes", tests, NULL, NULL);
}
