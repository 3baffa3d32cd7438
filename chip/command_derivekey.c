/* DeriveKey (1C): replaces a key by a digest of itself (roll) or of a parent key (create) and TempKey.
 * atecc608.md 3.9, 2.6 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    SOURCE_FLAG = 0x04,
    MAC = 32,

    WRITE_CONFIG_CREATE = 1, /* bit 12: 0 roll, 1 create */
    WRITE_CONFIG_TARGET = 2, /* bit 13: DeriveKey may write here */
    WRITE_CONFIG_MAC = 8,    /* bit 15: authorising MAC required */
};

static enum chip_status check_target(struct chip_call *call, const struct chip_slot_rules *target)
{
    enum chip_status status = chip_check_not_private(call, target);
    if (status != CHIP_SUCCESS)
        return status;
    if (!(target->write_config & WRITE_CONFIG_TARGET))
        return chip_refuse(call, CHIP_EXEC, "slot %u is no target for DeriveKey (SlotConfig bit 13 = 0)",
                           target->slot);
    return chip_check_not_locked(call, target, "");
}

static enum chip_status check_parent(struct chip *chip, struct chip_call *call,
                                     const struct chip_slot_rules *parent)
{
    if (parent->is_private)
        return chip_refuse(
            call, CHIP_EXEC,
            "the parent of slot %d is slot %u, which holds a private key (SlotConfig WriteKey; "
            "KeyConfig bit 0 = 1)",
            call->slot, parent->slot);
    enum chip_status status = chip_check_random(chip, call, parent);
    if (status != CHIP_SUCCESS)
        return status;
    return chip_may_use(chip, call, parent, USE_KEY);
}

/* SHA256( parent || 1C P1 P2 || SN ), 39 bytes */
static enum chip_status check_mac(struct chip *chip, struct chip_call *call,
                                  const struct chip_slot_rules *target, const uint8_t parent[32])
{
    uint8_t command[4], expected[32];
    struct chip_sha256 sha;

    if (!(target->write_config & WRITE_CONFIG_MAC)) /* one that comes all the same is ignored: GUESS 74 */
        return CHIP_SUCCESS;
    if (call->length != MAC)
        return chip_refuse(call, (enum chip_status)GUESS_40_WRONG_INPUT_MAC,
                           "slot %u wants an authorising MAC of 32 bytes (SlotConfig bit 15 = 1)",
                           target->slot);
    chip_call_bytes(call, command);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, parent, 32);
    chip_digest_header(chip, &sha, command, 0);
    chip_sha256_finish(&sha, expected);
    bool genuine = chip_equal(call->data, expected, MAC);
    chip_wipe(expected, sizeof expected);
    if (genuine)
        return CHIP_SUCCESS;
    return chip_refuse(call, (enum chip_status)GUESS_40_WRONG_INPUT_MAC,
                       "the authorising MAC is not that of the parent key (SlotConfig bit 15 = 1)");
}

/* target = SHA256( parent || 1C P1 P2 || SN || 0{25} || TempKey ), 96 bytes; the rest of a longer slot stays */
static void derive(struct chip *chip, struct chip_call *call, const struct chip_slot_rules *target,
                   const uint8_t parent[32])
{
    uint8_t command[4], key[32];
    struct chip_sha256 sha;

    chip_call_bytes(call, command);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, parent, 32);
    chip_digest_header(chip, &sha, command, 25);
    chip_sha256_update(&sha, chip->sram.temp_key.value, 32);
    chip_sha256_finish(&sha, key);
    chip_slot_store(chip, target, 0, key, sizeof key);
    chip_wipe(key, sizeof key);
    chip_temp_key_spend(chip);
}

enum chip_status chip_command_derivekey(struct chip *chip, struct chip_call *call)
{
    if (call->p1 & ~SOURCE_FLAG)
        return chip_refuse(call, CHIP_PARSE, "Param1 %02X sets bits that must be 0 (all but bit 2)",
                           call->p1);
    enum chip_status status = call->length == MAC ? CHIP_SUCCESS : chip_check_length(call, 0);
    if (status == CHIP_SUCCESS)
        status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;

    struct chip_slot_rules target = chip_slot_rules(chip, call->p2);
    bool create = target.write_config & WRITE_CONFIG_CREATE;
    struct chip_slot_rules parent = create ? chip_slot_rules(chip, target.write_key) : target;
    const uint8_t *parent_key = chip->eeprom.data + chip_slot_offset(parent.slot);
    status = check_target(call, &target);
    if (status == CHIP_SUCCESS)
        status = chip_check_temp_key_flags(chip, call, FOR_MAC);
    if (status == CHIP_SUCCESS)
        status = check_parent(chip, call, &parent);
    if (status != CHIP_SUCCESS)
        return status;
    chip_spend_use(chip, &parent, USE_KEY);
    status = check_mac(chip, call, &target, parent_key);
    if (status == CHIP_SUCCESS)
        derive(chip, call, &target, parent_key);
    return status;
}
