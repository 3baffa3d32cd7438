/* The other end: OpenSSL in the same process, behind a stream in memory that can be slow, narrow or cut.
 *
 *     struct peer *peer = peer_client(...);            OpenSSL is the client
 *     stream = tls_server(peer_wire(peer), ...);       the library under test gets the lower stream
 *     peer_run(peer);                                  until nothing moves any more
 */
#ifndef TESTS_TLS_TEST_PEER_H
#define TESTS_TLS_TEST_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "stream.h"

struct peer;

/* The SSL_CTX is set up by the test; the peer does not own it. */
struct peer *peer_client(SSL_CTX *context, const char *server_name);
struct peer *peer_server(SSL_CTX *context);
struct peer *peer_plain(void); /* speaks no TLS: see peer_send_raw */
struct stream *peer_wire(struct peer *peer);
SSL *peer_ssl(struct peer *peer);

void peer_run(struct peer *peer);
void peer_send(struct peer *peer, const void *data, size_t length); /* application data, at the next run */
void peer_send_raw(struct peer *peer, const void *data, size_t length);
void peer_close(struct peer *peer);                               /* close_notify, at the next run */
void peer_cut(struct peer *peer, const char *error);              /* the wire ends without a word */
void peer_wire_event(struct peer *peer, enum stream_event event); /* what peer_run would not say by itself */
void peer_free(struct peer *peer);

/* The wire: bytes per call, each way. SIZE_MAX at first. */
void peer_set_read_size(struct peer *peer, size_t bytes);
void peer_set_write_room(struct peer *peer, size_t bytes); /* 0 blocks; more than 0 gives room at each run */

bool peer_established(const struct peer *peer);
const char *peer_received(const struct peer *peer);
size_t peer_received_length(const struct peer *peer);
const char *peer_raw_received(struct peer *peer); /* of a plain peer: all that came over the wire */
int peer_alert(const struct peer *peer);          /* the last alert OpenSSL received, -1: none */
bool peer_got_close_notify(const struct peer *peer);
bool peer_wire_closed(const struct peer *peer); /* the library closed its lower stream */

#endif
