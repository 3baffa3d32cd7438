/* The recipes of the sweeps, the rig they run on, and what may come of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/driver/reference_crypto.h"
#include "tests/driver/sweep_recipes.h"

struct sweep_rig rig;

void sweep_quiet(int err)
{
    char text[600];

    if (err)
        fail_msg("%s: without a fault: %s", rig.where, atecc_explain(&rig.dev, text, sizeof text));
}

void sweep_must_be_equal(const uint8_t *got, const uint8_t *expected, size_t length)
{
    if (memcmp(got, expected, length) != 0)
        fail_msg("%s: a wrong answer", rig.where);
}

static void must_be_written(const uint8_t *got, size_t length, enum sweep_expected expect)
{
    if (memcmp(got, rig.written.after, length) == 0)
        return;
    if (expect == NEW)
        fail_msg("%s: a wrong answer: the slot does not hold what was written", rig.where);
    if (memcmp(got, rig.written.before, length) != 0)
        fail_msg("%s: a damaged slot", rig.where);
}

/* Ends a session without losing what went wrong in it. */
static void end_session(void)
{
    struct atecc_failure failure = rig.dev.failure;

    (void)atecc_end(&rig.dev);
    rig.dev.failure = failure;
}

static int run_init(void)
{
    struct atecc dev;
    int err = atecc_init(&dev, &rig.faulty.vtable, 0x60, reference_sha256);

    if (!err) {
        sweep_must_be_equal(dev.serial, rig.dev.serial, 9);
        sweep_must_be_equal(dev.revision, rig.dev.revision, 4);
    }
    rig.dev.failure = dev.failure;
    return err;
}

static int run_read_config(void)
{
    uint8_t config[128];
    int err = atecc_read_config(&rig.dev, config);

    if (!err)
        sweep_must_be_equal(config, rig.config, 128);
    return err;
}

static int run_is_locked(void)
{
    int config_locked = 0, data_locked = 0;
    int err = atecc_is_locked(&rig.dev, &config_locked, &data_locked);

    if (!err && !(config_locked && data_locked))
        fail_msg("%s: a wrong answer", rig.where);
    return err;
}

static void write_two_slots(void)
{
    reference_random(rig.slot_11, 32);
    reference_random(rig.slot_12, 32);
    sweep_quiet(atecc_write_slot(&rig.dev, 11, 0, rig.slot_11));
    sweep_quiet(atecc_write_slot(&rig.dev, 12, 0, rig.slot_12));
}

static int run_read_slots(void)
{
    uint8_t a[32], b[32];
    int err = atecc_begin(&rig.dev);

    if (err)
        return err;
    err = atecc_read_slot(&rig.dev, 11, 0, a);
    if (!err)
        sweep_must_be_equal(a, rig.slot_11, 32);
    if (!err)
        err = atecc_read_slot(&rig.dev, 12, 0, b); /* another answer of the same length */
    if (!err)
        sweep_must_be_equal(b, rig.slot_12, 32);
    end_session();
    return err;
}

static int run_random(void)
{
    uint8_t one[32] = {0}, two[32] = {0};
    int err = atecc_begin(&rig.dev);

    if (err)
        return err;
    err = atecc_random(&rig.dev, one);
    if (!err)
        err = atecc_random(&rig.dev, two);
    if (!err && memcmp(one, two, 32) == 0)
        fail_msg("%s: the same random number twice", rig.where);
    end_session();
    return err;
}

static void plan_write(void)
{
    sweep_quiet(atecc_read_slot(&rig.dev, 10, 0, rig.written.before));
    reference_random(rig.written.after, 32);
}

static int run_write_slot(void)
{
    return atecc_write_slot(&rig.dev, 10, 0, rig.written.after);
}

static void check_slot_10(enum sweep_expected expect)
{
    uint8_t read[32];

    sweep_quiet(atecc_read_slot(&rig.dev, 10, 0, read));
    must_be_written(read, 32, expect);
}

/* Of slot 5 only what its key encrypts can be seen. */
static void see_slot_5(uint8_t seen[64])
{
    static const uint8_t in[16] = {1};

    memset(seen, 0, 64);
    sweep_quiet(atecc_aes(&rig.dev, 5, 0, 0, in, seen));
    sweep_quiet(atecc_aes(&rig.dev, 5, 1, 0, in, seen + 16));
}

static void plan_encrypted_write(void)
{
    static const uint8_t in[16] = {1};

    see_slot_5(rig.written.before);
    reference_random(rig.digest, 32);
    memset(rig.written.after, 0, 64);
    reference_aes(rig.digest, in, rig.written.after);
    reference_aes(rig.digest + 16, in, rig.written.after + 16);
}

static int run_write_slot_encrypted(void)
{
    return atecc_write_slot_encrypted(&rig.dev, 5, 0, rig.digest, 4, rig.write_key);
}

static void check_slot_5(enum sweep_expected expect)
{
    uint8_t seen[64];

    see_slot_5(seen);
    must_be_written(seen, 64, expect);
}

static void plan_private_key(void)
{
    sweep_quiet(atecc_public_key(&rig.dev, 1, rig.written.before));
    reference_key_pair(rig.digest, rig.written.after);
}

static int run_write_private_key(void)
{
    return atecc_write_private_key_encrypted(&rig.dev, 1, rig.digest, 4, rig.write_key);
}

static void check_slot_1(enum sweep_expected expect)
{
    uint8_t public_key[64];

    sweep_quiet(atecc_public_key(&rig.dev, 1, public_key));
    must_be_written(public_key, 64, expect);
}

/* A key made inside is known only if the answer arrived; whatever key is there now must be whole. */
static int run_gen_key(void)
{
    uint8_t public_key[64];

    memset(rig.written.after, 0, 64);
    int err = atecc_gen_key(&rig.dev, 3, public_key);
    if (!err)
        memcpy(rig.written.after, public_key, 64);
    return err;
}

static void check_slot_3(enum sweep_expected expect)
{
    static const uint8_t unknown[64];
    uint8_t public_key[64], digest[32], signature[64];

    sweep_quiet(atecc_public_key(&rig.dev, 3, public_key));
    if (expect == NEW || memcmp(rig.written.after, unknown, 64) != 0)
        sweep_must_be_equal(public_key, rig.written.after, 64);
    reference_random(digest, 32);
    sweep_quiet(atecc_sign(&rig.dev, 3, digest, signature));
    if (!reference_verify(public_key, digest, signature))
        fail_msg("%s: a damaged key", rig.where);
}

static int run_public_key(void)
{
    uint8_t public_key[64];
    int err = atecc_public_key(&rig.dev, 0, public_key);

    if (!err)
        sweep_must_be_equal(public_key, rig.public_key, 64);
    return err;
}

static int run_sign(void)
{
    uint8_t signature[64];

    reference_random(rig.digest, 32);
    int err = atecc_sign(&rig.dev, 0, rig.digest, signature);
    if (!err && !reference_verify(rig.public_key, rig.digest, signature))
        fail_msg("%s: a wrong signature", rig.where);
    return err;
}

static void sign_for_verify(void)
{
    reference_random(rig.digest, 32);
    reference_sign(rig.other, rig.digest, rig.signature);
}

static int run_verify_good(void)
{
    int err = atecc_verify(&rig.dev, rig.digest, rig.signature, rig.other_public);

    if (err == ATECC_ERROR_MISMATCH)
        fail_msg("%s: a good signature was called bad", rig.where);
    return err;
}

static int run_verify_bad(void)
{
    uint8_t bad[64];

    memcpy(bad, rig.signature, 64);
    bad[63] ^= 1;
    int err = atecc_verify(&rig.dev, rig.digest, bad, rig.other_public);
    if (err == ATECC_OK)
        fail_msg("%s: a bad signature was called good", rig.where);
    return err == ATECC_ERROR_MISMATCH ? ATECC_OK : err;
}

static int run_ephemeral(void)
{
    uint8_t public_key[64], secret[32], expected[32];
    int err = atecc_gen_ephemeral(&rig.dev, public_key);

    if (err)
        return err;
    err = atecc_ecdh_ephemeral(&rig.dev, rig.other_public, secret);
    if (!err) {
        reference_ecdh(rig.other, public_key, expected);
        sweep_must_be_equal(secret, expected, 32);
    }
    return err;
}

static int run_ecdh(void)
{
    uint8_t secret[32], expected[32];
    int err = atecc_ecdh(&rig.dev, 0, rig.other_public, secret);

    if (!err) {
        reference_ecdh(rig.key, rig.other_public, expected);
        sweep_must_be_equal(secret, expected, 32);
    }
    return err;
}

static void write_aes_key(void)
{
    sweep_quiet(atecc_write_slot_encrypted(&rig.dev, 5, 0, rig.key, 4, rig.write_key));
}

static int run_aes(void)
{
    uint8_t in[16] = {1, 2, 3}, out[16], expected[16];
    int err = atecc_aes(&rig.dev, 5, 1, 0, in, out);

    if (!err) {
        reference_aes(rig.key + 16, in, expected);
        sweep_must_be_equal(out, expected, 16);
    }
    return err;
}

const struct sweep_recipe sweep_recipes[] = {
    {"init", NULL, run_init, NULL, 0},
    {"read config", NULL, run_read_config, NULL, 0},
    {"is locked", NULL, run_is_locked, NULL, 0},
    {"read two slots", write_two_slots, run_read_slots, NULL, 0},
    {"random twice", NULL, run_random, NULL, 0},
    {"write slot", plan_write, run_write_slot, check_slot_10, 0},
    {"write slot encrypted", plan_encrypted_write, run_write_slot_encrypted, check_slot_5, 0},
    {"write private key", plan_private_key, run_write_private_key, check_slot_1, 0},
    {"gen key", NULL, run_gen_key, check_slot_3, 0},
    {"public key", NULL, run_public_key, NULL, 0},
    {"sign", NULL, run_sign, NULL, 0},
    {"verify good", sign_for_verify, run_verify_good, NULL, 0},
    {"verify bad", sign_for_verify, run_verify_bad, NULL, 0},
    {"ephemeral", NULL, run_ephemeral, NULL, 1},
    {"ecdh", NULL, run_ecdh, NULL, 0},
    {"aes", write_aes_key, run_aes, NULL, 0},
};

void sweep_check_error(const struct sweep_recipe *recipe, int err, int forgets)
{
    char text[600];
    int clean = err == ATECC_OK || err == ATECC_ERROR_BUS || err == ATECC_ERROR_NO_DEVICE ||
                err == ATECC_ERROR_TIMEOUT || err == ATECC_ERROR_RESPONSE;

    if (err == ATECC_ERROR_EXECUTION && (recipe->may_lose || forgets))
        clean = 1;
    if (!clean)
        fail_msg("%s: %s", rig.where, atecc_explain(&rig.dev, text, sizeof text));
    if (err && rig.dev.failure.error != (enum atecc_error)err)
        fail_msg("%s: error %d, but the failure says %d", rig.where, err, rig.dev.failure.error);
    assert_int_equal(rig.dev.session_depth, 0);
}

void sweep_set_up(void)
{
    chip_process_start(&rig.chip, "mongoose");
    assert_int_equal(bus_open(&rig.bus, rig.chip.where), 0);
    faulty_bus_init(&rig.faulty, &rig.bus.vtable);
    sweep_quiet(atecc_init(&rig.dev, &rig.faulty.vtable, 0x60, reference_sha256));
    reference_random(rig.write_key, 32);
    reference_key_pair(rig.key, rig.public_key);
    reference_key_pair(rig.other, rig.other_public);
    sweep_quiet(atecc_write_slot(&rig.dev, 4, 0, rig.write_key));
    write_two_slots();
    sweep_quiet(atecc_write_private_key_encrypted(&rig.dev, 0, rig.key, 4, rig.write_key));
    sweep_quiet(atecc_write_private_key_encrypted(&rig.dev, 1, rig.key, 4, rig.write_key));
    sweep_quiet(atecc_write_slot_encrypted(&rig.dev, 5, 0, rig.key, 4, rig.write_key));
    sweep_quiet(atecc_gen_key(&rig.dev, 3, rig.signature));
    sweep_quiet(atecc_read_config(&rig.dev, rig.config));
}

void sweep_tear_down(void)
{
    bus_close(&rig.bus);
    chip_process_remove(&rig.chip);
}
