/* See test_meeting.h. */

#include "test_meeting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

const struct tls_options as_server_with_key_file = {.cert_file = "board.crt.pem", .key = "board.key.pem"};
const struct tls_options as_server_with_provider = {.cert_file = "board.crt.pem", .key = "ATCA:0"};
const struct tls_options as_server_mutual = {
    .cert_file = "board.crt.pem", .key = "board.key.pem", .ca_file = "ca.pem"};

const struct tls_options as_client_anonymous = {.ca_file = "ca.pem", .server_name = "mqtt.tmc.com"};
const struct tls_options as_client_with_key_file = {
    .cert_file = "board.crt.pem", .key = "board.key.pem", .ca_file = "ca.pem", .server_name = "mqtt.tmc.com"};
const struct tls_options as_client_with_provider = {
    .cert_file = "board.crt.pem", .key = "ATCA:0", .ca_file = "ca.pem", .server_name = "mqtt.tmc.com"};

int meeting_start(void **state)
{
    world_start();
    ERR_clear_error();
    return 0;
}

void meet_client(struct meeting *m, SSL_CTX *client, const struct tls_options *options)
{
    m->peer = peer_client(client, "board.tmc.com");
    m->owner.stream = tls_server(peer_wire(m->peer), options, owner_event, &m->owner, &m->refused);
    if (m->owner.stream)
        peer_run(m->peer);
}

void meet_server(struct meeting *m, SSL_CTX *server, const struct tls_options *options)
{
    m->peer = peer_server(server);
    m->owner.stream = tls_client(peer_wire(m->peer), options, owner_event, &m->owner, &m->refused);
    if (m->owner.stream == NULL)
        return;
    peer_wire_event(m->peer, STREAM_OPEN);
    peer_run(m->peer);
}

void meet_certificate(struct meeting *m, X509 *certificate, EVP_PKEY *key, const struct tls_options *options)
{
    SSL_CTX *server = context_for_server(certificate, key);

    meet_server(m, server, options);
    SSL_CTX_free(server);
}

void part(struct meeting *m)
{
    if (m->owner.stream && !(m->owner.close_on_close && m->owner.closed))
        stream_close(m->owner.stream);
    peer_run(m->peer);
    assert_true(peer_wire_closed(m->peer));
    peer_free(m->peer);
}

void assert_refused(const struct meeting *m, const char *sentence)
{
    assert_non_null(m->owner.stream);
    assert_int_equal(m->owner.opened, 0);
    assert_int_equal(m->owner.closed, 1);
    assert_says(m->owner.error, sentence);
}
