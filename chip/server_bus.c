/* Serves I2C transfers to the clients of hallmark-chip (chip/bus_protocol.h).
 *
 * One poll loop and no waiting: a busy chip answers with a NACK, as the real one does. Every client is a
 * master on the same bus; a client that breaks the protocol, or does not read its answers, is disconnected.
 */

#include "server.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto.h"
#include "server_message.h"

enum served { SERVED, CLIENT_GONE, STATE_NOT_SAVED };

/* One message, and where its answer goes. */
struct exchange {
    uint8_t message[BUS_COMBINED_MAX + 1]; /* one more than any message: what is longer is noticed */
    uint8_t answer[BUS_HEADER_SIZE + BUS_CONTROL_ANSWER_MAX];
    size_t answer_length;
    int elsewhere; /* the socket that came with it; -1 */
};

static void append_answer(struct exchange *exchange, bool acknowledged, size_t length)
{
    uint8_t *header = exchange->answer + exchange->answer_length;

    header[0] = acknowledged ? BUS_ACK : BUS_NACK;
    header[1] = 0;
    header[2] = (uint8_t)length;
    header[3] = (uint8_t)(length >> 8);
    exchange->answer_length += BUS_HEADER_SIZE + length;
}

static enum served transfer_all(struct server *server, const struct bus_request *requests, size_t count,
                                struct exchange *exchange, char error[STATE_ERROR_MAX])
{
    bool going = true;

    for (size_t i = 0; i < count; i++) {
        const struct bus_request *request = &requests[i];
        bool read = request->direction == BUS_READ;
        uint8_t *in = exchange->answer + exchange->answer_length + BUS_HEADER_SIZE;
        uint8_t *out = exchange->message + (read ? 0 : request->bytes - exchange->message);
        enum wires_result result = WIRES_NACK;

        if (going)
            result = server_wires_transfer(server, request->address, read, read ? in : out, request->length,
                                           error);
        if (result == WIRES_NOT_SAVED)
            return STATE_NOT_SAVED;
        if (result == WIRES_BROKEN)
            return CLIENT_GONE;
        going = result == WIRES_ACK;
        append_answer(exchange, going, going && read ? request->length : 0);
    }
    return SERVED;
}

static void answer_control(struct server *server, const struct bus_request *request,
                           struct exchange *exchange)
{
    char text[BUS_CONTROL_MAX + 1];
    char *answer = (char *)exchange->answer + BUS_HEADER_SIZE;

    memcpy(text, request->bytes, request->length);
    text[request->length] = '\0';
    bool done = server_control(server, text, answer, BUS_CONTROL_ANSWER_MAX);
    append_answer(exchange, done, strlen(answer));
}

static enum served carry_out(struct server *server, struct server_client *client, size_t n,
                             struct exchange *exchange, char error[STATE_ERROR_MAX])
{
    struct bus_request requests[BUS_TRANSFERS_MAX];

    size_t count = server_message_decode(exchange->message, n, requests);
    if (count == 0)
        return CLIENT_GONE;
    switch (requests[0].direction) {
    case BUS_NOTE_WRITE:
        memcpy(client->note, requests[0].bytes, BUS_NOTE_SIZE);
        append_answer(exchange, true, 0);
        return SERVED;
    case BUS_NOTE_READ:
        memcpy(exchange->answer + BUS_HEADER_SIZE, client->note, BUS_NOTE_SIZE);
        append_answer(exchange, true, BUS_NOTE_SIZE);
        return SERVED;
    case BUS_CONTROL:
        answer_control(server, &requests[0], exchange);
        return SERVED;
    default:
        return transfer_all(server, requests, count, exchange, error);
    }
}

/* Bytes, and at most one descriptor: the kernel closes what does not fit. */
static ssize_t receive(int client, struct exchange *exchange)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec bytes = {.iov_base = exchange->message, .iov_len = sizeof exchange->message};
    struct msghdr message = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};

    exchange->elsewhere = -1;
    exchange->answer_length = 0;
    ssize_t n = recvmsg(client, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return n;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&exchange->elsewhere, CMSG_DATA(header), sizeof(int));
    return n;
}

static bool send_answer(int client, const struct exchange *exchange)
{
    int fd = exchange->elsewhere >= 0 ? exchange->elsewhere : client;

    return send(fd, exchange->answer, exchange->answer_length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
           exchange->elsewhere >= 0; /* one of several processes has gone: no matter to the others */
}

static enum served serve(struct server *server, struct server_client *client, char error[STATE_ERROR_MAX])
{
    struct exchange exchange;

    ssize_t n = receive(client->fd, &exchange);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return SERVED;
    if (n <= 0)
        return CLIENT_GONE;
    enum served result = carry_out(server, client, (size_t)n, &exchange, error);
    if (result == SERVED && !send_answer(client->fd, &exchange))
        result = CLIENT_GONE;
    if (exchange.elsewhere >= 0)
        close(exchange.elsewhere);
    chip_wipe(exchange.message, (size_t)n);
    chip_wipe(exchange.answer, exchange.answer_length);
    return result;
}

static void accept_client(struct server *server)
{
    int client = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (client < 0)
        return;
    if (server->client_count == SERVER_CLIENTS) {
        server_complain("a client was turned away: %d are connected already", SERVER_CLIENTS);
        close(client);
        return;
    }
    server->clients[server->client_count++] = (struct server_client){.fd = client};
}

static void drop_client(struct server *server, unsigned index)
{
    close(server->clients[index].fd);
    server->clients[index] = server->clients[--server->client_count];
}

/* Backwards, so that dropping one moves none that is still to be served. */
static int serve_ready(struct server *server, const struct pollfd *ready, unsigned count,
                       char error[STATE_ERROR_MAX])
{
    for (unsigned i = count; i-- > 0;) {
        if (!ready[i].revents)
            continue;
        enum served result = serve(server, &server->clients[i], error);
        if (result == STATE_NOT_SAVED)
            return -1;
        if (result == CLIENT_GONE)
            drop_client(server, i);
    }
    return 0;
}

int server_run(struct server *server, char error[STATE_ERROR_MAX])
{
    enum { SIGNALS, LISTENER, FIRST_CLIENT };
    struct pollfd polled[FIRST_CLIENT + SERVER_CLIENTS];

    for (;;) {
        unsigned count = server->client_count;
        polled[SIGNALS] = (struct pollfd){.fd = server->signals, .events = POLLIN};
        polled[LISTENER] = (struct pollfd){.fd = server->listener, .events = POLLIN};
        for (unsigned i = 0; i < count; i++)
            polled[FIRST_CLIENT + i] = (struct pollfd){.fd = server->clients[i].fd, .events = POLLIN};

        if (poll(polled, FIRST_CLIENT + count, -1) < 0) {
            if (errno == EINTR)
                continue;
            snprintf(error, STATE_ERROR_MAX, "cannot wait for transfers: %s", strerror(errno));
            return -1;
        }
        if (polled[SIGNALS].revents)
            return 0;
        if (serve_ready(server, polled + FIRST_CLIENT, count, error) < 0)
            return -1;
        if (polled[LISTENER].revents)
            accept_client(server);
    }
}
