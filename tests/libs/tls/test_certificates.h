/* Keys and certificates made on the spot by libcrypto, for tests of libs/tls. */
#ifndef TESTS_TLS_TEST_CERTIFICATES_H
#define TESTS_TLS_TEST_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/x509.h>

EVP_PKEY *make_key(const char *curve); /* "P-256", "P-384"; "RSA": 2048 bits */

struct recipe {
    const char *name; /* common name */
    EVP_PKEY *key;
    X509 *issuer; /* NULL: signs itself */
    EVP_PKEY *issuer_key;
    const char *dns_name;   /* subjectAltName, or NULL */
    int authority;          /* basicConstraints CA:TRUE */
    int version_1;          /* as openssl x509 -req without extensions */
    int from_days, to_days; /* validity, from now; 0, 0: yesterday to in ten days */
    const char *hash;       /* NULL: SHA256 */
    const char *usage;      /* extendedKeyUsage, "serverAuth"; NULL: none */
};
X509 *make_certificate(const struct recipe *recipe);

/* PEM texts; free() them. */
char *pem_of_certificate(X509 *certificate);
char *pem_of_key(EVP_PKEY *key); /* EC PRIVATE KEY, as openssl ecparam -genkey */
char *pem_of_bytes(const char *label, const void *data, size_t length);
char *pem_of_key_pkcs8(EVP_PKEY *key, const char *password);

#endif
