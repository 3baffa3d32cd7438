/* The driver's bus (driver/atecc_bus.h) on the firmware's I2C.  atecc608.md 1.2; mongoose-os.md 2.5.3 */

#include "atca_internal.h"

#include "board.h"

enum { WAKE_FREQUENCY = 100000 }; /* faster, and a zero byte no longer holds SDA low for 60 us */

static struct atca_bus *of(const struct atecc_bus_class **bus)
{
    return (struct atca_bus *)bus;
}

static int result(struct atca_bus *bus, bool done)
{
    if (done)
        return ATECC_BUS_OK;
    return mgos_i2c_error(bus->i2c) != NULL ? ATECC_BUS_FAILED : ATECC_BUS_NACK;
}

static int write_bytes(const struct atecc_bus_class **bus, uint8_t address, const uint8_t *data,
                       size_t length)
{
    return result(of(bus), mgos_i2c_write(of(bus)->i2c, address, data, length, true));
}

static int read_bytes(const struct atecc_bus_class **bus, uint8_t address, uint8_t *data, size_t length)
{
    return result(of(bus), mgos_i2c_read(of(bus)->i2c, address, data, length, true));
}

/* A zero byte to address 0, which nobody acknowledges. */
static int wake_pulse(const struct atecc_bus_class **bus)
{
    static const uint8_t zero;
    struct mgos_i2c *i2c = of(bus)->i2c;
    int frequency = mgos_i2c_get_freq(i2c);
    bool done;

    mgos_i2c_set_freq(i2c, WAKE_FREQUENCY);
    done = mgos_i2c_write(i2c, 0, &zero, 1, true);
    mgos_i2c_set_freq(i2c, frequency);
    return result(of(bus), done) == ATECC_BUS_FAILED ? ATECC_BUS_FAILED : ATECC_BUS_OK;
}

static void delay_us(const struct atecc_bus_class **bus, uint32_t microseconds)
{
    (void)bus;
    board_delay_us(microseconds);
}

static uint32_t now_us(const struct atecc_bus_class **bus)
{
    (void)bus;
    return (uint32_t)board_uptime_us();
}

static const char *detail(const struct atecc_bus_class **bus)
{
    const char *error = mgos_i2c_error(of(bus)->i2c);

    return error != NULL ? error : "nothing acknowledged";
}

static const struct atecc_bus_class atca_bus_class = {
    .write = write_bytes,
    .read = read_bytes,
    .wake_pulse = wake_pulse,
    .delay_us = delay_us,
    .now_us = now_us,
    .detail = detail,
};

void atca_bus_init(struct atca_bus *bus, struct mgos_i2c *i2c)
{
    *bus = (struct atca_bus){&atca_bus_class, i2c};
}
