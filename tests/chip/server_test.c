/* The program hallmark-chip, started as users start it: socket, clients, state, signals, trace.
 *
 * The first argument names the program. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus_protocol.h"
#include "crc.h"
#include "server_process.h"
#include "state_file.h"

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void test_a_new_chip_is_a_locked_mongoose_one(void **state)
{
    uint8_t answer[128];
    struct stat status;

    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    assert_int_equal(command(fd, 0x30, 0x00, 0, NULL, 0, answer), 4);
    assert_memory_equal(answer, "\x00\x00\x60\x02", 4);
    command(fd, 0x02, 0x80, 0x0000, NULL, 0, answer);
    assert_memory_equal(answer, "\x01\x23", 2);
    assert_int_equal(answer[12], 0xEE);
    command(fd, 0x02, 0x00, 0x0015, NULL, 0, answer);
    assert_memory_equal(answer, "\x00\x00\x00\x00", 4);
    close(fd);
    assert_int_equal(stat(server.state_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(server.socket_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void test_serial_and_profile_and_address(void **state)
{
    uint8_t answer[128];

    assert_int_equal(start("--fast", "--profile", "blank", "--serial", "0123456789abCDEFee"), 0);
    int fd = client();
    wake(fd);
    command(fd, 0x02, 0x80, 0x0000, NULL, 0, answer);
    assert_memory_equal(answer, "\x01\x23\x45\x67\x00\x00\x60\x02\x89\xAB\xCD\xEF\xEE", 13);
    command(fd, 0x02, 0x00, 0x0015, NULL, 0, answer);
    assert_memory_equal(answer, "\x00\x00\x55\x55", 4);
    close(fd);
    server_stop(SIGTERM);
    assert_int_equal(start("--serial", "0123456789ABCDEF00"), 1);
    expect_complaint("another serial number");
    assert_int_equal(start("--address", "35"), 1);
    expect_complaint("has address 60, not 35");
    unlink(server.state_path);
    assert_int_equal(start("--fast", "--address", "35"), 0);
    fd = client();
    transfer(fd, 0, BUS_WRITE, answer, 1);
    assert_false(read_bytes(fd, answer, 4));
    assert_true(transfer(fd, 0x35, BUS_READ, answer, 4));
    close(fd);
}

static void test_bad_options(void **state)
{
    assert_int_equal(start("--profile", "nonsense"), 2);
    expect_complaint("there is no profile nonsense");
    assert_int_equal(start("--serial", "0123"), 2);
    expect_complaint("18 hexadecimal digits");
    assert_int_equal(start("--address", "78"), 2);
    expect_complaint("7-bit");
    assert_int_equal(start("--bogus"), 2);
    assert_int_equal(start("surplus"), 2);
    expect_complaint("surplus");
    assert_int_equal(access(server.state_path, F_OK), -1);
}

static void test_keys_survive_a_restart(void **state)
{
    uint8_t created[128], answer[128];

    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    assert_int_equal(command(fd, 0x40, 0x04, 0, NULL, 0, created), 64);
    close(fd);
    server_stop(SIGKILL); /* the stale socket is in the way of the next one */
    assert_int_equal(start("--fast"), 0);
    fd = client();
    wake(fd);
    assert_int_equal(command(fd, 0x40, 0x00, 0, NULL, 0, answer), 64);
    assert_memory_equal(created, answer, 64);
    close(fd);
}

static void test_a_busy_chip_does_not_answer(void **state)
{
    uint8_t answer[128];

    assert_int_equal(start("--trace", server.trace_path), 0);
    int fd = client();
    wake(fd);
    uint64_t before = now_ms();
    send_command(fd, 0x40, 0x04, 0, NULL, 0); /* GenKey: 115 ms */
    assert_false(read_bytes(fd, answer, 1));
    assert_false(write_word(fd, 0x00));
    while (!read_bytes(fd, answer, 1))
        ;
    assert_true(now_ms() - before >= 115);
    assert_int_equal(answer[0], 67);
    close(fd);
}

static void test_several_clients_share_the_bus(void **state)
{
    uint8_t answer[128], rest[6];

    assert_int_equal(start("--fast"), 0);
    int one = client(), two = client();
    wake(one);
    send_command(two, 0x30, 0x00, 0, NULL, 0);
    assert_true(read_bytes(one, answer, 1));
    assert_int_equal(answer[0], 7);
    assert_true(read_bytes(two, rest, 6));
    assert_memory_equal(rest, "\x00\x00\x60\x02", 4);
    close(one);
    assert_true(write_word(two, 0x02));
    assert_false(write_word(two, 0x00));
    close(two);
}

static void test_a_malformed_request_closes_that_client_only(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t n;
    } bad[] = {
        {{0x60}, 1},                /* shorter than a header */
        {{0x60, 2, 0, 0}, 4},       /* no such direction */
        {{0x60, 0, 2, 0, 0x03}, 5}, /* fewer bytes than announced */
        {{0x60, 0, 0, 0, 0x03}, 5}, /* more bytes than announced */
        {{0x60, 1, 0, 0}, 4},       /* a read of nothing */
        {{0x60, 1, 1, 1}, 4},       /* a read of 257 bytes */
        {{0x60, 1, 4, 0, 0xFF}, 5}, /* a read that brings bytes */
        {{0xE0, 0, 0, 0}, 4},       /* an address of eight bits */
    };
    uint8_t answer[300] = {0x60, 0, 0, 2};

    assert_int_equal(start("--fast"), 0);
    int good = client();
    wake(good);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int fd = client();
        assert_int_equal(send(fd, bad[i].bytes, bad[i].n, MSG_NOSIGNAL), bad[i].n);
        assert_int_equal(receive(fd, answer, sizeof answer), -1);
        close(fd);
    }
    int fd = client();
    memset(answer, 0, sizeof answer);
    answer[0] = 0x60;
    assert_int_equal(send(fd, answer, sizeof answer, MSG_NOSIGNAL),
                     sizeof answer); /* longer than any message */
    assert_int_equal(receive(fd, answer, sizeof answer), -1);
    close(fd);
    assert_int_equal(command(good, 0x30, 0x00, 0, NULL, 0, answer), 4);
    close(good);
}

static void test_sigterm_removes_the_socket(void **state)
{
    assert_int_equal(start("--fast"), 0);
    int status = server_stop(SIGTERM);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(access(server.socket_path, F_OK), -1);
    assert_int_equal(access(server.state_path, F_OK), 0);
}

static void test_one_server_for_a_state_and_for_a_socket(void **state)
{
    uint8_t answer[128];

    assert_int_equal(start("--fast"), 0);
    struct server_process first = server;
    assert_int_equal(start("--fast"), 1);
    expect_complaint("in use by another hallmark-chip");
    snprintf(server.state_path, sizeof server.state_path, "%s/other", server.folder);
    assert_int_equal(start("--fast"), 1);
    expect_complaint("another server listens there");
    server = first;
    int fd = client();
    wake(fd);
    assert_int_equal(command(fd, 0x30, 0x00, 0, NULL, 0, answer), 4);
    close(fd);
}

static void test_a_file_in_the_sockets_place_is_left_alone(void **state)
{
    FILE *out = fopen(server.socket_path, "w");
    struct stat status;

    fputs("precious", out);
    fclose(out);
    assert_int_equal(start("--fast"), 1);
    expect_complaint("not a socket");
    assert_int_equal(stat(server.socket_path, &status), 0);
    assert_int_equal(status.st_size, 8);
}

static void test_a_damaged_state_is_refused_and_left_alone(void **state)
{
    uint8_t bytes[STATE_FILE_SIZE], after[STATE_FILE_SIZE];

    assert_int_equal(start("--fast"), 0);
    server_stop(SIGTERM);
    FILE *f = fopen(server.state_path, "r+b");
    assert_int_equal(fread(bytes, 1, sizeof bytes, f), sizeof bytes);
    bytes[500] ^= 0x10;
    rewind(f);
    fwrite(bytes, 1, sizeof bytes, f);
    fclose(f);
    assert_int_equal(start("--fast"), 1);
    expect_complaint("damaged");
    f = fopen(server.state_path, "rb");
    assert_int_equal(fread(after, 1, sizeof after, f), sizeof after);
    fclose(f);
    assert_memory_equal(bytes, after, sizeof bytes);
    assert_int_equal(access(server.socket_path, F_OK), -1);
}

/* Kills the server at a different moment each time while it stores one value after another. */
static void test_a_kill_leaves_the_old_state_or_the_new(void **state)
{
    uint8_t value[32], answer[128];
    unsigned acknowledged = 0xFF, sent = 0xFF; /* a blank slot */

    for (unsigned round = 0; round < 12; round++) {
        assert_int_equal(start("--fast"), 0);
        int fd = client();
        wake(fd);
        assert_int_equal(command(fd, 0x02, 0x82, 0x0050, NULL, 0, answer), 32);
        for (unsigned i = 1; i < 32; i++)
            assert_int_equal(answer[i], answer[0]);
        assert_true(answer[0] == acknowledged || answer[0] == sent);
        acknowledged = answer[0];
        for (unsigned i = 0; i < round; i++) {
            acknowledged = sent = (sent + 1) % 256;
            memset(value, (int)sent, sizeof value);
            assert_int_equal(command(fd, 0x12, 0x82, 0x0050, value, 32, answer), 1);
            assert_int_equal(answer[0], 0);
        }
        sent = (sent + 1) % 256;
        memset(value, (int)sent, sizeof value);
        uint8_t message[BUS_HEADER_SIZE + 40] = {ADDRESS, BUS_WRITE, 40, 0, 0x03, 39, 0x12, 0x82, 0x50, 0x00};
        memcpy(message + 10, value, 32);
        uint16_t crc = chip_crc16(0, message + 5, 37);
        message[42] = (uint8_t)crc;
        message[43] = (uint8_t)(crc >> 8);
        send(fd, message, sizeof message, MSG_NOSIGNAL);
        struct timespec moment = {0, (long)round * 150000};
        nanosleep(&moment, NULL); /* not waiting for anything: choosing where the kill falls */
        server_stop(SIGKILL);
        close(fd);
    }
}

static void test_it_stops_when_the_state_cannot_be_kept(void **state)
{
    char away[160];
    uint8_t bytes[16] = {0x03, 0x07, 0x40, 0x04, 0x00, 0x00, 0x83, 0x87}; /* GenKey create slot 0 */
    uint8_t message[BUS_HEADER_SIZE + 8] = {ADDRESS, BUS_WRITE, 8, 0};
    int status;

    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    snprintf(away, sizeof away, "%s-away", server.folder);
    assert_int_equal(rename(server.folder, away), 0);
    memcpy(message + BUS_HEADER_SIZE, bytes, 8);
    assert_int_equal(send(fd, message, sizeof message, MSG_NOSIGNAL), sizeof message);
    assert_int_equal(receive(fd, bytes, sizeof bytes), -1); /* no acknowledgement */
    waitpid(server.pid, &status, 0);
    server.pid = 0;
    assert_int_equal(rename(away, server.folder), 0);
    assert_int_equal(WEXITSTATUS(status), 1);
    expect_complaint("cannot write the chip's state");
    close(fd);
}

static void test_the_trace_says_what_happened_and_no_secret(void **state)
{
    uint8_t key[32], answer[128];
    char text[4096] = {0};

    for (unsigned i = 0; i < 32; i++)
        key[i] = (uint8_t)(0xC0 + i % 7);
    assert_int_equal(start("--fast", "--trace", server.trace_path), 0);
    int fd = client();
    wake(fd);
    command(fd, 0x12, 0x82, 0x0020, key, 32, answer);
    command(fd, 0x41, 0xA0, 0x0007, NULL, 0, answer);
    command(fd, 0x02, 0x82, 0x0020, NULL, 0, answer);
    close(fd);
    server_stop(SIGTERM);
    FILE *in = fopen(server.trace_path, "r");
    assert_non_null(in);
    size_t n = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    assert_non_null(strstr(text, "wake\n"));
    assert_non_null(strstr(text, "Write        slot 4   P1=82 P2=0020  success "));
    assert_non_null(
        strstr(text, "Sign refused: slot 7 allows internal signatures only (SlotConfig bit 0 = 0)"));
    assert_non_null(strstr(text, "Read refused: slot 4 is never readable"));
    assert_null(strcasestr(text, "C0C1C2"));
    assert_null(memmem(text, n, key, 4));
}

int main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)
    const struct CMUnitTest tests[] = {
        T(test_a_new_chip_is_a_locked_mongoose_one),
        T(test_serial_and_profile_and_address),
        T(test_bad_options),
        T(test_keys_survive_a_restart),
        T(test_a_busy_chip_does_not_answer),
        T(test_several_clients_share_the_bus),
        T(test_a_malformed_request_closes_that_client_only),
        T(test_sigterm_removes_the_socket),
        T(test_one_server_for_a_state_and_for_a_socket),
        T(test_a_file_in_the_sockets_place_is_left_alone),
        T(test_a_damaged_state_is_refused_and_left_alone),
        T(test_a_kill_leaves_the_old_state_or_the_new),
        T(test_it_stops_when_the_state_cannot_be_kept),
        T(test_the_trace_says_what_happened_and_no_secret),
    };

    if (argc != 2) {
        fputs("usage: server_test PATH-OF-HALLMARK-CHIP\n", stderr);
        return 2;
    }
    server.program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
