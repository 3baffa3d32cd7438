/* Lock (17): closes the configuration zone, the data and OTP zones, or one slot for ever.  atecc608.md 3.13
 */

#include "command.h"

#include "crc.h"
#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"

enum {
    TARGET = 0x03,
    TARGET_CONFIG = 0,
    TARGET_DATA = 1,
    TARGET_SLOT = 2,
    SLOT_BITS = 0x3C,
    IGNORE_CRC = 0x80,
    LOCKED = 0x00,
};

static enum chip_status check_crc(struct chip_call *call, uint16_t crc, const char *covered)
{
    if ((call->p1 & IGNORE_CRC) || call->p2 == crc)
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC,
                       "the CRC in Param2 is %04X, and that of %s is %04X (Param1 bit 7 = 0)", call->p2,
                       covered, crc);
}

static void write_byte(struct chip *chip, unsigned offset, uint8_t value)
{
    chip_eeprom_write(chip, chip->eeprom.config + offset, &value, 1);
}

static enum chip_status lock_config(struct chip *chip, struct chip_call *call)
{
    if (chip_config_locked(chip))
        return chip_refuse(call, CHIP_EXEC, "the configuration zone is locked already (LockConfig = %02X)",
                           chip->eeprom.config[CONFIG_LOCK_CONFIG]);
    enum chip_status status =
        check_crc(call, chip_crc16(0, chip->eeprom.config, CHIP_CONFIG_SIZE), "the configuration zone");
    if (status == CHIP_SUCCESS)
        write_byte(chip, CONFIG_LOCK_CONFIG, LOCKED);
    return status;
}

uint16_t chip_data_zone_crc(const struct chip *chip)
{
    uint16_t crc = 0;

    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (!chip_slot_rules(chip, slot).is_private)
            crc = chip_crc16(crc, chip->eeprom.data + chip_slot_offset(slot), chip_slot_size(slot));
    }
    return chip_crc16(crc, chip->eeprom.otp, CHIP_OTP_SIZE);
}

static enum chip_status lock_data(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip_data_locked(chip))
        return chip_refuse(call, CHIP_EXEC, "the data zone is locked already (LockValue = %02X)",
                           chip->eeprom.config[CONFIG_LOCK_VALUE]);
    status = check_crc(call, chip_data_zone_crc(chip), "the data slots and OTP");
    if (status == CHIP_SUCCESS)
        write_byte(chip, CONFIG_LOCK_VALUE, LOCKED);
    return status;
}

static enum chip_status lock_slot(struct chip *chip, struct chip_call *call)
{
    unsigned slot = (call->p1 & SLOT_BITS) >> 2;
    struct chip_slot_rules rules = chip_slot_rules(chip, slot);
    unsigned byte = CONFIG_SLOT_LOCKED + slot / 8;

    call->slot = (int)slot;
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (!rules.lockable)
        return chip_refuse(call, CHIP_EXEC, "slot %u cannot be locked by itself (KeyConfig bit 5 = 0)", slot);
    if (rules.locked)
        return chip_refuse(call, CHIP_EXEC, "slot %u is locked already (SlotLocked bit %u = 0)", slot, slot);
    if (GUESS_41_SLOT_LOCK_CHECKS_CRC) {
        uint16_t crc = chip_crc16(0, chip->eeprom.data + chip_slot_offset(slot), chip_slot_size(slot));
        status = check_crc(call, crc, "the slot");
        if (status != CHIP_SUCCESS)
            return status;
    }
    write_byte(chip, byte, (uint8_t)(chip->eeprom.config[byte] & ~(1u << slot % 8)));
    return CHIP_SUCCESS;
}

enum chip_status chip_command_lock(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 & ~(TARGET | SLOT_BITS | IGNORE_CRC))
        return chip_refuse(call, CHIP_PARSE, "Param1 is %02X, and bit 6 must be 0", call->p1);
    unsigned target = call->p1 & TARGET;
    if (target != TARGET_SLOT && (call->p1 & SLOT_BITS))
        return chip_refuse(call, CHIP_PARSE, "Param1 names a slot (bits 5:2), and only mode 2 locks a slot");

    switch (target) {
    case TARGET_CONFIG:
        return lock_config(chip, call);
    case TARGET_DATA:
        return lock_data(chip, call);
    case TARGET_SLOT:
        return lock_slot(chip, call);
    default:
        return chip_refuse(call, CHIP_PARSE, "mode 3 does not exist (Param1 bits 1:0)");
    }
}
