/* The driver and the virtual chip over the bus's socket: each side was written from the references alone, and
 * libcrypto judges. The chip has the Mongoose OS configuration (atecc608.md 5.2, 5.3): slots 0 to 3 private,
 * written encrypted with slot 4's key. */

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "bus/bus.h"
#include "chip_process.h"
#include "driver/atecc.h"
#include "hex.h"
#include "reference_crypto.h"

struct rig {
    struct chip_process chip;
    struct bus bus;
    struct atecc dev;
    uint8_t write_key[32];
};

static int set_up_profile(void **state, const char *profile)
{
    static struct rig rig;

    memset(&rig, 0, sizeof(rig));
    *state = &rig;
    chip_process_start(&rig.chip, profile);
    assert_int_equal(bus_open(&rig.bus, rig.chip.where), 0);
    assert_int_equal(atecc_init(&rig.dev, &rig.bus.vtable, 0x60, reference_sha256), ATECC_OK);
    reference_random(rig.write_key, 32);
    return 0;
}

static int set_up(void **state)
{
    return set_up_profile(state, "mongoose");
}

static int set_up_unlocked(void **state)
{
    return set_up_profile(state, "mongoose-unlocked");
}

static int tear_down(void **state)
{
    struct rig *rig = *state;

    bus_close(&rig->bus);
    chip_process_remove(&rig->chip);
    return 0;
}

static void succeed(struct rig *rig, int err)
{
    char text[600];

    if (err)
        fail_msg("%s", atecc_explain(&rig->dev, text, sizeof(text)));
}

/* The handout's two commands: slot4.key, then ecc.key.pem under it. */
static void provision(struct rig *rig, uint8_t slot, uint8_t private_key[32], uint8_t public_key[64])
{
    reference_key_pair(private_key, public_key);
    succeed(rig, atecc_write_slot(&rig->dev, 4, 0, rig->write_key));
    succeed(rig, atecc_write_private_key_encrypted(&rig->dev, slot, private_key, 4, rig->write_key));
}

static void the_chip_is_recognised(void **state)
{
    struct rig *rig = *state;
    int config_locked = 0, data_locked = 0;
    uint8_t config[128];

    assert_int_equal(rig->dev.model, ATECC_MODEL_608);
    assert_int_equal(rig->dev.revision[2], 0x60);
    succeed(rig, atecc_is_locked(&rig->dev, &config_locked, &data_locked));
    assert_true(config_locked && data_locked);
    succeed(rig, atecc_read_config(&rig->dev, config));
    assert_memory_equal(config, rig->dev.serial, 4);
    assert_memory_equal(config + 8, rig->dev.serial + 4, 5);
    assert_hex(config + 16, 12, "C0 00 55 00 87 64 87 64 87 64 87 64");
}

static void a_written_key_signs_and_libcrypto_verifies(void **state)
{
    struct rig *rig = *state;
    uint8_t private_key[32], public_key[64], from_chip[64], digest[32], signature[64];

    for (uint8_t slot = 0; slot < 4; slot++) {
        provision(rig, slot, private_key, public_key);
        succeed(rig, atecc_public_key(&rig->dev, slot, from_chip));
        assert_memory_equal(from_chip, public_key, 64);
        reference_random(digest, 32);
        succeed(rig, atecc_sign(&rig->dev, slot, digest, signature));
        assert_true(reference_verify(public_key, digest, signature));
        digest[0] ^= 1;
        assert_false(reference_verify(public_key, digest, signature));
    }
}

/* The original tool gets these wrong: a key whose first bytes are zero. */
static void a_key_with_leading_zeros_is_written_whole(void **state)
{
    struct rig *rig = *state;
    uint8_t private_key[32] = {0}, public_key[64], from_chip[64];

    private_key[5] = 0x77;
    private_key[31] = 0x01;
    reference_public_key(private_key, public_key);
    succeed(rig, atecc_write_slot(&rig->dev, 4, 0, rig->write_key));
    succeed(rig, atecc_write_private_key_encrypted(&rig->dev, 0, private_key, 4, rig->write_key));
    succeed(rig, atecc_public_key(&rig->dev, 0, from_chip));
    assert_memory_equal(from_chip, public_key, 64);
}

static void a_wrong_write_key_is_refused_and_changes_nothing(void **state)
{
    struct rig *rig = *state;
    uint8_t private_key[32], public_key[64], other[32], unused[64], from_chip[64], wrong[32];
    char text[600];

    provision(rig, 0, private_key, public_key);
    reference_key_pair(other, unused);
    memcpy(wrong, rig->write_key, 32);
    wrong[31] ^= 1;
    assert_int_equal(atecc_write_private_key_encrypted(&rig->dev, 0, other, 4, wrong), ATECC_ERROR_EXECUTION);
    assert_non_null(strstr(atecc_explain(&rig->dev, text, sizeof(text)),
                           "the write key does not match the one in slot 4"));
    /* the right key, but not the slot that slot 0's configuration names */
    assert_int_equal(atecc_write_private_key_encrypted(&rig->dev, 0, other, 10, rig->write_key),
                     ATECC_ERROR_EXECUTION);
    succeed(rig, atecc_public_key(&rig->dev, 0, from_chip));
    assert_memory_equal(from_chip, public_key, 64);
    succeed(rig, atecc_write_private_key_encrypted(&rig->dev, 0, other, 4, rig->write_key));
}

static void a_key_made_in_the_chip_signs(void **state)
{
    struct rig *rig = *state;
    uint8_t public_key[64], again[64], digest[32], signature[64];

    assert_int_equal(atecc_public_key(&rig->dev, 1, public_key), ATECC_ERROR_EXECUTION);
    succeed(rig, atecc_gen_key(&rig->dev, 1, public_key));
    succeed(rig, atecc_public_key(&rig->dev, 1, again));
    assert_memory_equal(again, public_key, 64);
    reference_random(digest, 32);
    succeed(rig, atecc_sign(&rig->dev, 1, digest, signature));
    assert_true(reference_verify(public_key, digest, signature));
}

static void verify_agrees_with_libcrypto(void **state)
{
    struct rig *rig = *state;
    uint8_t private_key[32], public_key[64], digest[32], signature[64];

    reference_key_pair(private_key, public_key);
    reference_random(digest, 32);
    reference_sign(private_key, digest, signature);
    succeed(rig, atecc_verify(&rig->dev, digest, signature, public_key));
    signature[40] ^= 0x10;
    assert_int_equal(atecc_verify(&rig->dev, digest, signature, public_key), ATECC_ERROR_MISMATCH);
    signature[40] ^= 0x10;
    digest[31] ^= 1;
    assert_int_equal(atecc_verify(&rig->dev, digest, signature, public_key), ATECC_ERROR_MISMATCH);
}

static void ephemeral_agreement_equals_libcryptos(void **state)
{
    struct rig *rig = *state;
    uint8_t ephemeral[64], peer_private[32], peer_public[64], secret[32], expected[32];

    succeed(rig, atecc_gen_ephemeral(&rig->dev, ephemeral));
    reference_key_pair(peer_private, peer_public);
    reference_ecdh(peer_private, ephemeral, expected);
    succeed(rig, atecc_ecdh_ephemeral(&rig->dev, peer_public, secret));
    assert_memory_equal(secret, expected, 32);
    /* the key is used up */
    assert_int_equal(atecc_ecdh_ephemeral(&rig->dev, peer_public, secret), ATECC_ERROR_EXECUTION);
}

/* A TLS handshake: key exchange prepared, then a signature, a verification and random numbers, then the
 * agreement. */
static void the_ephemeral_key_survives_signing_verifying_and_idle(void **state)
{
    struct rig *rig = *state;
    uint8_t ephemeral[64], peer_private[32], peer_public[64], secret[32], expected[32];
    uint8_t private_key[32], public_key[64], digest[32], signature[64], random[32];

    provision(rig, 0, private_key, public_key);
    reference_key_pair(peer_private, peer_public);
    reference_random(digest, 32);
    succeed(rig, atecc_gen_ephemeral(&rig->dev, ephemeral));
    succeed(rig, atecc_random(&rig->dev, random));
    succeed(rig, atecc_sign(&rig->dev, 0, digest, signature));
    succeed(rig, atecc_verify(&rig->dev, digest, signature, public_key));
    reference_ecdh(peer_private, ephemeral, expected);
    succeed(rig, atecc_ecdh_ephemeral(&rig->dev, peer_public, secret));
    assert_memory_equal(secret, expected, 32);
}

static void sleep_forgets_the_ephemeral_key(void **state)
{
    struct rig *rig = *state;
    uint8_t ephemeral[64], peer_private[32], peer_public[64], secret[32];
    char text[600];

    reference_key_pair(peer_private, peer_public);
    int valid;
    succeed(rig, atecc_gen_ephemeral(&rig->dev, ephemeral));
    succeed(rig, atecc_tempkey_is_valid(&rig->dev, &valid));
    assert_true(valid);
    succeed(rig, atecc_sleep(&rig->dev));
    succeed(rig, atecc_tempkey_is_valid(&rig->dev, &valid));
    assert_false(valid);
    assert_int_equal(atecc_ecdh_ephemeral(&rig->dev, peer_public, secret), ATECC_ERROR_EXECUTION);
    assert_non_null(strstr(atecc_explain(&rig->dev, text, sizeof(text)), "the ephemeral key is gone"));
}

static void agreement_with_a_slots_key_equals_libcryptos(void **state)
{
    struct rig *rig = *state;
    uint8_t public_key[64], peer_private[32], peer_public[64], secret[32], expected[32];

    succeed(rig, atecc_gen_key(&rig->dev, 2, public_key));
    reference_key_pair(peer_private, peer_public);
    reference_ecdh(peer_private, public_key, expected);
    succeed(rig, atecc_ecdh(&rig->dev, 2, peer_public, secret));
    assert_memory_equal(secret, expected, 32);
}

/* atecc608.md 7.8 */
static void the_ecdh_vector(void **state)
{
    struct rig *rig = *state;
    uint8_t private_key[32], public_key[64], peer[64], secret[32];

    hex_bytes("878F0AB6A526D7111C26E6170810796E7B33007F832B8D64467ED6F870537A19", private_key, 32);
    hex_bytes("06105615D5005C5CE9C703C0331632BF2891FE83581EB1BC8795E3716DA00DA8"
              "50441D5C0CBFD8ED647D49EC49612F5269D7DDFFD62105D9CF893919B2AF95ED",
              peer, 64);
    succeed(rig, atecc_write_slot(&rig->dev, 4, 0, rig->write_key));
    succeed(rig, atecc_write_private_key_encrypted(&rig->dev, 2, private_key, 4, rig->write_key));
    succeed(rig, atecc_public_key(&rig->dev, 2, public_key));
    assert_hex(public_key, 64,
               "8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B"
               "E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86");
    succeed(rig, atecc_ecdh(&rig->dev, 2, peer, secret));
    assert_hex(secret, 32, "26C9ED2953D4012FC40D896BC2D7CD01221B75031890D2E85D46E4EBEC64707D");
}

static void slots_are_read_and_written(void **state)
{
    struct rig *rig = *state;
    uint8_t written[32], read[32];
    char text[600];

    for (uint8_t slot = 10; slot < 14; slot++) {
        for (uint8_t block = 0; block < 2; block++) {
            reference_random(written, 32);
            succeed(rig, atecc_write_slot(&rig->dev, slot, block, written));
            succeed(rig, atecc_read_slot(&rig->dev, slot, block, read));
            assert_memory_equal(read, written, 32);
        }
    }
    assert_int_equal(atecc_read_slot(&rig->dev, 4, 0, read), ATECC_ERROR_EXECUTION);
    assert_non_null(strstr(atecc_explain(&rig->dev, text, sizeof(text)), "slot is secret"));
    assert_int_equal(atecc_write_slot(&rig->dev, 8, 0, written), ATECC_ERROR_EXECUTION);
    assert_non_null(strstr(atecc_explain(&rig->dev, text, sizeof(text)), "give the write key"));
}

static void a_slot_written_encrypted_takes_the_right_key_only(void **state)
{
    struct rig *rig = *state;
    uint8_t data[32], wrong[32];

    reference_random(data, 32);
    reference_random(wrong, 32);
    succeed(rig, atecc_write_slot(&rig->dev, 4, 0, rig->write_key));
    succeed(rig, atecc_write_slot_encrypted(&rig->dev, 8, 12, data, 4, rig->write_key));
    assert_int_equal(atecc_write_slot_encrypted(&rig->dev, 8, 12, data, 4, wrong), ATECC_ERROR_EXECUTION);
}

static void aes_equals_libcryptos(void **state)
{
    struct rig *rig = *state;
    uint8_t key[32], in[16], out[16], expected[16], back[16];

    reference_random(key, 32);
    reference_random(in, 16);
    succeed(rig, atecc_write_slot(&rig->dev, 4, 0, rig->write_key));
    /* slot 5 of the 608A configuration: an AES key, written encrypted */
    succeed(rig, atecc_write_slot_encrypted(&rig->dev, 5, 0, key, 4, rig->write_key));
    for (uint8_t block = 0; block < 2; block++) {
        succeed(rig, atecc_aes(&rig->dev, 5, block, 0, in, out));
        reference_aes(key + 16 * block, in, expected);
        assert_memory_equal(out, expected, 16);
        succeed(rig, atecc_aes(&rig->dev, 5, block, 1, out, back));
        assert_memory_equal(back, in, 16);
    }
    assert_int_equal(atecc_aes(&rig->dev, 10, 0, 0, in, out), ATECC_ERROR_EXECUTION);
}

static void random_numbers_differ(void **state)
{
    struct rig *rig = *state;
    uint8_t one[32], two[32];

    succeed(rig, atecc_random(&rig->dev, one));
    succeed(rig, atecc_random(&rig->dev, two));
    assert_memory_not_equal(one, two, 32);
}

static void the_keys_outlive_the_chips_power(void **state)
{
    struct rig *rig = *state;
    uint8_t private_key[32], public_key[64], from_chip[64], random[32];
    char text[600];

    provision(rig, 0, private_key, public_key);
    chip_process_stop(&rig->chip);
    assert_int_equal(atecc_random(&rig->dev, random), ATECC_ERROR_BUS);
    assert_non_null(strstr(atecc_explain(&rig->dev, text, sizeof(text)), "the virtual chip is not running"));
    chip_process_restart(&rig->chip);
    succeed(rig, atecc_public_key(&rig->dev, 0, from_chip)); /* with no new bus_open or atecc_init */
    assert_memory_equal(from_chip, public_key, 64);
}

static void nobody_answers_at_another_address(void **state)
{
    struct rig *rig = *state;
    struct atecc other;
    char text[600];

    assert_int_equal(atecc_init(&other, &rig->bus.vtable, 0x35, reference_sha256), ATECC_ERROR_NO_DEVICE);
    assert_non_null(strstr(atecc_explain(&other, text, sizeof(text)), "No ATECC answered at 0x35"));
}

static void a_new_chip_is_configured_locked_and_given_a_key(void **state)
{
    struct rig *rig = *state;
    uint8_t config[128], again[128], private_key[32], public_key[64], from_chip[64];
    int config_locked = 1, data_locked = 1;

    succeed(rig, atecc_is_locked(&rig->dev, &config_locked, &data_locked));
    assert_false(config_locked || data_locked);
    succeed(rig, atecc_read_config(&rig->dev, config));
    config[96 + 2 * 10] = 0x1C; /* slot 10 not lockable */
    config[92] = 0x01;
    succeed(rig, atecc_write_config(&rig->dev, config));
    succeed(rig, atecc_read_config(&rig->dev, again));
    assert_memory_equal(again, config, 128);

    reference_key_pair(private_key, public_key);
    assert_int_equal(atecc_lock_data(&rig->dev), ATECC_ERROR_EXECUTION);
    succeed(rig, atecc_lock_config(&rig->dev));
    assert_int_equal(atecc_write_config(&rig->dev, config), ATECC_ERROR_EXECUTION);
    succeed(rig, atecc_write_private_key(&rig->dev, 0, private_key));
    succeed(rig, atecc_public_key(&rig->dev, 0, from_chip));
    assert_memory_equal(from_chip, public_key, 64);
    succeed(rig, atecc_lock_data(&rig->dev));
    assert_int_equal(atecc_lock_data(&rig->dev), ATECC_ERROR_EXECUTION);
    assert_int_equal(atecc_write_private_key(&rig->dev, 0, private_key), ATECC_ERROR_EXECUTION);
    succeed(rig, atecc_is_locked(&rig->dev, &config_locked, &data_locked));
    assert_true(config_locked && data_locked);
}

#define WITH_CHIP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CHIP(the_chip_is_recognised),
        WITH_CHIP(a_written_key_signs_and_libcrypto_verifies),
        WITH_CHIP(a_key_with_leading_zeros_is_written_whole),
        WITH_CHIP(a_wrong_write_key_is_refused_and_changes_nothing),
        WITH_CHIP(a_key_made_in_the_chip_signs),
        WITH_CHIP(verify_agrees_with_libcrypto),
        WITH_CHIP(ephemeral_agreement_equals_libcryptos),
        WITH_CHIP(the_ephemeral_key_survives_signing_verifying_and_idle),
        WITH_CHIP(sleep_forgets_the_ephemeral_key),
        WITH_CHIP(agreement_with_a_slots_key_equals_libcryptos),
        WITH_CHIP(the_ecdh_vector),
        WITH_CHIP(slots_are_read_and_written),
        WITH_CHIP(a_slot_written_encrypted_takes_the_right_key_only),
        WITH_CHIP(aes_equals_libcryptos),
        WITH_CHIP(random_numbers_differ),
        WITH_CHIP(the_keys_outlive_the_chips_power),
        WITH_CHIP(nobody_answers_at_another_address),
        cmocka_unit_test_setup_teardown(a_new_chip_is_configured_locked_and_given_a_key, set_up_unlocked,
                                        tear_down),
    };

    return cmocka_run_group_tests_name("driver: with the virtual chip", tests, NULL, NULL);
}
