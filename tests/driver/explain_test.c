/* Errors in words: each says what was tried, what answered and what to do.  atecc608.md 1.7;
 * mongoose-os.md 2.5.4 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "driver/atecc_internal.h"
#include "hex.h"
#include "mock_chip.h"

#define COUNT_00 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BLOCK_0  "0123a1b2 00006002 c3d4e5f6ee 616100 c0005500 87648764876487648f0f8f8f"

struct rig {
    struct mock_chip chip;
    struct atecc dev;
    char text[600];
};

static void set_up(struct rig *rig)
{
    mock_chip_init(&rig->chip);
    mock_device(&rig->dev, &rig->chip);
}

static void assert_says(struct rig *rig, const char *part)
{
    const char *text = atecc_explain(&rig->dev, rig->text, sizeof(rig->text));

    assert_ptr_equal(text, rig->text);
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

static void a_missing_chip(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.absent = 1;
    assert_int_equal(atecc_begin(&rig.dev), ATECC_ERROR_NO_DEVICE);
    assert_says(&rig, "No ATECC answered at 0x60 (mock bus: nobody acknowledged): check its power");
    assert_says(&rig, "i2cdetect");
    assert_says(&rig, "100 kHz");
}

static void the_8_bit_address(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    assert_int_equal(atecc_init(&rig.dev, &rig.chip.vtable, 0xC0, rig.dev.sha256), ATECC_ERROR_ADDRESS);
    assert_says(&rig, "0xC0 is not a 7-bit I2C address; it looks like the 8-bit form");
    assert_says(&rig, "give 0x60");
    assert_int_equal(atecc_init(&rig.dev, &rig.chip.vtable, 0x00, rig.dev.sha256), ATECC_ERROR_ADDRESS);
    assert_says(&rig, "factory address is 0x60");
}

static void a_wrong_write_key(void **state)
{
    struct rig rig;
    uint8_t key[32] = {1};

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "", BLOCK_0, 0);
    mock_expect(&rig.chip, "", COUNT_00, 0);
    mock_expect(&rig.chip, "", "00", 0);
    mock_expect(&rig.chip, "", "0F", 0);
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 2, key, 4, key), ATECC_ERROR_EXECUTION);
    assert_says(
        &rig,
        "Encrypted PrivWrite to slot 2: the chip refused (status 0F): the write key does not match the one "
        "in slot 4, or slot 2's configuration does not allow it");

    mock_expect(&rig.chip, "", BLOCK_0, 0);
    mock_expect(&rig.chip, "", COUNT_00, 0);
    mock_expect(&rig.chip, "", "00", 0);
    mock_expect(&rig.chip, "", "0F", 0);
    assert_int_equal(atecc_write_slot_encrypted(&rig.dev, 9, 1, key, 4, key), ATECC_ERROR_EXECUTION);
    assert_says(
        &rig,
        "Encrypted Write to slot 9: the chip refused (status 0F): the write key does not match the one in "
        "slot 4");
}

static int sign_3(struct atecc *dev)
{
    static const uint8_t digest[32];
    uint8_t signature[64];

    return atecc_sign(dev, 3, digest, signature);
}

static int public_key_1(struct atecc *dev)
{
    uint8_t key[64];

    return atecc_public_key(dev, 1, key);
}

static int gen_key_14(struct atecc *dev)
{
    uint8_t key[64];

    return atecc_gen_key(dev, 14, key);
}

static int gen_ephemeral(struct atecc *dev)
{
    uint8_t key[64];

    return atecc_gen_ephemeral(dev, key);
}

static int ecdh_ephemeral(struct atecc *dev)
{
    static const uint8_t peer[64];
    uint8_t secret[32];

    return atecc_ecdh_ephemeral(dev, peer, secret);
}

static int read_slot_5(struct atecc *dev)
{
    uint8_t data[32];

    return atecc_read_slot(dev, 5, 0, data);
}

static int write_slot_8(struct atecc *dev)
{
    static const uint8_t data[32];

    return atecc_write_slot(dev, 8, 3, data);
}

static int write_key_0(struct atecc *dev)
{
    static const uint8_t key[32];

    return atecc_write_private_key(dev, 0, key);
}

static int write_config(struct atecc *dev)
{
    static const uint8_t config[128];

    return atecc_write_config(dev, config);
}

static int aes_15(struct atecc *dev)
{
    uint8_t block[16] = {0};

    return atecc_aes(dev, 15, 0, 0, block, block);
}

static int verify(struct atecc *dev)
{
    static const uint8_t bytes[64];

    return atecc_verify(dev, bytes, bytes, bytes);
}

static int read_slot_16(struct atecc *dev)
{
    uint8_t data[32];

    return atecc_read_slot(dev, 16, 0, data);
}

static void each_refusal_has_its_advice(void **state)
{
    static const struct {
        int (*call)(struct atecc *);
        const char *answers[3];
        const char *says;
    } cases[] = {
        {sign_3,
         {COUNT_00, "00", "0F"},
         "Sign with slot 3: the chip refused (status 0F): slot 3 holds no private key"},
        {public_key_1,
         {"0F"},
         "Computing the public key of slot 1: the chip refused (status 0F): slot 1 holds no private"},
        {gen_key_14, {"0F"}, "Generating a key in slot 14: the chip refused"},
        {gen_ephemeral,
         {"03"},
         "Generating an ephemeral key: the chip knows no such command or parameters (status 03)"},
        {gen_ephemeral, {"03"}, "needs an ATECC608"},
        {ecdh_ephemeral, {"0F"}, "the ephemeral key is gone"},
        {read_slot_5, {"0F"}, "Reading slot 5: the chip refused (status 0F): the slot is secret"},
        {write_slot_8, {"0F"}, "Writing slot 8: the chip refused"},
        {write_key_0, {"0F"}, "give the write key. Slot 0"},
        {write_config,
         {"0F"},
         "Writing the configuration: the chip refused (status 0F): the configuration zone is locked"},
        {atecc_lock_config,
         {"0F"},
         "Locking the configuration zone: the chip refused (status 0F): it is locked already"},
        {atecc_lock_data, {"0F"}, "lock that first"},
        {aes_15,
         {"0F"},
         "AES with slot 15: the chip refused (status 0F): slot 15 is not configured as an AES key"},
        {aes_15, {"03"}, "AES_Enable"},
        {verify, {"00", "01"}, "Verify: the signature does not match (status 01)"},
        {atecc_lock_data, {"07"}, "self-test"},
        {atecc_lock_data, {"08"}, "random generator"},
        {atecc_lock_data, {"05"}, "status 05"},
        {atecc_lock_data, {"42"}, "the chip answered status 42, which this driver does not know"},
        {read_slot_16, {NULL}, "Reading slot 16: there is no such slot"},
        {atecc_end, {NULL}, "without a begin"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;

        set_up(&rig);
        for (unsigned j = 0; j < 3 && cases[i].answers[j]; j++)
            mock_expect(&rig.chip, "", cases[i].answers[j], 0);
        assert_int_not_equal(cases[i].call(&rig.dev), ATECC_OK);
        assert_says(&rig, cases[i].says);
    }
}

static void damage_on_the_wire(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.damaged_reads = 100;
    mock_expect(&rig.chip, "", "00", 0);
    assert_int_equal(atecc_lock_data(&rig.dev), ATECC_ERROR_RESPONSE);
    assert_says(&rig, "Locking the data zone: the chip's answer was damaged");
    assert_says(&rig, "pull-ups");
}

static void a_failed_bus(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.bus_broken = 1;
    assert_int_equal(atecc_begin(&rig.dev), ATECC_ERROR_BUS);
    assert_says(&rig, "the I2C bus failed (mock bus: nobody acknowledged)");
}

/* Whatever the failure and however small the buffer: a terminated text, and no byte beyond. */
static void every_failure_makes_a_terminated_text(void **state)
{
    struct rig rig;
    char text[64];

    (void)state;
    set_up(&rig);
    for (int error = 0; error >= -20; error--) {
        for (int stage = ATECC_STAGE_NONE; stage <= ATECC_STAGE_PARSE; stage++) {
            for (unsigned opcode = 0; opcode < 256; opcode++) {
                for (unsigned param1 = 0; param1 < 256; param1 += 0x41) {
                    rig.dev.failure = (struct atecc_failure){(enum atecc_error)error,
                                                             (enum atecc_stage)stage,
                                                             (uint8_t)opcode,
                                                             (uint8_t)param1,
                                                             0xFFFF,
                                                             0x42,
                                                             255};
                    memset(text, 'x', sizeof(text));
                    atecc_explain(&rig.dev, text, 20);
                    assert_non_null(memchr(text, 0, 20));
                    assert_int_equal(text[20], 'x');
                    assert_true(strlen(atecc_explain(&rig.dev, rig.text, sizeof(rig.text))) <
                                sizeof(rig.text) - 1);
                }
            }
        }
    }
    text[0] = 'x';
    atecc_explain(&rig.dev, text, 0);
    assert_int_equal(text[0], 'x');
    atecc_explain(&rig.dev, text, 1);
    assert_int_equal(text[0], 0);
}

static void errors_have_cryptoauthlib_numbers(void **state)
{
    static const struct {
        int error;
        uint8_t status;
    } cases[] = {{ATECC_OK, 0x00},
                 {ATECC_ERROR_NO_DEVICE, 0xD0},
                 {ATECC_ERROR_MISMATCH, 0xD1},
                 {ATECC_ERROR_PARSE, 0xD2},
                 {ATECC_ERROR_COMMUNICATION, 0xD4},
                 {ATECC_ERROR_ECC_FAULT, 0xD6},
                 {ATECC_ERROR_SELF_TEST, 0xD7},
                 {ATECC_ERROR_PARAMETER, 0xE2},
                 {ATECC_ERROR_RESPONSE, 0xE5},
                 {ATECC_ERROR_TIMEOUT, 0xE7},
                 {ATECC_ERROR_BUS, 0xF0},
                 {ATECC_ERROR_EXECUTION, 0xF4},
                 {ATECC_ERROR_HEALTH_TEST, 0xFA},
                 {-99, 0xE1}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(atecc_cryptoauthlib_status(cases[i].error), cases[i].status);
    for (int error = 0; error >= ATECC_ERROR_ADDRESS; error--)
        assert_string_not_equal(atecc_strerror(error), atecc_strerror(-99));
    assert_string_equal(atecc_strerror(ATECC_ERROR_NO_DEVICE), "no ATECC answered");
    assert_string_equal(atecc_strerror(-99), "an error this driver does not know");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_chip),
        cmocka_unit_test(the_8_bit_address),
        cmocka_unit_test(a_wrong_write_key),
        cmocka_unit_test(each_refusal_has_its_advice),
        cmocka_unit_test(damage_on_the_wire),
        cmocka_unit_test(a_failed_bus),
        cmocka_unit_test(every_failure_makes_a_terminated_text),
        cmocka_unit_test(errors_have_cryptoauthlib_numbers),
    };

    return cmocka_run_group_tests_name("driver: errors", tests, NULL, NULL);
}
