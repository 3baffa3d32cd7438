/* Getting to know the chip: revision, serial number, clock.  atecc608.md 0.3, 1.1, 2.2 */

#include <string.h>

#include "atecc_internal.h"

/* The 7-bit addresses I2C leaves to devices. What is above is the 8-bit form (C0 for 60) that Microchip's own
 * configurations use: a confusion old enough to deserve its own error. */
enum { ADDRESS_FIRST = 0x08, ADDRESS_LAST = 0x77 };

static enum atecc_model model_of_revision(const uint8_t revision[4])
{
    if (revision[2] == 0x50)
        return ATECC_MODEL_508A;
    if (revision[2] >= 0x60)
        return ATECC_MODEL_608;
    return ATECC_MODEL_UNKNOWN;
}

static int read_identity(struct atecc *dev)
{
    uint8_t block[32];
    int err = atecc_command_info(dev, 0, 0, dev->revision);

    if (err)
        return err;
    err = atecc_command_read_block(dev, ATECC_ZONE_CONFIG, 0, block);
    if (err)
        return err;
    dev->model = model_of_revision(dev->revision);
    memcpy(dev->serial, block, 4);
    memcpy(dev->serial + 4, block + 8, 5);
    dev->chip_mode = block[19];
    return ATECC_OK;
}

int atecc_init(struct atecc *dev, const struct atecc_bus_class **bus, uint8_t address, atecc_sha256_fn sha256)
{
    memset(dev, 0, sizeof(*dev));
    dev->bus = bus;
    dev->address = address;
    dev->sha256 = sha256;
    dev->write_slot = ATECC_NO_SLOT;
    if (address < ADDRESS_FIRST || address > ADDRESS_LAST)
        return atecc_fail(dev, ATECC_ERROR_ADDRESS, ATECC_STAGE_NONE, NULL, 0);

    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, read_identity(dev));
}
