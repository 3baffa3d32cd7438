/* The configuration zone: reading it, writing it, locking.  atecc608.md 2.2, 3.13; mongoose-os.md 2.5.1 */

#include "atecc_internal.h"

enum {
    FIRST_WRITABLE_BYTE = 16, /* before it: serial number, revision */
    USER_EXTRA_BYTE = 84,     /* 84, 85 by UpdateExtra only; 86, 87, the locks, by Lock only */
    BLOCK = 32,
    WORD = 4,
    CONFIG_SIZE = 128,
    UNLOCKED = 0x55,
};

int atecc_read_config(struct atecc *dev, uint8_t config[128])
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    for (unsigned byte = 0; byte < CONFIG_SIZE && !err; byte += BLOCK)
        err = atecc_command_read_block(dev, ATECC_ZONE_CONFIG, atecc_config_address(byte), config + byte);
    if (err)
        atecc_wipe(config, CONFIG_SIZE);
    return atecc_session_finish(dev, err);
}

/* A 32-byte write to a block with a protected byte in it is refused as a whole, so blocks 0 and 2 go word by
 * word. */
static int write_zone(struct atecc *dev, const uint8_t config[128])
{
    unsigned byte = FIRST_WRITABLE_BYTE;

    while (byte < CONFIG_SIZE) {
        unsigned step = byte % (2 * BLOCK) == BLOCK ? BLOCK : WORD;
        int err = ATECC_OK;

        if (step == BLOCK)
            err =
                atecc_command_write_block(dev, ATECC_ZONE_CONFIG, atecc_config_address(byte), config + byte);
        else if (byte != USER_EXTRA_BYTE)
            err = atecc_command_write_word(dev, ATECC_ZONE_CONFIG, atecc_config_address(byte), config + byte);
        if (err)
            return err;
        byte += step;
    }

    int err = atecc_command_update_extra(dev, 0, config[USER_EXTRA_BYTE]);

    if (err)
        return err;
    return atecc_command_update_extra(dev, 1, config[USER_EXTRA_BYTE + 1]);
}

int atecc_write_config(struct atecc *dev, const uint8_t config[128])
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, write_zone(dev, config));
}

/* Bytes 86 and 87 are 55 until locked, 00 afterwards; anything else counts as locked. */
int atecc_is_locked(struct atecc *dev, int *config_locked, int *data_locked)
{
    uint8_t word[4];
    int err = atecc_begin(dev);

    if (err)
        return err;
    err = atecc_command_read_word(dev, ATECC_ZONE_CONFIG, atecc_config_address(USER_EXTRA_BYTE), word);
    if (!err) {
        *data_locked = word[2] != UNLOCKED;
        *config_locked = word[3] != UNLOCKED;
    }
    return atecc_session_finish(dev, err);
}

static int lock(struct atecc *dev, uint8_t zone)
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_lock(dev, zone));
}

int atecc_lock_config(struct atecc *dev)
{
    return lock(dev, 0);
}

int atecc_lock_data(struct atecc *dev)
{
    return lock(dev, 1);
}
