/* What the files of libs/tls share: the stream, what it needs only while it shakes hands, and who owns what.
 *
 * One struct tls_stream a connection, on the board's heap, with BearSSL's engine inside. Everything that only
 * the handshake needs (own chain and key, trust anchors, the X.509 engine) hangs at `handshake` and is freed
 * when the handshake is over, so that an open connection costs the engine and its record buffers (README.md
 * has the sums).
 */
#ifndef TLS_INTERNAL_H
#define TLS_INTERNAL_H

#include <bearssl/bearssl.h>

#include "mgos_timers.h"
#include "tls.h"
#include "tls_purpose.h"

/* --- own key: a scalar from a file, or a name that a provider answers to (tls_keys.c)
 * ---------------------------- */

struct tls_key {
    const struct tls_key_provider *provider; /* NULL: the scalar is here */
    char name[32];                           /* "ATCA:0", or the file, for messages */
    uint8_t scalar[32];
};
/* Fills `key` from "ATCA:0" or a PEM file. NULL, or the sentence. */
const char *tls_key_open(struct tls_key *key, const char *name);
/* ECDSA P-256 over a SHA-256 digest, as R || S. */
bool tls_key_sign(const struct tls_key *key, const uint8_t digest[32], uint8_t signature[64]);
/* The same, as the ASN.1 that TLS carries; `size` is the room at `out`. Length, 0 when refused. */
size_t tls_key_sign_asn1(const struct tls_key *key, const uint8_t digest[32], uint8_t *out, size_t size);
void tls_key_forget(struct tls_key *key);
/* Is `name` a provider's, not a file's? */
bool tls_key_is_provided(const char *name);
/* Randomness of those providers that have some, into the engine's generator. */
void tls_keys_stir(br_ssl_engine_context *engine);

/* --- certificates from PEM files (tls_pem.c, tls_certificates.c, tls_anchors.c)
 * ----------------------------------- */

/* What the reader does with the objects of a file. `begin` says whether it wants the object called `label`
 * ("CERTIFICATE"); its bytes then come in pieces; `end` closes it. `begin` and `end` may refuse with a
 * sentence. */
struct tls_pem_reader {
    bool (*begin)(struct tls_pem_reader *reader, const char *label);
    void (*bytes)(struct tls_pem_reader *reader, const void *data, size_t length);
    const char *(*end)(struct tls_pem_reader *reader);
    const char *error; /* set by begin or bytes: reading stops */
};
/* NULL, or the sentence; `file` is read in small pieces. Text around the objects is skipped. */
const char *tls_pem_read(const char *file, struct tls_pem_reader *reader);

enum { TLS_CHAIN_MAX = 4 };

struct tls_chain {
    br_x509_certificate certificates[TLS_CHAIN_MAX];
    size_t count;
};
const char *tls_chain_load(struct tls_chain *chain, const char *file);
void tls_chain_free(struct tls_chain *chain);
/* Is the first certificate for the key? NULL, or the sentence. Keys of a provider are not checked. */
const char *tls_chain_check_key(const struct tls_chain *chain, const char *file, const struct tls_key *key);

struct tls_anchors {
    br_x509_trust_anchor *list;
    size_t count;
};
const char *tls_anchors_load(struct tls_anchors *anchors, const char *file);
void tls_anchors_free(struct tls_anchors *anchors);

/* --- the peer's certificate (tls_verify.c)
 * ------------------------------------------------------------------------- */

struct tls_stream;

struct tls_verifier {
    const br_x509_class *vtable; /* ours; it hands on to `minimal`, and looks along */
    struct tls_stream *stream;
    br_name_element names[2];
    char common_name[64];
    char dns_name[64];
    struct tls_purpose purpose; /* of the peer's own certificate, the first of the chain */
    uint8_t certificates;       /* begun: 0, 1, or more */
    bool wrong_purpose;         /* that is why the chain was refused */
    br_x509_minimal_context minimal;
};
/* NULL, or the sentence (no time known). */
const char *tls_verifier_init(struct tls_verifier *verifier, struct tls_stream *stream,
                              const struct tls_anchors *anchors);
/* The name that the peer's certificate carries, "" when none was found. */
const char *tls_verifier_peer_name(const struct tls_verifier *verifier);

/* --- the ephemeral key (tls_ecdhe.c)
 * ------------------------------------------------------------------------------- */

/* P-256 only; the private half may lie with the registered provider. For the engine's key exchange alone. */
extern const br_ec_impl tls_ecdhe_ec;
/* Plain software, for signatures and certificates. */
extern const br_ec_impl tls_software_ec;
/* BearSSL's EC interface has no context: whose handshake runs now is said before the engine is called, and
 * NULL after. */
void tls_ecdhe_enter(struct tls_stream *stream);
/* The handshake of `stream` is over: a key that lies with the provider is given back. */
void tls_ecdhe_release(struct tls_stream *stream);

/* --- the stream (tls_stream.c)
 * ------------------------------------------------------------------------------------- */

struct tls_handshake {
    const br_ssl_server_policy_class *server_policy; /* BearSSL finds us by the address of these two */
    const br_ssl_client_certificate_class *client_certificate;
    struct tls_stream *stream;
    struct tls_key key;
    struct tls_chain chain;
    struct tls_anchors anchors;
    struct tls_verifier *verifier; /* NULL: the peer shows no certificate */
    char *ca_file;                 /* for messages */
    bool asked_for_certificate;    /* client: the server sent a CertificateRequest */
    bool sign_refused;             /* the key did not sign */
    bool agree_refused;            /* the provider lost the ephemeral key */
    bool wrong_suite;              /* server: nothing in common with the client */
    bool software_ec;              /* the ephemeral key is a scalar, not the provider's: to the end */
};

struct tls_stream {
    struct stream stream;
    struct stream *lower;
    br_ssl_engine_context *engine; /* inside `context` */
    struct tls_handshake *handshake;
    unsigned char *buffer; /* input and output record */
    const void *log_context;
    char *error_text;       /* what stream.error points to, when it was composed */
    mgos_timer_id deadline; /* of the handshake; after the owner has gone: of the lingering */
    mgos_timer_id later;    /* events found outside the loop, delivered from it */
    uint8_t busy;           /* an owner's handler is running: stream_close only takes note */
    bool server;
    bool open;
    bool announced;  /* the owner knows of the bytes that wait */
    bool want_sent;  /* the owner waits for room */
    bool mid_record; /* a part of a record has left: nothing else may be written */
    bool lower_closed;
    bool over; /* STREAM_CLOSE was sent */
    bool gone; /* the owner has called stream_close */
    union {
        br_ssl_client_context client;
        br_ssl_server_context server;
    } context; /* last: only as much as the role needs is allocated */
};

/* Both roles' way from a lower stream to one of ours (tls.h: tls_client). `set_up` ends in tls_stream_start. */
struct stream *tls_wrap(struct stream *lower, const struct tls_options *options, bool server,
                        const char *(*set_up)(struct tls_stream *, const struct tls_options *),
                        stream_handler handler, void *user, const char **error);
/* Allocates the record buffers, seeds, resets and starts: the rest is done by events. NULL, or the sentence.
 */
const char *tls_stream_start(struct tls_stream *stream, const char *server_name);

/* --- what only the handshake needs (tls_handshake.c)
 * --------------------------------------------------------------------- */

/* The algorithms and flags that clients and servers share. */
void tls_profile(struct tls_stream *stream);
/* Chain, key and anchors of `options` into stream->handshake; NULL, or the sentence. */
const char *tls_handshake_load(struct tls_stream *stream, const struct tls_options *options);
/* Signs the digest at `data` in its place, where `size` bytes have room. Length, 0 when refused, which is noted. */
size_t tls_handshake_sign(struct tls_handshake *handshake, unsigned char *data, size_t hash_length,
                          size_t size);
void tls_handshake_free(struct tls_stream *stream);
void tls_log_suite(const struct tls_stream *stream, uint16_t suite);

/* --- messages (tls_errors.c)
 * ---------------------------------------------------------------------------------------- */

/* printf into the one buffer that tls_client, tls_server and tls_check_server return errors in; valid until
 * the next. */
const char *tls_sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The sentence for the engine's end, composed for this connection: what BearSSL, the certificate or the peer
 * said. */
const char *tls_explain(const struct tls_stream *stream, int error);
/* The alert that tells the peer about `error`, for failures BearSSL ends without one. 0: none fits. */
uint8_t tls_alert_for(int error);

#endif
