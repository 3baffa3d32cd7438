/* Certificate requests that the chip signs, and certificates for its keys.  RFC 2986, RFC 5280 */

#include "certificate.h"

#include "fail.h"

#include <ctype.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>

static int fail_openssl(const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return fail("cannot make the %s: %s.", what, reason ? reason : "OpenSSL does not say why");
}

/* ---- requests ---- */

/* R and S as ECDSA-Sig-Value in DER (RFC 3279 2.2.3), in a bit string. NULL if memory ran out. */
static ASN1_BIT_STRING *signature_bits(const uint8_t signature[64])
{
    ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL), *s = BN_bin2bn(signature + 32, 32, NULL);
    unsigned char *der = NULL;
    int length;

    if (!bits || !pair || !r || !s || !ECDSA_SIG_set0(pair, r, s)) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(pair);
        ASN1_BIT_STRING_free(bits);
        return NULL;
    }
    length = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    if (length <= 0) {
        ASN1_BIT_STRING_free(bits);
        return NULL;
    }
    ASN1_STRING_set0(bits, der, length);
    bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
    bits->flags |= ASN1_STRING_FLAG_BITS_LEFT; /* no unused bits at the end */
    return bits;
}

/* Signs CertificationRequestInfo as it is encoded. */
static int sign_request(X509_REQ *request, digest_signer signer, void *context)
{
    X509_ALGOR *algorithm = X509_ALGOR_new();
    ASN1_BIT_STRING *bits;
    unsigned char *der = NULL;
    uint8_t digest[32], signature[64];
    int length;

    if (!algorithm)
        return fail("out of memory");
    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, NULL);
    X509_REQ_set1_signature_algo(request, algorithm);
    X509_ALGOR_free(algorithm);
    length = i2d_re_X509_REQ_tbs(request, &der);
    if (length <= 0)
        return fail_openssl("certificate request");
    EVP_Digest(der, (size_t)length, digest, NULL, EVP_sha256(), NULL);
    OPENSSL_free(der);
    if (signer(context, digest, signature))
        return 1;
    bits = signature_bits(signature);
    if (!bits)
        return fail_openssl("certificate request");
    X509_REQ_set0_signature(request, bits);
    return 0;
}

X509_REQ *request_make(const X509_NAME *subject, const STACK_OF(X509_EXTENSION) * extensions, EVP_PKEY *pkey,
                       digest_signer signer, void *context)
{
    X509_REQ *request = X509_REQ_new();

    if (!request || !X509_REQ_set_version(request, X509_REQ_VERSION_1) ||
        !X509_REQ_set_subject_name(request, subject) || !X509_REQ_set_pubkey(request, pkey) ||
        (sk_X509_EXTENSION_num(extensions) > 0 && !X509_REQ_add_extensions(request, extensions))) {
        fail_openssl("certificate request");
    } else if (!sign_request(request, signer, context)) {
        if (X509_REQ_verify(request, pkey) == 1)
            return request;
        ERR_clear_error();
        fail("the chip's signature does not verify with the public key of the slot; nothing was written.");
    }
    X509_REQ_free(request);
    return NULL;
}

/* ---- certificates ---- */

static int add_extension(X509 *certificate, X509 *ca, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    int ok;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, ca, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
    ok = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return ok ? 0 : -1;
}

/* A common name that may be asked for in a TLS handshake: letters, digits, dots and dashes, with a dot. */
static bool host_name(const X509_NAME *subject, char *name, size_t size)
{
    int length = X509_NAME_get_text_by_NID((X509_NAME *)subject, NID_commonName, name, (int)size);

    if (length <= 0 || (size_t)length != strlen(name) || !strchr(name, '.'))
        return false;
    for (const char *c = name; *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-')
            return false;
    }
    return true;
}

static int add_usual_extensions(X509 *certificate, const struct certificate_order *order)
{
    char name[256], alternative[264];

    if (add_extension(certificate, order->ca, NID_basic_constraints, "critical,CA:FALSE") ||
        add_extension(certificate, order->ca, NID_key_usage, "critical,digitalSignature") ||
        add_extension(certificate, order->ca, NID_ext_key_usage, "clientAuth,serverAuth"))
        return -1;
    if (!host_name(order->subject, name, sizeof name))
        return 0;
    snprintf(alternative, sizeof alternative, "DNS:%s", name);
    return add_extension(certificate, order->ca, NID_subject_alt_name, alternative);
}

/* The template's extensions, but for those that tell which key it is. */
static int copy_extensions(X509 *certificate, const X509 *template)
{
    for (int i = 0; i < X509_get_ext_count(template); i++) {
        X509_EXTENSION *extension = X509_get_ext(template, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));

        if (nid != NID_subject_key_identifier && nid != NID_authority_key_identifier &&
            !X509_add_ext(certificate, extension, -1))
            return -1;
    }
    return 0;
}

/* 159 random bits: positive, and 20 bytes at most (RFC 5280 4.1.2.2). */
static int set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    int ok = number && BN_rand(number, 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) && !BN_is_zero(number) &&
             BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));

    BN_free(number);
    return ok ? 0 : -1;
}

static int set_dates(X509 *certificate, const struct certificate_order *order)
{
    const ASN1_TIME *ca_end = X509_get0_notAfter(order->ca);

    if (!X509_gmtime_adj(X509_getm_notBefore(certificate), 0) ||
        !X509_time_adj_ex(X509_getm_notAfter(certificate), order->days, 0, NULL))
        return -1;
    if (ASN1_TIME_compare(X509_get0_notAfter(certificate), ca_end) > 0)
        return X509_set1_notAfter(certificate, ca_end) ? 0 : -1;
    return 0;
}

static int fill(X509 *certificate, const struct certificate_order *order, EVP_PKEY *pkey)
{
    if (!X509_set_version(certificate, X509_VERSION_3) || set_serial(certificate) ||
        set_dates(certificate, order) || !X509_set_subject_name(certificate, order->subject) ||
        !X509_set_issuer_name(certificate, X509_get_subject_name(order->ca)) ||
        !X509_set_pubkey(certificate, pkey))
        return -1;
    if (order->template ? copy_extensions(certificate, order->template)
                        : add_usual_extensions(certificate, order))
        return -1;
    if (add_extension(certificate, order->ca, NID_subject_key_identifier, "hash"))
        return -1;
    /* an authority of version 1, as `openssl x509 -req` makes, has no identifier to refer to */
    if (X509_get0_subject_key_id(order->ca) &&
        add_extension(certificate, order->ca, NID_authority_key_identifier, "keyid:always"))
        return -1;
    return 0;
}

X509 *certificate_make(const struct certificate_order *order, EVP_PKEY *pkey)
{
    bool own_digest = EVP_PKEY_is_a(order->ca_key, "ED25519") || EVP_PKEY_is_a(order->ca_key, "ED448");
    X509 *certificate;

    if (X509_check_private_key(order->ca, order->ca_key) != 1) {
        ERR_clear_error();
        fail("the authority's key does not belong to its certificate (--ca-key-file, --ca-cert-file).");
        return NULL;
    }
    if (!X509_check_ca(order->ca)) {
        fail("the certificate of --ca-cert-file is not one of an authority (CA:FALSE): it cannot sign "
             "others.");
        return NULL;
    }
    if (X509_cmp_current_time(X509_get0_notAfter(order->ca)) < 0) {
        fail("the certificate of --ca-cert-file has expired.");
        return NULL;
    }
    certificate = X509_new();
    if (certificate && !fill(certificate, order, pkey) &&
        X509_sign(certificate, order->ca_key, own_digest ? NULL : EVP_sha256()))
        return certificate;
    fail_openssl("certificate");
    X509_free(certificate);
    return NULL;
}

int certificate_days(const X509 *certificate)
{
    int days = 0, seconds = 0;

    ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate), X509_get0_notAfter(certificate));
    return days;
}
