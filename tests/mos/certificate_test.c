/* Certificate requests signed elsewhere, and certificates.  mongoose-os.md 3.13, RFC 2986, RFC 5280 */

#include "atca/certificate.h"

#include "captured_stderr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

static char why[300];

/* Stands for the chip: R and S of a key in memory. */
static int sign_in_memory(void *context, const uint8_t digest[32], uint8_t signature[64])
{
    EVP_PKEY_CTX *signing = EVP_PKEY_CTX_new(context, NULL);
    unsigned char der[80];
    const unsigned char *at = der;
    size_t length = sizeof der;
    ECDSA_SIG *pair;

    EVP_PKEY_sign_init(signing);
    assert_int_equal(EVP_PKEY_sign(signing, der, &length, digest, 32), 1);
    pair = d2i_ECDSA_SIG(NULL, &at, (long)length);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32);
    ECDSA_SIG_free(pair);
    EVP_PKEY_CTX_free(signing);
    return 0;
}

static int sign_wrongly(void *context, const uint8_t digest[32], uint8_t signature[64])
{
    sign_in_memory(context, digest, signature);
    signature[63] ^= 1;
    return 0;
}

static int sign_never(void *context, const uint8_t digest[32], uint8_t signature[64])
{
    return 1;
}

static X509_NAME *name_of(const char *text)
{
    X509_NAME *name = subject_parse(text, why, sizeof why);

    assert_non_null(name);
    return name;
}

static void request_verifies(void **state)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    X509_NAME *name = name_of("/C=FR/L=Limoges/O=TMC/OU=IOT/CN=mqtt.tmc.com");

    for (int i = 0; i < 50; i++) { /* signatures of all lengths */
        X509_REQ *request = request_make(name, NULL, pkey, sign_in_memory, pkey);

        assert_non_null(request);
        assert_int_equal(X509_REQ_verify(request, pkey), 1);
        assert_int_equal(X509_REQ_get_signature_nid(request), NID_ecdsa_with_SHA256);
        assert_int_equal(X509_NAME_cmp(X509_REQ_get_subject_name(request), name), 0);
        X509_REQ_free(request);
    }
    X509_NAME_free(name);
    EVP_PKEY_free(pkey);
}

static void wrong_signature_makes_no_request(void **state)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    X509_NAME *name = name_of("/CN=x");

    capture_stderr();
    assert_null(request_make(name, NULL, pkey, sign_wrongly, pkey));
    assert_non_null(strstr(captured_stderr(), "does not verify"));
    assert_null(request_make(name, NULL, pkey, sign_never, pkey));
    X509_NAME_free(name);
    EVP_PKEY_free(pkey);
}

static void subjects(void **state)
{
    char text[256];
    X509_NAME *name = name_of("/C=FR/O=A\\/B, Inc./CN=caf\xc3\xa9");

    X509_NAME_get_text_by_NID(name, NID_organizationName, text, sizeof text);
    assert_string_equal(text, "A/B, Inc.");
    assert_int_equal(X509_NAME_entry_count(name), 3);
    X509_NAME_free(name);
    name = name_of("C=FR, O=TMC, CN=board-1");
    X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text);
    assert_string_equal(text, "board-1");
    X509_NAME_free(name);
    assert_null(subject_parse("", why, sizeof why));
    assert_null(subject_parse("/", why, sizeof why));
    assert_null(subject_parse("board", why, sizeof why));
    assert_null(subject_parse("/CN=", why, sizeof why));
    assert_null(subject_parse("/NOSUCH=x", why, sizeof why));
    assert_null(subject_parse("/C=France", why, sizeof why)); /* two letters */
    assert_true(strlen(why) > 0);
}

static X509 *make_ca(EVP_PKEY *pkey, int days)
{
    X509 *ca = X509_new();
    X509_NAME *name = name_of("/O=TMC/CN=authority");
    X509_EXTENSION *basic = X509V3_EXT_nconf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

    X509_set_version(ca, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(ca), 1);
    X509_set_subject_name(ca, name);
    X509_set_issuer_name(ca, name);
    X509_set_pubkey(ca, pkey);
    X509_gmtime_adj(X509_getm_notBefore(ca), -60);
    X509_time_adj_ex(X509_getm_notAfter(ca), days, 0, NULL);
    X509_add_ext(ca, basic, -1);
    X509_sign(ca, pkey, EVP_sha256());
    X509_EXTENSION_free(basic);
    X509_NAME_free(name);
    return ca;
}

static void certificate_chains_to_its_authority(void **state)
{
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *pkey = EVP_EC_gen("P-256");
    X509 *ca = make_ca(ca_key, 100), *certificate;
    X509_NAME *name = name_of("/O=TMC/CN=board.tmc.com");
    struct certificate_order order = {.subject = name, .days = 30, .ca = ca, .ca_key = ca_key};
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();

    certificate = certificate_make(&order, pkey);
    assert_non_null(certificate);
    assert_int_equal(X509_get_version(certificate), X509_VERSION_3);
    assert_int_equal(certificate_days(certificate), 30);
    assert_int_equal(X509_check_ca(certificate), 0);
    assert_int_equal(X509_check_host(certificate, "board.tmc.com", 0, 0, NULL), 1);
    assert_int_equal(X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0), 1);
    assert_int_equal(X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0), 1);
    assert_true(ASN1_STRING_length(X509_get_serialNumber(certificate)) <= 20);
    assert_non_null(X509_get0_subject_key_id(certificate));
    X509_STORE_add_cert(store, ca);
    X509_STORE_CTX_init(context, store, certificate, NULL);
    assert_int_equal(X509_verify_cert(context), 1);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(certificate);
    X509_free(ca);
    X509_NAME_free(name);
    EVP_PKEY_free(pkey);
    EVP_PKEY_free(ca_key);
}

static void certificate_does_not_outlive_its_authority(void **state)
{
    EVP_PKEY *ca_key = EVP_EC_gen("P-256");
    X509 *ca = make_ca(ca_key, 10), *certificate;
    X509_NAME *name = name_of("/CN=board");
    struct certificate_order order = {.subject = name, .days = 3650, .ca = ca, .ca_key = ca_key};

    certificate = certificate_make(&order, ca_key);
    assert_int_equal(ASN1_TIME_compare(X509_get0_notAfter(certificate), X509_get0_notAfter(ca)), 0);
    X509_free(certificate);
    X509_free(ca);
    X509_NAME_free(name);
    EVP_PKEY_free(ca_key);
}

static void foreign_authority_key_is_refused(void **state)
{
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *foreign = EVP_EC_gen("P-256");
    X509 *ca = make_ca(ca_key, 10);
    X509_NAME *name = name_of("/CN=board");
    struct certificate_order order = {.subject = name, .days = 1, .ca = ca, .ca_key = foreign};

    capture_stderr();
    assert_null(certificate_make(&order, foreign));
    assert_non_null(strstr(captured_stderr(), "does not belong to its certificate"));
    X509_free(ca);
    X509_NAME_free(name);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(foreign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_verifies),
        cmocka_unit_test(wrong_signature_makes_no_request),
        cmocka_unit_test(subjects),
        cmocka_unit_test(certificate_chains_to_its_authority),
        cmocka_unit_test(certificate_does_not_outlive_its_authority),
        cmocka_unit_test(foreign_authority_key_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
