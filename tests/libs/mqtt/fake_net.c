/* A network of one scripted stream. */

#include "fake_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "net.h"

struct fake_wire wire;
unsigned wires_made;
bool net_is_out_of_memory, net_has_address;

void fake_net_start(void)
{
    memset(&wire, 0, sizeof(wire));
    wires_made = 0;
    net_is_out_of_memory = false;
    net_has_address = true;
}

static size_t fake_read(struct stream *stream, void *out, size_t size)
{
    size_t left = wire.arriving.length - wire.taken, count = size < left ? size : left;

    assert_ptr_equal(stream, &wire.stream);
    assert_false(wire.closed);
    memcpy(out, wire.arriving.data + wire.taken, count);
    wire.taken += count;
    return count;
}

static size_t fake_write(struct stream *stream, const void *data, size_t length)
{
    size_t count = length < wire.room ? length : wire.room;

    assert_ptr_equal(stream, &wire.stream);
    assert_false(wire.closed);
    assert_true(wire.sent.length + count <= sizeof(wire.sent.data));
    memcpy(wire.sent.data + wire.sent.length, data, count);
    wire.sent.length += count;
    if (wire.room != SIZE_MAX)
        wire.room -= count;
    return count;
}

static void fake_close(struct stream *stream)
{
    assert_ptr_equal(stream, &wire.stream);
    assert_false(wire.closed);
    wire.closed = true;
}

struct stream *net_connect(const char *host, uint16_t port, stream_handler handler, void *user)
{
    static const struct stream_class class = {fake_read, fake_write, fake_close};

    wires_made++;
    if (net_is_out_of_memory)
        return NULL;
    assert_true(!wire.used || wire.closed);
    memset(&wire, 0, sizeof(wire));
    wire.used = true;
    wire.stream.vtable = &class;
    wire.room = SIZE_MAX;
    wire.port = port;
    snprintf(wire.host, sizeof(wire.host), "%s", host);
    stream_set_handler(&wire.stream, handler, user);
    return &wire.stream;
}

bool net_get_ip(struct net_ip *ip)
{
    memset(ip, 0, sizeof(*ip));
    return net_has_address;
}

static void tell(enum stream_event event)
{
    assert_false(wire.closed);
    wire.stream.handler(&wire.stream, event, wire.stream.user);
}

void wire_opens(void)
{
    tell(STREAM_OPEN);
}

void wire_says(const char *text)
{
    wire.arriving = hex(text);
    wire.taken = 0;
    tell(STREAM_DATA);
}

void wire_ends(const char *error)
{
    wire.stream.error = error;
    tell(STREAM_CLOSE);
}

void assert_wire_sent(const char *text)
{
    struct bytes expected = hex(text);

    if (wire.sent.length != expected.length || memcmp(wire.sent.data, expected.data, expected.length) != 0) {
        printf("expected %s\nsaw     ", text);
        for (size_t i = 0; i < wire.sent.length; i++)
            printf(" %02x", wire.sent.data[i]);
        printf("\n");
        fail();
    }
    wire.sent.length = 0;
}

void wire_accepts(void)
{
    wire_opens();
    wire.sent.length = 0;
    wire_says("20 02 00 00");
}
