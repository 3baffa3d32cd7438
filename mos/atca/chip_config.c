/* The configuration zone, decoded for the commands.  atecc608.md 2.1, 2.2, 2.6, 2.8 */

#include "chip_config.h"

#include <stdio.h>
#include <string.h>

enum {
    SLOT_CONFIG = 20,
    LOCK_VALUE = 86,
    LOCK_CONFIG = 87,
    SLOT_LOCKED = 88,
    KEY_CONFIG = 96,
    UNLOCKED = 0x55,
    LOCKED = 0x00,
};

static unsigned little_endian(const uint8_t *bytes)
{
    return bytes[0] | (unsigned)bytes[1] << 8;
}

static int decode_lock(uint8_t byte, const char *zone, bool *locked, char *why, size_t why_size)
{
    if (byte != LOCKED && byte != UNLOCKED) {
        snprintf(why, why_size, "unknown %s lock mode 0x%02x", zone, byte);
        return -1;
    }
    *locked = byte == LOCKED;
    return 0;
}

static int decode_slot(struct chip_config *config, unsigned number, char *why, size_t why_size)
{
    const uint8_t *bytes = config->bytes;
    unsigned slot_config = little_endian(bytes + SLOT_CONFIG + 2 * number);
    unsigned key_config = little_endian(bytes + KEY_CONFIG + 2 * number);
    unsigned slot_locked = little_endian(bytes + SLOT_LOCKED);
    unsigned write_config = slot_config >> 12, type = key_config >> 2 & 7;
    struct chip_slot *slot = &config->slots[number];

    if (type != CHIP_KEY_ECC && type != CHIP_KEY_AES && type != CHIP_KEY_OTHER) {
        snprintf(why, why_size, "unknown key type %u", type);
        return -1;
    }
    slot->key_type = type;
    slot->is_private_ecc = key_config & 1 && type == CHIP_KEY_ECC;
    slot->can_sign = slot->is_private_ecc && slot_config & 1;
    slot->write_key = slot_config >> 8 & 15;
    slot->encrypted_write = write_config & 4;
    slot->gen_key_allowed = write_config & 2;
    slot->never_writable = !slot->encrypted_write && write_config >= 2;
    slot->locked = !(slot_locked >> number & 1);
    slot->capacity = number < 8 ? 36 : number == 8 ? 416 : 72; /* atecc608.md 2.1 */
    return 0;
}

int chip_config_decode(struct chip_config *config, const uint8_t bytes[CHIP_CONFIG_SIZE], char *why,
                       size_t why_size)
{
    memcpy(config->bytes, bytes, CHIP_CONFIG_SIZE);
    memcpy(config->serial, bytes, 4);
    memcpy(config->serial + 4, bytes + 8, 5);
    config->revision =
        (uint32_t)bytes[4] << 24 | (uint32_t)bytes[5] << 16 | (uint32_t)bytes[6] << 8 | bytes[7];
    if (decode_lock(bytes[LOCK_CONFIG], "config", &config->config_locked, why, why_size) ||
        decode_lock(bytes[LOCK_VALUE], "data", &config->data_locked, why, why_size))
        return -1;
    for (unsigned i = 0; i < CHIP_SLOT_COUNT; i++) {
        if (decode_slot(config, i, why, why_size))
            return -1;
    }
    return 0;
}

const char *chip_config_model(const struct chip_config *config)
{
    return config->revision >= 0x6000 ? "ATECC608A" : "ATECC508A";
}
