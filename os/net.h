/* TCP streams, listeners and the address of the board. Implemented by the port (os/boards/<name>/).
 *
 * Streams, listeners and their buffers are allocated from the heap of os/heap.h: when it is full, connecting
 * fails with the sentence "out of memory", and an incoming connection is closed at once.
 */
#ifndef OS_NET_H
#define OS_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "stream.h"

/* Connects to `host` (name or address) and `port`. The stream exists at once and opens later: STREAM_OPEN,
 * or STREAM_CLOSE with the reason ("mqtt.tmc.com: no such name", "connection refused", "no answer within
 * 10 s"). NULL only when memory is out. `host` is copied. */
struct stream *net_connect(const char *host, uint16_t port, stream_handler handler, void *user);

struct net_listener;
/* Called with a new, already open stream; it sets the stream's handler, or closes it. */
typedef void (*net_accept_fn)(struct stream *stream, void *user);
/* `address`: "443", ":443" or "192.168.1.5:443". NULL on failure, `*error` is then a sentence. */
struct net_listener *net_listen(const char *address, net_accept_fn accept, void *user, const char **error);
void net_unlisten(struct net_listener *listener);

struct net_ip {
    uint8_t address[4], netmask[4], gateway[4], dns[4];
};
/* The board's IPv4 address; false while it has none. */
bool net_get_ip(struct net_ip *ip);

#endif
