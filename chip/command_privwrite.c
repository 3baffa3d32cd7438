/* PrivWrite (46): puts a private key into a slot, clear or encrypted with WriteKey.  atecc608.md 3.17 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "encrypted_input.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum { ENCRYPTED = 0x40, VALUE = 36, MAC = 32, WRITE_CONFIG_PRIVWRITE = 4 /* bit 14 */ };

static enum chip_status check_slot(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (!chip_is_private_p256(rules))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u is not a P-256 private key slot (KeyConfig bit 0 = %d, KeyType %u)",
                           rules->slot, rules->is_private, rules->key_type);
    if (rules->locked)
        return chip_refuse(call, CHIP_EXEC, "slot %u is locked (SlotLocked bit %u = 0)", rules->slot,
                           rules->slot);
    if (!chip_data_locked(chip))
        return CHIP_SUCCESS;
    if (!(rules->write_config & WRITE_CONFIG_PRIVWRITE))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u forbids PrivWrite once the data zone is locked (SlotConfig bit 14 = 0)",
                           rules->slot);
    if (!(call->p1 & ENCRYPTED))
        return chip_refuse(
            call, CHIP_EXEC,
            "once the data zone is locked slot %u takes encrypted keys only (Param1 bit 6 = 0)", rules->slot);
    return CHIP_SUCCESS;
}

static enum chip_status take_value(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules, uint8_t value[VALUE])
{
    if (!(call->p1 & ENCRYPTED)) {
        memcpy(value, call->data, VALUE);
        return CHIP_SUCCESS;
    }
    unsigned key_slot = chip_data_locked(chip) ? rules->write_key : ANY_KEY_SLOT;
    enum chip_status status = chip_check_session_key(chip, call, key_slot, "SlotConfig WriteKey");
    if (status != CHIP_SUCCESS)
        return status;
    if (chip->sram.temp_key.no_mac)
        return chip_refuse(call, CHIP_EXEC, "TempKey was derived from a NoMac slot (NoMacFlag = 1)");
    return chip_decrypt_input(chip, call, call->data, VALUE, call->data + VALUE, value);
}

static enum chip_status check_value(struct chip_call *call, const uint8_t value[VALUE])
{
    static const uint8_t pad[4];

    if (!chip_equal(value, pad, 4))
        return chip_refuse(call, CHIP_EXEC,
                           "the first four bytes of the value must be zero (a key is 0{4} and 32 bytes)");
    if (!chip_p256_scalar_valid(value + 4))
        return chip_refuse(call, CHIP_EXEC,
                           "the value is no key of P-256 (it is zero or not below the group order)");
    return CHIP_SUCCESS;
}

enum chip_status chip_command_privwrite(struct chip *chip, struct chip_call *call)
{
    uint8_t value[VALUE];

    enum chip_status status = chip_check_length(call, VALUE + MAC);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 & ~ENCRYPTED)
        return chip_refuse(call, CHIP_PARSE, "Param1 must be 00 or 40");
    status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    status = check_slot(chip, call, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    status = take_value(chip, call, &rules, value);
    if (status != CHIP_SUCCESS)
        return status;

    status = check_value(call, value);
    if (status == CHIP_SUCCESS) {
        chip_private_key_store(chip, rules.slot, value + 4);
        if (call->p1 & ENCRYPTED)
            chip_temp_key_spend(chip);
    }
    chip_wipe(value, sizeof value);
    return status;
}
