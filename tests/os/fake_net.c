/* Network of the fake board: streams whose other end is the test. tests/os/fake_board.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "fake_board_internal.h"
#include "net.h"

enum { LISTENERS = 4 };

struct net_listener {
    uint16_t port; /* 0: free */
    net_accept_fn accept;
    void *user;
};

static struct {
    struct fake_stream *streams;
    struct net_listener listeners[LISTENERS];
    bool has_address;
} net;

void fake_net_forget(void)
{
    while (net.streams) {
        struct fake_stream *s = net.streams;
        net.streams = s->next;
        free(s->input);
        free(s->output);
        free(s);
    }
    memset(&net, 0, sizeof(net));
    net.has_address = true;
}

void fake_net_run(void)
{
    /* Events come when the test says so, not from board_wait(). */
}

/* --- streams ------------------------------------------------------------------------------------------ */

static size_t fake_read(struct stream *stream, void *out, size_t size)
{
    struct fake_stream *s = (struct fake_stream *)stream;
    size_t n = size < s->input_length ? size : s->input_length;

    if (n > 0)
        memcpy(out, s->input, n);
    s->input_length -= n;
    if (s->input_length > 0)
        memmove(s->input, s->input + n, s->input_length);
    return n;
}

static size_t fake_write(struct stream *stream, const void *data, size_t length)
{
    struct fake_stream *s = (struct fake_stream *)stream;
    size_t n = length < s->write_room ? length : s->write_room;

    if (s->write_room != SIZE_MAX)
        s->write_room -= n;
    s->output = realloc(s->output, s->output_length + n + 1);
    memcpy(s->output + s->output_length, data, n);
    s->output_length += n;
    s->output[s->output_length] = '\0';
    return n;
}

static void fake_close(struct stream *stream)
{
    ((struct fake_stream *)stream)->closed_by_owner = true;
}

static const struct stream_class fake_class = {fake_read, fake_write, fake_close};

struct fake_stream *fake_stream_new(void)
{
    struct fake_stream *s = calloc(1, sizeof(*s));
    struct fake_stream **end = &net.streams;

    s->stream.vtable = &fake_class;
    snprintf(s->stream.peer, sizeof(s->stream.peer), "10.33.33.254:55318");
    s->write_room = SIZE_MAX;
    s->output = calloc(1, 1);
    while (*end)
        end = &(*end)->next;
    *end = s;
    return s;
}

struct fake_stream *fake_stream(unsigned n)
{
    struct fake_stream *s = net.streams;

    while (s && n-- > 0)
        s = s->next;
    return s;
}

static void deliver(struct fake_stream *s, enum stream_event event)
{
    if (!s->closed_by_owner && s->stream.handler)
        s->stream.handler(&s->stream, event, s->stream.user);
}

void fake_stream_open(struct fake_stream *s)
{
    deliver(s, STREAM_OPEN);
}

void fake_stream_receive(struct fake_stream *s, const void *data, size_t length)
{
    s->input = realloc(s->input, s->input_length + length + 1);
    memcpy(s->input + s->input_length, data, length);
    s->input_length += length;
    deliver(s, STREAM_DATA);
}

void fake_stream_end(struct fake_stream *s, const char *error)
{
    s->stream.error = error;
    deliver(s, STREAM_CLOSE);
}

void fake_stream_allow(struct fake_stream *s, size_t room)
{
    s->write_room = room;
    deliver(s, STREAM_SENT);
}

void fake_stream_clear_output(struct fake_stream *s)
{
    s->output_length = 0;
    s->output[0] = '\0';
}

/* --- os/net.h ----------------------------------------------------------------------------------------- */

struct stream *net_connect(const char *host, uint16_t port, stream_handler handler, void *user)
{
    struct fake_stream *s = fake_stream_new();

    snprintf(s->host, sizeof(s->host), "%s", host);
    s->port = port;
    stream_set_handler(&s->stream, handler, user);
    return &s->stream;
}

struct net_listener *net_listen(const char *address, net_accept_fn accept, void *user, const char **error)
{
    const char *colon = strrchr(address, ':');

    for (int i = 0; i < LISTENERS; i++) {
        if (net.listeners[i].port)
            continue;
        net.listeners[i] = (struct net_listener){(uint16_t)atoi(colon ? colon + 1 : address), accept, user};
        return &net.listeners[i];
    }
    *error = "the fake board has no more listeners";
    return NULL;
}

void net_unlisten(struct net_listener *listener)
{
    if (listener)
        listener->port = 0;
}

struct fake_stream *fake_net_incoming(uint16_t port)
{
    for (int i = 0; i < LISTENERS; i++) {
        if (net.listeners[i].port != port)
            continue;
        struct fake_stream *s = fake_stream_new();
        net.listeners[i].accept(&s->stream, net.listeners[i].user);
        return s;
    }
    return NULL;
}

void fake_net_set_ip(bool has_address)
{
    net.has_address = has_address;
}

bool net_get_ip(struct net_ip *ip)
{
    static const struct net_ip address = {
        {10, 33, 33, 1}, {255, 255, 255, 0}, {10, 33, 33, 254}, {10, 33, 33, 254}};

    *ip = net.has_address ? address : (struct net_ip){0};
    return net.has_address;
}
