/* The seam between the driver and whatever carries its bytes.
 *
 * A bus moves whole I2C transfers and tells the time. It knows nothing of the chip but the wake pulse.
 * Implementations: bus/socket.h (the virtual bus), bus/i2cdev.h (/dev/i2c-N), libs/atca (the firmware's
 * I2C). The first member of an implementation is the vtable pointer; the driver keeps a pointer to it:
 *
 *     struct my_bus { const struct atecc_bus_class *vtable; ... };
 *     atecc_init(&dev, &my.vtable, ...);
 *
 * Transfers return 0, or a negative enum atecc_bus_error. A short transfer is an error.
 */
#ifndef ATECC_BUS_H
#define ATECC_BUS_H

#include <stddef.h>
#include <stdint.h>

enum atecc_bus_error {
    ATECC_BUS_OK = 0,
    ATECC_BUS_NACK = -1,    /* nobody acknowledged the address: asleep, busy, absent */
    ATECC_BUS_FAILED = -2,  /* the bus itself: adapter gone, permission, I/O error; `detail` says which */
};

struct atecc_bus_class {
    /* One write transfer of `length` bytes (1 to 256) to the 7-bit `address`. */
    int (*write)(const struct atecc_bus_class **bus, uint8_t address, const uint8_t *data, size_t length);
    /* One read transfer that fills `data` with exactly `length` bytes (1 to 256). */
    int (*read)(const struct atecc_bus_class **bus, uint8_t address, uint8_t *data, size_t length);
    /* SDA low for at least 60 us (atecc608.md 1.2). The driver waits tWHI itself. A NACK is success. */
    int (*wake_pulse)(const struct atecc_bus_class **bus);
    /* Milli- and microseconds for polling; `now_us` wraps around and is used for differences only. */
    void (*delay_us)(const struct atecc_bus_class **bus, uint32_t microseconds);
    uint32_t (*now_us)(const struct atecc_bus_class **bus);
    /* Why the last transfer failed, for people: "/dev/i2c-1: permission denied …"; never NULL. May be NULL
     * as a function: no detail. */
    const char *(*detail)(const struct atecc_bus_class **bus);
};

#endif
