/* hallmark-chip with several chips on the bus, and what a message may hold besides one transfer: combined transfers,
 * notes, a socket for the answer.
 *
 * The first argument names the program. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus_client.h"
#include "bus_protocol.h"
#include "server_process.h"

static const char *in_folder(const char *name)
{
    static char path[160];

    snprintf(path, sizeof path, "%s/%s", server.folder, name);
    return path;
}

static void test_each_chip_has_its_address(void **state)
{
    uint8_t bytes[4] = {0};

    assert_int_equal(start("--fast", "--state", in_folder("second"), "--address", "35"), 0);
    int fd = client();
    assert_false(transfer(fd, 0x60, BUS_READ, bytes, 4));
    assert_false(transfer(fd, 0x35, BUS_READ, bytes, 4));
    assert_false(transfer(fd, 0, BUS_WRITE, bytes, 1)); /* the pulse reaches both */
    assert_true(transfer(fd, 0x60, BUS_READ, bytes, 4));
    assert_memory_equal(bytes, "\x04\x11\x33\x43", 4);
    assert_true(transfer(fd, 0x35, BUS_READ, bytes, 4));
    assert_memory_equal(bytes, "\x04\x11\x33\x43", 4);
    assert_false(transfer(fd, 0x36, BUS_READ, bytes, 4));
    assert_true(transfer(fd, 0x35, BUS_WRITE, (uint8_t *)"\x01", 1)); /* sleep is for one */
    assert_false(transfer(fd, 0x35, BUS_READ, bytes, 4));
    assert_true(transfer(fd, 0x60, BUS_READ, bytes, 4));
    close(fd);
}

static void test_options_are_about_the_state_before_them(void **state)
{
    uint8_t answer[128];

    assert_int_equal(start("--fast", "--serial", "012300000000000AEE", "--state", in_folder("second"),
                           "--serial", "012300000000000BEE", "--profile", "blank", "--address", "35"),
                     0);
    int fd = client();
    wake(fd);
    command(fd, 0x02, 0x80, 0x0000, NULL, 0, answer);
    assert_int_equal(answer[11], 0x0A);
    command(fd, 0x02, 0x00, 0x0015, NULL, 0, answer);
    assert_memory_equal(answer, "\x00\x00\x00\x00", 4); /* mongoose: locked */
    close(fd);
    server_stop(SIGTERM);
    snprintf(server.state_path, sizeof server.state_path, "%s/second", server.folder);
    assert_int_equal(start("--serial", "012300000000000AEE"), 1);
    expect_complaint("another serial number");
    assert_int_equal(start("--serial", "012300000000000BEE", "--address", "35"), 0);
}

static void test_states_are_kept_apart(void **state)
{
    uint8_t value[32], answer[128];

    assert_int_equal(start("--fast", "--state", in_folder("second"), "--address", "35"), 0);
    int fd = client();
    wake(fd);
    memset(value, 0x5A, sizeof value);
    command(fd, 0x12, 0x82, 0x0050, value, 32, answer); /* slot 10 of the one at 60 */
    assert_int_equal(answer[0], 0);
    close(fd);
    server_stop(SIGKILL);
    assert_int_equal(start("--fast", "--state", in_folder("second")), 0);
    fd = client();
    wake(fd);
    assert_int_equal(command(fd, 0x02, 0x82, 0x0050, NULL, 0, answer), 32);
    assert_memory_equal(answer, value, 32);
    uint8_t read_slot_10[] = {0x03, 0x07, 0x02, 0x82, 0x50, 0x00, 0, 0};
    make_group(read_slot_10 + 1, 0x02, 0x82, 0x0050, NULL, 0);
    assert_true(transfer(fd, 0x35, BUS_WRITE, read_slot_10, sizeof read_slot_10));
    assert_true(transfer(fd, 0x35, BUS_READ, answer, 35));
    memset(value, 0xFF, sizeof value);
    assert_memory_equal(answer + 1, value, 32);
    close(fd);
}

/* Both pull the lines down: what is read is what they have in common. */
static void test_two_chips_at_one_address_talk_at_once(void **state)
{
    uint8_t answer[35] = {0}, read_serial[8] = {0x03};

    assert_int_equal(start("--fast", "--serial", "0123AA00000000F0EE", "--state", in_folder("second"),
                           "--serial", "01230F000000003CEE"),
                     0);
    expect_complaint("the same address, 60");
    int fd = client();
    wake(fd);
    make_group(read_serial + 1, 0x02, 0x80, 0x0000, NULL, 0);
    assert_true(transfer(fd, ADDRESS, BUS_WRITE, read_serial, sizeof read_serial));
    assert_true(transfer(fd, ADDRESS, BUS_READ, answer, sizeof answer));
    assert_int_equal(answer[1 + 2], 0xAA & 0x0F);
    assert_int_equal(answer[1 + 11], 0xF0 & 0x3C);
    assert_int_equal(answer[1 + 12], 0xEE);
    close(fd);
}

static void test_too_many_chips(void **state)
{
    const char *arguments[34];

    for (size_t i = 0; i < 32; i += 2) {
        arguments[i] = "--state";
        arguments[i + 1] = in_folder("another");
    }
    arguments[32] = NULL;
    assert_int_equal(server_start(arguments), 2);
    expect_complaint("at most 16 chips");
    arguments[2] = NULL;
    assert_int_equal(server_start(arguments), 0);
    server_stop(SIGTERM);
    arguments[2] = "--state"; /* one state file for two chips */
    arguments[4] = NULL;
    assert_int_equal(server_start(arguments), 1);
    expect_complaint("in use");
}

/* ---- messages --------------------------------------------------------------------------------------- */

static void test_combined_transfers(void **state)
{
    uint8_t reset = 0, twice[2][4] = {{0}}, idle = 2;
    struct bus_client_transfer transfers[] = {
        {.address = ADDRESS, .bytes = &reset, .length = 1},
        {.address = ADDRESS, .read = true, .bytes = twice[0], .length = 4},
        {.address = ADDRESS, .bytes = &reset, .length = 1},
        {.address = ADDRESS, .read = true, .bytes = twice[1], .length = 4},
        {.address = ADDRESS, .bytes = &idle, .length = 1},
    };

    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    assert_int_equal(bus_client_transfer(fd, transfers, 5), 5);
    assert_memory_equal(twice[0], "\x04\x11\x33\x43", 4);
    assert_memory_equal(twice[1], "\x04\x11\x33\x43", 4);
    assert_int_equal(bus_client_transfer(fd, transfers, 5), 0); /* idle */
    close(fd);
}

static void test_after_a_nack_nothing_more_is_transferred(void **state)
{
    uint8_t sleep = 1, bytes[4] = {0};
    struct bus_client_transfer transfers[] = {
        {.address = ADDRESS, .read = true, .bytes = bytes, .length = 4},
        {.address = 0x17, .read = true, .bytes = bytes, .length = 4},
        {.address = ADDRESS, .bytes = &sleep, .length = 1},
    };

    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    assert_int_equal(bus_client_transfer(fd, transfers, 3), 1);
    assert_true(write_word(fd, 0)); /* not asleep */
    close(fd);
}

static void test_a_note_stays_with_its_connection(void **state)
{
    const uint8_t mine[BUS_NOTE_SIZE] = {1, 2, 3, 4};
    uint8_t note[BUS_NOTE_SIZE];

    assert_int_equal(start("--fast"), 0);
    int one = client(), other = client();
    assert_int_equal(bus_client_set_note(one, mine), 0);
    int copy = dup(one);
    close(one);
    assert_int_equal(bus_client_get_note(copy, note), 0);
    assert_memory_equal(note, mine, sizeof note);
    assert_int_equal(bus_client_get_note(other, note), 0);
    assert_memory_equal(note, "\0\0\0\0", sizeof note);
    close(copy);
    close(other);
}

static void test_malformed_messages(void **state)
{
    static const struct {
        uint8_t bytes[12];
        size_t n;
    } bad[] = {
        {{0x60, 0, 1, 0, 0x00, 0x60, 1, 4}, 8},       /* the second transfer is cut off */
        {{0x60, 0, 1, 0, 0x00, 0x60, 9, 0, 0}, 9},    /* ... has no such direction */
        {{0, BUS_NOTE_READ, 4, 0, 0x60, 1, 4, 0}, 8}, /* a note and a transfer */
        {{0x60, 1, 4, 0, 0, BUS_NOTE_READ, 4, 0}, 8}, /* a transfer and a note */
        {{0, BUS_NOTE_WRITE, 3, 0, 1, 2, 3}, 7},      /* a note of another length */
        {{0x60, BUS_NOTE_READ, 4, 0}, 4},             /* a note with an address */
        {{0, BUS_CONTROL, 9, 0, 'h'}, 5},             /* fewer bytes than announced */
    };
    uint8_t answer[64];

    assert_int_equal(start("--fast"), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int fd = client();
        assert_int_equal(send(fd, bad[i].bytes, bad[i].n, MSG_NOSIGNAL), bad[i].n);
        assert_int_equal(receive(fd, answer, sizeof answer), -1);
        close(fd);
    }
    uint8_t many[(BUS_TRANSFERS_MAX + 1) * BUS_HEADER_SIZE] = {0};
    int fd = client();
    assert_int_equal(send(fd, many, sizeof many, MSG_NOSIGNAL), sizeof many);
    assert_int_equal(receive(fd, answer, sizeof answer), -1);
    close(fd);
}

/* ---- clients that misbehave ------------------------------------------------------------------------- */

static void test_the_65th_client_is_turned_away(void **state)
{
    enum { MOST = 64 };
    int fds[MOST];
    uint8_t byte;

    assert_int_equal(start("--fast"), 0);
    for (unsigned i = 0; i < MOST; i++) {
        fds[i] = client();
        assert_false(write_word(fds[i], 0)); /* it is served */
    }
    int one_more = client();
    assert_int_equal(receive(one_more, &byte, 1), -1);
    close(one_more);
    expect_complaint("a client was turned away");
    wake(fds[MOST - 1]);
    for (unsigned i = 0; i < MOST; i++)
        close(fds[i]);
    int next = client();
    assert_true(write_word(next, 0)); /* there is room again, and the chip is still awake */
    close(next);
}

static void test_a_client_that_never_reads_is_dropped(void **state)
{
    static const uint8_t help[] = {0, BUS_CONTROL, 4, 0, 'h', 'e', 'l', 'p'};
    unsigned sent = 0;

    assert_int_equal(start("--fast"), 0);
    int silent = client(), other = client();
    wake(other);
    while (sent < 100000 && send(silent, help, sizeof help, MSG_NOSIGNAL) == sizeof help)
        sent++;
    assert_in_range(sent, 1, 99999);
    close(silent);
    assert_true(write_word(other, 0));
    close(other);
}

/* Of several processes on one connection, one dies before its answer: the others do not notice. */
static void test_an_answer_nobody_waits_for(void **state)
{
    uint8_t probe[] = {ADDRESS, BUS_WRITE, 0, 0};
    struct iovec bytes = {.iov_base = probe, .iov_len = sizeof probe};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    int ends[2];

    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    close(ends[0]);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &ends[1], sizeof(int));
    assert_int_equal(sendmsg(fd, &message, MSG_NOSIGNAL), sizeof probe);
    close(ends[1]);
    assert_true(write_word(fd, 0));
    close(fd);
}

int main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)
    const struct CMUnitTest tests[] = {
        T(test_each_chip_has_its_address),
        T(test_options_are_about_the_state_before_them),
        T(test_states_are_kept_apart),
        T(test_two_chips_at_one_address_talk_at_once),
        T(test_too_many_chips),
        T(test_combined_transfers),
        T(test_after_a_nack_nothing_more_is_transferred),
        T(test_a_note_stays_with_its_connection),
        T(test_malformed_messages),
        T(test_the_65th_client_is_turned_away),
        T(test_a_client_that_never_reads_is_dropped),
        T(test_an_answer_nobody_waits_for),
    };

    if (argc != 2) {
        fputs("usage: server_several_test PATH-OF-HALLMARK-CHIP\n", stderr);
        return 2;
    }
    server.program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
