/* What a certificate is meant for, byte by byte: the walk to the extended key usage. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "test_certificates.h"
#include "tls_purpose.h"

enum { READABLE = 1, SERVER = 2, CLIENT = 4, ANY = READABLE | SERVER | CLIENT };

/* What is read from `der`, pushed in pieces of `step` bytes. */
static int read_in_steps(const uint8_t *der, size_t length, size_t step)
{
    struct tls_purpose purpose;

    tls_purpose_start(&purpose, (uint32_t)length);
    for (size_t at = 0; at < length; at += step)
        tls_purpose_push(&purpose, der + at, length - at < step ? length - at : step);
    if (!tls_purpose_is_readable(&purpose))
        return 0;
    return READABLE | (tls_purpose_allows(&purpose, true) ? SERVER : 0) |
           (tls_purpose_allows(&purpose, false) ? CLIENT : 0);
}

static int read_all(const uint8_t *der, size_t length)
{
    return read_in_steps(der, length, length ? length : 1);
}

static EVP_PKEY *key;

static int make(void **state)
{
    key = make_key("P-256");
    return 0;
}

static int forget(void **state)
{
    EVP_PKEY_free(key);
    return 0;
}

/* DER of a certificate with this extended key usage (NULL: none); the caller frees it. */
static uint8_t *certificate(const char *usage, int version_1, size_t *length)
{
    X509 *made = make_certificate(&(struct recipe){
        .name = "board", .key = key, .dns_name = "board.tmc.com", .usage = usage, .version_1 = version_1});
    uint8_t *der = NULL;

    *length = (size_t)i2d_X509(made, &der);
    X509_free(made);
    return der;
}

static void test_usages(void **state)
{
    static const struct {
        const char *usage;
        int expected;
    } cases[] = {
        {NULL, ANY},
        {"serverAuth", READABLE | SERVER},
        {"clientAuth", READABLE | CLIENT},
        {"serverAuth,clientAuth", ANY},
        {"clientAuth,codeSigning,serverAuth", ANY},
        {"critical,clientAuth", READABLE | CLIENT},
        {"anyExtendedKeyUsage", ANY},
        {"codeSigning", READABLE},
        {"1.3.6.1.5.5.7.3", READABLE},     /* shorter than serverAuth */
        {"1.3.6.1.5.5.7.3.1.7", READABLE}, /* longer */
        {"2.5.29.37", READABLE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        uint8_t *der = certificate(cases[i].usage, 0, &length);

        for (size_t step = 1; step < 40; step++)
            if (read_in_steps(der, length, step) != cases[i].expected)
                fail_msg("%s: %d instead of %d in steps of %zu", cases[i].usage ? cases[i].usage : "none",
                         read_in_steps(der, length, step), cases[i].expected, step);
        assert_int_equal(read_all(der, length), cases[i].expected);
        OPENSSL_free(der);
    }
}

static void test_version_1_has_no_extensions(void **state)
{
    size_t length;
    uint8_t *der = certificate(NULL, 1, &length);

    assert_int_equal(read_all(der, length), ANY);
    OPENSSL_free(der);
}

static void test_a_certificate_that_is_cut_off_or_goes_on_is_unreadable(void **state)
{
    size_t length;
    uint8_t *der = certificate("clientAuth", 0, &length), *longer = calloc(1, length + 1);

    for (size_t cut = 0; cut < length; cut++)
        assert_int_equal(read_all(der, cut), 0);
    memcpy(longer, der, length);
    assert_int_equal(read_all(longer, length + 1), 0);
    free(longer);
    OPENSSL_free(der);
}

/* --- by hand
 * --------------------------------------------------------------------------------------------------------- */

/* A certificate of nothing but extensions: SEQUENCE { SEQUENCE { [3] { SEQUENCE { extensions } } } }. */
static int with_extensions(const uint8_t *extensions, size_t length)
{
    uint8_t der[128] = {0x30, (uint8_t)(length + 6), 0x30, (uint8_t)(length + 4),
                        0xa3, (uint8_t)(length + 2), 0x30, (uint8_t)length};

    memcpy(der + 8, extensions, length);
    return read_all(der, length + 8);
}
#define WITH(...)   with_extensions((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})
#define USAGE       0x06, 0x03, 0x55, 0x1d, 0x25
#define SERVER_AUTH 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01
#define FOR_SERVERS 0x30, 0x13, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH

static void test_extensions_by_hand(void **state)
{
    assert_int_equal(WITH(FOR_SERVERS), READABLE | SERVER);
    /* nothing in it: meant for nothing */
    assert_int_equal(WITH(0x30, 0x09, USAGE, 0x04, 0x02, 0x30, 0x00), READABLE);
    assert_int_equal(WITH(0x30, 0x07, USAGE, 0x04, 0x00), READABLE);
    /* twice (RFC 5280 4.2) */
    assert_int_equal(WITH(FOR_SERVERS, FOR_SERVERS), 0);
    /* another extension with the same value, and one with the whole extension in it */
    assert_int_equal(WITH(0x30, 0x13, 0x06, 0x03, 0x55, 0x1d, 0x26, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH),
                     ANY);
    assert_int_equal(WITH(0x30, 0x1c, 0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04, 0x15, FOR_SERVERS), ANY);
    /* the identifier after the value, or twice */
    assert_int_equal(WITH(0x30, 0x13, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH, USAGE), 0);
    assert_int_equal(WITH(0x30, 0x18, USAGE, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH), 0);
    /* a value that is no list of identifiers, or two lists */
    assert_int_equal(WITH(0x30, 0x11, USAGE, 0x04, 0x0a, SERVER_AUTH), 0);
    assert_int_equal(WITH(0x30, 0x0b, USAGE, 0x04, 0x04, 0x30, 0x02, 0x05, 0x00), 0);
    assert_int_equal(WITH(0x30, 0x15, USAGE, 0x04, 0x0e, 0x30, 0x00, 0x30, 0x0a, SERVER_AUTH), 0);
    /* lengths beyond the container, without end, of four bytes; a tag of several bytes */
    assert_int_equal(WITH(0x30, 0x13, USAGE, 0x04, 0x0c, 0x30, 0x0b, SERVER_AUTH), 0);
    assert_int_equal(WITH(0x30, 0x80, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH, 0x00, 0x00), 0);
    assert_int_equal(WITH(0x30, 0x84, 0x00, 0x00, 0x00, 0x13, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH), 0);
    assert_int_equal(WITH(0x30, 0x83, 0xff, 0xff, 0xff, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH), 0);
    assert_int_equal(WITH(0x3f, 0x13, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH), 0);
    /* a length of three bytes where one would do is accepted, as by BearSSL */
    assert_int_equal(WITH(0x30, 0x82, 0x00, 0x13, USAGE, 0x04, 0x0c, 0x30, 0x0a, SERVER_AUTH),
                     READABLE | SERVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usages),
        cmocka_unit_test(test_version_1_has_no_extensions),
        cmocka_unit_test(test_a_certificate_that_is_cut_off_or_goes_on_is_unreadable),
        cmocka_unit_test(test_extensions_by_hand),
    };

    return cmocka_run_group_tests(tests, make, forget);
}
