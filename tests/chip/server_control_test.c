/* What a running hallmark-chip can be asked, and the faults it makes on demand.
 *
 * The first argument names the program. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus_client.h"
#include "bus_protocol.h"
#include "server_process.h"

static char said[BUS_CONTROL_ANSWER_MAX];

static int ask(int fd, const char *request)
{
    int done = bus_client_control(fd, request, said, sizeof said);

    assert_true(done >= 0);
    return done;
}

static void expect_said(const char *text)
{
    if (!strstr(said, text))
        fail_msg("expected \"%s\" in: %s", text, said);
}

static void give(int fd, const char *fault)
{
    char request[200];

    snprintf(request, sizeof request, "fault %s", fault);
    if (!ask(fd, request))
        fail_msg("%s", said);
}

static int started(void)
{
    assert_int_equal(start("--fast"), 0);
    int fd = client();
    wake(fd);
    return fd;
}

static void ask_info(int fd)
{
    send_command(fd, 0x30, 0x00, 0, NULL, 0);
}

static const uint8_t revision[] = {0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38};

static void expect_revision(int fd)
{
    uint8_t bytes[7] = {0};

    assert_true(read_bytes(fd, bytes, 7));
    assert_memory_equal(bytes, revision, 7);
}

/* ---- questions -------------------------------------------------------------------------------------- */

static void test_the_last_trace_after_the_fact(void **state)
{
    uint8_t answer[128];
    int fd = started();

    command(fd, 0x41, 0xA0, 0x0007, NULL, 0, answer);
    assert_true(ask(fd, "trace"));
    expect_said("wake\n");
    expect_said("Sign refused: slot 7 allows internal signatures only");
    for (unsigned i = 0; i < 80; i++)
        command(fd, 0x30, 0x00, 0, NULL, 0, answer);
    assert_true(ask(fd, "trace"));
    unsigned lines = 0;
    for (const char *at = said; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 64);
    assert_null(strstr(said, "Sign"));
    assert_true(ask(fd, "trace 1"));
    assert_ptr_equal(strchr(said, '\n') + 1, said + strlen(said));
    assert_false(ask(fd, "trace x"));
    assert_false(ask(fd, "trace -1"));
    close(fd);
}

static void test_help_lists_requests_and_faults(void **state)
{
    int fd = started();

    assert_true(ask(fd, "help"));
    expect_said("trace [N]");
    expect_said("power-loss [before|after]");
    assert_false(ask(fd, "nonsense"));
    expect_said("there is no request \"nonsense\"");
    assert_false(ask(fd, ""));
    close(fd);
}

static void test_power(void **state)
{
    int fd = started();

    assert_true(ask(fd, "power off"));
    assert_true(ask(fd, "status"));
    expect_said("chip 60 off");
    assert_false(transfer(fd, 0, BUS_WRITE, (uint8_t *)"", 1));
    assert_false(write_word(fd, 0));
    assert_true(ask(fd, "power on"));
    wake(fd);
    assert_true(ask(fd, "power cycle"));
    assert_false(write_word(fd, 0));
    assert_false(ask(fd, "power sideways"));
    close(fd);
}

static void test_a_bad_rule_adds_none(void **state)
{
    int fd = started();

    assert_false(ask(fd, "fault at 1 nack\nat 2 nonsense"));
    expect_said("line 2");
    assert_true(ask(fd, "status"));
    expect_said("faults pending 0");
    assert_true(write_word(fd, 0));
    close(fd);
}

static void test_the_tool_speaks_for_people(void **state)
{
    char line[600], told[200] = {0};
    const char *slash = strrchr(server.program, '/');
    int length = (int)(slash - server.program);

    int fd = started();
    snprintf(line, sizeof line, "%.*s/hallmark-chip-ctl --socket %s fault at 1 nack", length, server.program,
             server.socket_path);
    assert_int_equal(WEXITSTATUS(system(line)), 0);
    assert_false(write_word(fd, 0));
    snprintf(line, sizeof line, "%.*s/hallmark-chip-ctl --socket %s trace 1", length, server.program,
             server.socket_path);
    FILE *out = popen(line, "r");
    assert_non_null(fgets(told, sizeof told, out));
    assert_int_equal(pclose(out), 0);
    assert_non_null(strstr(told, "fault: nack, transfer"));
    snprintf(line, sizeof line, "%.*s/hallmark-chip-ctl --socket %s fault at once 2>/dev/null", length,
             server.program, server.socket_path);
    assert_int_equal(WEXITSTATUS(system(line)), 1);
    close(fd);
}

static void test_faults_from_a_file(void **state)
{
    char path[160];

    snprintf(path, sizeof path, "%s/faults", server.folder);
    FILE *out = fopen(path, "w");
    fputs("# the third write\n\nat write 3 nack   # and only it\n", out);
    fclose(out);
    assert_int_equal(start("--fast", "--faults", path), 0);
    int fd = client();
    wake(fd);
    assert_true(write_word(fd, 0));
    assert_true(write_word(fd, 0));
    assert_false(write_word(fd, 0));
    assert_true(write_word(fd, 0));
    close(fd);
    server_stop(SIGTERM);
    out = fopen(path, "w");
    fputs("at write 3 nack\nat write none nack\n", out);
    fclose(out);
    assert_int_equal(start("--fast", "--faults", path), 1);
    expect_complaint("line 2");
}

/* ---- faults ----------------------------------------------------------------------------------------- */

static void test_nack(void **state)
{
    int fd = started();

    give(fd, "at 2 nack 3");
    const bool expected[] = {true, false, false, false, true};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(write_word(fd, 0), expected[i]);
    assert_true(ask(fd, "status"));
    expect_said("faults pending 0\nfaults struck 3\n");
    give(fd, "every 2 nack");
    assert_true(write_word(fd, 0));
    assert_false(write_word(fd, 0));
    assert_true(write_word(fd, 0));
    assert_false(write_word(fd, 0));
    assert_true(ask(fd, "clear"));
    assert_true(write_word(fd, 0));
    assert_true(write_word(fd, 0));
    close(fd);
}

static void test_addresses(void **state)
{
    uint8_t byte;
    int fd = started();

    give(fd, "at 1 address 17 nack");
    assert_true(write_word(fd, 0));
    assert_false(transfer(fd, 0x17, BUS_READ, &byte, 1));
    assert_true(ask(fd, "status"));
    expect_said("faults struck 1");
    close(fd);
}

static void test_flipped_bits(void **state)
{
    uint8_t bytes[7];
    int fd = started();

    give(fd, "at read 1 flip 9");
    ask_info(fd);
    assert_true(read_bytes(fd, bytes, 7));
    assert_int_equal(bytes[0], 0x07);
    assert_int_equal(bytes[1], 0x02);
    assert_true(write_word(fd, 0));
    expect_revision(fd);
    give(fd, "at write 1 flip 8"); /* the count, 7, becomes 6 */
    ask_info(fd);
    assert_true(read_bytes(fd, bytes, 4));
    assert_memory_equal(bytes, "\x04\xFF\x01\x42", 4);
    close(fd);
}

static void test_lost(void **state)
{
    uint8_t bytes[7];
    int fd = started();

    ask_info(fd);
    give(fd, "at read 1 lost\nat write 1 lost");
    assert_true(write_word(fd, 0x01)); /* sleep, which it does not hear */
    assert_true(read_bytes(fd, bytes, 4));
    assert_memory_equal(bytes, "\xFF\xFF\xFF\xFF", 4);
    expect_revision(fd);
    close(fd);
}

static void test_truncated_and_oversized(void **state)
{
    uint8_t bytes[8];
    int fd = started();

    ask_info(fd);
    give(fd, "at read 1 truncate 3");
    assert_true(read_bytes(fd, bytes, 7));
    assert_memory_equal(bytes, "\x07\x00\x00\xFF\xFF\xFF\xFF", 7);
    assert_true(write_word(fd, 0));
    give(fd, "at read 1 oversize 60");
    assert_true(read_bytes(fd, bytes, 7));
    assert_int_equal(bytes[0], 67);
    assert_true(write_word(fd, 0));
    give(fd, "at write 1 truncate 5");
    ask_info(fd);
    assert_false(read_bytes(fd, bytes, 1)); /* it waits for the rest */
    assert_true(write_word(fd, 0));
    give(fd, "at write 1 oversize 20");
    ask_info(fd);
    expect_revision(fd); /* bytes past the count are ignored */
    close(fd);
}

static void test_an_answer_of_ones_own(void **state)
{
    uint8_t bytes[5];
    int fd = started();

    give(fd, "at read 1 answer 040F2342");
    ask_info(fd);
    assert_true(read_bytes(fd, bytes, 5));
    assert_memory_equal(bytes, "\x04\x0F\x23\x42\xFF", 5);
    close(fd);
}

static void test_stuck_busy(void **state)
{
    int fd = started();

    give(fd, "at 2 busy forever");
    assert_true(write_word(fd, 0));
    for (unsigned i = 0; i < 20; i++)
        assert_false(write_word(fd, 0));
    assert_true(ask(fd, "clear"));
    assert_true(write_word(fd, 0));
    give(fd, "at 1 busy 30");
    assert_false(write_word(fd, 0));
    while (!write_word(fd, 0)) /* it ends by itself */
        ;
    close(fd);
}

static void test_the_watchdog_between_two_commands(void **state)
{
    uint8_t key[32], answer[128];
    int fd = started();

    memset(key, 7, sizeof key);
    assert_int_equal(command(fd, 0x16, 0x03, 0, key, 32, answer), 1); /* Nonce: TempKey */
    give(fd, "at 1 watchdog");
    assert_true(write_word(fd, 0));
    assert_false(write_word(fd, 0));
    assert_true(ask(fd, "trace 1"));
    expect_said("watchdog");
    wake(fd);
    command(fd, 0x30, 0x02, 0, NULL, 0, answer); /* Info state: TempKey valid? */
    assert_int_equal(answer[1] & 0x80, 0);
    close(fd);
}

static void test_a_broken_connection(void **state)
{
    uint8_t message[] = {ADDRESS, BUS_WRITE, 1, 0, 0x01}, byte;
    int fd = started(), other = client();

    give(other, "at 1 disconnect before");
    assert_int_equal(send(fd, message, sizeof message, 0), sizeof message);
    assert_int_equal(receive(fd, &byte, 1), -1);
    close(fd);
    assert_true(write_word(other, 0)); /* it did not go to sleep */
    fd = client();
    give(other, "at 1 disconnect");
    assert_int_equal(send(fd, message, sizeof message, 0), sizeof message);
    assert_int_equal(receive(fd, &byte, 1), -1);
    close(fd);
    assert_false(write_word(other, 0)); /* now it did */
    close(other);
}

static void test_failures_of_the_part(void **state)
{
    uint8_t answer[128];
    int fd = started();

    give(fd, "at 1 health-failure");
    assert_int_equal(command(fd, 0x1B, 0x00, 0, NULL, 0, answer), 1);
    assert_int_equal(answer[0], 0x08);
    assert_int_equal(command(fd, 0x1B, 0x00, 0, NULL, 0, answer), 32);
    give(fd, "at 1 selftest-failure 20");
    command(fd, 0x77, 0x3B, 0, NULL, 0, answer);
    assert_int_equal(answer[0], 0x20);
    close(fd);
}

/* ---- power loss while the EEPROM is written --------------------------------------------------------- */

static uint8_t slot_10(int fd)
{
    uint8_t answer[128];

    assert_int_equal(command(fd, 0x02, 0x82, 0x0050, NULL, 0, answer), 32);
    for (unsigned i = 1; i < 32; i++)
        assert_int_equal(answer[i], answer[0]);
    return answer[0];
}

static void write_slot_10(int fd, uint8_t byte)
{
    uint8_t value[32];

    memset(value, byte, sizeof value);
    send_command(fd, 0x12, 0x82, 0x0050, value, 32);
}

static void check_power_loss(const char *rule, uint8_t expected)
{
    uint8_t answer[128];
    int fd = started();

    write_slot_10(fd, 1);
    assert_true(read_bytes(fd, answer, 4));
    give(fd, rule);
    write_slot_10(fd, 2);
    assert_false(read_bytes(fd, answer, 4)); /* the chip has no power, or sleeps after it came back */
    wake(fd);
    assert_int_equal(slot_10(fd), expected);
    write_slot_10(fd, 3); /* it works on */
    assert_true(read_bytes(fd, answer, 4));
    assert_memory_equal(answer, "\x04\x00\x03\x40", 4);
    close(fd);
    server_stop(SIGKILL);
    fd = started();
    assert_int_equal(slot_10(fd), 3);
    close(fd);
    server_stop(SIGTERM);
}

static void test_power_loss_before_the_eeprom_has_it(void **state)
{
    check_power_loss("at eeprom 1 power-loss before", 1);
}

static void test_power_loss_after_the_eeprom_has_it(void **state)
{
    check_power_loss("at eeprom 1 power-loss after", 2);
}

static void test_power_loss_survives_a_restart(void **state)
{
    uint8_t answer[128];
    int fd = started();

    write_slot_10(fd, 1);
    assert_true(read_bytes(fd, answer, 4));
    give(fd, "at eeprom 1 power-loss before");
    write_slot_10(fd, 2);
    close(fd);
    server_stop(SIGKILL);
    fd = started();
    assert_int_equal(slot_10(fd), 1);
    close(fd);
}

int main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)
    const struct CMUnitTest tests[] = {
        T(test_the_last_trace_after_the_fact),
        T(test_help_lists_requests_and_faults),
        T(test_power),
        T(test_a_bad_rule_adds_none),
        T(test_the_tool_speaks_for_people),
        T(test_faults_from_a_file),
        T(test_nack),
        T(test_addresses),
        T(test_flipped_bits),
        T(test_lost),
        T(test_truncated_and_oversized),
        T(test_an_answer_of_ones_own),
        T(test_stuck_busy),
        T(test_the_watchdog_between_two_commands),
        T(test_a_broken_connection),
        T(test_failures_of_the_part),
        T(test_power_loss_before_the_eeprom_has_it),
        T(test_power_loss_after_the_eeprom_has_it),
        T(test_power_loss_survives_a_restart),
    };

    if (argc != 2) {
        fputs("usage: server_control_test PATH-OF-HALLMARK-CHIP\n", stderr);
        return 2;
    }
    server.program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
