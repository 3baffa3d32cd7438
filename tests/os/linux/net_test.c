/* TCP streams of the linux board, over loopback. os/net.h, os/stream.h */

#include "../check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board.h"
#include "heap.h"
#include "net.h"
#include "port.h"

/* One end of a conversation, and what happened to it. */
struct end {
    struct stream *stream;
    char events[64]; /* one letter each: Open Data Sent Close */
    char got[70000];
    size_t length;
    bool close_on_data, leave_data;
};

static struct end client, server;
static struct net_listener *listener;

static void on_event(struct stream *stream, enum stream_event event, void *user)
{
    struct end *e = user;

    if (strlen(e->events) < sizeof(e->events) - 1)
        strncat(e->events, &"ODSC"[event], 1);
    if (event == STREAM_DATA && e->close_on_data) {
        stream_close(stream);
        e->stream = NULL;
        return;
    }
    if (event != STREAM_DATA || e->leave_data)
        return;
    size_t n;
    while ((n = stream_read(stream, e->got + e->length, sizeof(e->got) - 1 - e->length)) > 0)
        e->length += n;
}

static void on_accept(struct stream *stream, void *user)
{
    server.stream = stream;
    stream_set_handler(stream, on_event, &server);
}

static bool until(bool (*condition)(void), int timeout_ms)
{
    uint64_t deadline = board_uptime_us() + (uint64_t)timeout_ms * 1000;

    while (!condition()) {
        uint64_t now = board_uptime_us();
        if (now >= deadline)
            return false;
        board_wait(deadline - now);
    }
    return true;
}

static bool both_open(void)
{
    return server.stream && client.events[0];
}

static bool client_ended(void)
{
    return strchr(client.events, 'C');
}

static bool server_ended(void)
{
    return strchr(server.events, 'C');
}

static bool server_has_data(void)
{
    return server.length > 0 || strchr(server.events, 'D');
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    getsockname(fd, (struct sockaddr *)&address, &length);
    close(fd);
    return ntohs(address.sin_port);
}

static uint16_t port;
static size_t heap_before;

static int start(void **state)
{
    static bool has_heap;
    const char *error = NULL;
    char address[32];
    size_t size;

    if (!has_heap) {
        void *arena = board_heap_arena(&size);
        heap_init(arena, size);
        has_heap = true;
    }
    memset(&client, 0, sizeof(client));
    memset(&server, 0, sizeof(server));
    heap_before = heap_available();
    port = free_port();
    snprintf(address, sizeof(address), "127.0.0.1:%u", port);
    listener = net_listen(address, on_accept, NULL, &error);
    assert_non_null(listener);
    return 0;
}

static bool lookups_are_over(void)
{
    return heap_available() == heap_before;
}

static int finish(void **state)
{
    if (client.stream)
        stream_close(client.stream);
    if (server.stream)
        stream_close(server.stream);
    net_unlisten(listener);
    assert_true(until(lookups_are_over, 5000)); /* everything was given back */
    return 0;
}

static void connect_to(const char *host, uint16_t to)
{
    client.stream = net_connect(host, to, on_event, &client);
    assert_non_null(client.stream);
    assert_string_equal(client.events, ""); /* never from within net_connect() */
}

static void connected(void)
{
    connect_to("127.0.0.1", port);
    assert_true(until(both_open, 5000));
    assert_string_equal(client.events, "O");
}

static void bytes_go_both_ways(void **state)
{
    char expected[30];

    connected();
    assert_int_equal(stream_write(client.stream, "ping", 4), 4);
    assert_true(until(server_has_data, 5000));
    assert_string_equal(server.got, "ping");
    snprintf(expected, sizeof(expected), "127.0.0.1:%u", port);
    assert_string_equal(stream_peer(client.stream), expected);
    assert_memory_equal(stream_peer(server.stream), "127.0.0.1:", 10);
    assert_int_equal(stream_write(server.stream, "pong", 4), 4);
    stream_close(server.stream);
    server.stream = NULL;
    assert_true(until(client_ended, 5000));
    assert_string_equal(client.got, "pong");
    assert_string_equal(client.events, "ODC");
    assert_null(stream_error(client.stream));
}

static void names_are_resolved(void **state)
{
    connect_to("localhost", port);
    assert_true(until(both_open, 5000));
    assert_string_equal(client.events, "O");
}

static void a_closed_port_refuses(void **state)
{
    connect_to("127.0.0.1", free_port());
    assert_true(until(client_ended, 5000));
    assert_string_equal(client.events, "C");
    assert_string_equal(stream_error(client.stream), "connection refused");
}

static void a_bad_name_is_named(void **state)
{
    connect_to("no such name.invalid", 80);
    assert_true(until(client_ended, 15000));
    assert_string_equal(client.events, "C");
    assert_memory_equal(stream_error(client.stream), "no such name.invalid: ", 22);
}

static void closing_at_once_cancels(void **state)
{
    connect_to("127.0.0.1", port);
    stream_close(client.stream);
    connect_to("localhost", port);
    stream_close(client.stream);
    client.stream = NULL;
    board_wait(1000);
    assert_string_equal(client.events, "");
}

static bool all_arrived(void)
{
    return server.length == 60000;
}

static void a_full_pipe_accepts_less_and_tells_when_there_is_room(void **state)
{
    static char block[60000];
    size_t sent = 0, total;

    connected();
    server.leave_data = true;
    for (total = 0;; total += sent) {
        sent = stream_write(client.stream, block, sizeof(block));
        if (sent < sizeof(block))
            break;
    }
    total += sent;
    board_wait(1000);
    board_wait(1000);
    assert_null(strchr(client.events, 'S'));
    assert_int_equal(strlen(server.events), 1); /* left data is announced once */
    server.leave_data = false;
    while (total > 0) {
        size_t n = stream_read(server.stream, block, sizeof(block));
        total -= n;
        board_wait(1000);
    }
    assert_non_null(strchr(client.events, 'S'));
}

static void a_long_message_arrives_whole(void **state)
{
    static char block[60000];
    size_t sent = 0;

    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)(i * 7);
    connected();
    while (sent < sizeof(block)) {
        sent += stream_write(client.stream, block + sent, sizeof(block) - sent);
        board_wait(0);
    }
    assert_true(until(all_arrived, 5000));
    assert_memory_equal(server.got, block, sizeof(block));
}

static void what_was_written_before_closing_still_arrives(void **state)
{
    static char block[60000];

    connected();
    /* Unread bytes on the closing side must not destroy what it has sent. */
    assert_int_equal(stream_write(server.stream, "unread", 6), 6);
    size_t sent = stream_write(client.stream, block, sizeof(block));
    stream_close(client.stream);
    client.stream = NULL;
    assert_true(until(server_ended, 5000));
    assert_int_equal(server.length, sent);
    assert_null(stream_error(server.stream));
}

static void a_handler_may_close_its_stream(void **state)
{
    connected();
    server.close_on_data = true;
    stream_write(client.stream, "x", 1);
    assert_true(until(client_ended, 5000));
    assert_string_equal(server.events, "D");
}

static void bytes_before_the_end_can_be_read_after_it(void **state)
{
    char got[10] = "";

    connected();
    server.leave_data = true;
    stream_write(client.stream, "last", 4);
    stream_close(client.stream);
    client.stream = NULL;
    assert_true(until(server_has_data, 5000));
    assert_int_equal(stream_read(server.stream, got, 2), 2);
    assert_int_equal(stream_read(server.stream, got + 2, 2), 2);
    assert_true(until(server_ended, 5000));
    assert_int_equal(stream_read(server.stream, got, 2), 0);
    assert_string_equal(got, "last");
    assert_int_equal(stream_write(server.stream, "x", 1), 0);
}

static void a_reset_is_an_error(void **state)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct linger hard = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    client.events[0] = 'O';
    assert_true(until(both_open, 5000));
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(fd);
    assert_true(until(server_ended, 5000));
    assert_string_equal(stream_error(server.stream), "connection reset by the other side");
}

static void a_full_heap_refuses_politely(void **state)
{
    void *all = NULL, *previous = NULL;
    size_t size = heap_available();

    while (size > 32) { /* a chain of blocks, each holding the pointer to the one before */
        all = heap_alloc(size);
        if (!all) {
            size /= 2;
            continue;
        }
        *(void **)all = previous;
        previous = all;
    }
    assert_null(net_connect("127.0.0.1", port, on_event, &client));
    while (previous) {
        void *next = *(void **)previous;
        heap_free(previous);
        previous = next;
    }
}

static void listening_twice_on_a_port_is_explained(void **state)
{
    const char *error = NULL;
    char address[32], expected[120];

    snprintf(address, sizeof(address), "127.0.0.1:%u", port);
    assert_null(net_listen(address, on_accept, NULL, &error));
    snprintf(expected, sizeof(expected), "cannot listen on %s (%s): another program listens there", address,
             address);
    assert_string_equal(error, expected);
    static const char *const bad[] = {"", ":", "x", "99999", "0", "1.2.3:80", "1.2.3.4:", "80x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        error = NULL;
        assert_null(net_listen(bad[i], on_accept, NULL, &error));
        assert_non_null(strstr(error, "expected PORT"));
    }
}

static void forwarded_ports_are_elsewhere(void **state)
{
    const char *error = NULL;
    char forward[64];
    uint16_t real = free_port();

    snprintf(forward, sizeof(forward), "443=127.0.0.1:%u", real);
    assert_null(net_add_forward(forward));
    assert_non_null(net_add_forward("443"));
    assert_non_null(net_add_forward("443=here:1"));
    assert_non_null(net_add_forward("0=127.0.0.1:1"));
    net_unlisten(listener);
    listener = net_listen(":443", on_accept, NULL, &error);
    assert_non_null(listener);
    connect_to("127.0.0.1", real);
    assert_true(until(both_open, 5000));
}

static void the_board_has_an_address(void **state)
{
    struct net_ip ip;

    assert_true(net_get_ip(&ip));
    assert_int_not_equal(ip.address[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_go_both_ways, start, finish),
        cmocka_unit_test_setup_teardown(names_are_resolved, start, finish),
        cmocka_unit_test_setup_teardown(a_closed_port_refuses, start, finish),
        cmocka_unit_test_setup_teardown(a_bad_name_is_named, start, finish),
        cmocka_unit_test_setup_teardown(closing_at_once_cancels, start, finish),
        cmocka_unit_test_setup_teardown(a_full_pipe_accepts_less_and_tells_when_there_is_room, start, finish),
        cmocka_unit_test_setup_teardown(a_long_message_arrives_whole, start, finish),
        cmocka_unit_test_setup_teardown(what_was_written_before_closing_still_arrives, start, finish),
        cmocka_unit_test_setup_teardown(a_handler_may_close_its_stream, start, finish),
        cmocka_unit_test_setup_teardown(bytes_before_the_end_can_be_read_after_it, start, finish),
        cmocka_unit_test_setup_teardown(a_reset_is_an_error, start, finish),
        cmocka_unit_test_setup_teardown(a_full_heap_refuses_politely, start, finish),
        cmocka_unit_test_setup_teardown(listening_twice_on_a_port_is_explained, start, finish),
        cmocka_unit_test_setup_teardown(forwarded_ports_are_elsewhere, start, finish),
        cmocka_unit_test_setup_teardown(the_board_has_an_address, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
