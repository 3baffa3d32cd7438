/* Info (30): revision, key validity, volatile state, GPIO of single-wire parts, persistent latch.
 * atecc608.md 3.14, 2.15 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"

enum {
    INFO_REVISION = 0,
    INFO_KEY_VALID = 1,
    INFO_STATE = 2,
    INFO_GPIO = 3,
    INFO_LATCH = 4,

    GPIO_DRIVE = 2, /* Param2 */
    GPIO_HIGH = 1,

    LATCH_READ = 0,
    LATCH_CLEAR = 2,
    LATCH_SET = 3,
};

static bool key_is_valid(const struct chip *chip, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(chip, slot);
    uint8_t key[64];
    bool valid = false;

    if (chip_is_private_p256(&rules))
        valid = chip_private_key(chip, slot, key);
    else if (chip_has_validity(&rules))
        valid = chip_validity(chip, slot) == PUBLIC_KEY_VALID;
    else if (chip_is_public_p256(&rules))
        valid = chip_stored_public_key(chip, slot, key) && chip_p256_point_valid(chip->crypto, key);
    chip_wipe(key, sizeof key);
    return valid; /* data slots: 0 (GUESS 64) */
}

static void state(const struct chip *chip, uint8_t answer[4])
{
    const struct chip_temp_key *key = &chip->sram.temp_key;

    answer[0] = (uint8_t)(key->key_id | key->from_input << 4 | key->gen_dig_data << 5 |
                          key->gen_key_data << 6 | key->no_mac << 7);
    answer[1] = (uint8_t)(chip->sram.seeded | chip->sram.auth_valid << 2 | chip->sram.auth_slot << 3 |
                          key->valid << 7);
}

/* The pin of a part on a single wire. Configuration byte 16 says what it is: bits 1:0 the mode, bit 2 the level at
 * power-up, bits 7:4 SignalKey. GUESS 84: mode 0 is no pin, 1 an output that leaves its default level only once
 * CheckMac has succeeded with SignalKey, 2 an input (nothing is attached: it reads its default), 3 an output. */
enum gpio_mode { GPIO_DISABLED, GPIO_AUTHORISED, GPIO_INPUT, GPIO_OUTPUT };

static enum chip_status drive_gpio(struct chip *chip, struct chip_call *call, uint8_t byte)
{
    bool away = (call->p2 & GPIO_HIGH) != (byte >> 2 & 1);
    unsigned key = byte >> 4;

    if ((byte & 3) == GPIO_INPUT)
        return chip_refuse(call, CHIP_EXEC, "the GPIO pin is an input (byte 16 bits 1:0 = 2)");
    if ((byte & 3) == GPIO_AUTHORISED && away && !(chip->sram.auth_valid && chip->sram.auth_slot == key))
        return chip_refuse(call, CHIP_EXEC,
                           "the GPIO pin needs a CheckMac with slot %u first (byte 16 = %02X, SignalKey %u)",
                           key, byte, key);
    chip->gpio_away = away;
    return CHIP_SUCCESS;
}

static enum chip_status gpio(struct chip *chip, struct chip_call *call)
{
    uint8_t byte = chip->eeprom.config[CONFIG_I2C_ADDRESS];

    if (chip->eeprom.config[CONFIG_I2C_ENABLE] & 1)
        return chip_refuse(call, (enum chip_status)GUESS_63_INFO_GPIO,
                           "a part on I2C has no GPIO pin (I2C_Enable bit 0 = 1)");
    if (call->p2 & ~(GPIO_DRIVE | GPIO_HIGH))
        return chip_refuse(call, CHIP_PARSE, "Param2 %04X sets bits that must be 0 (bits 15:2)", call->p2);
    if ((byte & 3) == GPIO_DISABLED)
        return chip_refuse(call, CHIP_EXEC, "the GPIO pin is not in use (byte 16 bits 1:0 = 0)");
    enum chip_status status = CHIP_SUCCESS;
    if (call->p2 & GPIO_DRIVE)
        status = drive_gpio(chip, call, byte);
    call->answer[0] = (byte >> 2 & 1) ^ chip->gpio_away;
    return status;
}

static bool boot_sets_latch(const struct chip *chip)
{
    uint8_t boot = chip->eeprom.config[CONFIG_SECURE_BOOT];
    return (boot & 3) && (boot & 8);
}

static enum chip_status latch(struct chip *chip, struct chip_call *call)
{
    uint8_t permission = chip->eeprom.config[CONFIG_VOLATILE_KEY];
    unsigned key_slot = permission & 0xF;

    switch (call->p2) {
    case LATCH_READ:
        break;
    case LATCH_CLEAR:
        chip->latch = false;
        break;
    case LATCH_SET:
        if (!(permission & 0x80))
            return chip_refuse(call, CHIP_EXEC,
                               "the persistent latch is disabled (VolatileKeyPermission = %02X, bit 7 = 0)",
                               permission);
        if (boot_sets_latch(chip))
            return chip_refuse(call, CHIP_EXEC,
                               "SecureBoot alone sets the latch (SecureBoot bit 3 = 1, byte 70 = %02X)",
                               chip->eeprom.config[CONFIG_SECURE_BOOT]);
        if (!chip->sram.auth_valid || chip->sram.auth_slot != key_slot)
            return chip_refuse(
                call, CHIP_EXEC,
                "setting the latch needs a CheckMac with slot %u first (VolatileKeyPermission = %02X)",
                key_slot, permission);
        chip->latch = true;
        break;
    default:
        return chip_refuse(call, CHIP_PARSE, "latch operation %04X does not exist (Param2)", call->p2);
    }
    call->answer[0] = chip->latch;
    return CHIP_SUCCESS;
}

enum chip_status chip_command_info(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    memset(call->answer, 0, 4);
    call->answer_length = 4;

    switch (call->p1) {
    case INFO_REVISION:
        memcpy(call->answer, chip->eeprom.config + CONFIG_REVISION, 4);
        return CHIP_SUCCESS;
    case INFO_KEY_VALID:
        status = chip_check_slot(call);
        if (status == CHIP_SUCCESS)
            call->answer[0] = key_is_valid(chip, call->p2);
        return status;
    case INFO_STATE:
        state(chip, call->answer);
        return CHIP_SUCCESS;
    case INFO_GPIO:
        return gpio(chip, call);
    case INFO_LATCH:
        status = chip_check_608(chip, call, "persistent latch");
        return status == CHIP_SUCCESS ? latch(chip, call) : status;
    default:
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist (Param1 is 00 to 04)", call->p1);
    }
}
