/* The host's end of the virtual bus. */

#include "bus_client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000 };

static int fail(int error)
{
    errno = error;
    return -1;
}

static void close_quietly(int fd)
{
    int problem = errno;

    close(fd);
    errno = problem;
}

int bus_client_connect(const char *path, int flags)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return fail(ENAMETOOLONG);
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | flags, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close_quietly(fd);
    return fail(errno == ENOENT || errno == ECONNREFUSED ? ENODEV : errno);
}

/* The message, and with it the socket the answer is to come on. */
static int send_with_socket(int fd, const void *message, size_t n, int answer_to)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    struct iovec bytes = {.iov_base = (void *)(uintptr_t)message, .iov_len = n};
    struct msghdr header = {.msg_iov = &bytes,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    ssize_t sent;

    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &answer_to, sizeof(int));
    do
        sent = sendmsg(fd, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return 0;
    return fail(errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? ENODEV : errno);
}

static ssize_t receive(int fd, uint8_t *answer, size_t size)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int ready;

    do
        ready = poll(&wait, 1, PATIENCE_MS);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return ready < 0 ? -1 : fail(ETIMEDOUT);
    ssize_t n = recv(fd, answer, size, MSG_TRUNC);
    if (n <= 0)
        return fail(ENODEV);
    return (size_t)n <= size ? n : fail(EPROTO);
}

ssize_t bus_client_exchange(int fd, const void *message, size_t n, uint8_t *answer, size_t size)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    int sent = send_with_socket(fd, message, n, ends[1]);
    close_quietly(ends[1]); /* from here on the server holds the only other end: if it dies, we hear of it */
    ssize_t got = sent < 0 ? -1 : receive(ends[0], answer, size);
    close_quietly(ends[0]);
    return got;
}

static size_t put_header(uint8_t *at, uint8_t address, uint8_t direction, size_t length)
{
    at[0] = address;
    at[1] = direction;
    at[2] = (uint8_t)length;
    at[3] = (uint8_t)(length >> 8);
    return BUS_HEADER_SIZE;
}

/* The bytes of the answer at `at`, at most `left` long; -1: nonsense. */
static ssize_t answered(const uint8_t *at, size_t left)
{
    if (left < BUS_HEADER_SIZE || at[0] > BUS_ACK)
        return -1;
    size_t length = at[2] | (size_t)at[3] << 8;
    return length <= left - BUS_HEADER_SIZE ? (ssize_t)length : -1;
}

static int take_answers(const uint8_t *answer, size_t n, struct bus_client_transfer *transfers,
                        unsigned count)
{
    int acknowledged = 0;

    for (unsigned i = 0; i < count; i++) {
        ssize_t length = answered(answer, n);
        bool acked = length >= 0 && answer[0] == BUS_ACK;
        if (length < 0 || (size_t)length != (acked && transfers[i].read ? transfers[i].length : 0))
            return fail(EPROTO);
        transfers[i].acknowledged = acked;
        if (length > 0)
            memcpy(transfers[i].bytes, answer + BUS_HEADER_SIZE, (size_t)length);
        acknowledged += acked;
        answer += BUS_HEADER_SIZE + length;
        n -= BUS_HEADER_SIZE + (size_t)length;
    }
    return n == 0 ? acknowledged : fail(EPROTO);
}

int bus_client_transfer(int fd, struct bus_client_transfer *transfers, unsigned count)
{
    uint8_t message[BUS_COMBINED_MAX], answer[BUS_COMBINED_MAX];
    size_t n = 0;

    if (count == 0 || count > BUS_TRANSFERS_MAX)
        return fail(EINVAL);
    for (unsigned i = 0; i < count; i++) {
        const struct bus_client_transfer *one = &transfers[i];
        if (one->length > BUS_DATA_MAX || one->address > 0x7F || (one->read && one->length == 0))
            return fail(EINVAL);
        n += put_header(message + n, one->address, one->read ? BUS_READ : BUS_WRITE, one->length);
        if (!one->read && one->length > 0) {
            memcpy(message + n, one->bytes, one->length);
            n += one->length;
        }
    }
    ssize_t got = bus_client_exchange(fd, message, n, answer, sizeof answer);
    explicit_bzero(message, n);
    if (got < 0)
        return -1;
    int acknowledged = take_answers(answer, (size_t)got, transfers, count);
    explicit_bzero(answer, (size_t)got);
    return acknowledged;
}

int bus_client_get_note(int fd, uint8_t note[BUS_NOTE_SIZE])
{
    uint8_t message[BUS_HEADER_SIZE], answer[BUS_HEADER_SIZE + BUS_NOTE_SIZE];

    put_header(message, 0, BUS_NOTE_READ, BUS_NOTE_SIZE);
    ssize_t n = bus_client_exchange(fd, message, sizeof message, answer, sizeof answer);
    if (n < 0)
        return -1;
    if (answered(answer, (size_t)n) != BUS_NOTE_SIZE)
        return fail(EPROTO);
    memcpy(note, answer + BUS_HEADER_SIZE, BUS_NOTE_SIZE);
    return 0;
}

int bus_client_set_note(int fd, const uint8_t note[BUS_NOTE_SIZE])
{
    uint8_t message[BUS_HEADER_SIZE + BUS_NOTE_SIZE], answer[BUS_HEADER_SIZE];

    put_header(message, 0, BUS_NOTE_WRITE, BUS_NOTE_SIZE);
    memcpy(message + BUS_HEADER_SIZE, note, BUS_NOTE_SIZE);
    ssize_t n = bus_client_exchange(fd, message, sizeof message, answer, sizeof answer);
    if (n < 0)
        return -1;
    return answered(answer, (size_t)n) == 0 ? 0 : fail(EPROTO);
}

static int ask(int fd, const char *request, size_t length, uint8_t *answer, size_t size, char *text,
               size_t room)
{
    uint8_t message[BUS_HEADER_SIZE + BUS_CONTROL_MAX];

    put_header(message, 0, BUS_CONTROL, length);
    memcpy(message + BUS_HEADER_SIZE, request, length);
    ssize_t n = bus_client_exchange(fd, message, BUS_HEADER_SIZE + length, answer, size);
    if (n < 0)
        return -1;
    ssize_t given = answered(answer, (size_t)n);
    if (given < 0)
        return fail(EPROTO);
    size_t kept = (size_t)given < room ? (size_t)given : room - 1;
    memcpy(text, answer + BUS_HEADER_SIZE, kept);
    text[kept] = '\0';
    return answer[0] == BUS_ACK;
}

int bus_client_control(int fd, const char *request, char *text, size_t size)
{
    size_t length = strlen(request);
    size_t most = BUS_HEADER_SIZE + BUS_CONTROL_ANSWER_MAX;

    if (length > BUS_CONTROL_MAX)
        return fail(EMSGSIZE);
    uint8_t *answer = malloc(most);
    if (!answer)
        return -1;
    int result = ask(fd, request, length, answer, most, text, size);
    free(answer);
    return result;
}
