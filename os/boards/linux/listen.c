/* Listeners of the linux board, and where their ports really are (--forward). os/net.h */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap.h"
#include "net.h"
#include "net_accepted.h"
#include "port.h"
#include "tcp.h"

enum { FORWARDS = 16, BACKLOG = 8 };

static struct {
    uint16_t port;
    struct sockaddr_in to;
} forwards[FORWARDS];
static int forward_count;

struct net_listener {
    int fd;
    net_accept_fn accept;
    void *user;
};

/* --- addresses ---------------------------------------------------------------------------------------- */

static bool parse_port(const char *text, uint16_t *port)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end || value == 0 || value > 65535)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* "443", ":443", "192.168.1.5:443" */
static bool parse_address(const char *text, struct sockaddr_in *out, uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    char host[16];

    *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    if (!parse_port(colon ? colon + 1 : text, port))
        return false;
    out->sin_port = htons(*port);
    if (!colon || colon == text)
        return true;
    if (colon - text >= (long)sizeof(host))
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

const char *net_add_forward(const char *forward)
{
    static char why[160];
    char from[8];
    const char *equals = strchr(forward, '=');
    uint16_t real;

    if (forward_count == FORWARDS)
        return "--forward: at most 16 ports can be forwarded";
    if (equals && equals - forward < (long)sizeof(from)) {
        memcpy(from, forward, (size_t)(equals - forward));
        from[equals - forward] = '\0';
        if (parse_port(from, &forwards[forward_count].port) &&
            parse_address(equals + 1, &forwards[forward_count].to, &real)) {
            forward_count++;
            return NULL;
        }
    }
    snprintf(why, sizeof(why), "--forward %.80s: expected PORT=ADDRESS:PORT, for example 443=127.0.0.1:40123",
             forward);
    return why;
}

static void apply_forward(struct sockaddr_in *address, uint16_t port)
{
    for (int i = 0; i < forward_count; i++)
        if (forwards[i].port == port)
            *address = forwards[i].to;
}

/* --- listening ---------------------------------------------------------------------------------------- */

static void on_ready(int fd, short revents, void *arg)
{
    struct net_listener *listener = arg;
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof(peer);

    int accepted = accept4(fd, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0)
        return;
    struct stream *stream = net_accepted(accepted, &peer);
    if (stream)
        listener->accept(stream, listener->user);
    else
        close(accepted);
}

static const char *why_not(const char *address, const struct sockaddr_in *real, int error)
{
    static char why[160];
    char real_text[INET_ADDRSTRLEN];
    const char *advice = strerror(error);

    inet_ntop(AF_INET, &real->sin_addr, real_text, sizeof(real_text));
    if (error == EACCES)
        advice = "permission denied; ports below 1024 are for root, give --forward";
    else if (error == EADDRINUSE)
        advice = "another program listens there";
    else if (error == EADDRNOTAVAIL)
        advice = "the board has no such address";
    snprintf(why, sizeof(why), "cannot listen on %.40s (%s:%u): %s", address, real_text,
             ntohs(real->sin_port), advice);
    return why;
}

static int open_socket(const struct sockaddr_in *address)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

struct net_listener *net_listen(const char *address, net_accept_fn accept, void *user, const char **error)
{
    static char why[160];
    struct sockaddr_in real;
    uint16_t port;

    if (!parse_address(address, &real, &port)) {
        snprintf(why, sizeof(why), "cannot listen on '%.40s': expected PORT, :PORT or ADDRESS:PORT", address);
        *error = why;
        return NULL;
    }
    apply_forward(&real, port);
    struct net_listener *listener = heap_alloc(sizeof(*listener));
    if (!listener) {
        *error = "out of memory";
        return NULL;
    }
    *listener = (struct net_listener){open_socket(&real), accept, user};
    if (listener->fd >= 0 && watch(listener->fd, POLLIN, on_ready, listener))
        return listener;
    *error = listener->fd < 0 ? why_not(address, &real, errno) : "too many connections";
    if (listener->fd >= 0)
        close(listener->fd);
    heap_free(listener);
    return NULL;
}

void net_unlisten(struct net_listener *listener)
{
    if (!listener)
        return;
    unwatch(listener->fd);
    close(listener->fd);
    heap_free(listener);
}
