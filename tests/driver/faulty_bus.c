/* A bus that does one thing wrong. */

#include "faulty_bus.h"

#include <string.h>

static struct faulty_bus *of(const struct atecc_bus_class **bus)
{
    return (struct faulty_bus *)(void *)bus;
}

static enum fault due(struct faulty_bus *bus)
{
    bus->transfers++;
    bus->now_us += 300;
    if (bus->countdown == 0 || --bus->countdown > 0)
        return FAULT_NONE;
    bus->struck = 1;
    return bus->fault;
}

static void put_to_sleep(struct faulty_bus *bus, uint8_t address)
{
    const uint8_t sleep = 1;

    (void)(*bus->inner)->write(bus->inner, address, &sleep, 1);
}

static int faulty_write(const struct atecc_bus_class **self, uint8_t address, const uint8_t *data,
                        size_t length)
{
    struct faulty_bus *bus = of(self);
    const struct atecc_bus_class **inner = bus->inner;
    uint8_t copy[256];
    int err;

    memcpy(copy, data, length);
    switch (due(bus)) {
    case FAULT_NACK:
        return ATECC_BUS_NACK;
    case FAULT_LOST_WRITE:
        return ATECC_BUS_OK;
    case FAULT_FLIPPED_BIT:
        copy[bus->bit / 8 % length] ^= (uint8_t)(1u << bus->bit % 8);
        return (*inner)->write(inner, address, copy, length);
    case FAULT_TRUNCATED:
        if (length > 1)
            (void)(*inner)->write(inner, address, copy, length / 2);
        return ATECC_BUS_FAILED;
    case FAULT_TRUNCATED_MUTE:
        return length > 1 ? (*inner)->write(inner, address, copy, length / 2) : ATECC_BUS_OK;
    case FAULT_FAILED_BEFORE:
        return ATECC_BUS_FAILED;
    case FAULT_FAILED_AFTER:
        (void)(*inner)->write(inner, address, copy, length);
        return ATECC_BUS_FAILED;
    case FAULT_CHIP_SLEEPS:
        err = (*inner)->write(inner, address, copy, length);
        put_to_sleep(bus, address);
        return err;
    default:
        return (*inner)->write(inner, address, copy, length);
    }
}

static int faulty_read(const struct atecc_bus_class **self, uint8_t address, uint8_t *data, size_t length)
{
    struct faulty_bus *bus = of(self);
    const struct atecc_bus_class **inner = bus->inner;
    int err;

    switch (due(bus)) {
    case FAULT_NACK:
        return ATECC_BUS_NACK;
    case FAULT_LOST_WRITE:
        memset(data, 0xFF, length);
        return ATECC_BUS_OK;
    case FAULT_FLIPPED_BIT:
        err = (*inner)->read(inner, address, data, length);
        data[bus->bit / 8 % length] ^= (uint8_t)(1u << bus->bit % 8);
        return err;
    case FAULT_TRUNCATED:
        if (length > 1)
            (void)(*inner)->read(inner, address, data, length / 2);
        return ATECC_BUS_FAILED;
    case FAULT_TRUNCATED_MUTE:
        memset(data, 0xFF, length);
        return length > 1 ? (*inner)->read(inner, address, data, length / 2) : ATECC_BUS_OK;
    case FAULT_FAILED_BEFORE:
        return ATECC_BUS_FAILED;
    case FAULT_FAILED_AFTER:
        (void)(*inner)->read(inner, address, data, length);
        return ATECC_BUS_FAILED;
    case FAULT_CHIP_SLEEPS:
        err = (*inner)->read(inner, address, data, length);
        put_to_sleep(bus, address);
        return err;
    default:
        return (*inner)->read(inner, address, data, length);
    }
}

static int faulty_wake_pulse(const struct atecc_bus_class **self)
{
    struct faulty_bus *bus = of(self);

    switch (due(bus)) {
    case FAULT_NONE:
        return (*bus->inner)->wake_pulse(bus->inner);
    case FAULT_FAILED_BEFORE:
        return ATECC_BUS_FAILED;
    case FAULT_TRUNCATED:
    case FAULT_FAILED_AFTER:
        (void)(*bus->inner)->wake_pulse(bus->inner);
        return ATECC_BUS_FAILED;
    default: /* too short to be heard */
        return ATECC_BUS_OK;
    }
}

static void faulty_delay_us(const struct atecc_bus_class **self, uint32_t microseconds)
{
    of(self)->now_us += microseconds;
}

static uint32_t faulty_now_us(const struct atecc_bus_class **self)
{
    return of(self)->now_us;
}

static const char *faulty_detail(const struct atecc_bus_class **self)
{
    (void)self;
    return "a fault of the test's";
}

static const struct atecc_bus_class faulty_class = {
    .write = faulty_write,
    .read = faulty_read,
    .wake_pulse = faulty_wake_pulse,
    .delay_us = faulty_delay_us,
    .now_us = faulty_now_us,
    .detail = faulty_detail,
};

void faulty_bus_init(struct faulty_bus *bus, const struct atecc_bus_class **inner)
{
    memset(bus, 0, sizeof(*bus));
    bus->vtable = &faulty_class;
    bus->inner = inner;
}

void faulty_bus_arm(struct faulty_bus *bus, enum fault fault, unsigned bit, unsigned before)
{
    bus->fault = fault;
    bus->bit = bit;
    bus->countdown = fault == FAULT_NONE ? 0 : before + 1;
    bus->transfers = 0;
    bus->struck = 0;
}
