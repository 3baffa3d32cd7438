/* TCP streams of the linux board. os/net.h, os/stream.h */

#include "net.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "board.h"
#include "heap.h"
#include "net_accepted.h"
#include "port.h"
#include "tcp.h"

enum { CONNECT_TIMEOUT_US = 10000000 };

enum state {
    RESOLVING,
    CONNECTING,
    OPEN,
    ENDED, /* STREAM_CLOSE was delivered, or will be from net_run() */
};

struct tcp_stream {
    struct stream stream;
    struct tcp_stream *next;
    uint32_t serial; /* tells a stream from a later one at the same place in memory */
    int fd;          /* -1: none */
    enum state state;
    bool close_pending; /* STREAM_CLOSE is still to be delivered */
    bool read_all;      /* the last read found nothing more: new bytes are news */
    bool wants_room;    /* the last write was cut short */
    bool at_end;        /* the other side has finished */
    uint64_t deadline;  /* of connecting */
    struct lookup *lookup;
    int candidate, candidates;
    struct sockaddr_storage *addresses;
    char *host;
    char reason[96];
};

static struct tcp_stream *streams;
static uint32_t last_serial;

static bool is_alive(const struct tcp_stream *s, uint32_t serial)
{
    for (const struct tcp_stream *t = streams; t; t = t->next)
        if (t == s)
            return t->serial == serial;
    return false;
}

/* False: the handler has closed the stream, nothing of it may be touched. */
static bool deliver(struct tcp_stream *s, enum stream_event event)
{
    uint32_t serial = s->serial;

    if (s->stream.handler)
        s->stream.handler(&s->stream, event, s->stream.user);
    return is_alive(s, serial);
}

static void on_ready(int fd, short revents, void *arg);

static void update(struct tcp_stream *s)
{
    short events = 0;

    if (s->state == CONNECTING)
        events = POLLOUT;
    else if (s->state == OPEN)
        events = (short)((s->read_all && !s->at_end ? POLLIN : 0) | (s->wants_room ? POLLOUT : 0));
    if (s->fd >= 0)
        watch(s->fd, events, on_ready, s);
}

/* The end comes to the owner from the loop. A NULL reason is an orderly end. */
static void finish(struct tcp_stream *s, const char *reason)
{
    if (s->state == ENDED)
        return;
    s->state = ENDED;
    s->close_pending = true;
    if (reason) {
        snprintf(s->reason, sizeof(s->reason), "%s", reason);
        s->stream.error = s->reason;
    }
    update(s);
}

static void forget_addresses(struct tcp_stream *s)
{
    heap_free(s->addresses);
    s->addresses = NULL;
    s->candidates = 0;
}

/* --- the stream's functions --------------------------------------------------------------------------- */

static size_t tcp_read(struct stream *stream, void *out, size_t size)
{
    struct tcp_stream *s = (struct tcp_stream *)stream;

    if (s->fd < 0 || s->state < OPEN || size == 0)
        return 0;
    ssize_t n = recv(s->fd, out, size, MSG_DONTWAIT);
    if (n > 0) {
        int more = 0;
        s->read_all = ioctl(s->fd, FIONREAD, &more) == 0 && more == 0;
        update(s);
        return (size_t)n;
    }
    if (n == 0) {
        s->at_end = true;
        finish(s, NULL);
    } else if (errno == EAGAIN || errno == EINTR) {
        s->read_all = true;
        update(s);
    } else {
        finish(s, tcp_reason(errno));
    }
    return 0;
}

static size_t tcp_write(struct stream *stream, const void *data, size_t length)
{
    struct tcp_stream *s = (struct tcp_stream *)stream;

    if (s->state != OPEN || length == 0)
        return 0;
    ssize_t n = send(s->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        finish(s, tcp_reason(errno));
        return 0;
    }
    size_t accepted = n > 0 ? (size_t)n : 0;
    if (accepted < length) {
        s->wants_room = true;
        update(s);
    }
    return accepted;
}

static void tcp_close(struct stream *stream)
{
    struct tcp_stream *s = (struct tcp_stream *)stream;
    struct tcp_stream **at = &streams;

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    if (s->lookup)
        lookup_cancel(s->lookup);
    if (s->fd >= 0 && s->state != CONNECTING) {
        tcp_linger(s->fd);
    } else if (s->fd >= 0) {
        unwatch(s->fd);
        close(s->fd);
    }
    forget_addresses(s);
    heap_free(s->host);
    heap_free(s);
}

static const struct stream_class tcp_class = {tcp_read, tcp_write, tcp_close};

static struct tcp_stream *new_stream(enum state state)
{
    struct tcp_stream *s = heap_zalloc(sizeof(*s));

    if (!s)
        return NULL;
    s->stream.vtable = &tcp_class;
    s->fd = -1;
    s->serial = ++last_serial;
    s->state = state;
    s->read_all = true;
    s->next = streams;
    streams = s;
    return s;
}

/* --- connecting --------------------------------------------------------------------------------------- */

/* The next address that a connection can be begun to; the reason of the last failure when there is none
 * left. */
static void try_next(struct tcp_stream *s, const char *reason)
{
    while (s->candidate < s->candidates) {
        const struct sockaddr_storage *address = &s->addresses[s->candidate++];
        tcp_print_address(address, s->stream.peer, sizeof(s->stream.peer));
        s->fd = tcp_connect(address);
        s->state = CONNECTING;
        if (s->fd >= 0 && watch(s->fd, POLLOUT, on_ready, s))
            return;
        reason = s->fd >= 0 ? "too many connections" : tcp_reason(errno);
        if (s->fd >= 0)
            close(s->fd);
        s->fd = -1;
    }
    forget_addresses(s);
    finish(s, reason);
}

static void drop_attempt(struct tcp_stream *s, const char *reason)
{
    unwatch(s->fd);
    close(s->fd);
    s->fd = -1;
    try_next(s, reason);
}

static void on_lookup(void *arg, const struct sockaddr_storage *addresses, int count, const char *reason)
{
    struct tcp_stream *s = arg;
    char sentence[96];

    s->lookup = NULL;
    if (s->state != RESOLVING)
        return;
    if (count == 0) {
        snprintf(sentence, sizeof(sentence), "%.60s: %s", s->host, reason);
        finish(s, sentence);
        return;
    }
    s->addresses = heap_alloc((size_t)count * sizeof(*addresses));
    if (!s->addresses) {
        finish(s, "out of memory");
        return;
    }
    memcpy(s->addresses, addresses, (size_t)count * sizeof(*addresses));
    s->candidates = count;
    try_next(s, "no address");
}

struct stream *net_connect(const char *host, uint16_t port, stream_handler handler, void *user)
{
    struct tcp_stream *s = new_stream(RESOLVING);

    if (!s)
        return NULL;
    stream_set_handler(&s->stream, handler, user);
    s->deadline = board_uptime_us() + CONNECT_TIMEOUT_US;
    s->host = heap_strdup(host);
    s->lookup = s->host ? lookup_start(host, port, on_lookup, s) : NULL;
    if (s->lookup)
        return &s->stream;
    tcp_close(&s->stream);
    return NULL;
}

static void opened(struct tcp_stream *s)
{
    forget_addresses(s);
    tcp_tune(s->fd);
    s->state = OPEN;
    update(s);
    deliver(s, STREAM_OPEN);
}

struct stream *net_accepted(int fd, const struct sockaddr_storage *peer)
{
    struct tcp_stream *s = new_stream(OPEN);

    if (!s)
        return NULL;
    s->fd = fd;
    if (!watch(fd, POLLIN, on_ready, s)) {
        s->fd = -1;
        tcp_close(&s->stream);
        return NULL;
    }
    tcp_tune(fd);
    tcp_print_address(peer, s->stream.peer, sizeof(s->stream.peer));
    return &s->stream;
}

/* --- the loop ----------------------------------------------------------------------------------------- */

static void readable(struct tcp_stream *s)
{
    char one;
    ssize_t n = recv(s->fd, &one, 1, MSG_PEEK | MSG_DONTWAIT);

    if (n == 0) {
        s->at_end = true;
        finish(s, NULL);
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        finish(s, tcp_reason(errno));
    } else if (n > 0) {
        s->read_all = false; /* until the owner has read all, no second event */
        update(s);
        deliver(s, STREAM_DATA);
    }
}

static void on_ready(int fd, short revents, void *arg)
{
    struct tcp_stream *s = arg;
    uint32_t serial = s->serial;

    if (s->state == CONNECTING) {
        int error = tcp_connect_result(fd);
        if (error)
            drop_attempt(s, tcp_reason(error));
        else
            opened(s);
        return;
    }
    if (s->state == OPEN && s->wants_room && revents & (POLLOUT | POLLERR | POLLHUP)) {
        s->wants_room = false;
        update(s);
        deliver(s, STREAM_SENT);
    }
    if (is_alive(s, serial) && s->state == OPEN && s->read_all && revents & (POLLIN | POLLERR | POLLHUP))
        readable(s);
}

static struct tcp_stream *with_pending_close(void)
{
    for (struct tcp_stream *s = streams; s; s = s->next)
        if (s->close_pending)
            return s;
    return NULL;
}

static void give_up(struct tcp_stream *s)
{
    char sentence[96];

    snprintf(sentence, sizeof(sentence), "no answer within %d s", CONNECT_TIMEOUT_US / 1000000);
    if (s->fd >= 0) {
        unwatch(s->fd);
        close(s->fd);
        s->fd = -1;
    }
    forget_addresses(s);
    finish(s, sentence);
}

uint64_t net_run(void)
{
    uint64_t now = board_uptime_us(), soonest = tcp_run_lingering();
    struct tcp_stream *s;

    for (s = streams; s; s = s->next) {
        if (s->state != RESOLVING && s->state != CONNECTING)
            continue;
        if (s->deadline <= now)
            give_up(s);
        else if (s->deadline - now < soonest)
            soonest = s->deadline - now;
    }
    while ((s = with_pending_close()) != NULL) {
        s->close_pending = false;
        deliver(s, STREAM_CLOSE);
    }
    return with_pending_close() ? 0 : soonest;
}
