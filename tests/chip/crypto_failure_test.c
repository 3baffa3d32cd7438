/* libcrypto fails, at each of its calls in turn: the command ends with an error, nothing is kept, and the next one works.
 *
 * The functions chip/crypto.c calls are wrapped when this program is linked (--wrap, tests/chip/meson.build). */

#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "part.h"

/* The call that is to fail, counted from 1; 0: none. */
static unsigned calls, failing_call;

static bool fails(void)
{
    return ++calls == failing_call;
}

#define WRAP(type, failure, name, parameters, arguments)                                                     \
    type __real_##name parameters;                                                                           \
    type __wrap_##name parameters;                                                                           \
    type __wrap_##name parameters                                                                            \
    {                                                                                                        \
        return fails() ? (failure) : __real_##name arguments;                                                \
    }

WRAP(void *, NULL, calloc, (size_t n, size_t size), (n, size))
WRAP(EC_KEY *, NULL, EC_KEY_new_by_curve_name, (int curve), (curve))
WRAP(BN_CTX *, NULL, BN_CTX_secure_new, (void), ())
WRAP(BIGNUM *, NULL, BN_secure_new, (void), ())
WRAP(EC_POINT *, NULL, EC_POINT_new, (const EC_GROUP *group), (group))
WRAP(EVP_CIPHER *, NULL, EVP_CIPHER_fetch, (OSSL_LIB_CTX * library, const char *name, const char *properties),
     (library, name, properties))
WRAP(EVP_CIPHER_CTX *, NULL, EVP_CIPHER_CTX_new, (void), ())
WRAP(int, 0, EC_POINT_oct2point,
     (const EC_GROUP *group, EC_POINT *point, const unsigned char *octets, size_t n, BN_CTX *numbers),
     (group, point, octets, n, numbers))
WRAP(size_t, 0, EC_POINT_point2oct,
     (const EC_GROUP *group, const EC_POINT *point, point_conversion_form_t form, unsigned char *octets,
      size_t n, BN_CTX *numbers),
     (group, point, form, octets, n, numbers))
WRAP(int, 0, EC_POINT_mul,
     (const EC_GROUP *group, EC_POINT *product, const BIGNUM *n, const EC_POINT *q, const BIGNUM *m,
      BN_CTX *numbers),
     (group, product, n, q, m, numbers))
WRAP(BIGNUM *, NULL, BN_bin2bn, (const unsigned char *bytes, int n, BIGNUM *number), (bytes, n, number))
WRAP(int, -1, BN_bn2binpad, (const BIGNUM *number, unsigned char *bytes, int n), (number, bytes, n))
WRAP(int, 0, EC_KEY_set_public_key, (EC_KEY * key, const EC_POINT *point), (key, point))
WRAP(ECDSA_SIG *, NULL, ECDSA_do_sign, (const unsigned char *digest, int n, EC_KEY *key), (digest, n, key))
WRAP(ECDSA_SIG *, NULL, ECDSA_SIG_new, (void), ())
WRAP(int, 0, ECDSA_SIG_set0, (ECDSA_SIG * signature, BIGNUM *r, BIGNUM *s), (signature, r, s))
WRAP(int, -1, ECDSA_do_verify, (const unsigned char *digest, int n, const ECDSA_SIG *signature, EC_KEY *key),
     (digest, n, signature, key))
WRAP(int, 0, EVP_CipherInit_ex2,
     (EVP_CIPHER_CTX * context, const EVP_CIPHER *cipher, const unsigned char *key, const unsigned char *iv,
      int encrypt, const OSSL_PARAM parameters[]),
     (context, cipher, key, iv, encrypt, parameters))
WRAP(int, 0, EVP_CIPHER_CTX_set_padding, (EVP_CIPHER_CTX * context, int padding), (context, padding))

/* Taking the key back, with NULL, is no call that can fail. */
int __real_EC_KEY_set_private_key(EC_KEY *key, const BIGNUM *number);
int __wrap_EC_KEY_set_private_key(EC_KEY *key, const BIGNUM *number);
int __wrap_EC_KEY_set_private_key(EC_KEY *key, const BIGNUM *number)
{
    return number && fails() ? 0 : __real_EC_KEY_set_private_key(key, number);
}

/* It can fail in two ways: say so, and give fewer bytes than the block has. */
int __real_EVP_CipherUpdate(EVP_CIPHER_CTX *context, unsigned char *out, int *n, const unsigned char *in,
                            int length);
int __wrap_EVP_CipherUpdate(EVP_CIPHER_CTX *context, unsigned char *out, int *n, const unsigned char *in,
                            int length);
int __wrap_EVP_CipherUpdate(EVP_CIPHER_CTX *context, unsigned char *out, int *n, const unsigned char *in,
                            int length)
{
    if (fails())
        return 0;
    int ok = __real_EVP_CipherUpdate(context, out, n, in, length);
    if (fails())
        *n = 0;
    return ok;
}

/* ---- the functions ---------------------------------------------------------------------------------- */

static const uint8_t digest[32] = {1, 2, 3}, private_key[32] = {[31] = 7};
static uint8_t public_key[64], signature[64];

static bool all_zero(const uint8_t *bytes, size_t n)
{
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++)
        any |= bytes[i];
    return any == 0;
}

struct function {
    const char *name;
    bool (*call)(struct chip_crypto *crypto, uint8_t *output);
    size_t output; /* bytes, zero after a failure */
    unsigned calls_at_least;
};

static bool call_public(struct chip_crypto *crypto, uint8_t *output)
{
    return chip_p256_public(crypto, private_key, output);
}

static bool call_shared_secret(struct chip_crypto *crypto, uint8_t *output)
{
    return chip_p256_shared_secret(crypto, private_key, public_key, output);
}

static bool call_sign(struct chip_crypto *crypto, uint8_t *output)
{
    return chip_p256_sign(crypto, private_key, digest, output);
}

static bool call_verify(struct chip_crypto *crypto, uint8_t *output)
{
    return chip_p256_verify(crypto, public_key, digest, signature);
}

static bool call_point_valid(struct chip_crypto *crypto, uint8_t *output)
{
    return chip_p256_point_valid(crypto, public_key);
}

static bool call_aes(struct chip_crypto *crypto, uint8_t *output)
{
    return chip_aes128_block(crypto, true, digest, digest + 16, output);
}

static const struct function functions[] = {
    {"public", call_public, 64, 3}, {"shared secret", call_shared_secret, 32, 4}, {"sign", call_sign, 64, 5},
    {"verify", call_verify, 0, 7},  {"point valid", call_point_valid, 0, 1},      {"AES", call_aes, 16, 4},
};

/* Whichever call fails, the function says so and leaves its output zero; afterwards it works as before. */
static void test_every_function_says_that_it_failed(void **state)
{
    struct chip_crypto *crypto = chip_crypto_new();

    assert_non_null(crypto);
    assert_true(chip_p256_public(crypto, private_key, public_key));
    assert_true(chip_p256_sign(crypto, private_key, digest, signature));
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        const struct function *function = &functions[i];
        uint8_t output[64];
        unsigned at = 0;
        bool ok;
        do {
            memset(output, 0x55, sizeof output);
            calls = 0;
            failing_call = ++at;
            ok = function->call(crypto, output);
            failing_call = 0;
            if (ok != (calls < at))
                fail_msg("%s: call %u of %u failed, and it says %d", function->name, at, calls, ok);
            if (!ok)
                assert_true(all_zero(output, function->output));
            assert_true(function->call(crypto, output));
        } while (!ok);
        assert_true(at > function->calls_at_least);
    }
    chip_crypto_free(crypto);
}

static void test_no_crypto_is_made_by_halves(void **state)
{
    struct chip_crypto *crypto;
    unsigned at = 0;

    do {
        calls = 0;
        failing_call = ++at;
        crypto = chip_crypto_new();
        failing_call = 0;
        assert_true((crypto != NULL) == (calls < at));
    } while (!crypto);
    chip_crypto_free(crypto);
    assert_int_equal(at, 1 + 8); /* calloc and seven objects */
    chip_crypto_free(NULL);
}

static void test_a_chip_without_libcrypto_is_none(void **state)
{
    const struct chip_eeprom eeprom = {.config = {0}};
    const struct chip_platform platform = {.context = NULL};
    const struct chip_policy policy = {.fast = true};
    struct chip chip;

    calls = 0;
    failing_call = 2;
    assert_int_equal(chip_init(&chip, &eeprom, &platform, &policy), -1);
    failing_call = 0;
}

/* ---- the commands ----------------------------------------------------------------------------------- */

static struct part part;

enum { SIGNING_SLOT = 0, AES_SLOT = 9 };

static int set_up(void **state)
{
    failing_call = 0;
    part_make(&part, "mongoose", BOTH_LOCKED);
    part_set_slot(&part, AES_SLOT, 0x0F0F, 0x0018);
    part.chip.eeprom.config[13] |= 1; /* AES_Enable (2.2) */
    part_fill_slot(&part, AES_SLOT, 0, digest, sizeof digest);
    expect_answer(&part, 64, public_key, GENKEY, 0x04, SIGNING_SLOT, NULL, 0);
    return 0;
}

static int tear_down(void **state)
{
    failing_call = 0;
    part_free(&part);
    return 0;
}

struct trial {
    uint8_t opcode, p1;
    uint16_t p2;
    const uint8_t *data;
    size_t n;
    bool with_digest; /* TempKey is `digest` */
    enum chip_status failed;
};

static size_t run_trial(const struct trial *trial, unsigned failing, uint8_t answer[128])
{
    failing_call = 0;
    if (trial->with_digest)
        expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, sizeof digest);
    calls = 0;
    failing_call = failing;
    size_t n = part_command(&part, trial->opcode, trial->p1, trial->p2, trial->data, trial->n, answer);
    failing_call = 0;
    return n;
}

static void sweep(const struct trial *trial, size_t expected_length)
{
    uint8_t answer[128];

    for (unsigned at = 1;; at++) {
        struct chip_eeprom before = part.chip.eeprom;
        size_t n = run_trial(trial, at, answer);
        if (calls < at) { /* there is no such call any more: it went through */
            assert_true(at > 1);
            assert_int_equal(n, expected_length);
            return;
        }
        if (n != 1 || answer[0] != trial->failed)
            fail_msg("opcode %02X, call %u: %zu bytes, the first %02X", trial->opcode, at, n, answer[0]);
        assert_memory_equal(&before, &part.chip.eeprom, sizeof before);
    }
}

static void test_genkey_keeps_no_key(void **state)
{
    sweep(&(const struct trial){GENKEY, 0x04, SIGNING_SLOT, NULL, 0, false, CHIP_ECC_FAULT}, 64);
    sweep(&(const struct trial){GENKEY, 0x00, SIGNING_SLOT, NULL, 0, false, CHIP_ECC_FAULT}, 64);
}

static void test_sign_gives_no_signature(void **state)
{
    sweep(&(const struct trial){SIGN, 0x80, SIGNING_SLOT, NULL, 0, true, CHIP_ECC_FAULT}, 64);
}

static void test_verify_does_not_call_it_genuine(void **state)
{
    uint8_t data[128], answer[128];
    const struct trial sign = {SIGN, 0x80, SIGNING_SLOT, NULL, 0, true, CHIP_ECC_FAULT};

    assert_int_equal(run_trial(&sign, 0, data), 64);
    memcpy(data + 64, public_key, 64);
    const struct trial verify = {VERIFY, 0x02, 0x0004, data, 128, true, CHIP_MISMATCH};
    assert_int_equal(run_trial(&verify, 0, answer), 1);
    assert_int_equal(answer[0], CHIP_SUCCESS);
    sweep(&verify, 1);
}

static void test_ecdh_gives_no_secret(void **state)
{
    sweep(&(const struct trial){ECDH, 0x0C, SIGNING_SLOT, public_key, 64, false, CHIP_ECC_FAULT}, 32);
}

static void test_aes_gives_no_block(void **state)
{
    sweep(&(const struct trial){AES, 0x00, AES_SLOT, digest, 16, false, CHIP_ECC_FAULT}, 16);
}

/* A self-test that cannot be done has failed: the answer says so.  3.21. The last step is to find a wrong signature wrong,
 * and there a failing libcrypto says the right thing for the wrong reason. */
static void test_the_self_test_notices(void **state)
{
    enum { LAST_STEP = 7 };
    uint8_t answer[128];
    const struct trial trial = {SELFTEST, 0x3F, 0, NULL, 0, false, CHIP_SUCCESS};

    assert_int_equal(run_trial(&trial, 0, answer), 1);
    assert_int_equal(answer[0], 0);
    unsigned all = calls;
    assert_true(all > LAST_STEP + 20);
    for (unsigned at = 1; at <= all - LAST_STEP; at++) {
        assert_int_equal(run_trial(&trial, at, answer), 1);
        assert_int_not_equal(answer[0], 0);
    }
    assert_int_equal(run_trial(&trial, 0, answer), 1);
    assert_int_equal(answer[0], 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_function_says_that_it_failed),
        cmocka_unit_test(test_no_crypto_is_made_by_halves),
        cmocka_unit_test(test_a_chip_without_libcrypto_is_none),
        T(test_genkey_keeps_no_key),
        T(test_sign_gives_no_signature),
        T(test_verify_does_not_call_it_genuine),
        T(test_ecdh_gives_no_secret),
        T(test_aes_gives_no_block),
        T(test_the_self_test_notices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
