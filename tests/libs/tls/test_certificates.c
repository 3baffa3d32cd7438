/* See test_certificates.h. */

#include "test_certificates.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

EVP_PKEY *make_key(const char *curve)
{
    EVP_PKEY *key = strcmp(curve, "RSA") == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen(curve);

    if (key == NULL)
        abort();
    return key;
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL || !X509_add_ext(certificate, extension, -1))
        abort();
    X509_EXTENSION_free(extension);
}

X509 *make_certificate(const struct recipe *recipe)
{
    static long serial = 1000;
    X509 *certificate = X509_new();
    X509 *issuer = recipe->issuer ? recipe->issuer : certificate;
    int plain = recipe->from_days == 0 && recipe->to_days == 0;

    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_time_adj_ex(X509_getm_notBefore(certificate), plain ? -1 : recipe->from_days, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(certificate), plain ? 10 : recipe->to_days, 0, NULL);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8,
                               (const unsigned char *)"TMC", -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               (const unsigned char *)recipe->name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    X509_set_pubkey(certificate, recipe->key);
    if (!recipe->version_1) {
        X509_set_version(certificate, X509_VERSION_3);
        add_extension(certificate, issuer, NID_basic_constraints,
                      recipe->authority ? "critical,CA:TRUE" : "CA:FALSE");
        if (recipe->dns_name) {
            char value[128] = "DNS:";

            strncat(value, recipe->dns_name, sizeof value - 5);
            add_extension(certificate, issuer, NID_subject_alt_name, value);
        }
        if (recipe->usage)
            add_extension(certificate, issuer, NID_ext_key_usage, recipe->usage);
    }
    if (!X509_sign(certificate, recipe->issuer_key ? recipe->issuer_key : recipe->key,
                   EVP_get_digestbyname(recipe->hash ? recipe->hash : "SHA256")))
        abort();
    return certificate;
}

static char *text_of(BIO *bio)
{
    char *data, *text;
    long length = BIO_get_mem_data(bio, &data);

    text = strndup(data, (size_t)length);
    BIO_free(bio);
    return text;
}

char *pem_of_certificate(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
}

char *pem_of_key(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
    return text_of(bio);
}

char *pem_of_key_pkcs8(EVP_PKEY *key, const char *password)
{
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio_PKCS8PrivateKey(bio, key, password ? EVP_aes_128_cbc() : NULL, password,
                                  password ? (int)strlen(password) : 0, NULL, NULL);
    return text_of(bio);
}

char *pem_of_bytes(const char *label, const void *data, size_t length)
{
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio(bio, label, "", data, (long)length);
    return text_of(bio);
}
