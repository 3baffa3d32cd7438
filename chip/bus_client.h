/* The host's end of the virtual bus (chip/bus_protocol.h), for programs that are not firmware.
 *
 * Every answer comes on a socket of its own, so a connection may be used by several threads, and by several processes
 * after fork, at once. Failures are -1 with errno: ENODEV the server is gone (or never was there), ETIMEDOUT it keeps
 * silent, EPROTO it talks nonsense, otherwise what the system says.
 */
#ifndef CHIP_BUS_CLIENT_H
#define CHIP_BUS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bus_protocol.h"

struct bus_client_transfer {
    uint8_t address;
    bool read;
    uint8_t *bytes;
    size_t length;
    bool acknowledged; /* the answer */
};

/* A connected socket; `flags` may hold SOCK_CLOEXEC. */
int bus_client_connect(const char *path, int flags);

/* Sends one message and receives its answer; the answer's length. */
ssize_t bus_client_exchange(int fd, const void *message, size_t n, uint8_t *answer, size_t size);

/* One combined transfer of at most BUS_TRANSFERS_MAX transfers. How many were acknowledged: all those before the first
 * that was not. Reads of these are filled in. */
int bus_client_transfer(int fd, struct bus_client_transfer *transfers, unsigned count);

/* The connection's four bytes. */
int bus_client_get_note(int fd, uint8_t note[BUS_NOTE_SIZE]);
int bus_client_set_note(int fd, const uint8_t note[BUS_NOTE_SIZE]);

/* Asks the simulator itself. 1: done, 0: refused; `text` is the answer, terminated. */
int bus_client_control(int fd, const char *request, char *text, size_t size);

#endif
