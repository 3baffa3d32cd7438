/* Names to addresses, by c-ares, without blocking. os/boards/linux/port.h */

#include "port.h"

#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "heap.h"

struct lookup {
    struct lookup *next;
    lookup_done done; /* NULL: cancelled */
    void *arg;
    bool finished; /* the answer is here, and is handed over from resolver_run() */
    int count;
    const char *reason;
    struct sockaddr_storage addresses[LOOKUP_ADDRESSES];
};

static struct {
    ares_channel channel; /* NULL: no name has been asked for yet */
    const char *server;   /* --dns; NULL: the host's */
    struct lookup *lookups;
} resolver;

const char *resolver_set_server(const char *server)
{
    static char why[160];
    ares_channel trial;

    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS || ares_init(&trial) != ARES_SUCCESS)
        return "the resolver library cannot be started";
    int err = ares_set_servers_ports_csv(trial, server);
    ares_destroy(trial);
    if (err == ARES_SUCCESS) {
        resolver.server = server;
        return NULL;
    }
    snprintf(why, sizeof(why), "--dns %s: expected ADDRESS:PORT, for example 127.0.0.1:5353", server);
    return why;
}

/* --- c-ares and the loop ------------------------------------------------------------------------------ */

static void on_ready(int fd, short revents, void *arg)
{
    bool readable = revents & (POLLIN | POLLHUP | POLLERR), writable = revents & (POLLOUT | POLLERR);

    ares_process_fd(resolver.channel, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
}

static void on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    if (!readable && !writable)
        unwatch(fd);
    else
        watch(fd, (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)), on_ready, NULL);
}

static bool open_channel(void)
{
    /* With a server of its own the board asks nobody else, not even the host's /etc/hosts. */
    struct ares_options options = {
        .sock_state_cb = on_socket_state, .timeout = 2000, .tries = 3, .lookups = "b"};
    int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
               (resolver.server ? ARES_OPT_LOOKUPS : 0);

    if (resolver.channel)
        return true;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
        ares_init_options(&resolver.channel, &options, mask) != ARES_SUCCESS)
        return false;
    if (resolver.server)
        ares_set_servers_ports_csv(resolver.channel, resolver.server);
    return true;
}

bool resolver_server(uint8_t address[4])
{
    struct ares_addr_port_node *servers = NULL;
    bool found = false;

    if (!open_channel() || ares_get_servers_ports(resolver.channel, &servers) != ARES_SUCCESS)
        return false;
    for (const struct ares_addr_port_node *s = servers; s && !found; s = s->next) {
        found = s->family == AF_INET;
        if (found)
            memcpy(address, &s->addr.addr4, 4);
    }
    ares_free_data(servers);
    return found;
}

/* --- lookups ------------------------------------------------------------------------------------------ */

static const char *reason_for(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
        return "no such name";
    case ARES_ECONNREFUSED:
        return "the name server refuses connections";
    case ARES_ETIMEOUT:
        return "the name server does not answer";
    case ARES_ENOMEM:
        return "out of memory";
    case ARES_EBADNAME:
        return "not a valid host name";
    default:
        return ares_strerror(status);
    }
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *answer)
{
    struct lookup *lookup = arg;

    lookup->finished = true;
    if (status != ARES_SUCCESS)
        lookup->reason = reason_for(status);
    for (const struct ares_addrinfo_node *n = answer ? answer->nodes : NULL; n; n = n->ai_next)
        if (lookup->count < LOOKUP_ADDRESSES && (size_t)n->ai_addrlen <= sizeof(lookup->addresses[0]))
            memcpy(&lookup->addresses[lookup->count++], n->ai_addr, (size_t)n->ai_addrlen);
    if (lookup->count == 0 && !lookup->reason)
        lookup->reason = "no such name";
    ares_freeaddrinfo(answer);
}

static bool address_in_digits(struct lookup *lookup, const char *host, uint16_t port)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&lookup->addresses[0];
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&lookup->addresses[0];

    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
    } else {
        return false;
    }
    lookup->count = 1;
    lookup->finished = true;
    return true;
}

struct lookup *lookup_start(const char *host, uint16_t port, lookup_done done, void *arg)
{
    struct lookup *lookup = heap_zalloc(sizeof(*lookup));
    struct ares_addrinfo_hints hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    char service[8];

    if (!lookup)
        return NULL;
    lookup->done = done;
    lookup->arg = arg;
    lookup->next = resolver.lookups;
    resolver.lookups = lookup;
    if (address_in_digits(lookup, host, port))
        return lookup;
    if (!open_channel()) {
        lookup->finished = true;
        lookup->reason = "the resolver library cannot be started";
        return lookup;
    }
    snprintf(service, sizeof(service), "%u", port);
    hints.ai_flags = ARES_AI_NUMERICSERV;
    ares_getaddrinfo(resolver.channel, host, service, &hints, on_answer, lookup);
    return lookup;
}

void lookup_cancel(struct lookup *lookup)
{
    lookup->done = NULL; /* c-ares still has it; it goes when the answer is here */
}

/* One finished lookup taken out of the list; NULL when there is none. */
static struct lookup *take_finished(void)
{
    for (struct lookup **at = &resolver.lookups; *at; at = &(*at)->next) {
        struct lookup *lookup = *at;
        if (!lookup->finished)
            continue;
        *at = lookup->next;
        return lookup;
    }
    return NULL;
}

uint64_t resolver_run(void)
{
    struct timeval longest = {.tv_sec = 3600}, wait;
    struct lookup *lookup;

    if (resolver.channel)
        ares_process_fd(resolver.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    while ((lookup = take_finished()) != NULL) {
        if (lookup->done)
            lookup->done(lookup->arg, lookup->addresses, lookup->count, lookup->reason);
        heap_free(lookup);
    }
    if (!resolver.channel || !resolver.lookups)
        return UINT64_MAX;
    const struct timeval *next = ares_timeout(resolver.channel, &longest, &wait);
    return (uint64_t)next->tv_sec * 1000000 + (uint64_t)next->tv_usec;
}
