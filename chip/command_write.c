/* Write (12): 4 or 32 bytes of a zone, clear or encrypted with WriteKey.  atecc608.md 3.4, 2.2, 2.6, 2.10 */

#include "command.h"

#include "crypto.h"
#include "encrypted_input.h"
#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum { PARAM1_BITS = 0xC3, ENCRYPTED = 0x40, MAC = 32, OTP_CONSUMPTION = 0x55 };

/* Bytes 0..15 are the factory's, 84..87 belong to UpdateExtra and Lock. */
static bool touches_protected_byte(const struct chip_address *address)
{
    unsigned end = address->offset + address->length;

    return address->offset < 16 || (address->offset < 88 && end > 84);
}

static enum chip_status write_config(struct chip *chip, struct chip_call *call,
                                     const struct chip_address *address)
{
    if (chip_config_locked(chip))
        return chip_refuse(call, CHIP_EXEC, "the configuration zone is locked (LockConfig = %02X)",
                           chip->eeprom.config[CONFIG_LOCK_CONFIG]);
    if (call->p1 & ENCRYPTED)
        return chip_refuse(call, CHIP_EXEC,
                           "the configuration zone takes no encrypted writes (Param1 bit 6 = 1)");
    if (touches_protected_byte(address))
        return chip_refuse(
            call, (enum chip_status)GUESS_13_PROTECTED_BYTE,
            "configuration bytes %u to %u include some that Write may not change (0..15, 84..87)",
            address->offset, address->offset + address->length - 1);
    enum chip_status status = chip_check_length(call, address->length);
    if (status != CHIP_SUCCESS)
        return status;
    chip_eeprom_write(chip, chip_at(chip, address), call->data, address->stored);
    return CHIP_SUCCESS;
}

/* After data lock: on a 608 OTP is read-only; on a 508A in consumption mode its bits may be cleared, never set,
 * and a one in the data leaves the bit as it is (GUESS 78). */
static enum chip_status consume_otp(struct chip *chip, struct chip_call *call,
                                    const struct chip_address *address)
{
    uint8_t mode = chip->eeprom.config[CONFIG_OTP_MODE];
    const uint8_t *stored = chip_at(chip, address);
    uint8_t left[32];

    if (!chip_is_508(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "OTP is read-only once the data zone is locked (LockValue = %02X)",
                           chip->eeprom.config[CONFIG_LOCK_VALUE]);
    if (mode != OTP_CONSUMPTION)
        return chip_refuse(call, CHIP_EXEC,
                           "OTP is read-only once the data zone is locked (OTPmode = %02X, byte 18, not 55)",
                           mode);
    if (call->p1 & ENCRYPTED)
        return chip_refuse(call, CHIP_EXEC, "OTP takes no encrypted writes (Param1 bit 6 = 1)");
    enum chip_status status = chip_check_length(call, address->length);
    if (status != CHIP_SUCCESS)
        return status;
    for (unsigned i = 0; i < address->stored; i++)
        left[i] = stored[i] & call->data[i];
    chip_eeprom_write(chip, stored, left, address->stored);
    return CHIP_SUCCESS;
}

static enum chip_status write_otp(struct chip *chip, struct chip_call *call,
                                  const struct chip_address *address)
{
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip_data_locked(chip))
        return consume_otp(chip, call, address);
    if (!GUESS_19_OTP_WRITE_BEFORE_DATA_LOCK)
        return chip_refuse(call, CHIP_EXEC,
                           "OTP is read-only once the configuration zone is locked (LockConfig = %02X)",
                           chip->eeprom.config[CONFIG_LOCK_CONFIG]);
    if (call->p1 & ENCRYPTED)
        return chip_refuse(call, CHIP_EXEC, "OTP takes no encrypted writes (Param1 bit 6 = 1)");
    if (address->length != 32)
        return chip_refuse(call, CHIP_EXEC,
                           "before data lock OTP takes 32-byte writes only (LockValue = 55)");
    status = chip_check_length(call, 32);
    if (status != CHIP_SUCCESS)
        return status;
    chip_eeprom_write(chip, chip_at(chip, address), call->data, address->stored);
    return CHIP_SUCCESS;
}

static enum chip_status write_encrypted(struct chip *chip, struct chip_call *call,
                                        const struct chip_address *address,
                                        const struct chip_slot_rules *rules, unsigned key_slot)
{
    uint8_t plain[32];

    enum chip_status status = chip_check_session_key(chip, call, key_slot, "SlotConfig WriteKey");
    if (status != CHIP_SUCCESS)
        return status;
    if (chip->sram.temp_key.no_mac)
        return chip_refuse(call, CHIP_EXEC, "TempKey was derived from a NoMac slot (NoMacFlag = 1)");
    if (call->length != 32 + MAC)
        return chip_refuse(
            call, CHIP_EXEC,
            "slot %u takes 32 encrypted bytes and a 32-byte MAC, and %zu came (SlotConfig bits 15:12 = %X)",
            rules->slot, call->length, rules->write_config);
    status = chip_decrypt_input(chip, call, call->data, 32, call->data + 32, plain);
    if (status != CHIP_SUCCESS)
        return status;

    chip_slot_store(chip, rules, address->offset, plain, address->stored);
    chip_wipe(plain, sizeof plain);
    chip_temp_key_spend(chip);
    return CHIP_SUCCESS;
}

/* Before data lock SlotConfig does not count: Param1 bit 6 says whether the data is encrypted. */
static enum chip_status write_slot_unlocked(struct chip *chip, struct chip_call *call,
                                            const struct chip_address *address,
                                            const struct chip_slot_rules *rules)
{
    if (address->length != 32)
        return chip_refuse(call, CHIP_EXEC,
                           "before data lock slots take 32-byte writes only (LockValue = 55)");
    if (call->p1 & ENCRYPTED)
        return write_encrypted(chip, call, address, rules, ANY_KEY_SLOT);
    enum chip_status status = chip_check_length(call, 32);
    if (status != CHIP_SUCCESS)
        return status;
    chip_slot_store(chip, rules, address->offset, call->data, address->stored);
    return CHIP_SUCCESS;
}

/* After data lock SlotConfig decides and Param1 bit 6 is ignored (atecc608.md 2.10). */
static enum chip_status write_slot_locked(struct chip *chip, struct chip_call *call,
                                          const struct chip_address *address,
                                          const struct chip_slot_rules *rules)
{
    if (rules->write == WRITE_NEVER)
        return chip_refuse(call, CHIP_EXEC, "slot %u is never writable (SlotConfig bits 15:12 = %X)",
                           rules->slot, rules->write_config);
    if (address->length != 32 && (rules->write == WRITE_ENCRYPT || rules->is_secret))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u takes 32-byte writes only (SlotConfig bit 7 = %d, bits 15:12 = %X)",
                           rules->slot, rules->is_secret, rules->write_config);
    if (rules->write == WRITE_ENCRYPT)
        return write_encrypted(chip, call, address, rules, rules->write_key);
    if (rules->write == WRITE_PUB_INVALID && chip_has_validity(rules) &&
        chip_validity(chip, rules->slot) == PUBLIC_KEY_VALID)
        return chip_refuse(
            call, CHIP_EXEC,
            "slot %u holds a valid public key; Verify(Invalidate) it first (SlotConfig bits 15:12 = 1)",
            rules->slot);
    if (call->length != address->length + MAC || !(call->p1 & ENCRYPTED)) {
        enum chip_status status = chip_check_length(call, address->length);
        if (status != CHIP_SUCCESS)
            return status;
    }
    chip_slot_store(chip, rules, address->offset, call->data, address->stored);
    return CHIP_SUCCESS;
}

static enum chip_status write_slot(struct chip *chip, struct chip_call *call,
                                   const struct chip_address *address)
{
    struct chip_slot_rules rules = chip_slot_rules(chip, address->slot);

    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules.is_private)
        return chip_refuse(call, (enum chip_status)GUESS_22_WRITE_TO_PRIVATE_SLOT,
                           "slot %u holds a private key: use PrivWrite or GenKey (KeyConfig bit 0 = 1)",
                           rules.slot);
    if (rules.locked)
        return chip_refuse(call, CHIP_EXEC, "slot %u is locked (SlotLocked bit %u = 0)", rules.slot,
                           rules.slot);
    if (chip_data_locked(chip))
        return write_slot_locked(chip, call, address, &rules);
    return write_slot_unlocked(chip, call, address, &rules);
}

enum chip_status chip_command_write(struct chip *chip, struct chip_call *call)
{
    struct chip_address address;

    if (call->p1 & ~PARAM1_BITS)
        return chip_refuse(call, CHIP_PARSE, "Param1 %02X sets bits that must be 0 (bits 5:2)", call->p1);
    const char *wrong = chip_address_decode(call->p1, call->p2, &address);
    if (wrong)
        return chip_refuse(call, (enum chip_status)GUESS_13_OUT_OF_RANGE, "%s", wrong);
    if (call->length != 4 && call->length != 32 && call->length != 32 + MAC && call->length != 4 + MAC)
        return chip_refuse(call, CHIP_PARSE,
                           "the data must be 4 or 32 bytes, and 32 more with a MAC; %zu came", call->length);

    switch (address.zone) {
    case CHIP_ZONE_CONFIG:
        return write_config(chip, call, &address);
    case CHIP_ZONE_OTP:
        return write_otp(chip, call, &address);
    default:
        call->slot = (int)address.slot;
        return write_slot(chip, call, &address);
    }
}
