/* MAC (08): proves knowledge of a stored key with SHA-256; HMAC (11), the 508A's variant with HMAC-SHA-256.
 * atecc608.md 3.6, 3.7 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "hmac.h"
#include "mac_message.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    SECOND_IS_TEMP_KEY = 0x01, /* else the challenge in the data */
    FIRST_IS_TEMP_KEY = 0x02,  /* else the key of the slot */
    SOURCE_FLAG = 0x04,
    FULL_SERIAL = 0x40,
    MAC_BITS = SECOND_IS_TEMP_KEY | FIRST_IS_TEMP_KEY | SOURCE_FLAG | FULL_SERIAL,
    HMAC_BITS = SOURCE_FLAG | FULL_SERIAL,
};

/* Bits 4 and 5 take OTP bytes into the message on the ATSHA204A; these parts know only the zeros. */
static enum chip_status check_mode(struct chip_call *call, uint8_t allowed)
{
    if (!(call->p1 & ~allowed))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_PARSE, "Param1 %02X sets bits that must be 0 (bits %02X)", call->p1,
                       call->p1 & ~allowed);
}

/* The slot whose key is proven; all 16 bits of Param2 are hashed, four select. */
static enum chip_status check_key(struct chip *chip, struct chip_call *call,
                                  const struct chip_slot_rules *rules, bool uses_temp_key)
{
    enum chip_status status = chip_check_not_private(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules->no_mac)
        return chip_refuse(call, CHIP_EXEC, "slot %u is for verification only (SlotConfig bit 4, NoMac = 1)",
                           rules->slot);
    if (rules->req_random && !uses_temp_key && chip_use_rules_apply(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u answers no given challenge (KeyConfig bit 6 = 1, Param1 bit 0 = 0)",
                           rules->slot);
    status = chip_check_random(chip, call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    return chip_may_use(chip, call, rules, USE_KEY);
}

enum chip_status chip_command_mac(struct chip *chip, struct chip_call *call)
{
    uint8_t message[MAC_MESSAGE], other_data[MAC_OTHER_DATA];
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2 & 0xF);
    struct chip_sha256 sha;
    bool second_is_temp_key = call->p1 & SECOND_IS_TEMP_KEY;
    bool first_is_temp_key = call->p1 & FIRST_IS_TEMP_KEY;
    bool uses_temp_key = first_is_temp_key || second_is_temp_key;

    enum chip_status status = check_mode(call, MAC_BITS);
    if (status == CHIP_SUCCESS)
        status = chip_check_length(call, second_is_temp_key ? 0 : 32);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status == CHIP_SUCCESS && !first_is_temp_key) {
        call->slot = (int)rules.slot;
        status = check_key(chip, call, &rules, second_is_temp_key);
    }
    if (status == CHIP_SUCCESS && uses_temp_key)
        status = chip_check_temp_key_flags(chip, call, FOR_MAC);
    if (status != CHIP_SUCCESS)
        return status;

    const uint8_t *temp_key = chip->sram.temp_key.value;
    const uint8_t *key = chip->eeprom.data + chip_slot_offset(rules.slot);
    chip_mac_other_data(chip, call, other_data);
    chip_mac_message(chip, first_is_temp_key ? temp_key : key, second_is_temp_key ? temp_key : call->data,
                     other_data, message);
    if (!first_is_temp_key)
        chip_spend_use(chip, &rules, USE_KEY);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, message, sizeof message);
    chip_sha256_finish(&sha, call->answer);
    call->answer_length = 32;
    if (uses_temp_key) /* GUESS 29: else it stays */
        chip_temp_key_spend(chip);
    chip_wipe(message, sizeof message);
    return CHIP_SUCCESS;
}

/* HMAC-SHA-256 with the slot's 32 bytes over MAC's message, whose first block is zeros and the second TempKey. */
enum chip_status chip_command_hmac(struct chip *chip, struct chip_call *call)
{
    static const uint8_t zeros[32];
    uint8_t message[MAC_MESSAGE], other_data[MAC_OTHER_DATA];
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2 & 0xF);

    enum chip_status status = check_mode(call, HMAC_BITS);
    if (status == CHIP_SUCCESS)
        status = chip_check_length(call, 0);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    call->slot = (int)rules.slot;
    status = check_key(chip, call, &rules, true);
    if (status == CHIP_SUCCESS)
        status = chip_check_temp_key_flags(chip, call, FOR_MAC);
    if (status != CHIP_SUCCESS)
        return status;

    chip_mac_other_data(chip, call, other_data);
    chip_mac_message(chip, zeros, chip->sram.temp_key.value, other_data, message);
    chip_spend_use(chip, &rules, USE_KEY);
    chip_hmac(chip->eeprom.data + chip_slot_offset(rules.slot), 32, message, sizeof message, call->answer);
    call->answer_length = 32;
    chip_temp_key_spend(chip);
    chip_wipe(message, sizeof message);
    return CHIP_SUCCESS;
}
