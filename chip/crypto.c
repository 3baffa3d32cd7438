/* The chip's SHA-256, P-256 and AES-128, from libcrypto.
 *
 * The low-level interfaces are deprecated since OpenSSL 3 but are the ones that fit: SHA256_CTX shows the
 * intermediate state that SHA read-context returns (atecc608.md 3.19), and EC_KEY lets one object serve
 * every signature instead of building an EVP_PKEY for each.
 */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

struct chip_crypto {
    EC_KEY *key;           /* P-256; holds a private or public key only while one is in use */
    const EC_GROUP *group; /* of `key` */
    BN_CTX *numbers;
    BIGNUM *scalar;
    EC_POINT *point;
    EC_POINT *product;
    EVP_CIPHER *aes;
    EVP_CIPHER_CTX *cipher;
};

void chip_crypto_free(struct chip_crypto *crypto)
{
    if (!crypto)
        return;
    EVP_CIPHER_CTX_free(crypto->cipher);
    EVP_CIPHER_free(crypto->aes);
    EC_POINT_clear_free(crypto->product);
    EC_POINT_free(crypto->point);
    BN_clear_free(crypto->scalar);
    BN_CTX_free(crypto->numbers);
    EC_KEY_free(crypto->key);
    free(crypto);
}

struct chip_crypto *chip_crypto_new(void)
{
    struct chip_crypto *crypto = calloc(1, sizeof *crypto);
    if (!crypto)
        return NULL;

    crypto->key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    crypto->group = crypto->key ? EC_KEY_get0_group(crypto->key) : NULL;
    crypto->numbers = BN_CTX_secure_new();
    crypto->scalar = BN_secure_new();
    crypto->point = crypto->group ? EC_POINT_new(crypto->group) : NULL;
    crypto->product = crypto->group ? EC_POINT_new(crypto->group) : NULL;
    crypto->aes = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
    crypto->cipher = EVP_CIPHER_CTX_new();

    if (!crypto->group || !crypto->numbers || !crypto->scalar || !crypto->point || !crypto->product ||
        !crypto->aes || !crypto->cipher) {
        chip_crypto_free(crypto);
        return NULL;
    }
    BN_set_flags(crypto->scalar, BN_FLG_CONSTTIME);
    return crypto;
}

void chip_sha256_start(struct chip_sha256 *sha)
{
    SHA256_CTX context;
    SHA256_Init(&context);
    *sha = (struct chip_sha256){.total = 0};
    for (unsigned i = 0; i < 8; i++)
        sha->state[i] = context.h[i];
}

/* libcrypto's context and ours say the same things; ours has a layout of its own. */
static void to_libcrypto(const struct chip_sha256 *sha, SHA256_CTX *context)
{
    uint64_t bits = sha->total << 3;

    memset(context, 0, sizeof *context);
    for (unsigned i = 0; i < 8; i++)
        context->h[i] = sha->state[i];
    context->Nl = (SHA_LONG)bits;
    context->Nh = (SHA_LONG)(bits >> 32);
    context->num = (unsigned)(sha->total % 64);
    context->md_len = SHA256_DIGEST_LENGTH;
    memcpy(context->data, sha->block, context->num);
}

void chip_sha256_update(struct chip_sha256 *sha, const void *bytes, size_t n)
{
    SHA256_CTX context;

    if (n == 0)
        return;
    to_libcrypto(sha, &context);
    SHA256_Update(&context, bytes, n);
    for (unsigned i = 0; i < 8; i++)
        sha->state[i] = context.h[i];
    sha->total += n;
    memcpy(sha->block, context.data, sizeof sha->block);
    OPENSSL_cleanse(&context, sizeof context);
}

void chip_sha256_zeros(struct chip_sha256 *sha, size_t n)
{
    static const uint8_t zeros[64];

    while (n > 0) {
        size_t part = n < sizeof zeros ? n : sizeof zeros;
        chip_sha256_update(sha, zeros, part);
        n -= part;
    }
}

void chip_sha256_finish(struct chip_sha256 *sha, uint8_t digest[32])
{
    SHA256_CTX context;

    to_libcrypto(sha, &context);
    SHA256_Final(digest, &context);
    OPENSSL_cleanse(&context, sizeof context);
    OPENSSL_cleanse(sha, sizeof *sha);
}

bool chip_p256_scalar_valid(const uint8_t d[32])
{
    /* The order of the group, SEC 2 2.4.2. */
    static const uint8_t order[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                      0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    unsigned borrow = 0;
    unsigned any = 0;

    for (int i = 31; i >= 0; i--) { /* d - order borrows exactly when d < order */
        unsigned difference = 0x100u + d[i] - order[i] - borrow;
        borrow = 1u - (difference >> 8);
        any |= d[i];
    }
    return borrow == 1 && any != 0;
}

static bool load_point(struct chip_crypto *crypto, const uint8_t point[64])
{
    uint8_t octets[65] = {0x04}; /* uncompressed, SEC 1 2.3.3 */

    memcpy(octets + 1, point, 64);
    return EC_POINT_oct2point(crypto->group, crypto->point, octets, sizeof octets, crypto->numbers) == 1;
}

bool chip_p256_point_valid(struct chip_crypto *crypto, const uint8_t point[64])
{
    return load_point(crypto, point);
}

static bool product_coordinates(struct chip_crypto *crypto, uint8_t point[64])
{
    uint8_t octets[65];
    size_t n = EC_POINT_point2oct(crypto->group, crypto->product, POINT_CONVERSION_UNCOMPRESSED, octets,
                                  sizeof octets, crypto->numbers);
    if (n == sizeof octets)
        memcpy(point, octets + 1, 64);
    OPENSSL_cleanse(octets, sizeof octets);
    return n == sizeof octets;
}

bool chip_p256_public(struct chip_crypto *crypto, const uint8_t d[32], uint8_t point[64])
{
    memset(point, 0, 64);
    bool ok = BN_bin2bn(d, 32, crypto->scalar) &&
              EC_POINT_mul(crypto->group, crypto->product, crypto->scalar, NULL, NULL, crypto->numbers) &&
              product_coordinates(crypto, point);
    BN_clear(crypto->scalar);
    return ok;
}

bool chip_p256_shared_secret(struct chip_crypto *crypto, const uint8_t d[32], const uint8_t point[64],
                             uint8_t secret[32])
{
    uint8_t result[64];

    memset(secret, 0, 32);
    if (!load_point(crypto, point))
        return false;
    bool ok =
        BN_bin2bn(d, 32, crypto->scalar) &&
        EC_POINT_mul(crypto->group, crypto->product, NULL, crypto->point, crypto->scalar, crypto->numbers) &&
        product_coordinates(crypto, result);
    if (ok)
        memcpy(secret, result, 32);
    BN_clear(crypto->scalar);
    EC_POINT_set_to_infinity(crypto->group, crypto->product);
    OPENSSL_cleanse(result, sizeof result);
    return ok;
}

bool chip_p256_sign(struct chip_crypto *crypto, const uint8_t d[32], const uint8_t digest[32],
                    uint8_t signature[64])
{
    ECDSA_SIG *made = NULL;

    memset(signature, 0, 64);
    if (BN_bin2bn(d, 32, crypto->scalar) && EC_KEY_set_private_key(crypto->key, crypto->scalar))
        made = ECDSA_do_sign(digest, 32, crypto->key);
    bool ok = made && BN_bn2binpad(ECDSA_SIG_get0_r(made), signature, 32) == 32 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(made), signature + 32, 32) == 32;
    if (!ok)
        memset(signature, 0, 64);
    ECDSA_SIG_free(made);
    EC_KEY_set_private_key(crypto->key, NULL); /* wipes libcrypto's copy */
    BN_clear(crypto->scalar);
    return ok;
}

bool chip_p256_verify(struct chip_crypto *crypto, const uint8_t point[64], const uint8_t digest[32],
                      const uint8_t signature[64])
{
    if (!load_point(crypto, point) || !EC_KEY_set_public_key(crypto->key, crypto->point))
        return false;

    ECDSA_SIG *given = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL);
    BIGNUM *s = BN_bin2bn(signature + 32, 32, NULL);
    bool ok = false;
    if (given && r && s && ECDSA_SIG_set0(given, r, s)) {
        r = s = NULL; /* `given` owns them now */
        ok = ECDSA_do_verify(digest, 32, given, crypto->key) == 1;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(given);
    return ok;
}

bool chip_aes128_block(struct chip_crypto *crypto, bool encrypt, const uint8_t key[16], const uint8_t in[16],
                       uint8_t out[16])
{
    int n = 0;

    memset(out, 0, 16);
    bool ok = EVP_CipherInit_ex2(crypto->cipher, crypto->aes, key, NULL, encrypt, NULL) &&
              EVP_CIPHER_CTX_set_padding(crypto->cipher, 0) &&
              EVP_CipherUpdate(crypto->cipher, out, &n, in, 16) && n == 16;
    if (!ok)
        OPENSSL_cleanse(out, 16);
    EVP_CIPHER_CTX_reset(crypto->cipher);
    return ok;
}

bool chip_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void chip_wipe(void *bytes, size_t n)
{
    OPENSSL_cleanse(bytes, n);
}
