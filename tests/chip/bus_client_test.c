/* The host's end of the bus against a server that answers as the test says: nonsense, silence, death.  chip/bus_client.h
 *
 * sendmsg() and the other calls are wrapped when this program is linked (--wrap, tests/chip/meson.build): the wrapper of
 * sendmsg() is the server. It finds the socket that came with the message and answers there at once. */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus_client.h"

static struct {
    uint8_t answer[BUS_COMBINED_MAX + 64];
    size_t length;
    bool answers; /* false: it is gone, and the socket with it */
    uint8_t heard[BUS_COMBINED_MAX];
    size_t heard_length;

    int sendmsg_error, poll_error, socket_error, socketpair_error; /* errno; 0: none */
    unsigned interruptions; /* of sendmsg() and poll(), before they work */
    bool keeps_silent;      /* poll() ends without an event */
    bool no_memory;
} peer;

static int refuse(int error)
{
    errno = error;
    return -1;
}

static bool is_interrupted(void)
{
    if (peer.interruptions == 0)
        return false;
    peer.interruptions--;
    return true;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct cmsghdr *rights = CMSG_FIRSTHDR(message);
    int answer_to;

    if (is_interrupted())
        return refuse(EINTR);
    if (peer.sendmsg_error)
        return refuse(peer.sendmsg_error);
    assert_int_equal(rights->cmsg_type, SCM_RIGHTS);
    memcpy(&answer_to, CMSG_DATA(rights), sizeof answer_to);
    peer.heard_length = message->msg_iov[0].iov_len;
    memcpy(peer.heard, message->msg_iov[0].iov_base, peer.heard_length);
    if (peer.answers)
        assert_int_equal(send(answer_to, peer.answer, peer.length, 0), peer.length);
    return (ssize_t)peer.heard_length;
}

int __real_poll(struct pollfd *polled, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *polled, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *polled, nfds_t n, int timeout)
{
    if (is_interrupted())
        return refuse(EINTR);
    if (peer.poll_error)
        return refuse(peer.poll_error);
    return peer.keeps_silent ? 0 : __real_poll(polled, n, timeout);
}

int __real_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol)
{
    return peer.socket_error ? refuse(peer.socket_error) : __real_socket(domain, type, protocol);
}

int __real_socketpair(int domain, int type, int protocol, int ends[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ends[2]);
int __wrap_socketpair(int domain, int type, int protocol, int ends[2])
{
    return peer.socketpair_error ? refuse(peer.socketpair_error)
                                 : __real_socketpair(domain, type, protocol, ends);
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
    if (!peer.no_memory)
        return __real_malloc(n);
    errno = ENOMEM;
    return NULL;
}

static int set_up(void **state)
{
    memset(&peer, 0, sizeof peer);
    return 0;
}

static void answers(const void *bytes, size_t n)
{
    memcpy(peer.answer, bytes, n);
    peer.length = n;
    peer.answers = true;
}

#define expect_errno(error, call)                                                                            \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        assert_int_equal(call, -1);                                                                          \
        assert_int_equal(errno, error);                                                                      \
    } while (0)

enum { ANY_FD = -1 };

static int read_two(uint8_t bytes[2])
{
    struct bus_client_transfer one = {.address = 0x60, .read = true, .bytes = bytes, .length = 2};

    return bus_client_transfer(ANY_FD, &one, 1);
}

/* ---- connecting ------------------------------------------------------------------------------------- */

static void test_connecting_to_nobody(void **state)
{
    char path[200];

    expect_errno(ENODEV, bus_client_connect("/nonexistent/bus.sock", SOCK_CLOEXEC));
    expect_errno(ENOTDIR, bus_client_connect("/dev/null/bus.sock", 0));
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    expect_errno(ENAMETOOLONG, bus_client_connect(path, 0));
    peer.socket_error = EMFILE;
    expect_errno(EMFILE, bus_client_connect("/nonexistent/bus.sock", 0));
}

static void test_a_socket_nobody_listens_on(void **state)
{
    char folder[] = "/tmp/hallmark-client-XXXXXX", path[64];

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/bus.sock", folder);
    FILE *file = fopen(path, "w"); /* the kernel refuses a file as it does a socket without a listener */
    fclose(file);
    expect_errno(ENODEV, bus_client_connect(path, 0));
    unlink(path);
    rmdir(folder);
}

/* ---- exchanging ------------------------------------------------------------------------------------- */

static void test_a_server_that_is_gone(void **state)
{
    static const int errors[] = {EPIPE, ECONNRESET, ENOTCONN};
    uint8_t bytes[2];

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        peer.sendmsg_error = errors[i];
        expect_errno(ENODEV, read_two(bytes));
    }
    peer.sendmsg_error = 0;
    expect_errno(ENODEV, read_two(bytes)); /* it took the message and died */
    answers("", 0);
    expect_errno(ENODEV, read_two(bytes));
}

static void test_what_the_system_says_is_told(void **state)
{
    uint8_t bytes[2];

    peer.sendmsg_error = EBADF;
    expect_errno(EBADF, read_two(bytes));
    peer.sendmsg_error = 0;
    peer.socketpair_error = EMFILE;
    expect_errno(EMFILE, read_two(bytes));
    peer.socketpair_error = 0;
    peer.poll_error = ENOMEM;
    expect_errno(ENOMEM, read_two(bytes));
    peer.poll_error = 0;
    peer.keeps_silent = true;
    expect_errno(ETIMEDOUT, read_two(bytes));
}

static void test_interruptions_are_nothing(void **state)
{
    uint8_t bytes[2];

    answers("\1\0\2\0ab", 6);
    for (unsigned n = 1; n < 4; n++) {
        peer.interruptions = n;
        assert_int_equal(read_two(bytes), 1);
        assert_memory_equal(bytes, "ab", 2);
        assert_int_equal(peer.interruptions, 0);
    }
}

static void test_an_answer_longer_than_there_is_room(void **state)
{
    uint8_t bytes[4];

    answers("12345", 5);
    expect_errno(EPROTO, bus_client_exchange(ANY_FD, "x", 1, bytes, sizeof bytes));
    answers("1234", 4);
    assert_int_equal(bus_client_exchange(ANY_FD, "x", 1, bytes, sizeof bytes), 4);
}

/* ---- transfers -------------------------------------------------------------------------------------- */

static void test_transfers_on_the_wire(void **state)
{
    uint8_t out[] = {0x03, 0x07}, in[2] = {0};
    struct bus_client_transfer three[] = {
        {.address = 0x60, .bytes = out, .length = 2},
        {.address = 0x60, .length = 0}, /* a bare probe */
        {.address = 0x60, .read = true, .bytes = in, .length = 2},
    };

    answers("\1\0\0\0\1\0\0\0\1\0\2\0ab", 14);
    assert_int_equal(bus_client_transfer(ANY_FD, three, 3), 3);
    assert_int_equal(peer.heard_length, 14);
    assert_memory_equal(peer.heard, "\x60\0\2\0\x03\x07\x60\0\0\0\x60\1\2\0", 14);
    assert_memory_equal(in, "ab", 2);
    answers("\1\0\0\0\0\0\0\0\0\0\0\0", 12);
    assert_int_equal(bus_client_transfer(ANY_FD, three, 3), 1);
    assert_true(three[0].acknowledged);
    assert_false(three[1].acknowledged);
    assert_false(three[2].acknowledged);
}

static void test_transfers_that_cannot_be(void **state)
{
    static struct bus_client_transfer many[BUS_TRANSFERS_MAX + 1];
    static uint8_t bytes[BUS_DATA_MAX + 1];
    static struct bus_client_transfer bad[] = {
        {.address = 0x60, .bytes = bytes, .length = BUS_DATA_MAX + 1},
        {.address = 0x80, .bytes = bytes, .length = 1},
        {.address = 0x60, .read = true, .bytes = bytes, .length = 0},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_errno(EINVAL, bus_client_transfer(ANY_FD, &bad[i], 1));
    expect_errno(EINVAL, bus_client_transfer(ANY_FD, many, 0));
    expect_errno(EINVAL, bus_client_transfer(ANY_FD, many, BUS_TRANSFERS_MAX + 1));
    assert_int_equal(peer.heard_length, 0); /* nothing was sent */
}

static void test_nonsense_for_an_answer(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } nonsense[] = {
        {"\1\0\2", 3},      /* no whole header */
        {"\2\0\2\0ab", 6},  /* neither ACK nor NACK */
        {"\1\0\3\0ab", 6},  /* more announced than there is */
        {"\1\0\1\0a", 5},   /* fewer bytes than were asked for */
        {"\1\0\0\0", 4},    /* none of them */
        {"\0\0\2\0ab", 6},  /* a NACK with bytes */
        {"\1\0\2\0abc", 7}, /* something after the end */
    };
    uint8_t bytes[2];

    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        answers(nonsense[i].bytes, nonsense[i].n);
        memcpy(bytes, "==", 2);
        expect_errno(EPROTO, read_two(bytes));
    }
    answers("\1\0\1\0a", 5); /* an answer to a write has no bytes */
    expect_errno(EPROTO,
                 bus_client_transfer(
                     ANY_FD, &(struct bus_client_transfer){.address = 0x60, .bytes = bytes, .length = 1}, 1));
}

/* ---- notes and control ------------------------------------------------------------------------------ */

static void test_notes(void **state)
{
    uint8_t note[BUS_NOTE_SIZE] = {0};

    answers("\1\0\4\0abcd", 8);
    assert_int_equal(bus_client_get_note(ANY_FD, note), 0);
    assert_memory_equal(note, "abcd", 4);
    assert_memory_equal(peer.heard, "\0\3\4\0", 4);
    answers("\1\0\3\0abc", 7);
    expect_errno(EPROTO, bus_client_get_note(ANY_FD, note));
    expect_errno(EPROTO, bus_client_set_note(ANY_FD, note));
    answers("\1\0\0\0", 4);
    assert_int_equal(bus_client_set_note(ANY_FD, note), 0);
    assert_memory_equal(peer.heard, "\0\2\4\0abcd", 8);
    peer.sendmsg_error = EPIPE;
    expect_errno(ENODEV, bus_client_get_note(ANY_FD, note));
    expect_errno(ENODEV, bus_client_set_note(ANY_FD, note));
}

static void test_control(void **state)
{
    char text[8], request[BUS_CONTROL_MAX + 2];

    answers("\1\0\5\0hello", 9);
    assert_int_equal(bus_client_control(ANY_FD, "help", text, sizeof text), 1);
    assert_string_equal(text, "hello");
    assert_memory_equal(peer.heard, "\0\4\4\0help", 8);
    answers("\0\0\5\0sorry", 9);
    assert_int_equal(bus_client_control(ANY_FD, "fault", text, sizeof text), 0);
    assert_string_equal(text, "sorry");
    assert_int_equal(bus_client_control(ANY_FD, "fault", text, 4), 0); /* what does not fit is cut */
    assert_string_equal(text, "sor");
    answers("\1\0\5\0hell", 8);
    expect_errno(EPROTO, bus_client_control(ANY_FD, "help", text, sizeof text));
    peer.sendmsg_error = EPIPE;
    expect_errno(ENODEV, bus_client_control(ANY_FD, "help", text, sizeof text));
    peer.no_memory = true;
    expect_errno(ENOMEM, bus_client_control(ANY_FD, "help", text, sizeof text));
    memset(request, 'x', sizeof request);
    request[sizeof request - 1] = '\0';
    expect_errno(EMSGSIZE, bus_client_control(ANY_FD, request, text, sizeof text));
}

int main(void)
{
/* Afterwards too: what runs at the end of the program needs its malloc(). */
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, set_up)
    const struct CMUnitTest tests[] = {
        T(test_connecting_to_nobody),
        T(test_a_socket_nobody_listens_on),
        T(test_a_server_that_is_gone),
        T(test_what_the_system_says_is_told),
        T(test_interruptions_are_nothing),
        T(test_an_answer_longer_than_there_is_room),
        T(test_transfers_on_the_wire),
        T(test_transfers_that_cannot_be),
        T(test_nonsense_for_an_answer),
        T(test_notes),
        T(test_control),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
