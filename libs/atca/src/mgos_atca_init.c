/* Starts the library: the chip as the configuration describes it. */

#include "atca_internal.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "mgos_sys_config.h"

/* Anything but "soft" is "chip", the default; an unknown word is not passed over in silence. */
static bool is_chip_ecdh(const char *setting)
{
    if (setting == NULL || strcmp(setting, "chip") == 0)
        return true;
    if (strcmp(setting, "soft") == 0)
        return false;
    LOG(LL_ERROR, ("sys.atca.ecdh is \"%s\": expected chip or soft; the chip does it", setting));
    return true;
}

bool mgos_atca_init(void)
{
    struct atca_options options = {
        .i2c_bus = mgos_sys_config_get_sys_atca_i2c_bus(),
        .i2c_addr = mgos_sys_config_get_sys_atca_i2c_addr(),
        .ecdh_slots_mask = (unsigned)mgos_sys_config_get_sys_atca_ecdh_slots_mask(),
    };

    if (!mgos_sys_config_get_sys_atca_enable())
        return true;
    options.i2c = mgos_i2c_get_bus(options.i2c_bus);
    options.chip_ecdh = is_chip_ecdh(mgos_sys_config_get_sys_atca_ecdh());
    /* Mongoose OS restarts for ever here (mongoose-os.md 8.2 T1), out of reach of a repair; we go on without
     * a chip. */
    if (options.i2c == NULL) {
        LOG(LL_ERROR, ("ATCA requires I2C to be enabled (i2c.enable=true)"));
        LOG(LL_ERROR, ("ATCA: Chip is not available"));
        return true;
    }
    atca_start(&options);
    return true;
}
