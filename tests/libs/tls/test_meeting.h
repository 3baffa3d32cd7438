/* A meeting: one connection between the board and OpenSSL, in either role, and the settings for it. */
#ifndef TESTS_TLS_TEST_MEETING_H
#define TESTS_TLS_TEST_MEETING_H

#include "test_peer.h"
#include "test_world.h"

struct meeting {
    struct peer *peer;
    struct owner owner;
    const char *refused; /* what tls_server or tls_client said at once */
};

/* For cmocka: a fresh world, and no errors left over in OpenSSL. */
int meeting_start(void **state);

/* Each runs the connection until nothing moves. */
void meet_client(struct meeting *m, SSL_CTX *client, const struct tls_options *options);
void meet_server(struct meeting *m, SSL_CTX *server, const struct tls_options *options);
/* As meet_server, with a server that has this certificate. */
void meet_certificate(struct meeting *m, X509 *certificate, EVP_PKEY *key, const struct tls_options *options);
/* Closes what is open, and asserts that the wire is closed with it. */
void part(struct meeting *m);

/* Asserts that there was no handshake, and that the owner was told so in a sentence with this in it. */
void assert_refused(const struct meeting *m, const char *sentence);

/* The board's settings. A provider's key is ATCA:0; a mutual server wants a certificate of ca.pem. */
extern const struct tls_options as_server_with_key_file, as_server_with_provider, as_server_mutual;
extern const struct tls_options as_client_anonymous, as_client_with_key_file, as_client_with_provider;

#endif
