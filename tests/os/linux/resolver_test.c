/* Names on the linux board, with a name server of the test's own (--dns). os/net.h */

#include "../check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board.h"
#include "heap.h"
#include "net.h"
#include "port.h"

static int server, listener;
static uint16_t listener_port;
static bool server_is_deaf;
static char events[16];
static struct stream *stream;

/* A socket on loopback, its port in `*port`. */
static int open_socket(int type, uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, type, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    getsockname(fd, (struct sockaddr *)&address, &length);
    *port = ntohs(address.sin_port);
    return fd;
}

/* Knows mqtt.tmc.com, which is 127.0.0.1 and has no IPv6 address (RFC 1035 4). */
static void answer(void)
{
    static const uint8_t known[] = "\4mqtt\3tmc\3com",
                         record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1};
    uint8_t message[512];
    struct sockaddr_in asker;
    socklen_t length = sizeof(asker);
    ssize_t n = recvfrom(server, message, sizeof(message) - sizeof(record), MSG_DONTWAIT,
                         (struct sockaddr *)&asker, &length);

    if (n < 12 || server_is_deaf)
        return;
    bool is_known = n >= 12 + (ssize_t)sizeof(known) && memcmp(message + 12, known, sizeof(known)) == 0;
    size_t question = 12 + strlen((char *)message + 12) + 1;
    bool wants_v4 = message[question + 1] == 1;
    n = (ssize_t)question + 4;
    message[2] = 0x84;
    message[3] = is_known ? 0 : 3; /* NXDOMAIN */
    memset(message + 6, 0, 6);
    if (is_known && wants_v4) {
        message[7] = 1;
        memcpy(message + n, record, sizeof(record));
        n += sizeof(record);
    }
    sendto(server, message, (size_t)n, 0, (struct sockaddr *)&asker, length);
}

static void on_event(struct stream *s, enum stream_event event, void *user)
{
    strncat(events, &"ODSC"[event], 1);
}

static void connect_and_wait(const char *host, int seconds)
{
    uint64_t deadline = board_uptime_us() + (uint64_t)seconds * 1000000;

    events[0] = '\0';
    stream = net_connect(host, listener_port, on_event, NULL);
    assert_non_null(stream);
    while (!events[0] && board_uptime_us() < deadline) {
        board_wait(10000);
        answer();
    }
}

static int prepare(void **state)
{
    static char where[32];
    uint16_t port;
    size_t size;
    void *arena = board_heap_arena(&size);

    heap_init(arena, size);
    server = open_socket(SOCK_DGRAM, &port);
    listener = open_socket(SOCK_STREAM, &listener_port);
    assert_int_equal(listen(listener, 4), 0);
    snprintf(where, sizeof(where), "127.0.0.1:%u", port);
    assert_null(resolver_set_server(where));
    return 0;
}

static void a_name_becomes_a_connection(void **state)
{
    connect_and_wait("mqtt.tmc.com", 5);
    assert_string_equal(events, "O");
    assert_memory_equal(stream_peer(stream), "127.0.0.1:", 10);
    stream_close(stream);
}

static void an_unknown_name_is_a_sentence(void **state)
{
    connect_and_wait("nobody.tmc.com", 5);
    assert_string_equal(events, "C");
    assert_string_equal(stream_error(stream), "nobody.tmc.com: no such name");
    stream_close(stream);
}

static void the_boards_name_server_is_shown(void **state)
{
    struct net_ip ip;

    assert_true(net_get_ip(&ip));
    assert_int_equal(ip.dns[0], 127);
}

static void a_silent_name_server_ends_within_ten_seconds(void **state)
{
    server_is_deaf = true;
    connect_and_wait("mqtt.tmc.com", 12);
    assert_string_equal(events, "C");
    const char *error = stream_error(stream);
    assert_true(strcmp(error, "no answer within 10 s") == 0 ||
                strcmp(error, "mqtt.tmc.com: the name server does not answer") == 0);
    stream_close(stream);
}

static void the_next_lookup_works_again(void **state)
{
    server_is_deaf = false;
    connect_and_wait("mqtt.tmc.com", 9);
    assert_string_equal(events, "O");
    stream_close(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_becomes_a_connection),
        cmocka_unit_test(an_unknown_name_is_a_sentence),
        cmocka_unit_test(the_boards_name_server_is_shown),
        cmocka_unit_test(a_silent_name_server_ends_within_ten_seconds),
        cmocka_unit_test(the_next_lookup_works_again),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
