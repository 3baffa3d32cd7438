/* What a certificate says it is meant for: the extended key usage extension.  RFC 5280 4.2.1.12
 *
 * BearSSL does not look at it. The certificate is walked along its structure as it comes in, in pieces of any
 * size and without keeping it: bytes that only look like the extension, in a name or a key, are never taken
 * for it. What does not add up (a length beyond its container, a form that is not DER) makes the certificate
 * unreadable, which refuses it.
 */
#ifndef TLS_PURPOSE_H
#define TLS_PURPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Certificate, tbsCertificate, [3], Extensions, Extension, OCTET STRING, ExtKeyUsageSyntax; and the file. */
enum { TLS_PURPOSE_LEVELS = 8, TLS_PURPOSE_OID = 8 };

struct tls_purpose {
    uint32_t left[TLS_PURPOSE_LEVELS]; /* bytes to come of the containers that are open */
    bool begun[TLS_PURPOSE_LEVELS];    /* the container has had an element */
    uint8_t level;
    uint8_t step;
    uint8_t tag;
    uint8_t length_bytes; /* of a long length, to come */
    uint32_t length;      /* of the element that is being read */
    uint8_t oid[TLS_PURPOSE_OID];
    uint32_t oid_length; /* may be more than is kept */
    bool broken;
    bool limited; /* the extension is there */
    bool for_servers, for_clients;
};

/* A certificate of `length` bytes begins. */
void tls_purpose_start(struct tls_purpose *purpose, uint32_t length);
void tls_purpose_push(struct tls_purpose *purpose, const uint8_t *data, size_t length);
/* After the last byte: was it all there, and well-formed down to the extension? */
bool tls_purpose_is_readable(const struct tls_purpose *purpose);
/* Is a readable certificate meant for this side of TLS? One without the extension is meant for everything. */
bool tls_purpose_allows(const struct tls_purpose *purpose, bool server);

#endif
