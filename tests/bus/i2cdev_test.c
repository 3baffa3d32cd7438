/* A real bus, with a stand-in for the kernel (open, ioctl and close are wrapped by the linker): what is asked
 * of it, and how its errors read. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include "bus/bus.h"

enum { FAKE_FD = 1000 };

static struct kernel {
    int open_error, functions_error, transfer_error;
    unsigned long functions;
    int opened, closed, transfers, interrupted;
    char path[64];
    struct i2c_msg last;
    uint8_t written[256];
} kernel;

int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_close(int fd);
int __real_close(int fd);

int __wrap_open(const char *path, int flags, ...)
{
    (void)flags;
    snprintf(kernel.path, sizeof(kernel.path), "%s", path);
    errno = kernel.open_error;
    if (kernel.open_error)
        return -1;
    kernel.opened++;
    return FAKE_FD;
}

/* open() with 64-bit file offsets */
int __wrap_open64(const char *path, int flags, ...)
{
    return __wrap_open(path, flags);
}

int __wrap_close(int fd)
{
    if (fd != FAKE_FD)
        return __real_close(fd);
    kernel.closed++;
    return 0;
}

static int transfer(const struct i2c_rdwr_ioctl_data *transaction)
{
    kernel.transfers++;
    if (kernel.interrupted) {
        kernel.interrupted--;
        errno = EINTR;
        return -1;
    }
    assert_int_equal(transaction->nmsgs, 1);
    kernel.last = transaction->msgs[0];
    errno = kernel.transfer_error;
    if (kernel.transfer_error)
        return -1;
    if (kernel.last.flags & I2C_M_RD)
        memset(kernel.last.buf, 0x5A, kernel.last.len);
    else
        memcpy(kernel.written, kernel.last.buf, kernel.last.len);
    return 1;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;

    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);

    va_end(arguments);
    assert_int_equal(fd, FAKE_FD);
    if (request == I2C_RDWR)
        return transfer(argument);
    assert_int_equal(request, I2C_FUNCS);
    errno = kernel.functions_error;
    if (kernel.functions_error)
        return -1;
    *(unsigned long *)argument = kernel.functions;
    return 0;
}

static void open_bus(struct bus *bus)
{
    memset(&kernel, 0, sizeof(kernel));
    kernel.functions = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
    assert_int_equal(bus_open(bus, "/dev/i2c-1"), ATECC_BUS_OK);
}

static void a_transfer_is_one_message_to_the_7_bit_address(void **state)
{
    static const uint8_t command[] = {0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D};
    struct bus bus;
    uint8_t in[7];

    (void)state;
    open_bus(&bus);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, command, sizeof(command)), ATECC_BUS_OK);
    assert_int_equal(kernel.last.addr, 0x60);
    assert_int_equal(kernel.last.flags, 0);
    assert_int_equal(kernel.last.len, sizeof(command));
    assert_memory_equal(kernel.written, command, sizeof(command));
    assert_int_equal(bus.vtable->read(&bus.vtable, 0x60, in, sizeof(in)), ATECC_BUS_OK);
    assert_int_equal(kernel.last.addr, 0x60);
    assert_int_equal(kernel.last.flags, I2C_M_RD);
    assert_int_equal(in[6], 0x5A);
    bus_close(&bus);
    bus_close(&bus);
    assert_int_equal(kernel.closed, 1);
}

static void the_wake_pulse_is_a_zero_byte_to_address_0(void **state)
{
    static const int nacks[] = {0, ENXIO, EREMOTEIO, EIO};
    struct bus bus;

    (void)state;
    open_bus(&bus);
    for (size_t i = 0; i < sizeof(nacks) / sizeof(nacks[0]); i++) {
        kernel.transfer_error = nacks[i];
        assert_int_equal(bus.vtable->wake_pulse(&bus.vtable), ATECC_BUS_OK);
        assert_int_equal(kernel.last.addr, 0);
        assert_int_equal(kernel.last.len, 1);
        assert_int_equal(kernel.last.flags, 0);
    }
    assert_int_equal(kernel.written[0], 0);
    kernel.transfer_error = ETIMEDOUT;
    assert_int_equal(bus.vtable->wake_pulse(&bus.vtable), ATECC_BUS_FAILED);
    assert_non_null(strstr(bus_detail(&bus), "pull-up"));
    bus_close(&bus);
}

static void errors_of_a_transfer(void **state)
{
    static const struct {
        int error, result;
        const char *says;
    } cases[] = {{ENXIO, ATECC_BUS_NACK, "/dev/i2c-1: nobody acknowledged 0x60"},
                 {EREMOTEIO, ATECC_BUS_NACK, "nobody acknowledged"},
                 {ETIMEDOUT, ATECC_BUS_FAILED, "held low"},
                 {EAGAIN, ATECC_BUS_FAILED, "arbitration"},
                 {ENODEV, ATECC_BUS_FAILED, "gone"},
                 {EIO, ATECC_BUS_FAILED, "/dev/i2c-1: "}};
    struct bus bus;
    uint8_t byte = 2;

    (void)state;
    open_bus(&bus);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        kernel.transfer_error = cases[i].error;
        assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, &byte, 1), cases[i].result);
        if (!strstr(bus_detail(&bus), cases[i].says))
            fail_msg("'%s' is not in: %s", cases[i].says, bus_detail(&bus));
    }
    kernel.transfer_error = 0;
    kernel.interrupted = 3;
    assert_int_equal(bus.vtable->write(&bus.vtable, 0x60, &byte, 1), ATECC_BUS_OK);
    bus_close(&bus);
}

static void the_8_bit_address_is_refused_before_it_reaches_the_wire(void **state)
{
    struct bus bus;
    uint8_t byte = 2;

    (void)state;
    open_bus(&bus);
    assert_int_equal(bus.vtable->write(&bus.vtable, 0xC0, &byte, 1), ATECC_BUS_FAILED);
    assert_non_null(
        strstr(bus_detail(&bus), "0xC0 is the 8-bit form of an address; Linux wants the 7-bit form, 0x60"));
    assert_int_equal(kernel.transfers, 0);
    bus_close(&bus);
}

static void errors_of_opening(void **state)
{
    static const struct {
        int error;
        const char *says;
    } cases[] = {{ENOENT, "modprobe i2c-dev"},
                 {ENOENT, "enable I2C"},
                 {EACCES, "group i2c"},
                 {ENXIO, "adapter is gone"}};
    struct bus bus;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&kernel, 0, sizeof(kernel));
        kernel.open_error = cases[i].error;
        assert_int_equal(bus_open(&bus, "i2c:1"), ATECC_BUS_FAILED);
        assert_string_equal(kernel.path, "/dev/i2c-1");
        if (!strstr(bus_detail(&bus), cases[i].says))
            fail_msg("'%s' is not in: %s", cases[i].says, bus_detail(&bus));
        /* used all the same, it says so and touches nothing */
        assert_int_equal(bus.vtable->wake_pulse(&bus.vtable), ATECC_BUS_FAILED);
        assert_int_equal(kernel.transfers, 0);
        bus_close(&bus);
        assert_int_equal(kernel.closed, 0);
    }
}

static void what_is_no_i2c_bus_is_closed_again(void **state)
{
    struct bus bus;

    (void)state;
    memset(&kernel, 0, sizeof(kernel));
    kernel.functions_error = ENOTTY;
    assert_int_equal(bus_open(&bus, "/dev/ttyUSB0"), ATECC_BUS_FAILED);
    assert_non_null(strstr(bus_detail(&bus), "not an I2C bus"));
    assert_int_equal(kernel.closed, 1);

    memset(&kernel, 0, sizeof(kernel));
    kernel.functions = I2C_FUNC_SMBUS_EMUL;
    assert_int_equal(bus_open(&bus, "/dev/i2c-0"), ATECC_BUS_FAILED);
    assert_non_null(strstr(bus_detail(&bus), "SMBus only"));
    assert_int_equal(kernel.closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_is_one_message_to_the_7_bit_address),
        cmocka_unit_test(the_wake_pulse_is_a_zero_byte_to_address_0),
        cmocka_unit_test(errors_of_a_transfer),
        cmocka_unit_test(the_8_bit_address_is_refused_before_it_reaches_the_wire),
        cmocka_unit_test(errors_of_opening),
        cmocka_unit_test(what_is_no_i2c_bus_is_closed_again),
    };

    return cmocka_run_group_tests_name("bus: /dev/i2c-N", tests, NULL, NULL);
}
