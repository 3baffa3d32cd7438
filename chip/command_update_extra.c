/* UpdateExtra (20): sets UserExtra or UserExtraAdd, once; on a 508A takes uses from a limited key.
 * atecc608.md 3.16 */

#include "command.h"

#include "guesses.h"
#include "limited_use.h"
#include "memory.h"
#include "slot_rules.h"

enum { USER_EXTRA = 0, USER_EXTRA_ADD = 1, DECREMENT = 2 };

static enum chip_status decrement(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    if (!rules.limited_use)
        return CHIP_SUCCESS;
    status = chip_check_uses_left(chip, call, rules.slot);
    if (status == CHIP_SUCCESS)
        chip_take_one_use(chip, rules.slot);
    return status;
}

/* UserExtra, and UserExtraAdd of a 608, are set once. The Selector of a 508A only if ChipMode says so. */
static bool is_written_once(const struct chip *chip, const struct chip_call *call)
{
    return call->p1 == USER_EXTRA || !chip_is_508(chip) ||
           (chip->eeprom.config[CONFIG_CHIP_MODE] & CHIP_MODE_SELECTOR);
}

enum chip_status chip_command_update_extra(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 == DECREMENT && chip_is_508(chip))
        return decrement(chip, call);
    if (call->p1 > USER_EXTRA_ADD)
        return chip_refuse(call, (enum chip_status)GUESS_65_UPDATE_EXTRA_MODE_2,
                           "mode %02X does not exist on this chip (Param1 is 00 or 01)", call->p1);
    if (call->p2 > 0xFF)
        return chip_refuse(call, CHIP_PARSE, "the new value is one byte, and Param2 is %04X", call->p2);

    const uint8_t *target = chip->eeprom.config + CONFIG_USER_EXTRA + call->p1;
    uint8_t value = (uint8_t)call->p2;
    if (*target != 0 && is_written_once(chip, call))
        return chip_refuse(call, CHIP_EXEC, "configuration byte %u was set before (%02X)",
                           CONFIG_USER_EXTRA + call->p1, *target);
    chip_eeprom_write(chip, target, &value, 1);
    return CHIP_SUCCESS;
}
