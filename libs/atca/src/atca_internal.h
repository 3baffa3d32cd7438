/* What the library's files share. */
#ifndef ATCA_INTERNAL_H
#define ATCA_INTERNAL_H

#include "mgos_atca.h"
#include "mgos_i2c.h"

/* --- the driver's bus on the firmware's I2C (atca_bus.c) ------------------------------------------------ */

struct atca_bus {
    const struct atecc_bus_class *vtable; /* first: the driver knows us by it */
    struct mgos_i2c *i2c;
};
void atca_bus_init(struct atca_bus *bus, struct mgos_i2c *i2c);

/* --- the chip (mgos_atca.c) ----------------------------------------------------------------------------- */

struct atca_options {
    struct mgos_i2c *i2c;
    int i2c_bus;  /* its number, for the log */
    int i2c_addr; /* 7 bits */
    unsigned ecdh_slots_mask;
    bool chip_ecdh; /* sys.atca.ecdh is "chip" */
};
/* Looks for the chip and registers with libs/tls. Works, and may be repeated by tests, without a chip. */
void atca_start(const struct atca_options *options);
unsigned atca_ecdh_slots_mask(void);

/* As atca_run(), but neither looks for the chip nor repeats: for work on what only the chip's TempKey holds.
 */
int atca_run_once(atca_work work, void *context);
/* The chip's raw last error, 0x<ss> in Mongoose OS's messages. */
uint8_t atca_status(int error);
const struct atca_bus *atca_the_bus(void);

/* One line on the console without the log's prefix, whatever the level: Mongoose OS prints what the chip did
 * for TLS so. */
void atca_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* --- TLS (atca_keys.c, atca_ecdhe.c) -------------------------------------------------------------------- */

void atca_keys_start(void);
void atca_ecdhe_start(bool in_chip);
/* The chip was looked for anew: it may have lost its power, or be another one. */
void atca_ecdhe_chip_changed(void);
/* Something was done with the chip for TLS: the next key pair is made later, when the board is idle again. */
void atca_ecdhe_postpone(void);
/* 32 random bytes that the chip made while the board was idle, once. */
bool atca_ecdhe_take_random(uint8_t random[32]);

#endif
