/* A bus in front of another one that does one thing wrong, in the transfer it is told, and has a clock of its
 * own: delays pass at once. */
#ifndef TESTS_DRIVER_FAULTY_BUS_H
#define TESTS_DRIVER_FAULTY_BUS_H

#include "driver/atecc_bus.h"

enum fault {
    FAULT_NONE,
    FAULT_NACK,           /* the transfer does not take place */
    FAULT_LOST_WRITE,     /* nor this, but the bus says it did; a read gives FF */
    FAULT_FLIPPED_BIT,    /* bit `bit` of the data arrives flipped */
    FAULT_TRUNCATED,      /* the second half is lost, and the bus says so */
    FAULT_TRUNCATED_MUTE, /* the second half is lost, and the bus does not say so; a read's is FF */
    FAULT_FAILED_BEFORE,  /* the bus fails, before the transfer */
    FAULT_FAILED_AFTER,   /* ... after it */
    FAULT_CHIP_SLEEPS, /* the transfer is fine, but then the chip loses its power for a moment and sleeps */
    FAULTS,
};

struct faulty_bus {
    const struct atecc_bus_class *vtable;
    const struct atecc_bus_class **inner;
    uint32_t now_us;
    enum fault fault;
    unsigned bit;
    unsigned countdown; /* the transfer, from 1, that goes wrong */
    unsigned transfers; /* so many so far */
    int struck;         /* it went wrong: the fault changed something */
};

void faulty_bus_init(struct faulty_bus *bus, const struct atecc_bus_class **inner);
/* The transfer after `before` good ones goes wrong. */
void faulty_bus_arm(struct faulty_bus *bus, enum fault fault, unsigned bit, unsigned before);

#endif
