/* I2C transactions and registers (mongoose-os.md 6.10), and I2C.* (2.7). */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "loopback.h"
#include "mgos_i2c.h"
#include "rpc_service_i2c.h"

/* A device at 0x48 with 256 registers of 8 bits; its register pointer moves on. What the wires saw, one word
 * a transfer. */
static uint8_t registers[256], pointer;
static char wires[512];
static int bus_result;

static void note(const char *what, const uint8_t *data, size_t length)
{
    size_t used = strlen(wires);

    used += (size_t)snprintf(wires + used, sizeof(wires) - used, "%s", what);
    for (size_t i = 0; i < length; i++)
        used += (size_t)snprintf(wires + used, sizeof(wires) - used, "%02x", data[i]);
    snprintf(wires + used, sizeof(wires) - used, " ");
}

static int device_write(int bus, uint8_t address, const void *data, size_t length)
{
    const uint8_t *bytes = data;

    (void)bus;
    if (address != 0x48 || bus_result != 0)
        return bus_result != 0 ? bus_result : -1;
    note("w", bytes, length);
    if (length > 0)
        pointer = bytes[0];
    for (size_t i = 1; i < length; i++)
        registers[pointer++] = bytes[i];
    return 0;
}

static int device_read(int bus, uint8_t address, void *out, size_t length)
{
    uint8_t *bytes = out;

    (void)bus;
    if (address != 0x48 || bus_result != 0)
        return bus_result != 0 ? bus_result : -1;
    for (size_t i = 0; i < length; i++)
        bytes[i] = registers[pointer++];
    note("r", bytes, length);
    return 0;
}

static struct mgos_i2c *i2c;
static struct mg_rpc *rpc;
static struct loopback line;

static int start(void **state)
{
    struct mgos_i2c_options options = {.bus = 0, .freq = 100000, .sda_gpio = 12, .scl_gpio = 14};

    (void)state;
    fake_board_start();
    fake_i2c_write = device_write;
    fake_i2c_read = device_read;
    memset(registers, 0, sizeof(registers));
    wires[0] = '\0';
    bus_result = 0;
    i2c = mgos_i2c_open(&options);
    rpc = loopback_start(&line);
    rpc_service_i2c_add(rpc);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mg_rpc_free(rpc);
    mgos_i2c_close(i2c);
    return 0;
}

static void gives(const char *method, const char *params, const char *payload)
{
    assert_string_equal(loopback_call(&line, method, params), payload);
}

/* --- transactions --------------------------------------------------------------------------------------- */

static void pieces_of_a_write_are_one_transfer(void **state)
{
    (void)state;
    assert_true(mgos_i2c_write(i2c, 0x48, "\x10", 1, false));
    assert_true(mgos_i2c_write(i2c, MGOS_I2C_ADDR_CONTINUE, "\x01\x02", 2, false));
    assert_string_equal(wires, "");
    assert_true(mgos_i2c_write(i2c, MGOS_I2C_ADDR_CONTINUE, "\x03", 1, true));
    assert_string_equal(wires, "w10010203 ");
}

static void a_stop_ends_a_write(void **state)
{
    (void)state;
    mgos_i2c_write(i2c, 0x48, "\x10\x55", 2, false);
    mgos_i2c_stop(i2c);
    assert_string_equal(wires, "w1055 ");
    mgos_i2c_stop(i2c);
    assert_string_equal(wires, "w1055 ");
}

static void a_failure_says_whose_it_is(void **state)
{
    uint8_t byte;

    (void)state;
    assert_false(mgos_i2c_write(i2c, 0x49, "\x10", 1, true));
    assert_null(mgos_i2c_error(i2c));
    bus_result = -2;
    assert_false(mgos_i2c_read(i2c, 0x48, &byte, 1, true));
    assert_non_null(mgos_i2c_error(i2c));
}

static void refuses_what_no_bus_could_do(void **state)
{
    static uint8_t much[MGOS_I2C_TRANSFER_MAX + 1];

    (void)state;
    assert_false(mgos_i2c_write(i2c, 0x48, much, sizeof(much), true));
    assert_false(mgos_i2c_read(i2c, 0x48, much, sizeof(much), true));
    assert_false(mgos_i2c_read(i2c, 0x48, much, 0, true));
    assert_false(mgos_i2c_write(i2c, 0x80, much, 1, true));
    assert_false(mgos_i2c_write(NULL, 0x48, much, 1, true));
    assert_string_equal(wires, "");
}

static void registers_are_read_and_written(void **state)
{
    uint8_t bytes[3] = {7, 8, 9}, back[3];

    (void)state;
    assert_true(mgos_i2c_write_reg_b(i2c, 0x48, 0x20, 0xAB));
    assert_true(mgos_i2c_write_reg_w(i2c, 0x48, 0x30, 0x1234));
    assert_string_equal(wires, "w20ab w301234 ");
    assert_int_equal(mgos_i2c_read_reg_b(i2c, 0x48, 0x20), 0xAB);
    assert_int_equal(mgos_i2c_read_reg_w(i2c, 0x48, 0x30), 0x1234);
    assert_true(mgos_i2c_write_reg_n(i2c, 0x48, 0x40, 3, bytes));
    assert_true(mgos_i2c_read_reg_n(i2c, 0x48, 0x40, 3, back));
    assert_memory_equal(bytes, back, 3);
    assert_int_equal(mgos_i2c_read_reg_b(i2c, 0x49, 0x20), -1);
    assert_int_equal(mgos_i2c_read_reg_w(i2c, 0x49, 0x20), -1);
}

static void bits_are_changed_alone(void **state)
{
    uint8_t byte;
    uint16_t word;

    (void)state;
    registers[0x20] = 0xFF;
    assert_true(mgos_i2c_setbits_reg_b(i2c, 0x48, 0x20, 2, 3, 0x02));
    assert_int_equal(registers[0x20], 0xEB);
    assert_true(mgos_i2c_getbits_reg_b(i2c, 0x48, 0x20, 2, 3, &byte));
    assert_int_equal(byte, 2);
    assert_true(mgos_i2c_setbits_reg_w(i2c, 0x48, 0x30, 4, 12, 0xABC));
    assert_int_equal(registers[0x30], 0xAB);
    assert_int_equal(registers[0x31], 0xC0);
    assert_true(mgos_i2c_getbits_reg_w(i2c, 0x48, 0x30, 4, 12, &word));
    assert_int_equal(word, 0xABC);
    assert_false(mgos_i2c_getbits_reg_b(i2c, 0x48, 0x20, 6, 3, &byte));
    assert_false(mgos_i2c_setbits_reg_b(i2c, 0x48, 0x20, 0, 0, 1));
}

static void a_bus_is_opened_once(void **state)
{
    struct mgos_i2c_options again = {.bus = 0, .freq = 100000},
                            other = {.bus = MGOS_I2C_BUSES, .freq = 100000};

    (void)state;
    assert_null(mgos_i2c_open(&again));
    assert_null(mgos_i2c_open(&other));
    assert_ptr_equal(mgos_i2c_get_global(), i2c);
    assert_ptr_equal(mgos_i2c_get_bus(0), i2c);
    assert_null(mgos_i2c_get_bus(1));
    assert_null(mgos_i2c_get_bus(-1));
}

/* --- over RPC ------------------------------------------------------------------------------------------- */

static void scans(void **state)
{
    (void)state;
    gives("I2C.Scan", NULL, "\"result\":[72]");
    gives("I2C.Scan", "{\"bus\":1}", "\"error\":{\"code\":503,\"message\":\"I2C is disabled\"}");
}

static void reads_and_writes(void **state)
{
    (void)state;
    gives("I2C.Write", "{\"addr\":72,\"data_hex\":\"20cafe\"}", "\"result\":null");
    gives("I2C.Write", "{\"addr\":72,\"data_hex\":\"20\"}", "\"result\":null");
    gives("I2C.Read", "{\"addr\":72,\"len\":2}", "\"result\":{\"data_hex\": \"cafe\"}");
    gives("I2C.Read", "{\"addr\":72}", "\"error\":{\"code\":400,\"message\":\"addr and len are required\"}");
    gives("I2C.Read", "{\"addr\":72,\"len\":4097}", "\"error\":{\"code\":500,\"message\":\"malloc failed\"}");
    gives("I2C.Read", "{\"addr\":73,\"len\":1}", "\"error\":{\"code\":503,\"message\":\"I2C read failed\"}");
    gives("I2C.Write", "{\"addr\":73,\"data_hex\":\"20\"}",
          "\"error\":{\"code\":503,\"message\":\"I2C write failed\"}");
    gives("I2C.Write", "{\"addr\":73}",
          "\"error\":{\"code\":400,\"message\":\"addr and data_hex are required\"}");
}

static void reads_and_writes_registers(void **state)
{
    (void)state;
    gives("I2C.WriteRegW", "{\"addr\":72,\"reg\":16,\"value\":4660}", "\"result\":null");
    gives("I2C.ReadRegW", "{\"addr\":72,\"reg\":16}", "\"result\":{\"value\": 4660}");
    gives("I2C.ReadRegB", "{\"addr\":72,\"reg\":17}", "\"result\":{\"value\": 52}");
    gives("I2C.WriteRegB", "{\"addr\":72,\"reg\":17,\"value\":1}", "\"result\":null");
    gives("I2C.ReadRegB", "{\"addr\":73,\"reg\":17}",
          "\"error\":{\"code\":503,\"message\":\"error reading value\"}");
    gives("I2C.ReadRegB", "{\"addr\":73}",
          "\"error\":{\"code\":400,\"message\":\"addr and reg are required\"}");
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(pieces_of_a_write_are_one_transfer),
        POINT(a_stop_ends_a_write),
        POINT(a_failure_says_whose_it_is),
        POINT(refuses_what_no_bus_could_do),
        POINT(registers_are_read_and_written),
        POINT(bits_are_changed_alone),
        POINT(a_bus_is_opened_once),
        POINT(scans),
        POINT(reads_and_writes),
        POINT(reads_and_writes_registers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
