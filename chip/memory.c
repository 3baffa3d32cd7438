/* Where things lie in the EEPROM.  atecc608.md 2.1, 2.2, 2.11, 2.12 */

#include "memory.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"

enum { BLOCK = 32, WORD = 4 };

unsigned chip_slot_size(unsigned slot)
{
    if (slot < 8)
        return 36;
    return slot == 8 ? 416 : 72;
}

unsigned chip_slot_offset(unsigned slot)
{
    if (slot <= 8)
        return slot * 36;
    return 8 * 36 + 416 + (slot - 9) * 72;
}

void chip_eeprom_from_image(struct chip_eeprom *eeprom, const uint8_t image[CHIP_CONFIG_SIZE],
                            const uint8_t serial[CHIP_SERIAL_SIZE])
{
    memset(eeprom, 0xFF, sizeof *eeprom);
    memcpy(eeprom->config, image, CHIP_CONFIG_SIZE);
    if (serial) {
        memcpy(eeprom->config, serial, 4);
        memcpy(eeprom->config + 8, serial + 4, 5);
    }
}

bool chip_is_508(const struct chip *chip)
{
    return chip->eeprom.config[CONFIG_REVISION + 2] == 0x50;
}

bool chip_config_locked(const struct chip *chip)
{
    return chip->eeprom.config[CONFIG_LOCK_CONFIG] != UNLOCKED;
}

bool chip_data_locked(const struct chip *chip)
{
    return chip->eeprom.config[CONFIG_LOCK_VALUE] != UNLOCKED;
}

unsigned chip_options(const struct chip *chip)
{
    const uint8_t *options = chip->eeprom.config + CONFIG_CHIP_OPTIONS;

    return chip_is_508(chip) ? 0 : options[0] | (unsigned)options[1] << 8;
}

void chip_serial(const struct chip *chip, uint8_t serial[CHIP_SERIAL_SIZE])
{
    memcpy(serial, chip->eeprom.config, 4);
    memcpy(serial + 4, chip->eeprom.config + 8, 5);
}

static const char *decode_data(uint16_t param2, struct chip_address *address)
{
    if (param2 & 0x80)
        return "there are 16 slots, and Param2 bit 7 names a further one (bits 6:3 are the slot)";
    address->slot = (param2 >> 3) & 0xF;
    address->block = param2 >> 8;
    return NULL;
}

static const char *decode_config_or_otp(uint16_t param2, struct chip_address *address)
{
    if (param2 & ~0x1Fu)
        return "Param2 bits 15:5 must be 0 in the configuration and OTP zones";
    address->block = (param2 >> 3) & 3;
    return NULL;
}

const char *chip_address_decode(uint8_t param1, uint16_t param2, struct chip_address *address)
{
    *address = (struct chip_address){.zone = param1 & 3, .length = param1 & 0x80 ? BLOCK : WORD};

    if ((param1 & 3) == 3)
        return "zone 3 does not exist (Param1 bits 1:0)";
    bool data = address->zone == CHIP_ZONE_DATA;
    const char *wrong = data ? decode_data(param2, address) : decode_config_or_otp(param2, address);
    if (wrong)
        return wrong;

    unsigned size = data                                ? chip_slot_size(address->slot)
                    : address->zone == CHIP_ZONE_CONFIG ? CHIP_CONFIG_SIZE
                                                        : CHIP_OTP_SIZE;
    address->offset = address->block * BLOCK;
    if (address->length == WORD) /* a block access ignores the word offset */
        address->offset += (param2 & 7) * WORD;
    if (address->offset + WORD > size)
        return data ? "the address is beyond the end of the slot (Param2 bits 15:8 are the block, 2:0 the "
                      "word)"
                    : "the address is beyond the end of the zone (Param2 bits 4:3 are the block, 2:0 the "
                      "word)";

    unsigned left = size - address->offset;
    address->stored = left < address->length ? left : address->length;
    return NULL;
}

const uint8_t *chip_at(const struct chip *chip, const struct chip_address *address)
{
    switch (address->zone) {
    case CHIP_ZONE_CONFIG:
        return chip->eeprom.config + address->offset;
    case CHIP_ZONE_OTP:
        return chip->eeprom.otp + address->offset;
    default:
        return chip->eeprom.data + chip_slot_offset(address->slot) + address->offset;
    }
}

void chip_eeprom_write(struct chip *chip, const uint8_t *target, const uint8_t *bytes, size_t n)
{
    size_t offset = (size_t)(target - (const uint8_t *)&chip->eeprom);

    if (n == 0 || chip_equal(target, bytes, n))
        return;
    memcpy((uint8_t *)&chip->eeprom + offset, bytes, n);
    chip->eeprom_writes++;
}

bool chip_private_key(const struct chip *chip, unsigned slot, uint8_t d[32])
{
    static const uint8_t no_pad[4];
    const uint8_t *stored = chip->eeprom.data + chip_slot_offset(slot);

    if (!chip_equal(stored, no_pad, 4) || !chip_p256_scalar_valid(stored + 4))
        return false;
    memcpy(d, stored + 4, 32);
    return true;
}

void chip_private_key_store(struct chip *chip, unsigned slot, const uint8_t d[32])
{
    uint8_t stored[36] = {0};

    memcpy(stored + 4, d, 32);
    chip_eeprom_write(chip, chip->eeprom.data + chip_slot_offset(slot), stored, sizeof stored);
    chip_wipe(stored, sizeof stored);
}

bool chip_stored_public_key(const struct chip *chip, unsigned slot, uint8_t point[64])
{
    const uint8_t *stored = chip->eeprom.data + chip_slot_offset(slot);

    if (chip_slot_size(slot) < 72)
        return false;
    memcpy(point, stored + 4, 32);
    memcpy(point + 32, stored + 40, 32);
    return true;
}

unsigned chip_validity(const struct chip *chip, unsigned slot)
{
    return chip->eeprom.data[chip_slot_offset(slot)] >> 4;
}

void chip_validity_set(struct chip *chip, unsigned slot, unsigned nibble)
{
    const uint8_t *first = chip->eeprom.data + chip_slot_offset(slot);
    uint8_t byte = (uint8_t)((*first & 0x0F) | nibble << 4);

    chip_eeprom_write(chip, first, &byte, 1);
}
