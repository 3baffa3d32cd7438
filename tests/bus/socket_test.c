/* The virtual bus: what goes over the socket, and what happens when the other end misbehaves, dies or comes
 * back. chip/bus_protocol.h */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/bus.h"
#include "chip/bus_protocol.h"

/* A server that takes connections and answers each message with the next prepared one. */
struct prepared {
    uint8_t answer[BUS_MESSAGE_MAX + 16];
    size_t size; /* 0: close the connection instead */
};

struct server {
    char folder[64], path[96], where[112];
    int listening;
    struct prepared prepared[8];
    unsigned count;
    uint8_t requests[8][BUS_MESSAGE_MAX];
    size_t request_sizes[8];
    pthread_t thread;
};

static void *serve(void *context)
{
    struct server *server = context;
    int fd = -1;

    for (unsigned i = 0; i < server->count;) {
        if (fd < 0)
            fd = accept(server->listening, NULL, NULL);
        ssize_t got = recv(fd, server->requests[i], BUS_MESSAGE_MAX, 0);

        if (got <= 0) {
            close(fd);
            fd = -1;
            continue;
        }
        server->request_sizes[i] = (size_t)got;
        if (server->prepared[i].size) {
            send(fd, server->prepared[i].answer, server->prepared[i].size, MSG_NOSIGNAL);
        } else {
            close(fd);
            fd = -1;
        }
        i++;
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static void prepare_folder(struct server *server)
{
    const char *temporary = getenv("TMPDIR");

    memset(server, 0, sizeof(*server));
    snprintf(server->folder, sizeof(server->folder), "%.40s/bus.XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(server->folder));
    snprintf(server->path, sizeof(server->path), "%s/chip", server->folder);
    snprintf(server->where, sizeof(server->where), "unix:%s", server->path);
    server->listening = -1;
}

static void prepare(struct server *server, const void *answer, size_t size)
{
    struct prepared *prepared = &server->prepared[server->count++];

    memcpy(prepared->answer, answer, size);
    prepared->size = size;
}

static void start(struct server *server)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strcpy(address.sun_path, server->path);
    server->listening = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    assert_true(server->listening >= 0);
    assert_int_equal(bind(server->listening, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(server->listening, 4), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listening);
    unlink(server->path);
}

static void remove_folder(struct server *server)
{
    unlink(server->path);
    assert_int_equal(rmdir(server->folder), 0);
}

static const uint8_t ack[] = {BUS_ACK, 0, 0, 0};
static const uint8_t nack[] = {BUS_NACK, 0, 0, 0};

static void transfers_are_the_protocols(void **state)
{
    static const uint8_t data[] = {0x03, 0x07, 0x30};
    static const uint8_t read_answer[] = {BUS_ACK, 0, 4, 0, 0x04, 0x11, 0x33, 0x43};
    struct server server;
    struct bus bus;
    uint8_t in[4];

    (void)state;
    prepare_folder(&server);
    prepare(&server, nack, 4);
    prepare(&server, ack, 4);
    prepare(&server, read_answer, sizeof(read_answer));
    prepare(&server, nack, 4);
    start(&server);
    assert_int_equal(bus_open(&bus, server.where), 0);
    assert_int_equal(bus.vtable->wake_pulse(&bus.vtable), ATECC_BUS_OK);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 3), ATECC_BUS_OK);
    assert_int_equal(bus.vtable->read(&bus.vtable, 0x60, in, 4), ATECC_BUS_OK);
    assert_memory_equal(in, read_answer + 4, 4);
    assert_int_equal(bus.vtable->read(&bus.vtable, 0x60, in, 4), ATECC_BUS_NACK);
    assert_non_null(strstr(bus_detail(&bus), "nobody acknowledged 0x60"));
    bus_close(&bus);
    bus_close(&bus);
    stop(&server);
    assert_int_equal(server.request_sizes[0], 5);
    assert_memory_equal(server.requests[0], ((uint8_t[]){0, BUS_WRITE, 1, 0, 0}), 5);
    assert_int_equal(server.request_sizes[1], 7);
    assert_memory_equal(server.requests[1], ((uint8_t[]){0x60, BUS_WRITE, 3, 0, 0x03, 0x07, 0x30}), 7);
    assert_int_equal(server.request_sizes[2], 4);
    assert_memory_equal(server.requests[2], ((uint8_t[]){0x60, BUS_READ, 4, 0}), 4);
    remove_folder(&server);
}

static void the_longest_transfer_has_256_bytes(void **state)
{
    struct server server;
    struct bus bus;
    uint8_t answer[BUS_MESSAGE_MAX] = {BUS_ACK, 0, 0, 1}, data[257] = {0}, in[256];

    (void)state;
    prepare_folder(&server);
    for (unsigned i = 0; i < 256; i++)
        answer[4 + i] = (uint8_t)i;
    prepare(&server, ack, 4);
    prepare(&server, answer, sizeof(answer));
    start(&server);
    bus_open(&bus, server.where);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 257), ATECC_BUS_FAILED);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 256), ATECC_BUS_OK);
    assert_int_equal(bus.vtable->read(&bus.vtable, 0x60, in, 256), ATECC_BUS_OK);
    assert_memory_equal(in, answer + 4, 256);
    bus_close(&bus);
    stop(&server);
    assert_int_equal(server.request_sizes[0], BUS_MESSAGE_MAX);
    remove_folder(&server);
}

/* The answer is checked before a byte of it is used, and nothing of a bad one reaches the caller. */
static void an_answer_against_the_protocol_is_refused(void **state)
{
    static const struct {
        uint8_t bytes[16];
        size_t size;
    } answers[] = {
        {{BUS_ACK, 0, 4, 0, 1, 2, 3}, 7},       /* shorter than it says */
        {{BUS_ACK, 0, 4, 0, 1, 2, 3, 4, 5}, 9}, /* longer */
        {{BUS_ACK, 0, 3, 0, 1, 2, 3}, 7},       /* not what was asked for */
        {{BUS_ACK, 0, 0, 0}, 4},                /* an empty read */
        {{BUS_NACK, 0, 4, 0, 1, 2, 3, 4}, 8},   /* refused, with data */
        {{2, 0, 4, 0, 1, 2, 3, 4}, 8},          /* neither ACK nor NACK */
        {{BUS_ACK, 0, 4}, 3},                   /* half a header */
        {{BUS_ACK, 0, 0xFF, 0xFF, 1, 2, 3, 4}, 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        static const uint8_t good[] = {BUS_ACK, 0, 4, 0, 9, 8, 7, 6};
        struct server server;
        struct bus bus;
        uint8_t in[4] = {0xA5, 0xA5, 0xA5, 0xA5};

        prepare_folder(&server);
        prepare(&server, answers[i].bytes, answers[i].size);
        prepare(&server, good, sizeof(good));
        start(&server);
        bus_open(&bus, server.where);
        assert_int_equal(bus.vtable->read(&bus.vtable, 0x60, in, 4), ATECC_BUS_FAILED);
        assert_memory_equal(in, ((uint8_t[]){0xA5, 0xA5, 0xA5, 0xA5}), 4);
        assert_non_null(strstr(bus_detail(&bus), "not a virtual chip"));
        assert_int_equal(bus.vtable->read(&bus.vtable, 0x60, in, 4),
                         ATECC_BUS_OK); /* over a new connection */
        assert_memory_equal(in, good + 4, 4);
        bus_close(&bus);
        stop(&server);
        remove_folder(&server);
    }
}

static void a_chip_that_is_not_running_is_named_and_found_once_it_runs(void **state)
{
    struct server server;
    struct bus bus;

    (void)state;
    prepare_folder(&server);
    assert_int_equal(bus_open(&bus, server.where), ATECC_BUS_OK);
    assert_int_equal(bus.vtable->wake_pulse(&bus.vtable), ATECC_BUS_FAILED);
    assert_non_null(strstr(bus_detail(&bus), server.path));
    assert_non_null(strstr(bus_detail(&bus), "is not running"));
    prepare(&server, nack, 4);
    start(&server);
    assert_int_equal(bus.vtable->wake_pulse(&bus.vtable), ATECC_BUS_OK);
    bus_close(&bus);
    stop(&server);
    remove_folder(&server);
}

/* What was certainly not delivered goes to the chip that took the old one's place; what may have been is an
 * error. */
static void a_chip_started_anew_is_connected_to_anew(void **state)
{
    static const uint8_t data[] = {0x02};
    struct server server;
    struct bus bus;

    (void)state;
    prepare_folder(&server);
    prepare(&server, ack, 4);
    start(&server);
    bus_open(&bus, server.where);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 1), ATECC_BUS_OK);
    stop(&server);
    prepare(&server, ack, 4); /* it starts over with its first answer */
    server.count = 1;
    start(&server);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 1), ATECC_BUS_OK);
    bus_close(&bus);
    stop(&server);
    remove_folder(&server);
}

static void a_chip_that_dies_in_a_transfer_is_an_error(void **state)
{
    static const uint8_t data[] = {0x03, 0x07};
    struct server server;
    struct bus bus;

    (void)state;
    prepare_folder(&server);
    prepare(&server, ack, 0);
    prepare(&server, ack, 4);
    start(&server);
    bus_open(&bus, server.where);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 2), ATECC_BUS_FAILED);
    assert_non_null(strstr(bus_detail(&bus), "closed the connection"));
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, data, 2), ATECC_BUS_OK);
    bus_close(&bus);
    stop(&server);
    remove_folder(&server);
}

static void names_that_are_no_bus_are_refused(void **state)
{
    static const struct {
        const char *where, *says;
    } cases[] = {{"", "names no I2C bus"},
                 {"chip.sock", "unix:PATH"},
                 {"unix:", "needs the path"},
                 {"i2c:", "i2c:N"},
                 {"i2c:1x", "i2c:N"},
                 {"i2c:99999", "i2c:N"},
                 {"/dev/null", "not an I2C bus"},
                 {"/dev/i2c-9999", "modprobe i2c-dev"},
                 {"i2c:9999", "modprobe i2c-dev"}};
    char longest[200] = "unix:";
    struct bus bus;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(bus_open(&bus, cases[i].where), ATECC_BUS_FAILED);
        if (!strstr(bus_detail(&bus), cases[i].says))
            fail_msg("'%s' is not in: %s", cases[i].says, bus_detail(&bus));
        bus_close(&bus);
    }
    memset(longest + 5, 'x', 108);
    assert_int_equal(bus_open(&bus, longest), ATECC_BUS_FAILED);
    assert_non_null(strstr(bus_detail(&bus), "too long"));
    longest[5 + 107] = '\0';
    assert_int_equal(bus_open(&bus, longest), ATECC_BUS_OK);
    bus_close(&bus);
}

static void the_clock_runs_and_delays_last(void **state)
{
    struct bus bus;

    (void)state;
    bus_open(&bus, "unix:unused");
    uint32_t before_us = bus.vtable->now_us(&bus.vtable);

    bus.vtable->delay_us(&bus.vtable, 3000);
    assert_in_range(bus.vtable->now_us(&bus.vtable) - before_us, 3000, 3000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfers_are_the_protocols),
        cmocka_unit_test(the_longest_transfer_has_256_bytes),
        cmocka_unit_test(an_answer_against_the_protocol_is_refused),
        cmocka_unit_test(a_chip_that_is_not_running_is_named_and_found_once_it_runs),
        cmocka_unit_test(a_chip_started_anew_is_connected_to_anew),
        cmocka_unit_test(a_chip_that_dies_in_a_transfer_is_an_error),
        cmocka_unit_test(names_that_are_no_bus_are_refused),
        cmocka_unit_test(the_clock_runs_and_delays_last),
    };

    return cmocka_run_group_tests_name("bus: socket", tests, NULL, NULL);
}
