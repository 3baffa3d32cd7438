/* Key files: PEM private keys and keys as hex digits.  mongoose-os.md 3.13, 8.2 T5, T6 */

#include "key_file.h"

#include "fail.h"
#include "hex_text.h"
#include "local_file.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FILE_MAX (64 * 1024)

/* The order of P-256 (FIPS 186-4 D.1.2.3), which a private key must be below. */
static const uint8_t p256_order[CHIP_KEY_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

/* "expected 32 bytes, got <n>" and the like */
#define REFUSE(...) (snprintf(why, why_size, __VA_ARGS__), -1)

static bool is_zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;

    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}

/* T5: the scalar keeps its leading zeros. */
static int take_scalar(EVP_PKEY *pkey, uint8_t key[CHIP_KEY_SIZE], char *why, size_t why_size)
{
    BIGNUM *scalar = NULL;
    char curve[64] = "";
    size_t length;
    int status = -1;

    if (!EVP_PKEY_is_a(pkey, "EC"))
        return REFUSE("it is no elliptic curve key; the chip takes P-256 keys (openssl ecparam -name "
                      "prime256v1 -genkey)");
    if (!EVP_PKEY_get_group_name(pkey, curve, sizeof curve, &length) ||
        strcmp(curve, SN_X9_62_prime256v1) != 0)
        return REFUSE("its curve is %s; the chip takes P-256 keys (openssl ecparam -name prime256v1 -genkey)",
                      *curve ? curve : "not a named one");
    if (!EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &scalar))
        return REFUSE("it has no private key");
    if (!BN_is_zero(scalar) && BN_bn2binpad(scalar, key, CHIP_KEY_SIZE) == CHIP_KEY_SIZE &&
        memcmp(key, p256_order, CHIP_KEY_SIZE) < 0)
        status = 0;
    BN_clear_free(scalar);
    if (status)
        return REFUSE("its number is no P-256 private key: not between 1 and the curve's order");
    return 0;
}

/* DER of one PEM block. 1: not a block for us, 0: key read, -1: refused. */
static int take_block(const char *name, const char *header, const unsigned char *der, long size, uint8_t *key,
                      const char **kind, char *why, size_t why_size)
{
    bool is_sec1 = strcmp(name, "EC PRIVATE KEY") == 0;
    EVP_PKEY *pkey;
    int status;

    if (strstr(name, "ENCRYPTED") || strstr(header, "ENCRYPTED"))
        return REFUSE("the key is encrypted: decrypt it first (openssl pkey -in FILE -out PLAIN)");
    if (!is_sec1 && strcmp(name, "PRIVATE KEY") != 0)
        return 1;
    if (is_sec1)
        pkey = d2i_PrivateKey(EVP_PKEY_EC, NULL, &der, size);
    else
        pkey = d2i_AutoPrivateKey(NULL, &der, size);
    if (!pkey)
        return REFUSE("its %s block cannot be read", name);
    *kind = is_sec1 ? "EC PRIVATE KEY" : "PRIVATE KEY";
    status = take_scalar(pkey, key, why, why_size);
    EVP_PKEY_free(pkey);
    return status;
}

static int parse_pem(const char *text, size_t length, uint8_t *key, const char **kind, char *why,
                     size_t why_size)
{
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    char *name, *header;
    unsigned char *der;
    long size;
    int status = 1;

    if (!bio)
        return REFUSE("out of memory");
    while (status == 1 && PEM_read_bio(bio, &name, &header, &der, &size)) {
        status = take_block(name, header, der, size, key, kind, why, why_size);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(der, (size_t)size);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (status == 1)
        return REFUSE("it is a PEM file without a block EC PRIVATE KEY or PRIVATE KEY that can be read");
    return status;
}

int key_text_parse_ecc(const char *text, size_t length, uint8_t key[CHIP_KEY_SIZE], const char **kind,
                       char *why, size_t why_size)
{
    uint8_t bytes[CHIP_KEY_SIZE + 1];
    size_t count, skip = 0;
    int status = 0;

    *kind = NULL;
    if (length > KEY_FILE_MAX)
        return REFUSE("it is too big for a key");
    if (memmem(text, length, "-----BEGIN", 10))
        return parse_pem(text, length, key, kind, why, why_size);
    if (hex_text_parse(text, length, bytes, sizeof bytes, &count, why, why_size))
        return -1;
    if (count == CHIP_KEY_SIZE + 1 && bytes[0] == 0) /* as a positive ASN.1 number is written */
        skip = 1;
    if (count - skip != CHIP_KEY_SIZE)
        status = REFUSE("expected 32 bytes, got %zu", count);
    else if (is_zero(bytes + skip, CHIP_KEY_SIZE) || memcmp(bytes + skip, p256_order, CHIP_KEY_SIZE) >= 0)
        status = REFUSE("its number is no P-256 private key: not between 1 and the curve's order");
    else
        memcpy(key, bytes + skip, CHIP_KEY_SIZE);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return status;
}

int key_text_parse_hex(const char *text, size_t length, uint8_t *key, size_t capacity, size_t *count,
                       char *why, size_t why_size)
{
    if (memmem(text, length, "-----BEGIN", 10))
        return REFUSE("it is a PEM file; this slot takes hex digits (openssl rand -hex 32)");
    if (hex_text_parse(text, length, key, capacity, count, why, why_size))
        return -1;
    if (*count > capacity)
        return REFUSE("expected at most %zu bytes, got %zu", capacity, *count);
    return 0;
}

int key_file_read_ecc(const char *path, uint8_t key[CHIP_KEY_SIZE], const char **kind)
{
    size_t length;
    char *text = local_file_read(path, KEY_FILE_MAX, &length), why[200];
    int status;

    if (!text)
        return -1;
    status = key_text_parse_ecc(text, length, key, kind, why, sizeof why);
    OPENSSL_cleanse(text, length);
    free(text);
    if (status)
        fail("%s: %s", path, why);
    return status;
}

int key_file_read_hex(const char *path, uint8_t *key, size_t capacity, size_t *count)
{
    size_t length;
    char *text = local_file_read(path, KEY_FILE_MAX, &length), why[200];
    int status;

    if (!text)
        return -1;
    status = key_text_parse_hex(text, length, key, capacity, count, why, sizeof why);
    OPENSSL_cleanse(text, length);
    free(text);
    if (status)
        fail("%s: %s", path, why);
    return status;
}

int key_file_read_write_key(const char *path, uint8_t key[CHIP_KEY_SIZE])
{
    uint8_t bytes[1024];
    size_t count;
    int status = key_file_read_hex(path, bytes, sizeof bytes, &count);

    if (!status && count != CHIP_KEY_SIZE) {
        fail("%s: expected 32 bytes, got %zu", path, count);
        status = -1;
    }
    if (!status)
        memcpy(key, bytes, CHIP_KEY_SIZE);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return status;
}

void key_fingerprint(const uint8_t *key, size_t size, char text[9])
{
    uint8_t digest[32];

    EVP_Digest(key, size, digest, NULL, EVP_sha256(), NULL);
    snprintf(text, 9, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}
