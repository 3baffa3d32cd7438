/* TLS 1.2 as a stream over another stream (os/stream.h), by BearSSL.
 *
 * Certificates and CA lists are PEM files on the board's file system (os/storage.h), read when a connection needs them.
 * A key is a PEM file too, or a name that belongs to a registered key provider: "ATCA:0" is slot 0 of the chip when libs/atca is
 * linked. The private key of a provider never enters this library: it asks for signatures.
 *
 * The wrapped stream belongs to the TLS stream from then on, also when wrapping fails. STREAM_OPEN comes when the
 * handshake is done; a failed handshake is STREAM_CLOSE with a sentence that says which side refused what and what to do.
 * Memory comes from the board's heap and is given back at stream_close.
 */
#ifndef TLS_H
#define TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "stream.h"

struct tls_options {
    const char *cert_file;    /* own certificate chain; NULL: none (client only) */
    const char *key;          /* key file or "ATCA:<slot>"; NULL: the certificate file holds the key too */
    const char *ca_file;      /* trust anchors for the peer; server: NULL asks for no client certificate; client: required */
    const char *server_name;  /* client: the name the certificate must carry, and SNI; NULL: not checked (an IP address) */
    const void *log_context;  /* pointer that log lines print for this connection; NULL: the stream's own */
};

/* NULL on failure, `*error` is then a sentence ("Invalid SSL key: no slot 22 in ATCA:22 (0 to 15)"), static or valid until the next call. */
struct stream *tls_client(struct stream *lower, const struct tls_options *options, stream_handler handler, void *user,
                          const char **error);
struct stream *tls_server(struct stream *lower, const struct tls_options *options, stream_handler handler, void *user,
                          const char **error);
/* Checks that a server could start with these options (files parse, key exists), without a connection. NULL: fine. */
const char *tls_check_server(const struct tls_options *options);

/* --- keys that live elsewhere ----------------------------------------------------------------------------------- */

struct tls_key_provider {
    const char *prefix;  /* "ATCA:" */
    /* NULL when `name` ("ATCA:0") can be used; else a sentence. Does not touch the chip. */
    const char *(*check)(const char *name);
    /* ECDSA P-256 over a SHA-256 digest: R || S. False: refused, and the provider has logged why. */
    bool (*sign)(const char *name, const uint8_t digest[32], uint8_t signature[64]);
    /* Randomness to mix into the generator of every connection, beside the board's own. False: none now (nothing is logged).
     * NULL: the provider has none. */
    bool (*random)(uint8_t out[32]);
};
/* `provider` must live for ever. */
void tls_register_key_provider(const struct tls_key_provider *provider);

/* Who does the ephemeral key agreement on P-256 (docs/design.md, "Who does the ECDHE"). One at a time is held by the
 * provider; a second simultaneous handshake falls back to software. */
struct tls_ecdhe_provider {
    /* A fresh key pair: its public key X || Y. False: not available now (busy, chip error: logged); software takes over. */
    bool (*generate)(uint8_t public_key[64]);
    /* The shared secret of that key with `peer`; ends its life. False: error (logged), the handshake fails. */
    bool (*agree)(const uint8_t peer[64], uint8_t secret[32]);
    /* The handshake ended without agree. */
    void (*release)(void);
};
void tls_register_ecdhe_provider(const struct tls_ecdhe_provider *provider);

#endif
