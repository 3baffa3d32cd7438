/* Key files: hex digits, SEC 1 and PKCS#8.  mongoose-os.md 3.13, 8.2 T5, T6, 8.3 R17 */

#include "atca/key_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char why[200];
static uint8_t key[CHIP_KEY_SIZE];
static const char *kind;

/* A scalar that begins with two zero bytes: the original writes 30 bytes of it in the wrong place. */
static const uint8_t small_scalar[32] = {0x00, 0x00, 0x12, 0x34, 0x56, [31] = 0x78};

static const uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static const uint8_t ec_public_key[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};

/* DER, built from the back: what is in `der` becomes the content of `tag`. */
struct der {
    uint8_t bytes[256];
    size_t start;
};

static void put(struct der *der, const uint8_t *bytes, size_t size)
{
    der->start -= size;
    memcpy(der->bytes + der->start, bytes, size);
}

static void wrap(struct der *der, uint8_t tag, size_t end)
{
    uint8_t head[2] = {tag, (uint8_t)(end - der->start)};

    put(der, head, 2);
}

/* ECPrivateKey (SEC 1 C.4), or with `is_pkcs8` PrivateKeyInfo (RFC 5208) around it. `size` bytes of scalar.
 */
static char *pem_of(const uint8_t *curve, size_t curve_size, const uint8_t *scalar, size_t size,
                    bool is_pkcs8)
{
    static const uint8_t version_0[] = {0x02, 0x01, 0x00}, version_1[] = {0x02, 0x01, 0x01};
    struct der der = {.start = sizeof der.bytes};
    BIO *bio = BIO_new(BIO_s_mem());
    size_t end;
    char *data, *text;
    long length;

    if (!is_pkcs8) {
        put(&der, curve, curve_size);
        wrap(&der, 0xa0, sizeof der.bytes);
    }
    end = der.start;
    put(&der, scalar, size);
    wrap(&der, 0x04, end);
    put(&der, version_1, 3);
    wrap(&der, 0x30, sizeof der.bytes);
    if (is_pkcs8) {
        wrap(&der, 0x04, sizeof der.bytes);
        end = der.start;
        put(&der, curve, curve_size);
        put(&der, ec_public_key, sizeof ec_public_key);
        wrap(&der, 0x30, end);
        put(&der, version_0, 3);
        wrap(&der, 0x30, sizeof der.bytes);
    }
    PEM_write_bio(bio, is_pkcs8 ? "PRIVATE KEY" : "EC PRIVATE KEY", "", der.bytes + der.start,
                  (long)(sizeof der.bytes - der.start));
    length = BIO_get_mem_data(bio, &data);
    text = strndup(data, (size_t)length);
    BIO_free(bio);
    return text;
}

static int parse(const char *text)
{
    memset(key, 0xee, sizeof key);
    return key_text_parse_ecc(text, strlen(text), key, &kind, why, sizeof why);
}

static void sec1(void **state)
{
    char *pem = pem_of(p256, sizeof p256, small_scalar, 32, false);

    assert_non_null(strstr(pem, "BEGIN EC PRIVATE KEY"));
    assert_int_equal(parse(pem), 0);
    assert_memory_equal(key, small_scalar, 32);
    assert_string_equal(kind, "EC PRIVATE KEY");
    free(pem);
}

static void pkcs8(void **state)
{
    char *pem = pem_of(p256, sizeof p256, small_scalar, 32, true);

    assert_non_null(strstr(pem, "BEGIN PRIVATE KEY"));
    assert_int_equal(parse(pem), 0);
    assert_memory_equal(key, small_scalar, 32);
    assert_string_equal(kind, "PRIVATE KEY");
    free(pem);
}

/* Some writers leave the leading zeros of the octet string out, against SEC 1 C.4. */
static void sec1_with_a_short_scalar(void **state)
{
    char *pem = pem_of(p256, sizeof p256, small_scalar + 2, 30, false);

    assert_int_equal(parse(pem), 0);
    assert_memory_equal(key, small_scalar, 32);
    free(pem);
}

/* What `openssl ecparam -genkey` writes: parameters first. */
static void other_blocks_are_skipped(void **state)
{
    char *pem = pem_of(p256, sizeof p256, small_scalar, 32, false), text[4096];

    snprintf(text, sizeof text,
             "a comment\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n%s",
             pem);
    assert_int_equal(parse(text), 0);
    assert_memory_equal(key, small_scalar, 32);
    free(pem);
}

static void every_leading_zero_is_kept(void **state)
{
    for (size_t zeros = 0; zeros < 32; zeros++) {
        uint8_t scalar[32] = {0};
        char *pem;

        memset(scalar + zeros, 0x5a, 32 - zeros);
        pem = pem_of(p256, sizeof p256, scalar, 32, zeros % 2);
        assert_int_equal(parse(pem), 0);
        assert_memory_equal(key, scalar, 32);
        free(pem);
    }
}

static void other_curves_are_refused(void **state)
{
    for (int is_pkcs8 = 0; is_pkcs8 < 2; is_pkcs8++) {
        char *pem = pem_of(p384, sizeof p384, small_scalar, 32, is_pkcs8);

        assert_int_equal(parse(pem), -1);
        assert_non_null(strstr(why, "its curve is secp384r1"));
        free(pem);
    }
}

static void other_algorithms_are_refused(void **state)
{
    EVP_PKEY *rsa = EVP_RSA_gen(1024);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data, *text;
    long length;

    PEM_write_bio_PrivateKey(bio, rsa, NULL, NULL, 0, NULL, NULL);
    length = BIO_get_mem_data(bio, &data);
    text = strndup(data, (size_t)length);
    assert_int_equal(parse(text), -1);
    assert_non_null(strstr(why, "no elliptic curve key"));
    free(text);
    BIO_free(bio);
    EVP_PKEY_free(rsa);
}

static void encrypted_keys_are_refused(void **state)
{
    assert_int_equal(
        parse("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"), -1);
    assert_non_null(strstr(why, "encrypted"));
    assert_int_equal(parse("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                           "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nMIIB\n"
                           "-----END EC PRIVATE KEY-----\n"),
                     -1);
    assert_non_null(strstr(why, "encrypted"));
}

static void certificates_are_no_keys(void **state)
{
    assert_int_equal(parse("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), -1);
    assert_non_null(strstr(why, "without a block EC PRIVATE KEY"));
    assert_int_equal(parse("-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n"), -1);
    assert_int_equal(parse("-----BEGIN EC PRIVATE KEY-----\nMI"), -1);
}

static void hex_digits(void **state)
{
    static const char digits[] = "0000123456000000000000000000000000000000000000000000000000000078\n";

    assert_int_equal(parse(digits), 0);
    assert_memory_equal(key, small_scalar, 32);
    assert_null(kind);
    assert_int_equal(parse("000000123456000000000000000000000000000000000000000000000000000078"),
                     0); /* 33 bytes */
    assert_memory_equal(key, small_scalar, 32);
    assert_int_equal(parse("1234"), -1);
    assert_string_equal(why, "expected 32 bytes, got 2");
}

/* 0, and the curve's order and above: no P-256 keys. */
static void numbers_out_of_range_are_refused(void **state)
{
    assert_int_equal(parse("0000000000000000000000000000000000000000000000000000000000000000"), -1);
    assert_int_equal(parse("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"), -1);
    assert_int_equal(parse("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"), 0);
    assert_int_equal(parse("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"), -1);
}

static int parse_hex(const char *text, size_t *count)
{
    static uint8_t bytes[64];

    return key_text_parse_hex(text, strlen(text), bytes, sizeof bytes, count, why, sizeof why);
}

static void hex_notations(void **state)
{
    size_t count;

    assert_int_equal(parse_hex("01 23,45:67\t89\r\nab", &count), 0);
    assert_int_equal(count, 6);
    assert_int_equal(parse_hex("0x01, 0x23, 0xAB\n", &count), 0);
    assert_int_equal(count, 3);
    assert_int_equal(parse_hex("0x0123 4567", &count), 0);
    assert_int_equal(count, 4);
    assert_int_equal(parse_hex("", &count), 0);
    assert_int_equal(count, 0);
}

/* The original takes the digits it finds in any text. */
static void text_is_no_key(void **state)
{
    size_t count;

    assert_int_equal(parse_hex("# my deadline\n00112233", &count), -1);
    assert_non_null(strstr(why, "line 1, column 1"));
    assert_int_equal(parse_hex("00112233\n4455667g", &count), -1);
    assert_non_null(strstr(why, "line 2, column 7"));
    assert_int_equal(parse_hex("012", &count), -1);
    assert_int_equal(parse_hex("0x", &count), -1);
    assert_int_equal(parse_hex("1 2", &count), -1);
    assert_int_equal(parse_hex("-----BEGIN EC PRIVATE KEY-----", &count), -1);
    assert_non_null(strstr(why, "PEM"));
}

static void messages_hold_no_key(void **state)
{
    size_t count;

    assert_int_equal(parse_hex("5ec2e7 5ec2e7xx", &count), -1);
    assert_null(strstr(why, "5ec2e7"));
}

static void fingerprint_is_the_head_of_sha256(void **state)
{
    char text[9];

    key_fingerprint((const uint8_t *)"abc", 3, text);
    assert_string_equal(text, "ba7816bf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sec1),
        cmocka_unit_test(pkcs8),
        cmocka_unit_test(sec1_with_a_short_scalar),
        cmocka_unit_test(other_blocks_are_skipped),
        cmocka_unit_test(every_leading_zero_is_kept),
        cmocka_unit_test(other_curves_are_refused),
        cmocka_unit_test(other_algorithms_are_refused),
        cmocka_unit_test(encrypted_keys_are_refused),
        cmocka_unit_test(certificates_are_no_keys),
        cmocka_unit_test(hex_digits),
        cmocka_unit_test(numbers_out_of_range_are_refused),
        cmocka_unit_test(hex_notations),
        cmocka_unit_test(text_is_no_key),
        cmocka_unit_test(messages_hold_no_key),
        cmocka_unit_test(fingerprint_is_the_head_of_sha256),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
