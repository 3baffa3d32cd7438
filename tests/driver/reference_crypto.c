/* What the chip computes, computed by libcrypto. */

#include "reference_crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

void reference_sha256(const uint8_t *data, size_t length, uint8_t digest[32])
{
    EVP_Digest(data, length, digest, NULL, EVP_sha256(), NULL);
}

void reference_random(uint8_t *data, size_t length)
{
    assert_int_equal(RAND_bytes(data, (int)length), 1);
}

void reference_public_key(const uint8_t private_key[32], uint8_t public_key[64])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *scalar = BN_bin2bn(private_key, 32, NULL);
    uint8_t encoded[65];

    assert_int_equal(EC_POINT_mul(group, point, scalar, NULL, NULL, NULL), 1);
    assert_int_equal(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded, 65, NULL), 65);
    memcpy(public_key, encoded + 1, 64);
    BN_free(scalar);
    EC_POINT_free(point);
    EC_GROUP_free(group);
}

void reference_key_pair(uint8_t private_key[32], uint8_t public_key[64])
{
    reference_random(private_key, 32);
    private_key[0] &= 0x7F; /* below the order */
    reference_public_key(private_key, public_key);
}

/* `private_key` may be NULL. */
static EVP_PKEY *key(const uint8_t private_key[32], const uint8_t public_key[64])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *scalar = private_key ? BN_bin2bn(private_key, 32, NULL) : NULL;
    uint8_t encoded[65] = {4};
    EVP_PKEY *result = NULL;

    memcpy(encoded + 1, public_key, 64);
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, encoded, 65);
    if (scalar)
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);

    EVP_PKEY_fromdata_init(context);
    EVP_PKEY_fromdata(context, &result, scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(scalar);
    EVP_PKEY_CTX_free(context);
    return result;
}

void reference_sign(const uint8_t private_key[32], const uint8_t digest[32], uint8_t signature[64])
{
    uint8_t public_key[64], der[80];
    size_t size = sizeof(der);

    reference_public_key(private_key, public_key);
    EVP_PKEY *pair = key(private_key, public_key);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);

    EVP_PKEY_sign_init(context);
    assert_int_equal(EVP_PKEY_sign(context, der, &size, digest, 32), 1);
    const uint8_t *at = der;
    ECDSA_SIG *pieces = d2i_ECDSA_SIG(NULL, &at, (long)size);

    BN_bn2binpad(ECDSA_SIG_get0_r(pieces), signature, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pieces), signature + 32, 32);
    ECDSA_SIG_free(pieces);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pair);
}

int reference_verify(const uint8_t public_key[64], const uint8_t digest[32], const uint8_t signature[64])
{
    EVP_PKEY *public = key(NULL, public_key);
    ECDSA_SIG *pieces = ECDSA_SIG_new();
    uint8_t *der = NULL;

    if (!public) {
        ECDSA_SIG_free(pieces);
        return 0;
    }
    ECDSA_SIG_set0(pieces, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    int size = i2d_ECDSA_SIG(pieces, &der);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(public, NULL);

    EVP_PKEY_verify_init(context);
    int good = EVP_PKEY_verify(context, der, (size_t)size, digest, 32) == 1;

    EVP_PKEY_CTX_free(context);
    OPENSSL_free(der);
    ECDSA_SIG_free(pieces);
    EVP_PKEY_free(public);
    return good;
}

void reference_ecdh(const uint8_t private_key[32], const uint8_t peer[64], uint8_t secret[32])
{
    uint8_t public_key[64];
    size_t size = 32;

    reference_public_key(private_key, public_key);
    EVP_PKEY *mine = key(private_key, public_key), *theirs = key(NULL, peer);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);

    assert_non_null(theirs);
    EVP_PKEY_derive_init(context);
    assert_int_equal(EVP_PKEY_derive_set_peer(context, theirs), 1);
    assert_int_equal(EVP_PKEY_derive(context, secret, &size), 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(mine);
}

void reference_aes(const uint8_t aes_key[16], const uint8_t in[16], uint8_t out[16])
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int size = 16;

    EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), NULL, aes_key, NULL);
    EVP_CIPHER_CTX_set_padding(context, 0);
    assert_int_equal(EVP_EncryptUpdate(context, out, &size, in, 16), 1);
    EVP_CIPHER_CTX_free(context);
}
