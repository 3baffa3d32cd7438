/* See test_peer.h. */

#include "test_peer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test_board.h"

struct peer {
    struct stream wire; /* the end that the library holds */
    SSL *ssl;
    BIO *to_peer, *from_peer;
    size_t read_size, write_room;
    int announced; /* bytes waiting that the library has been told of: no second event comes for them
                      (os/stream.h) */
    bool wire_closed, cut, close_event_sent, blocked, finishing;
    int alert;
    char *sending;
    size_t sending_length;
    char received[65536];
    size_t received_length;
};

static size_t wire_read(struct stream *stream, void *out, size_t size)
{
    struct peer *peer = (struct peer *)stream;
    int got = BIO_read(peer->from_peer, out, (int)(size < peer->read_size ? size : peer->read_size));

    if (peer->announced > BIO_pending(peer->from_peer))
        peer->announced = BIO_pending(peer->from_peer);
    return got > 0 ? (size_t)got : 0;
}

static size_t wire_write(struct stream *stream, const void *data, size_t length)
{
    struct peer *peer = (struct peer *)stream;
    size_t room = length < peer->write_room ? length : peer->write_room;

    if (peer->blocked || peer->cut)
        return 0;
    peer->blocked = room < length;
    return room && BIO_write(peer->to_peer, data, (int)room) > 0 ? room : 0;
}

static void wire_close(struct stream *stream)
{
    struct peer *peer = (struct peer *)stream;

    if (peer->wire_closed)
        abort();
    peer->wire_closed = true;
}

static const struct stream_class wire_class = {wire_read, wire_write, wire_close};

static void on_info(const SSL *ssl, int where, int value)
{
    struct peer *peer = SSL_get_app_data(ssl);

    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        peer->alert = value & 0xff;
}

struct peer *peer_plain(void)
{
    struct peer *peer = calloc(1, sizeof *peer);

    peer->wire.vtable = &wire_class;
    strcpy(peer->wire.peer, "10.33.33.254:55318");
    peer->to_peer = BIO_new(BIO_s_mem());
    peer->from_peer = BIO_new(BIO_s_mem());
    peer->read_size = peer->write_room = SIZE_MAX;
    peer->alert = -1;
    return peer;
}

static struct peer *with_tls(SSL_CTX *context)
{
    struct peer *peer = peer_plain();

    peer->ssl = SSL_new(context);
    SSL_set_app_data(peer->ssl, peer);
    SSL_set_info_callback(peer->ssl, on_info);
    BIO_up_ref(peer->to_peer);
    BIO_up_ref(peer->from_peer);
    SSL_set_bio(peer->ssl, peer->to_peer, peer->from_peer);
    return peer;
}

struct peer *peer_client(SSL_CTX *context, const char *server_name)
{
    struct peer *peer = with_tls(context);

    SSL_set_connect_state(peer->ssl);
    if (server_name) {
        SSL_set_tlsext_host_name(peer->ssl, server_name);
        SSL_set1_host(peer->ssl, server_name);
    }
    return peer;
}

struct peer *peer_server(SSL_CTX *context)
{
    struct peer *peer = with_tls(context);

    SSL_set_accept_state(peer->ssl);
    return peer;
}

struct stream *peer_wire(struct peer *peer)
{
    return &peer->wire;
}

SSL *peer_ssl(struct peer *peer)
{
    return peer->ssl;
}

static void speak(struct peer *peer)
{
    int got;

    if (peer->ssl == NULL)
        return;
    if (!SSL_is_init_finished(peer->ssl))
        SSL_do_handshake(peer->ssl);
    if (!SSL_is_init_finished(peer->ssl))
        return;
    while (peer->received_length + 1 < sizeof peer->received &&
           (got = SSL_read(peer->ssl, peer->received + peer->received_length,
                           (int)(sizeof peer->received - 1 - peer->received_length))) > 0)
        peer->received_length += (size_t)got;
    if (peer->sending_length && SSL_write(peer->ssl, peer->sending, (int)peer->sending_length) > 0)
        peer->sending_length = 0;
    if (peer->finishing && peer->sending_length == 0)
        SSL_shutdown(peer->ssl);
}

static bool deliver(struct peer *peer)
{
    if (peer->wire_closed)
        return false;
    if (peer->blocked && peer->write_room) {
        peer->blocked = false;
        peer->wire.handler(&peer->wire, STREAM_SENT, peer->wire.user);
        return true;
    }
    if (BIO_pending(peer->from_peer) > peer->announced) {
        peer->announced = BIO_pending(peer->from_peer);
        peer->wire.handler(&peer->wire, STREAM_DATA, peer->wire.user);
        return true;
    }
    if (peer->cut && !peer->close_event_sent) {
        peer->close_event_sent = true;
        peer->wire.handler(&peer->wire, STREAM_CLOSE, peer->wire.user);
        return true;
    }
    return false;
}

void peer_run(struct peer *peer)
{
    do
        speak(peer);
    while (deliver(peer) || test_timers_run());
    speak(peer);
}

void peer_send(struct peer *peer, const void *data, size_t length)
{
    free(peer->sending);
    peer->sending = malloc(length);
    memcpy(peer->sending, data, length);
    peer->sending_length = length;
}

void peer_send_raw(struct peer *peer, const void *data, size_t length)
{
    BIO_write(peer->from_peer, data, (int)length);
}

void peer_close(struct peer *peer)
{
    peer->finishing = true;
}

void peer_cut(struct peer *peer, const char *error)
{
    peer->cut = true;
    peer->wire.error = error;
}

void peer_wire_event(struct peer *peer, enum stream_event event)
{
    peer->wire.handler(&peer->wire, event, peer->wire.user);
}

void peer_free(struct peer *peer)
{
    SSL_free(peer->ssl);
    BIO_free(peer->to_peer);
    BIO_free(peer->from_peer);
    free(peer->sending);
    free(peer);
}

void peer_set_read_size(struct peer *peer, size_t bytes)
{
    peer->read_size = bytes;
}

void peer_set_write_room(struct peer *peer, size_t bytes)
{
    peer->write_room = bytes;
}

bool peer_established(const struct peer *peer)
{
    return SSL_is_init_finished(peer->ssl);
}

const char *peer_received(const struct peer *peer)
{
    return peer->received;
}

size_t peer_received_length(const struct peer *peer)
{
    return peer->received_length;
}

const char *peer_raw_received(struct peer *peer)
{
    char *data;
    long length = BIO_get_mem_data(peer->to_peer, &data);

    if ((size_t)length >= sizeof peer->received)
        abort();
    if (length > 0)
        memcpy(peer->received, data, (size_t)length);
    peer->received[length] = '\0';
    return peer->received;
}

int peer_alert(const struct peer *peer)
{
    return peer->alert;
}

bool peer_got_close_notify(const struct peer *peer)
{
    return SSL_get_shutdown(peer->ssl) & SSL_RECEIVED_SHUTDOWN;
}

bool peer_wire_closed(const struct peer *peer)
{
    return peer->wire_closed;
}
