/* What listening (listen.c) needs of streams (net.c). */
#ifndef BOARDS_LINUX_NET_ACCEPTED_H
#define BOARDS_LINUX_NET_ACCEPTED_H

#include <sys/socket.h>

struct stream;
/* An open stream over an accepted socket; NULL when memory or the table of descriptors is full, `fd` is
 * then the caller's still. */
struct stream *net_accepted(int fd, const struct sockaddr_storage *peer);

#endif
