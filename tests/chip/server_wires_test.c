/* One transfer on the wires with two chips on the bus, in this process: who hears it, whom a fault strikes, what the
 * simulator tells afterwards.  chip/server.h
 *
 * The clock is the test's, and so are the complaints. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crc.h"
#include "memory.h"
#include "server.h"

enum { FIRST = 0x60, SECOND = 0x35, TWINS = 2 };

static struct server server;
static uint64_t clock_us;
static char folder[64], paths[TWINS][128], complaint[STATE_ERROR_MAX + 200], error[STATE_ERROR_MAX],
    told[4096];

uint64_t server_now_us(void)
{
    return clock_us;
}

void server_complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(complaint, sizeof complaint, format, arguments);
    va_end(arguments);
}

static int set_up(void **state)
{
    const uint8_t addresses[TWINS] = {FIRST, SECOND};

    memset(&server, 0, sizeof server);
    clock_us = 5000000;
    complaint[0] = error[0] = '\0';
    strcpy(folder, "/tmp/hallmark-wires-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    for (unsigned i = 0; i < TWINS; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%u", folder, i);
        const struct chip_options options = {.state = paths[i], .address = addresses[i]};
        server.chips[i].server = &server;
        server.chips[i].fast = true;
        if (!server_chip_start(&server.chips[i], &options))
            return -1;
        server.chip_count++;
    }
    return 0;
}

static int tear_down(void **state)
{
    char name[160];

    for (unsigned i = 0; i < TWINS; i++) {
        if (i < server.chip_count)
            server_chip_stop(&server.chips[i]);
        snprintf(name, sizeof name, "%s.lock", paths[i]);
        unlink(name);
        unlink(paths[i]);
    }
    return rmdir(folder);
}

/* ---- transfers and questions ------------------------------------------------------------------------ */

static enum wires_result write_byte(uint8_t address, uint8_t byte)
{
    return server_wires_transfer(&server, address, false, &byte, 1, error);
}

static enum wires_result read_bytes(uint8_t address, uint8_t *bytes, size_t n)
{
    memset(bytes, 0x77, n);
    return server_wires_transfer(&server, address, true, bytes, n, error);
}

static enum wires_result wake(void)
{
    return write_byte(0, 0);
}

static enum wires_result send_command(uint8_t address, uint8_t opcode, uint8_t p1, uint16_t p2,
                                      const uint8_t *data, size_t n)
{
    uint8_t bytes[80] = {0x03, (uint8_t)(7 + n), opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};

    if (n > 0)
        memcpy(bytes + 6, data, n);
    uint16_t crc = chip_crc16(0, bytes + 1, 5 + n);
    bytes[6 + n] = (uint8_t)crc;
    bytes[7 + n] = (uint8_t)(crc >> 8);
    return server_wires_transfer(&server, address, false, bytes, 8 + n, error);
}

static enum wires_result write_slot_10(uint8_t address, uint8_t value)
{
    uint8_t bytes[32];

    memset(bytes, value, sizeof bytes);
    return send_command(address, 0x12, 0x82, 0x0050, bytes, sizeof bytes);
}

static bool ask(const char *request)
{
    return server_control(&server, request, told, sizeof told);
}

static void give(const char *fault)
{
    char request[300];

    snprintf(request, sizeof request, "fault %s", fault);
    if (!ask(request))
        fail_msg("%s: %s", fault, told);
}

static void expect_told(const char *text)
{
    if (!strstr(told, text))
        fail_msg("expected \"%s\" in: %s", text, told);
}

static void expect_struck(unsigned count)
{
    if (server.faults.struck != count)
        fail_msg("%u faults struck, and not %u", server.faults.struck, count);
}

/* ---- who hears it ----------------------------------------------------------------------------------- */

static void test_each_answers_at_its_own_address(void **state)
{
    uint8_t bytes[4];

    assert_int_equal(wake(), WIRES_NACK);
    assert_int_equal(read_bytes(FIRST, bytes, 4), WIRES_ACK);
    assert_memory_equal(bytes, "\x04\x11\x33\x43", 4);
    assert_int_equal(read_bytes(SECOND, bytes, 4), WIRES_ACK);
    assert_int_equal(read_bytes(0x17, bytes, 4), WIRES_NACK);
    assert_int_equal(write_byte(SECOND, 0x01), WIRES_ACK);
    assert_int_equal(read_bytes(SECOND, bytes, 4), WIRES_NACK);
    assert_int_equal(read_bytes(FIRST, bytes, 4), WIRES_ACK);
    assert_int_equal(server_wires_transfer(&server, FIRST, false, NULL, 0, error), WIRES_ACK);
}

static void test_a_lost_wake_pulse_wakes_nobody(void **state)
{
    give("at wake 1 lost");
    assert_int_equal(wake(), WIRES_NACK);
    expect_struck(1);
    assert_int_equal(write_byte(FIRST, 0), WIRES_NACK);
    wake();
    assert_int_equal(write_byte(FIRST, 0), WIRES_ACK);
}

/* ---- whom a fault strikes --------------------------------------------------------------------------- */

static void test_the_parts_own_failures_are_one_parts(void **state)
{
    static const char *const rules[] = {"at 1 selftest-failure 20", "at 1 health-failure"};
    static const uint8_t opcodes[] = {0x77, 0x1B}, p1[] = {0x3B, 0x00}, statuses[] = {0x20, 0x08};
    uint8_t bytes[4];

    wake();
    for (unsigned i = 0; i < 2; i++) {
        give(rules[i]);
        assert_int_equal(send_command(SECOND, opcodes[i], p1[i], 0, NULL, 0), WIRES_ACK);
        assert_int_equal(send_command(FIRST, opcodes[i], p1[i], 0, NULL, 0), WIRES_ACK);
        assert_int_equal(read_bytes(SECOND, bytes, 4), WIRES_ACK);
        assert_int_equal(bytes[1], statuses[i]);
        assert_int_equal(read_bytes(FIRST, bytes, 4), WIRES_ACK);
        assert_int_not_equal(bytes[1], statuses[i]);
        assert_true(ask("clear"));
        assert_int_equal(send_command(SECOND, 0x77, 0x3B, 0, NULL, 0), WIRES_ACK); /* well again */
        assert_int_equal(read_bytes(SECOND, bytes, 4), WIRES_ACK);
        assert_int_equal(bytes[1], 0);
    }
}

static void test_a_watchdog_and_a_loss_of_power_are_one_parts(void **state)
{
    static const char *const rules[] = {"at 1 watchdog", "at 1 power-loss after", "at 1 power-loss before"};

    for (unsigned i = 0; i < 3; i++) {
        wake();
        give(rules[i]);
        write_byte(SECOND, 0x00);
        expect_struck(i + 1);
        assert_int_equal(write_byte(SECOND, 0x00), WIRES_NACK); /* asleep */
        assert_int_equal(write_byte(FIRST, 0x00), WIRES_ACK);
    }
    wake();
    give("at wake 1 power-loss after"); /* a pulse is for all */
    wake();
    assert_int_equal(write_byte(FIRST, 0x00), WIRES_NACK);
    assert_int_equal(write_byte(SECOND, 0x00), WIRES_NACK);
}

static void test_a_stuck_bus_is_free_again_in_time(void **state)
{
    wake();
    give("at 1 busy 30");
    assert_int_equal(write_byte(FIRST, 0), WIRES_NACK);
    clock_us += 29999;
    assert_int_equal(write_byte(SECOND, 0), WIRES_NACK);
    clock_us += 1;
    assert_int_equal(write_byte(SECOND, 0), WIRES_ACK);
}

static void test_edits_that_find_nothing_to_edit(void **state)
{
    uint8_t bytes[4];

    wake();
    give("at write 1 flip 2000\nat read 1 flip 32\nat write 2 truncate 1\nat read 2 truncate 4");
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(write_byte(FIRST, 0), WIRES_ACK);
        assert_int_equal(read_bytes(FIRST, bytes, 4), WIRES_ACK);
        assert_memory_equal(bytes, "\x04\x11\x33\x43", 4);
    }
    expect_struck(0);
}

static void test_an_answer_is_cut_to_what_is_clocked(void **state)
{
    uint8_t bytes[2];

    wake();
    give("at read 1 answer 0102030405");
    assert_int_equal(read_bytes(FIRST, bytes, 2), WIRES_ACK);
    assert_memory_equal(bytes, "\1\2", 2);
    give("at read 1 answer 0102");
    assert_int_equal(read_bytes(0x17, bytes, 2), WIRES_NACK); /* nobody to put words in the mouth of */
    expect_struck(1);
}

static void test_more_than_a_transfer_can_hold(void **state)
{
    uint8_t bytes[BUS_DATA_MAX] = {0x03};

    wake();
    for (unsigned i = 0; i < 3; i++)
        give("at write 1 oversize 2048");
    assert_int_equal(server_wires_transfer(&server, FIRST, false, bytes, sizeof bytes, error), WIRES_ACK);
    expect_struck(3);
    wake();
    assert_int_equal(write_byte(SECOND, 0), WIRES_ACK);
}

/* ---- what is kept ----------------------------------------------------------------------------------- */

static uint8_t kept_in_slot_10(unsigned chip)
{
    struct state_file file = {.lock = -1};
    struct chip_eeprom eeprom;

    strcpy(file.path, paths[chip]);
    assert_int_equal(state_load(&file, &eeprom, error), 0);
    return eeprom.data[chip_slot_offset(10)];
}

static void test_a_change_is_on_disk_when_it_is_acknowledged(void **state)
{
    wake();
    assert_int_equal(write_slot_10(SECOND, 0x42), WIRES_ACK);
    assert_false(server_chip_has_changed(&server.chips[1]));
    assert_int_equal(kept_in_slot_10(1), 0x42);
    assert_int_not_equal(kept_in_slot_10(0), 0x42);
}

static void test_power_lost_at_the_moment_of_keeping(void **state)
{
    wake();
    assert_int_equal(write_slot_10(FIRST, 1), WIRES_ACK);
    give("at eeprom 1 address 60 power-loss before");
    assert_int_equal(write_slot_10(SECOND, 2), WIRES_ACK); /* not that one's */
    write_slot_10(FIRST, 2);
    expect_struck(1);
    assert_int_equal(kept_in_slot_10(0), 1);
    assert_int_equal(kept_in_slot_10(1), 2);
    wake();
    give("at eeprom 1 power-loss after");
    write_slot_10(FIRST, 3);
    assert_int_equal(kept_in_slot_10(0), 3);
}

/* The folder of the state goes away during one transfer, with a Write or without: the change must not be called kept. */
static void expect_not_kept(bool with_write, const char *sentence)
{
    char away[80];

    snprintf(away, sizeof away, "%s-away", folder);
    assert_int_equal(rename(folder, away), 0);
    enum wires_result result = with_write ? write_slot_10(FIRST, 9) : write_byte(FIRST, 0);
    assert_int_equal(rename(away, folder), 0);
    assert_int_equal(result, WIRES_NOT_SAVED);
    if (!strstr(error, sentence))
        fail_msg("expected \"%s\" in: %s", sentence, error);
    assert_int_not_equal(kept_in_slot_10(0), 9);
}

static void test_a_change_that_cannot_be_kept(void **state)
{
    wake();
    expect_not_kept(true, "cannot write the chip's state");
}

static void test_a_change_that_cannot_be_kept_as_power_goes(void **state)
{
    wake();
    give("at eeprom 1 power-loss after");
    expect_not_kept(true, "cannot write the chip's state");
}

static void test_power_lost_and_the_state_gone(void **state)
{
    wake();
    give("at eeprom 1 power-loss before");
    expect_not_kept(true, "is gone");
}

/* A change that was not kept is tried again when power goes. */
static void test_a_change_left_over_when_power_goes(void **state)
{
    wake();
    expect_not_kept(true, "cannot write the chip's state");
    assert_true(server_chip_has_changed(&server.chips[0]));
    give("at 1 power-loss before");
    expect_not_kept(false, "cannot write the chip's state");
    give("at 1 address 60 power-loss before");
    write_byte(FIRST, 0);
    assert_false(server_chip_has_changed(&server.chips[0]));
    assert_int_equal(kept_in_slot_10(0), 9);
}

static void test_a_state_damaged_meanwhile_is_not_taken(void **state)
{
    wake();
    give("at eeprom 1 power-loss before");
    FILE *out = fopen(paths[0], "w");
    fputs("nonsense", out);
    fclose(out);
    assert_int_equal(write_slot_10(FIRST, 9), WIRES_NOT_SAVED);
    assert_non_null(strstr(error, "not the state of a virtual chip"));
}

/* ---- what the simulator tells ----------------------------------------------------------------------- */

static void test_each_chip_has_its_line(void **state)
{
    wake();
    write_byte(SECOND, 0x02);
    assert_true(ask("status"));
    expect_told("chip 60 awake");
    expect_told("chip 35 idle");
    assert_true(ask("power off"));
    assert_true(ask("status"));
    expect_told("chip 60 off");
    expect_told("chip 35 off");
    assert_true(ask("power on"));
    assert_true(ask("power on"));
    assert_true(ask("status"));
    expect_told("chip 60 asleep");
}

static void test_the_trace_is_as_long_as_is_asked(void **state)
{
    assert_true(ask("trace"));
    assert_string_equal(told, "");
    for (unsigned i = 0; i < 100; i++)
        server_note(&server, "line %u.", i);
    assert_true(ask("trace 2"));
    assert_null(strstr(told, "line 97."));
    expect_told("line 98.");
    expect_told("line 99.");
    assert_true(ask("trace"));
    assert_null(strstr(told, "line 35."));
    expect_told("line 36.");
    assert_true(ask("trace 100000"));
    expect_told("line 36.");
    assert_false(ask("trace 3x"));
    assert_false(ask("trace x"));
    expect_told("`trace` takes a number");
}

static void test_an_answer_is_cut_to_its_room(void **state)
{
    char small[20];

    assert_true(server_control(&server, "help", small, sizeof small));
    assert_int_equal(strlen(small), sizeof small - 1);
}

static void test_requests_there_are_none_of(void **state)
{
    char request[100];

    assert_false(ask("helpp"));
    assert_false(ask("hel"));
    assert_false(ask("power"));
    assert_false(ask("power offf"));
    memset(request, 'q', sizeof request);
    request[sizeof request - 1] = '\0';
    assert_false(ask(request));
    expect_told("there is no request");
    assert_true(strlen(told) < sizeof request);
    assert_true(ask("status"));
    expect_told("faults pending 0\nfaults struck 0");
    give("at 7 nack");
    assert_true(ask("status"));
    expect_told("faults pending 1");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_each_answers_at_its_own_address),
        T(test_a_lost_wake_pulse_wakes_nobody),
        T(test_the_parts_own_failures_are_one_parts),
        T(test_a_watchdog_and_a_loss_of_power_are_one_parts),
        T(test_a_stuck_bus_is_free_again_in_time),
        T(test_edits_that_find_nothing_to_edit),
        T(test_an_answer_is_cut_to_what_is_clocked),
        T(test_more_than_a_transfer_can_hold),
        T(test_a_change_is_on_disk_when_it_is_acknowledged),
        T(test_power_lost_at_the_moment_of_keeping),
        T(test_a_change_that_cannot_be_kept),
        T(test_a_change_that_cannot_be_kept_as_power_goes),
        T(test_power_lost_and_the_state_gone),
        T(test_a_change_left_over_when_power_goes),
        T(test_a_state_damaged_meanwhile_is_not_taken),
        T(test_each_chip_has_its_line),
        T(test_the_trace_is_as_long_as_is_asked),
        T(test_an_answer_is_cut_to_its_room),
        T(test_requests_there_are_none_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
