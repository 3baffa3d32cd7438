/* CheckMac (28): compares a MAC made elsewhere; proves a key, authorises its followers, may copy a key to
 * TempKey.  atecc608.md 3.8, 2.14, 2.15 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "mac_message.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    SECOND_IS_TEMP_KEY = 0x01, /* else the client's challenge */
    FIRST_IS_TEMP_KEY = 0x02,  /* else the key of the slot */

    CHALLENGE = 0, /* where things lie in the data */
    RESPONSE = 32,
    OTHER_DATA = 64,
    DATA = OTHER_DATA + MAC_OTHER_DATA,
};

/* 00, 01, 02, and 05, 06 with a fixed nonce in TempKey. */
static enum chip_status check_mode(struct chip_call *call)
{
    switch (call->p1) {
    case 0x00:
    case 0x01:
    case 0x02:
    case 0x05:
    case 0x06:
        return CHIP_SUCCESS;
    default: /* GUESS 66 */
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist (Param1 is 00, 01, 02, 05 or 06)",
                           call->p1);
    }
}

static enum chip_status check_key(struct chip *chip, struct chip_call *call,
                                  const struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_not_private(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules->req_random && !(call->p1 & SECOND_IS_TEMP_KEY) && chip_use_rules_apply(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u compares no given challenge (KeyConfig bit 6 = 1, Param1 bit 0 = 0)",
                           rules->slot);
    status = chip_check_random(chip, call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    return chip_may_use(chip, call, rules, USE_OPENS_LOCK);
}

static bool matches(const struct chip *chip, const struct chip_call *call, unsigned slot)
{
    const uint8_t *temp_key = chip->sram.temp_key.value;
    const uint8_t *key = chip->eeprom.data + chip_slot_offset(slot);
    uint8_t message[MAC_MESSAGE], expected[32];
    struct chip_sha256 sha;

    chip_mac_message(chip, call->p1 & FIRST_IS_TEMP_KEY ? temp_key : key,
                     call->p1 & SECOND_IS_TEMP_KEY ? temp_key : call->data + CHALLENGE,
                     call->data + OTHER_DATA, message);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, message, sizeof message);
    chip_sha256_finish(&sha, expected);
    bool match = chip_equal(expected, call->data + RESPONSE, 32);
    chip_wipe(message, sizeof message);
    chip_wipe(expected, sizeof expected);
    return match;
}

/* The password copy: an even slot stands for the one after it. Never a private key, whose bits 3:0 say other
 * things than ReadKey. GUESS 72: the condition is on the slot that is copied. */
static bool copy_to_temp_key(struct chip *chip, unsigned slot)
{
    struct chip_slot_rules copied = chip_slot_rules(chip, slot | 1);
    struct chip_slot_rules asked =
        chip_slot_rules(chip, GUESS_72_COPY_CONDITION_ON_COPIED_SLOT ? slot | 1 : slot);

    if (copied.is_private || asked.read_key != 0)
        return false;
    chip_temp_key_load(chip, chip->eeprom.data + chip_slot_offset(copied.slot), true);
    return true;
}

static void take_success(struct chip *chip, const struct chip_call *call, unsigned slot)
{
    if (call->p1 & FIRST_IS_TEMP_KEY)
        return; /* no stored key was proven */
    chip_key_proven(chip, slot);
    if (call->p1 != GUESS_46_AUTHORISING_MODE)
        return;
    chip->sram.auth_valid = true;
    chip->sram.auth_slot = (uint8_t)slot;
}

enum chip_status chip_command_checkmac(struct chip *chip, struct chip_call *call)
{
    bool uses_temp_key = call->p1 & (FIRST_IS_TEMP_KEY | SECOND_IS_TEMP_KEY);
    bool uses_slot = !(call->p1 & FIRST_IS_TEMP_KEY);

    enum chip_status status = chip_check_length(call, DATA);
    if (status == CHIP_SUCCESS)
        status = check_mode(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    if (uses_slot)
        status = check_key(chip, call, &rules);
    if (status == CHIP_SUCCESS && uses_temp_key)
        status = chip_check_temp_key_flags(chip, call, FOR_VERIFICATION);
    if (status != CHIP_SUCCESS)
        return status;

    if (uses_slot)
        chip_spend_use(chip, &rules, USE_KEY);
    bool match = matches(chip, call, rules.slot);
    bool copied = match && (call->p1 & SECOND_IS_TEMP_KEY) && copy_to_temp_key(chip, rules.slot);
    if (uses_temp_key && !copied) /* GUESS 29: else it stays */
        chip_temp_key_spend(chip);
    if (match) {
        take_success(chip, call, rules.slot);
        return CHIP_SUCCESS;
    }
    if (GUESS_45_FAILED_CHECKMAC_CLEARS_AUTH)
        chip->sram.auth_valid = false;
    return chip_refuse(call, CHIP_MISMATCH, "the response is not that of this key and challenge");
}
