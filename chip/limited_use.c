/* LimitedUse, CountMatch, LastKeyUse.  atecc608.md 2.3, 2.13 */

#include "limited_use.h"

#include <string.h>

#include "counter_field.h"
#include "memory.h"

enum { LAST_KEY_SLOT = 15, LAST_KEY_BYTES = 16 };

static uint32_t little_endian(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t chip_counter_limit(const struct chip *chip)
{
    uint8_t match = chip->eeprom.config[CONFIG_COUNT_MATCH];

    if (chip_is_508(chip) || !(match & 1)) /* GUESS 15: bits 3:1 do not matter */
        return COUNTER_MAX;
    const uint8_t *stored = chip->eeprom.data + chip_slot_offset(match >> 4);
    uint32_t limit = little_endian(stored);
    if (memcmp(stored, stored + 4, 4) != 0)
        return 0; /* the value is stored twice; a torn pair permits nothing */
    return limit < COUNTER_MAX ? limit : COUNTER_MAX;
}

static bool counts_in_last_key_use(const struct chip *chip, unsigned slot)
{
    return chip_is_508(chip) && slot == LAST_KEY_SLOT;
}

enum chip_status chip_check_uses_left(const struct chip *chip, struct chip_call *call, unsigned slot)
{
    static const uint8_t used_up[LAST_KEY_BYTES];

    if (counts_in_last_key_use(chip, slot)) {
        if (memcmp(chip->eeprom.config + CONFIG_LAST_KEY_USE, used_up, LAST_KEY_BYTES) != 0)
            return CHIP_SUCCESS;
        return chip_refuse(call, CHIP_EXEC,
                           "slot 15 is limited-use (SlotConfig bit 5 = 1) and its 128 uses are spent "
                           "(LastKeyUse = 0, bytes 68..83)");
    }
    uint32_t used = chip_counter_read(chip, 0);
    uint32_t limit = chip_counter_limit(chip);
    if (used < limit)
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC,
                       "slot %u is limited-use (SlotConfig bit 5 = 1) and counter 0 is at %u of %u "
                       "(CountMatch = %02X)",
                       slot, used, limit, chip->eeprom.config[CONFIG_COUNT_MATCH]);
}

/* GUESS 73: the bits go from the first byte's bit 7 to the last byte's bit 0. */
static void clear_next_bit(struct chip *chip)
{
    const uint8_t *byte = chip->eeprom.config + CONFIG_LAST_KEY_USE;

    while (*byte == 0)
        byte++;
    uint8_t rest = *byte;
    for (uint8_t bit = 0x80; bit; bit >>= 1) {
        if (!(rest & bit))
            continue;
        rest &= (uint8_t)~bit;
        break;
    }
    chip_eeprom_write(chip, byte, &rest, 1);
}

void chip_take_one_use(struct chip *chip, unsigned slot)
{
    if (counts_in_last_key_use(chip, slot))
        clear_next_bit(chip);
    else
        chip_counter_increment(chip, 0);
}
