/* The virtual bus: one message a transfer, one message back. */

#include "bus/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bus/wait.h"
#include "chip/bus_protocol.h"

enum { ANSWER_SECONDS = 5 };

static int fail(struct bus_socket *bus, const char *what, const char *why)
{
    /* A path that fills the whole of sun_path has no terminating zero; open() allows none such. */
    snprintf(bus->detail, sizeof(bus->detail), "%s: %s: %s", bus->address.sun_path, what, why);
    return ATECC_BUS_FAILED;
}

static void disconnect(struct bus_socket *bus)
{
    if (bus->fd >= 0)
        close(bus->fd);
    bus->fd = -1;
}

static const char *why_not_connected(int error)
{
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
        return "the virtual chip is not running there: start hallmark-chip with this --socket";
    case EACCES:
    case EPERM:
        return "permission denied: the chip runs as another user";
    case EPROTOTYPE:
        return "not a virtual chip's socket";
    default:
        return strerror(error);
    }
}

static int connect_to_chip(struct bus_socket *bus)
{
    struct timeval timeout = {.tv_sec = ANSWER_SECONDS};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return fail(bus, "cannot make a socket", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    if (connect(fd, (const struct sockaddr *)&bus->address, sizeof(bus->address)) < 0) {
        int error = errno;

        close(fd);
        return fail(bus, "cannot connect", why_not_connected(error));
    }
    bus->fd = fd;
    return ATECC_BUS_OK;
}

static ssize_t send_once(struct bus_socket *bus, const uint8_t *message, size_t size)
{
    ssize_t sent;

    do
        sent = send(bus->fd, message, size, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

/* A connection whose other end is gone says so on sending: then the message went nowhere, and a chip that was
 * started anew may have it. */
static int send_request(struct bus_socket *bus, const uint8_t *message, size_t size)
{
    int was_connected = bus->fd >= 0;

    for (;;) {
        if (bus->fd < 0) {
            int err = connect_to_chip(bus);

            if (err)
                return err;
        }
        if (send_once(bus, message, size) == (ssize_t)size)
            return ATECC_BUS_OK;

        int error = errno;

        disconnect(bus);
        if (!was_connected || (error != EPIPE && error != ECONNRESET && error != ENOTCONN))
            return fail(bus, "cannot send", strerror(error));
        was_connected = 0;
    }
}

static int receive_answer(struct bus_socket *bus, uint8_t answer[BUS_MESSAGE_MAX], size_t *size)
{
    ssize_t received;

    do
        received = recv(bus->fd, answer, BUS_MESSAGE_MAX, MSG_TRUNC);
    while (received < 0 && errno == EINTR);
    if (received > 0) {
        *size = (size_t)received;
        return ATECC_BUS_OK;
    }

    int error = errno;

    /* After a late answer the two ends would talk past each other: begin anew. */
    disconnect(bus);
    if (received == 0)
        return fail(bus, "no answer", "the virtual chip closed the connection");
    if (error == EAGAIN || error == EWOULDBLOCK)
        return fail(bus, "no answer", "the virtual chip kept silent for five seconds");
    return fail(bus, "no answer", strerror(error));
}

/* Header, then as many bytes as it says: none after a NACK or of a write, all that were asked for of a read.
 */
static int answer_is_sound(const uint8_t *answer, size_t size, size_t wanted)
{
    if (size < BUS_HEADER_SIZE || size > BUS_MESSAGE_MAX)
        return 0;

    size_t length = answer[2] | (size_t)answer[3] << 8;

    if (size != BUS_HEADER_SIZE + length || answer[0] > BUS_ACK)
        return 0;
    return length == (answer[0] == BUS_ACK ? wanted : 0);
}

static int transfer(struct bus_socket *bus, uint8_t address, uint8_t direction, const uint8_t *out,
                    uint8_t *in, size_t length)
{
    uint8_t message[BUS_MESSAGE_MAX];
    size_t size = BUS_HEADER_SIZE + (direction == BUS_WRITE ? length : 0);
    size_t wanted = direction == BUS_READ ? length : 0;

    if (length > BUS_DATA_MAX || address > 0x7F)
        return fail(bus, "cannot send", "not a transfer I2C knows: over 256 bytes, or an address over 0x7F");
    message[0] = address;
    message[1] = direction;
    message[2] = (uint8_t)length;
    message[3] = (uint8_t)(length >> 8);
    if (direction == BUS_WRITE)
        memcpy(message + BUS_HEADER_SIZE, out, length);

    int err = send_request(bus, message, size);

    if (!err)
        err = receive_answer(bus, message, &size);
    if (!err && !answer_is_sound(message, size, wanted)) {
        disconnect(bus);
        err = fail(bus, "bad answer", "this is not a virtual chip, or one of another version");
    }
    if (!err && message[0] == BUS_NACK) {
        snprintf(bus->detail, sizeof(bus->detail), "%s: nobody acknowledged 0x%02X", bus->address.sun_path,
                 address);
        err = ATECC_BUS_NACK;
    }
    if (!err && direction == BUS_READ)
        memcpy(in, message + BUS_HEADER_SIZE, length);
    explicit_bzero(message, sizeof(message));
    return err;
}

static struct bus_socket *of(const struct atecc_bus_class **bus)
{
    return (struct bus_socket *)(void *)bus;
}

static int write_transfer(const struct atecc_bus_class **bus, uint8_t address, const uint8_t *data,
                          size_t length)
{
    return transfer(of(bus), address, BUS_WRITE, data, NULL, length);
}

static int read_transfer(const struct atecc_bus_class **bus, uint8_t address, uint8_t *data, size_t length)
{
    return transfer(of(bus), address, BUS_READ, NULL, data, length);
}

static int wake_pulse(const struct atecc_bus_class **bus)
{
    static const uint8_t zero = 0;
    int err = transfer(of(bus), 0, BUS_WRITE, &zero, NULL, 1);

    return err == ATECC_BUS_NACK ? ATECC_BUS_OK : err;
}

static const char *detail(const struct atecc_bus_class **bus)
{
    return of(bus)->detail;
}

static const struct atecc_bus_class socket_class = {
    .write = write_transfer,
    .read = read_transfer,
    .wake_pulse = wake_pulse,
    .delay_us = bus_delay_us,
    .now_us = bus_now_us,
    .detail = detail,
};

int bus_socket_open(struct bus_socket *bus, const char *path)
{
    memset(bus, 0, sizeof(*bus));
    bus->vtable = &socket_class;
    bus->fd = -1;
    bus->address.sun_family = AF_UNIX;
    if (path[0] == '\0') {
        snprintf(bus->detail, sizeof(bus->detail),
                 "unix: needs the path of the virtual chip's socket after it");
        return ATECC_BUS_FAILED;
    }
    if (strlen(path) >= sizeof(bus->address.sun_path)) {
        snprintf(bus->detail, sizeof(bus->detail),
                 "%.100s...: too long for a socket's name, which has at most %zu bytes", path,
                 sizeof(bus->address.sun_path) - 1);
        return ATECC_BUS_FAILED;
    }
    strcpy(bus->address.sun_path, path);
    snprintf(bus->detail, sizeof(bus->detail), "%s", path);
    return ATECC_BUS_OK;
}

void bus_socket_close(struct bus_socket *bus)
{
    disconnect(bus);
}
