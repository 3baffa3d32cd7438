/* The virtual bus: I2C transfers to the virtual chip's Unix socket (chip/bus_protocol.h).
 *
 * The connection is made when it is first needed and made again when it was lost, so that the chip may be
 * started, stopped and started again at any time. A transfer that cannot have reached the chip is sent again
 * over the new connection; one that may have is ATECC_BUS_FAILED. So is a chip that is not running: `detail`
 * says so. An answer that breaks the protocol, or takes longer than five seconds, closes the connection.
 *
 * Nothing is allocated. One thread, and do not copy the struct.
 */
#ifndef BUS_SOCKET_H
#define BUS_SOCKET_H

#include <sys/un.h>

#include "driver/atecc_bus.h"

struct bus_socket {
    const struct atecc_bus_class *vtable;
    /* private */
    int fd; /* -1: not connected */
    struct sockaddr_un address;
    char detail[256];
};

/* Prepares a bus to the socket at `path`; does not connect. Returns 0, or ATECC_BUS_FAILED if the path is too
 * long for a socket's name (107 bytes). */
int bus_socket_open(struct bus_socket *bus, const char *path);
void bus_socket_close(struct bus_socket *bus);

#endif
