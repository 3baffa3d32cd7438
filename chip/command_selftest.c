/* SelfTest (77): the chip checks its own computations.  atecc608.md 3.22 */

#include "command.h"

#include <string.h>

#include "crypto.h"

enum {
    TEST_RNG = 1 << 0,
    TEST_ECDSA = 1 << 2,
    TEST_ECDH = 1 << 3,
    TEST_AES = 1 << 4,
    TEST_SHA = 1 << 5,
    TEST_BITS = 0x3F, /* the library's "all" is 3B: bit 1 names nothing */
};

/* Private keys, and digests to sign: 2 * (1 * G) must be 2G. */
static const uint8_t one[32] = {[31] = 1};
static const uint8_t two[32] = {[31] = 2};

static bool sha_works(void)
{
    static const uint8_t of_abc[32] = {0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40,
                                       0xDE, 0x5D, 0xAE, 0x22, 0x23, 0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17,
                                       0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD};
    struct chip_sha256 sha;
    uint8_t digest[32];

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, "abc", 3);
    chip_sha256_finish(&sha, digest);
    return memcmp(digest, of_abc, 32) == 0;
}

static bool aes_works(struct chip_crypto *crypto)
{
    static const uint8_t zeros[16];
    static const uint8_t expected[16] = {0x66, 0xE9, 0x4B, 0xD4, 0xEF, 0x8A, 0x2C, 0x3B,
                                         0x88, 0x4C, 0xFA, 0x59, 0xCA, 0x34, 0x2B, 0x2E};
    uint8_t cipher[16];

    return chip_aes128_block(crypto, true, zeros, zeros, cipher) && memcmp(cipher, expected, 16) == 0;
}

static bool ecdh_works(struct chip_crypto *crypto)
{
    uint8_t of_one[64], of_two[64], secret[32];

    return chip_p256_public(crypto, one, of_one) && chip_p256_public(crypto, two, of_two) &&
           chip_p256_shared_secret(crypto, two, of_one, secret) && memcmp(secret, of_two, 32) == 0;
}

static bool ecdsa_works(struct chip_crypto *crypto)
{
    uint8_t point[64], signature[64];

    return chip_p256_public(crypto, two, point) && chip_p256_sign(crypto, two, one, signature) &&
           chip_p256_verify(crypto, point, one, signature) &&
           !chip_p256_verify(crypto, point, two, signature);
}

uint8_t chip_self_test(struct chip *chip, uint8_t bits)
{
    uint8_t failed = chip->faults & bits & TEST_BITS;

    if ((bits & TEST_SHA) && !sha_works())
        failed |= TEST_SHA;
    if ((bits & TEST_AES) && !aes_works(chip->crypto))
        failed |= TEST_AES;
    if ((bits & TEST_ECDH) && !ecdh_works(chip->crypto))
        failed |= TEST_ECDH;
    if ((bits & TEST_ECDSA) && !ecdsa_works(chip->crypto))
        failed |= TEST_ECDSA;
    chip->selftest_failed = (uint8_t)((chip->selftest_failed & ~bits) | failed);
    return failed;
}

enum chip_status chip_command_selftest(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 & ~TEST_BITS)
        return chip_refuse(call, CHIP_PARSE, "test bits %02X do not exist (Param1 bits 7:6)", call->p1);
    if (call->p2 != 0)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000, and is %04X", call->p2);

    /* GUESS 59: without bits, the last result */
    call->answer[0] = call->p1 ? chip_self_test(chip, call->p1) : chip->selftest_failed;
    call->answer_length = 1;
    return CHIP_SUCCESS;
}
