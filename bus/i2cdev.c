/* A real bus: /dev/i2c-N.  atecc608.md 1.1, 1.2 */

#include "bus/i2cdev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bus/wait.h"

enum { TRANSFER_MAX = 256, ADDRESS_LAST = 0x77 };

static int fail(struct bus_i2cdev *bus, const char *what)
{
    snprintf(bus->detail, sizeof(bus->detail), "%s: %s", bus->path, what);
    return ATECC_BUS_FAILED;
}

static int is_nack(int error)
{
    return error == ENXIO || error == EREMOTEIO;
}

static const char *why_not_open(int error)
{
    switch (error) {
    case ENOENT:
        return "no such bus: load the driver (modprobe i2c-dev) and enable I2C (on a Raspberry Pi: "
               "raspi-config, Interface "
               "Options, I2C); `i2cdetect -l` lists the buses there are";
    case ENXIO:
    case ENODEV:
        return "the bus's adapter is gone";
    case EACCES:
    case EPERM:
        return "permission denied: join the group i2c (sudo usermod -aG i2c $USER, then log in again)";
    default:
        return strerror(error);
    }
}

static const char *why_failed(int error)
{
    switch (error) {
    case ETIMEDOUT:
        return "the bus timed out: SDA or SCL is held low, or a pull-up is missing";
    case EAGAIN:
        return "lost the arbitration: another master is on the bus, or its lines are disturbed";
    case ENODEV:
        return "the bus's adapter is gone";
    default:
        return strerror(error);
    }
}

static int transfer(struct bus_i2cdev *bus, uint8_t address, uint16_t flags, uint8_t *data, size_t length)
{
    struct i2c_msg message = {.addr = address, .flags = flags, .len = (uint16_t)length, .buf = data};
    struct i2c_rdwr_ioctl_data transaction = {.msgs = &message, .nmsgs = 1};
    int done;

    bus->error = 0;
    if (bus->fd < 0)
        return fail(bus, "not open");
    if (address > ADDRESS_LAST) {
        snprintf(bus->detail, sizeof(bus->detail),
                 "%s: 0x%02X is the 8-bit form of an address; Linux wants the 7-bit form, 0x%02X", bus->path,
                 address, address >> 1);
        return ATECC_BUS_FAILED;
    }
    if (length == 0 || length > TRANSFER_MAX)
        return fail(bus, "a transfer has 1 to 256 bytes");
    do
        done = ioctl(bus->fd, I2C_RDWR, &transaction);
    while (done < 0 && errno == EINTR);
    if (done == 1)
        return ATECC_BUS_OK;
    bus->error = done < 0 ? errno : 0;
    if (is_nack(bus->error)) {
        snprintf(bus->detail, sizeof(bus->detail), "%s: nobody acknowledged 0x%02X", bus->path, address);
        return ATECC_BUS_NACK;
    }
    return fail(bus, done < 0 ? why_failed(bus->error) : "the adapter did half a transfer");
}

static struct bus_i2cdev *of(const struct atecc_bus_class **bus)
{
    return (struct bus_i2cdev *)(void *)bus;
}

/* The kernel's message has no const, but a write does not change the bytes. */
static int write_transfer(const struct atecc_bus_class **bus, uint8_t address, const uint8_t *data,
                          size_t length)
{
    return transfer(of(bus), address, 0, (uint8_t *)(uintptr_t)data, length);
}

static int read_transfer(const struct atecc_bus_class **bus, uint8_t address, uint8_t *data, size_t length)
{
    return transfer(of(bus), address, I2C_M_RD, data, length);
}

/* Adapters report the missing acknowledge of address 0 as ENXIO, EREMOTEIO or plain EIO. What counts is
 * whether the chip answers afterwards, so only a bus that is stuck or gone is worth an error here. */
static int wake_pulse(const struct atecc_bus_class **bus)
{
    uint8_t zero = 0;

    if (transfer(of(bus), 0, 0, &zero, 1) == ATECC_BUS_OK)
        return ATECC_BUS_OK;
    return is_nack(of(bus)->error) || of(bus)->error == EIO ? ATECC_BUS_OK : ATECC_BUS_FAILED;
}

static const char *detail(const struct atecc_bus_class **bus)
{
    return of(bus)->detail;
}

static const struct atecc_bus_class i2cdev_class = {
    .write = write_transfer,
    .read = read_transfer,
    .wake_pulse = wake_pulse,
    .delay_us = bus_delay_us,
    .now_us = bus_now_us,
    .detail = detail,
};

int bus_i2cdev_open(struct bus_i2cdev *bus, const char *path)
{
    unsigned long functions = 0;

    memset(bus, 0, sizeof(*bus));
    bus->vtable = &i2cdev_class;
    snprintf(bus->path, sizeof(bus->path), "%s", path);
    snprintf(bus->detail, sizeof(bus->detail), "%s", bus->path);
    bus->fd = open(path, O_RDWR | O_CLOEXEC);
    if (bus->fd < 0)
        return fail(bus, why_not_open(errno));
    if (ioctl(bus->fd, I2C_FUNCS, &functions) < 0) {
        bus_i2cdev_close(bus);
        return fail(bus, "not an I2C bus: give /dev/i2c-N");
    }
    if (!(functions & I2C_FUNC_I2C)) {
        bus_i2cdev_close(bus);
        return fail(bus, "this adapter speaks SMBus only; the chip needs plain I2C");
    }
    return ATECC_BUS_OK;
}

void bus_i2cdev_close(struct bus_i2cdev *bus)
{
    if (bus->fd >= 0)
        close(bus->fd);
    bus->fd = -1;
}
