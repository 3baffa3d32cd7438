/* I2C of the linux board: the virtual bus or a real adapter, by the room bus/. os/board.h */

#include "port.h"

#include <stddef.h>
#include <string.h>

#include "board.h"
#include "bus/bus.h"

static struct {
    const char *where; /* NULL: the board has no bus */
    struct bus bus;
} i2c;

const char *i2c_start(const char *where)
{
    i2c.where = where;
    if (bus_open(&i2c.bus, where) == ATECC_BUS_OK || strncmp(where, "/dev/", 5) == 0)
        return NULL; /* an adapter that is missing now may be there when it is used */
    return bus_detail(&i2c.bus);
}

/* The virtual chip's socket without a chip behind it is a bus on which nobody answers: that is how
 * unplugging looks. */
static int result_of(int err)
{
    if (err == ATECC_BUS_FAILED && i2c.bus.kind == BUS_SOCKET)
        return ATECC_BUS_NACK;
    return err;
}

/* 0 when transfers may be tried. */
static int prepare(int bus)
{
    if (bus != 0 || !i2c.where)
        return ATECC_BUS_FAILED;
    if (i2c.bus.kind != BUS_I2CDEV || i2c.bus.i2cdev.fd >= 0)
        return 0;
    bus_close(&i2c.bus);
    return bus_open(&i2c.bus, i2c.where);
}

int board_i2c_write(int bus, uint8_t address, const void *data, size_t length)
{
    int err = prepare(bus);

    if (err)
        return err;
    if (address == 0)
        return result_of(i2c.bus.vtable->wake_pulse(&i2c.bus.vtable));
    return result_of(i2c.bus.vtable->write(&i2c.bus.vtable, address, data, length));
}

int board_i2c_read(int bus, uint8_t address, void *out, size_t length)
{
    int err = prepare(bus);

    return err ? err : result_of(i2c.bus.vtable->read(&i2c.bus.vtable, address, out, length));
}

const char *board_i2c_error(int bus)
{
    return bus == 0 && i2c.where ? bus_detail(&i2c.bus) : "no I2C bus: start the board with --i2c";
}
