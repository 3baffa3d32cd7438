/* What clients send, decoded: whole messages, and every way in which they can be broken.  chip/bus_protocol.h */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server_message.h"

static struct bus_request requests[BUS_TRANSFERS_MAX];
static uint8_t message[BUS_COMBINED_MAX + BUS_MESSAGE_MAX];

/* A header; what follows it in `message` are its bytes. Where it ends. */
static size_t put(size_t at, uint8_t address, uint8_t direction, size_t length)
{
    message[at] = address;
    message[at + 1] = direction;
    message[at + 2] = (uint8_t)length;
    message[at + 3] = (uint8_t)(length >> 8);
    return at + BUS_HEADER_SIZE;
}

static size_t decode_alone(uint8_t address, uint8_t direction, size_t length, size_t bytes)
{
    return server_message_decode(message, put(0, address, direction, length) + bytes, requests);
}

static void test_a_write_and_its_bytes(void **state)
{
    assert_int_equal(decode_alone(0x60, BUS_WRITE, 3, 3), 1);
    assert_int_equal(requests[0].address, 0x60);
    assert_int_equal(requests[0].direction, BUS_WRITE);
    assert_int_equal(requests[0].length, 3);
    assert_ptr_equal(requests[0].bytes, message + BUS_HEADER_SIZE);
    assert_int_equal(decode_alone(0x60, BUS_WRITE, 0, 0), 1);
    assert_int_equal(decode_alone(0x7F, BUS_WRITE, BUS_DATA_MAX, BUS_DATA_MAX), 1);
}

static void test_writes_that_are_none(void **state)
{
    assert_int_equal(decode_alone(0x80, BUS_WRITE, 0, 0), 0);
    assert_int_equal(decode_alone(0x60, BUS_WRITE, BUS_DATA_MAX + 1, BUS_DATA_MAX + 1), 0);
    assert_int_equal(decode_alone(0x60, BUS_WRITE, 3, 2), 0);
}

static void test_a_read_has_no_bytes(void **state)
{
    assert_int_equal(decode_alone(0x60, BUS_READ, BUS_DATA_MAX, 0), 1);
    assert_int_equal(requests[0].length, BUS_DATA_MAX);
    assert_null(requests[0].bytes);
    assert_int_equal(decode_alone(0x60, BUS_READ, 0, 0), 0);
    assert_int_equal(decode_alone(0x60, BUS_READ, BUS_DATA_MAX + 1, 0), 0);
    assert_int_equal(decode_alone(0x80, BUS_READ, 1, 0), 0);
}

static void test_notes_have_four_bytes_and_no_address(void **state)
{
    assert_int_equal(decode_alone(0, BUS_NOTE_WRITE, BUS_NOTE_SIZE, BUS_NOTE_SIZE), 1);
    assert_int_equal(decode_alone(0, BUS_NOTE_READ, BUS_NOTE_SIZE, 0), 1);
    assert_int_equal(decode_alone(0x60, BUS_NOTE_WRITE, BUS_NOTE_SIZE, BUS_NOTE_SIZE), 0);
    assert_int_equal(decode_alone(0x60, BUS_NOTE_READ, BUS_NOTE_SIZE, 0), 0);
    assert_int_equal(decode_alone(0, BUS_NOTE_WRITE, 3, 3), 0);
    assert_int_equal(decode_alone(0, BUS_NOTE_READ, 5, 0), 0);
}

static void test_control_has_no_address_and_a_limit(void **state)
{
    assert_int_equal(decode_alone(0, BUS_CONTROL, 0, 0), 1);
    assert_int_equal(decode_alone(0, BUS_CONTROL, BUS_CONTROL_MAX, BUS_CONTROL_MAX), 1);
    assert_int_equal(decode_alone(0, BUS_CONTROL, BUS_CONTROL_MAX + 1, BUS_CONTROL_MAX + 1), 0);
    assert_int_equal(decode_alone(0x60, BUS_CONTROL, 4, 4), 0);
}

static void test_there_are_five_directions(void **state)
{
    for (unsigned direction = BUS_CONTROL + 1; direction <= 0xFF; direction++)
        assert_int_equal(decode_alone(0, (uint8_t)direction, 4, 4), 0);
}

static void test_no_header_no_request(void **state)
{
    put(0, 0x60, BUS_WRITE, 0);
    for (size_t n = 0; n < BUS_HEADER_SIZE; n++)
        assert_int_equal(server_message_decode(message, n, requests), 0);
}

/* `count` bare probes, one after the other. */
static size_t decode_many(unsigned count)
{
    size_t n = 0;

    for (unsigned i = 0; i < count; i++)
        n = put(n, (uint8_t)(i + 1), BUS_WRITE, 0);
    return server_message_decode(message, n, requests);
}

static void test_transfers_are_combined_up_to_a_limit(void **state)
{
    assert_int_equal(decode_many(BUS_TRANSFERS_MAX), BUS_TRANSFERS_MAX);
    for (unsigned i = 0; i < BUS_TRANSFERS_MAX; i++)
        assert_int_equal(requests[i].address, i + 1);
    assert_int_equal(decode_many(BUS_TRANSFERS_MAX + 1), 0);
}

static void test_one_broken_transfer_breaks_all(void **state)
{
    size_t n = put(put(0, 0x60, BUS_WRITE, 0), 0x60, BUS_READ, 2);

    assert_int_equal(server_message_decode(message, n, requests), 2);
    assert_int_equal(server_message_decode(message, n - 1, requests), 0);
    put(BUS_HEADER_SIZE, 0x60, BUS_READ, 0);
    assert_int_equal(server_message_decode(message, n, requests), 0);
}

static void test_notes_and_control_come_alone(void **state)
{
    size_t n = put(put(0, 0x60, BUS_WRITE, 0), 0, BUS_NOTE_READ, BUS_NOTE_SIZE);

    assert_int_equal(server_message_decode(message, n, requests), 0);
    n = put(put(0, 0, BUS_NOTE_READ, BUS_NOTE_SIZE), 0x60, BUS_WRITE, 0);
    assert_int_equal(server_message_decode(message, n, requests), 0);
    n = put(put(0, 0, BUS_CONTROL, 0), 0, BUS_CONTROL, 0);
    assert_int_equal(server_message_decode(message, n, requests), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_write_and_its_bytes),
        cmocka_unit_test(test_writes_that_are_none),
        cmocka_unit_test(test_a_read_has_no_bytes),
        cmocka_unit_test(test_notes_have_four_bytes_and_no_address),
        cmocka_unit_test(test_control_has_no_address_and_a_limit),
        cmocka_unit_test(test_there_are_five_directions),
        cmocka_unit_test(test_no_header_no_request),
        cmocka_unit_test(test_transfers_are_combined_up_to_a_limit),
        cmocka_unit_test(test_one_broken_transfer_breaks_all),
        cmocka_unit_test(test_notes_and_control_come_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
