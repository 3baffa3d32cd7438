/* TCP sockets: connecting, closing in peace, errors in words. os/boards/linux/tcp.h */

#include "tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "port.h"

void tcp_print_address(const struct sockaddr_storage *address, char *out, size_t size)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    char text[INET6_ADDRSTRLEN] = "";

    if (address->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
        snprintf(out, size, "[%s]:%u", text, ntohs(v6->sin6_port));
        return;
    }
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    snprintf(out, size, "%s:%u", text, ntohs(v4->sin_port));
}

int tcp_connect(const struct sockaddr_storage *address)
{
    socklen_t length =
        address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)address, length) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int tcp_connect_result(int fd)
{
    int error = 0;
    socklen_t length = sizeof(error);

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

void tcp_tune(int fd)
{
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

const char *tcp_reason(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return "connection refused";
    case ECONNRESET:
    case EPIPE:
        return "connection reset by the other side";
    case ETIMEDOUT:
        return "no answer";
    case ENETUNREACH:
    case EHOSTUNREACH:
        return "no route to that address";
    case EMFILE:
    case ENFILE:
        return "too many connections";
    case ENOMEM:
    case ENOBUFS:
        return "out of memory";
    default:
        return strerror(error);
    }
}

/* --- closing in peace --------------------------------------------------------------------------------- */

enum { LINGERING = 32, LINGER_US = 2000000 };

static struct {
    int fd; /* -1: free */
    uint64_t until;
} lingering[LINGERING];
static bool initialised;

static void end(int slot)
{
    unwatch(lingering[slot].fd);
    close(lingering[slot].fd);
    lingering[slot].fd = -1;
}

static void drain(int fd, short revents, void *arg)
{
    char discarded[1024];
    ssize_t n = recv(fd, discarded, sizeof(discarded), MSG_DONTWAIT);

    if (n > 0 || (n < 0 && errno == EAGAIN))
        return;
    end((int)(intptr_t)arg);
}

static int free_slot(void)
{
    for (int i = 0; i < LINGERING; i++) {
        if (!initialised)
            lingering[i].fd = -1;
    }
    initialised = true;
    for (int i = 0; i < LINGERING; i++)
        if (lingering[i].fd < 0)
            return i;
    return -1;
}

void tcp_linger(int fd)
{
    int slot = free_slot();

    unwatch(fd);
    if (slot < 0 || shutdown(fd, SHUT_WR) < 0 || !watch(fd, POLLIN, drain, (void *)(intptr_t)slot)) {
        close(fd);
        return;
    }
    lingering[slot].fd = fd;
    lingering[slot].until = board_uptime_us() + LINGER_US;
}

unsigned long long tcp_run_lingering(void)
{
    uint64_t now = board_uptime_us(), soonest = UINT64_MAX;

    for (int i = 0; initialised && i < LINGERING; i++) {
        if (lingering[i].fd >= 0 && lingering[i].until <= now)
            end(i);
        if (lingering[i].fd >= 0 && lingering[i].until - now < soonest)
            soonest = lingering[i].until - now;
    }
    return soonest;
}
