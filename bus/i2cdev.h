/* A real bus: Linux's /dev/i2c-N (i2c-dev), one ioctl(I2C_RDWR) a transfer.
 *
 * The wake pulse is a write of one zero byte to address 0. Its nine low bits hold SDA down for 90 us at 100
 * kHz; at 300 kHz and more they do not wake the chip (atecc608.md 1.2), so the bus must run at 100 kHz, and
 * Linux offers no way to ask. NACK is what adapters report as ENXIO or EREMOTEIO; everything else is
 * ATECC_BUS_FAILED. Addresses are 7-bit: the 8-bit form C0 that Microchip's configurations use is answered
 * with a `detail` that says so.
 *
 * Nothing is allocated. One thread, and do not copy the struct.
 */
#ifndef BUS_I2CDEV_H
#define BUS_I2CDEV_H

#include "driver/atecc_bus.h"

struct bus_i2cdev {
    const struct atecc_bus_class *vtable;
    /* private */
    int fd;
    int error; /* errno of the last failed transfer */
    char path[64];
    char detail[256];
};

/* Opens the device and checks that its adapter can do plain I2C. Returns 0 or ATECC_BUS_FAILED; `detail` says
 * why. */
int bus_i2cdev_open(struct bus_i2cdev *bus, const char *path);
void bus_i2cdev_close(struct bus_i2cdev *bus);

#endif
