/* Certificate requests that the chip signs, and certificates for its keys.  mongoose-os.md 3.13, RFC 2986,
 * RFC 5280 */
#ifndef MOS_CERTIFICATE_H
#define MOS_CERTIFICATE_H

#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

/* Signs a SHA-256 digest with the key that `context` knows of: R and S, 32 bytes each. 0, or 1 after fail().
 */
typedef int (*digest_signer)(void *context, const uint8_t digest[32], uint8_t signature[64]);

/* A subject name from `/C=FR/L=Limoges/CN=board` or `C=FR, CN=board`; a backslash takes the next character as
 * it is. NULL with a sentence in `why`. */
X509_NAME *subject_parse(const char *text, char *why, size_t why_size);

/* A request for `pkey` with `subject` and `extensions` (may be NULL), signed through `signer` with
 * ecdsa-with-SHA256, and verified. NULL after fail(). */
X509_REQ *request_make(const X509_NAME *subject, const STACK_OF(X509_EXTENSION) * extensions, EVP_PKEY *pkey,
                       digest_signer signer, void *context);

/* What goes into a certificate besides the key. */
struct certificate_order {
    const X509_NAME *subject;
    X509 *template; /* extensions are taken from it; NULL: those of a TLS client and server */
    int days;
    X509 *ca;
    EVP_PKEY *ca_key;
};

/* A version 3 certificate with a random serial number, signed on this machine. It ends with the authority's
 * own at the latest. NULL after fail(). */
X509 *certificate_make(const struct certificate_order *order, EVP_PKEY *pkey);

/* The days between the dates of a certificate. */
int certificate_days(const X509 *certificate);

#endif
