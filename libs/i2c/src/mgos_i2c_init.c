/* Starts the library: the buses that the configuration enables. */

#include "mgos_i2c.h"
#include "mgos_sys_config.h"

static struct mgos_i2c *open_bus(int bus, const struct mgos_config_i2c *cfg)
{
    struct mgos_i2c_options options = {
        .bus = bus,
        .freq = cfg->freq,
        .debug = cfg->debug,
        .sda_gpio = cfg->sda_gpio,
        .scl_gpio = cfg->scl_gpio,
    };

    return mgos_i2c_open(&options);
}

/* The first bus that is not open. */
struct mgos_i2c *mgos_i2c_create(const struct mgos_config_i2c *cfg)
{
    int bus = 0;

    if (!cfg->enable)
        return NULL;
    while (bus < MGOS_I2C_BUSES && mgos_i2c_get_bus(bus) != NULL)
        bus++;
    return open_bus(bus, cfg);
}

bool mgos_i2c_init(void)
{
    const struct mgos_config_i2c *first = mgos_sys_config_get_i2c(), *second = mgos_sys_config_get_i2c1();

    if (first->enable && open_bus(0, first) == NULL)
        return false;
    return !second->enable || open_bus(1, second) != NULL;
}
