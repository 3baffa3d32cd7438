/* Reserving loopback ports. */

#include "forwards.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A bound socket, or -errno. Port 0 becomes the one the kernel chose. */
static int reserve(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

/* SO_REUSEADDR lets two boards bind the same number as long as neither listens, so a number of yesterday is
 * only taken again when a socket without that option gets it too. */
static bool nobody_has(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool is_free = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return is_free;
}

static uint16_t port_of_before(const struct forward *preferred, int count, uint16_t port)
{
    for (int i = 0; i < count; i++) {
        if (preferred[i].port == port && nobody_has(preferred[i].host_port))
            return preferred[i].host_port;
    }
    return 0;
}

bool forwards_reserve(struct settings *settings, const struct forward *preferred, int preferred_count)
{
    for (int i = 0; i < settings->forward_count; i++) {
        struct forward *forward = &settings->forwards[i];
        uint16_t asked_for = forward->host_port;
        if (asked_for == 0)
            forward->host_port = port_of_before(preferred, preferred_count, forward->port);
        forward->reservation = reserve(&forward->host_port);
        if (forward->reservation >= 0)
            continue;
        fprintf(
            stderr,
            "hallmark-board: port %u of the board cannot be reached at 127.0.0.1:%u: %s. Choose another with "
            "--forward %u=PORT, or leave the choice to the system with --forward %u.\n",
            forward->port, forward->host_port, strerror(-forward->reservation), forward->port, forward->port);
        return false;
    }
    return true;
}

void forwards_release(struct settings *settings)
{
    for (int i = 0; i < settings->forward_count; i++) {
        if (settings->forwards[i].reservation >= 0)
            close(settings->forwards[i].reservation);
        settings->forwards[i].reservation = -1;
    }
}
