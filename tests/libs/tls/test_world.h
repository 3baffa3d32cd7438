/* The cast of the TLS tests: an authority, a foreign one, certificates of every kind, fake key and ECDHE
 * providers, and an owner that records what its stream tells it.
 */
#ifndef TESTS_TLS_TEST_WORLD_H
#define TESTS_TLS_TEST_WORLD_H

#include <openssl/ssl.h>

#include "stream.h"
#include "tls.h"

extern struct world {
    EVP_PKEY *ca_key, *foreign_ca_key, *board_key, *peer_key, *rsa_key;
    X509 *ca, *foreign_ca, *board, *peer;
} world;

/* Fresh board, and the files ca.pem, board.crt.pem, board.key.pem on it. */
void world_start(void);
int world_make(void **state);
/* Signs as "ATCA:0" with board_key, in libcrypto; "ATCA:9" does not exist; "ATCA:1" refuses to sign. */
extern int provider_signatures;
void provider_register(void);
extern const struct tls_ecdhe_provider fake_ecdhe;
extern struct ecdhe_record {
    int generated, agreed, released;
    bool busy;        /* generate says no */
    int busy_times;   /* generate says no so many times, then yes */
    bool break_agree; /* agree fails */
} ecdhe_record;
void ecdhe_reset(void);

/* --- OpenSSL's side
 * ---------------------------------------------------------------------------------------------- */

/* TLS 1.2 to 1.3, trusting `ca`; with a certificate unless it is NULL. */
SSL_CTX *context_for_client(X509 *certificate, EVP_PKEY *key);
SSL_CTX *context_for_server(X509 *certificate, EVP_PKEY *key);
X509 *signed_by_ca(const char *name, EVP_PKEY *key, const char *dns_name);
void put_certificate(const char *file, X509 *certificate);

/* --- the owner
 * ---------------------------------------------------------------------------------------------------- */

struct owner {
    struct stream *stream;
    int opened, data_events, sent_events, closed;
    char error[256];
    char received[65536];
    size_t received_length;
    bool echo;           /* writes back what it reads */
    bool close_on_close; /* calls stream_close from within STREAM_CLOSE */
    bool close_on_open;
    bool lazy; /* does not read in STREAM_DATA */
};
void owner_event(struct stream *stream, enum stream_event event, void *user);

/* --- what was said
 * ------------------------------------------------------------------------------------------------ */

/* Fails the test, and shows `text`, unless `expected` is in it; NULL says nothing. */
void assert_says(const char *text, const char *expected);

#endif
