/* Buses by name: the virtual one and the real ones.
 *
 *     struct bus bus;
 *     if (bus_open(&bus, "unix:/run/lab/chip.sock"))     or "/dev/i2c-1", or "i2c:1"
 *         errx(1, "%s", bus_detail(&bus));
 *     atecc_init(&dev, &bus.vtable, 0x60, sha256);
 *     ...
 *     bus_close(&bus);
 *
 * The caller owns the struct; nothing is allocated. One thread, and do not copy it.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include "bus/i2cdev.h"
#include "bus/socket.h"

struct bus {
    union {
        const struct atecc_bus_class *vtable;
        struct bus_socket socket;
        struct bus_i2cdev i2cdev;
    };
    enum { BUS_SOCKET, BUS_I2CDEV } kind;
};

/* Opens the bus that `where` names. The virtual chip need not run yet: it is connected to at the first
 * transfer. Returns 0 or ATECC_BUS_FAILED; bus_detail() says what was wrong. Close it in either case, or open
 * it again. */
int bus_open(struct bus *bus, const char *where);
/* May be called twice. */
void bus_close(struct bus *bus);
/* Why opening or the last transfer failed, a sentence with the bus's name; never NULL. */
const char *bus_detail(struct bus *bus);

#endif
