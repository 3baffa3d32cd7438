/* Sign (41): ECDSA with a private slot, over a given digest or over TempKey's history.  atecc608.md 3.11 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "internal_message.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    EXTERNAL = 0x80,
    FULL_SERIAL = 0x40,
    FROM_MESSAGE_DIGEST = 0x20,
    FOR_INVALIDATE = 0x01,
};

static enum chip_status check_mode(const struct chip *chip, struct chip_call *call)
{
    uint8_t allowed =
        call->p1 & EXTERNAL ? EXTERNAL | FULL_SERIAL | FROM_MESSAGE_DIGEST : FULL_SERIAL | FOR_INVALIDATE;
    if (call->p1 & ~allowed)
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    if (call->p1 & FROM_MESSAGE_DIGEST)
        return chip_check_608(chip, call, "Message Digest Buffer");
    return CHIP_SUCCESS;
}

static enum chip_status check_slot(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules)
{
    bool external = call->p1 & EXTERNAL;

    enum chip_status status = chip_check_config_locked(chip, call);
    if (status == CHIP_SUCCESS)
        status = chip_check_private_p256(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (!rules->is_secret)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u is a private key not marked secret (SlotConfig bit 7 = 0)", rules->slot);
    if (external && !rules->sign_external)
        return chip_refuse(call, CHIP_EXEC, "slot %u %s (SlotConfig bit 0 = 0)", rules->slot,
                           rules->sign_internal ? "allows internal signatures only"
                                                : "does not sign given digests");
    if (!external && !rules->sign_internal)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u does not sign internally made messages (SlotConfig bit 1 = 0)",
                           rules->slot);
    return chip_may_use(chip, call, rules, USE_KEY);
}

/* The 32 bytes to be signed. */
static enum chip_status take_digest(const struct chip *chip, struct chip_call *call, uint8_t digest[32])
{
    const struct chip_sram *sram = &chip->sram;

    if (call->p1 & FROM_MESSAGE_DIGEST) {
        if (sram->message_digest_length == 0)
            return chip_refuse(call, CHIP_EXEC,
                               "the Message Digest Buffer is empty; load it with Nonce (mode 43)");
        memcpy(digest, sram->message_digest, 32);
        return CHIP_SUCCESS;
    }
    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 & EXTERNAL) {
        if (chip_is_508(chip) && !sram->temp_key.from_input)
            return chip_refuse(
                call, CHIP_EXEC,
                "the 508A signs digests that were given or hashed, and TempKey is a random nonce "
                "(SourceFlag = 0)");
        memcpy(digest, sram->temp_key.value, 32);
        return CHIP_SUCCESS;
    }
    if (!sram->temp_key.gen_dig_data && !sram->temp_key.gen_key_data)
        return chip_refuse(
            call, CHIP_EXEC,
            "an internal signature needs TempKey made by GenDig or GenKey (GenDigData = 0, GenKeyData = 0)");
    chip_sign_internal_digest(chip, call, digest);
    return CHIP_SUCCESS;
}

static enum chip_status sign(struct chip *chip, struct chip_call *call, const struct chip_slot_rules *rules,
                             const uint8_t digest[32])
{
    uint8_t d[32];

    enum chip_status status = chip_take_private_key(chip, call, rules, d);
    if (status != CHIP_SUCCESS)
        return status;
    chip_spend_use(chip, rules, USE_KEY);
    bool ok = chip_p256_sign(chip->crypto, d, digest, call->answer);
    chip_wipe(d, sizeof d);
    if (!ok)
        return chip_refuse(call, CHIP_ECC_FAULT, "the computation failed; try again");

    call->answer_length = 64;
    if (!(call->p1 & FROM_MESSAGE_DIGEST))
        chip_temp_key_spend(chip);
    return CHIP_SUCCESS;
}

enum chip_status chip_command_sign(struct chip *chip, struct chip_call *call)
{
    uint8_t digest[32];

    enum chip_status status = chip_check_length(call, 0);
    if (status == CHIP_SUCCESS)
        status = check_mode(chip, call);
    if (status == CHIP_SUCCESS)
        status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    status = check_slot(chip, call, &rules);
    if (status == CHIP_SUCCESS)
        status = take_digest(chip, call, digest);
    if (status == CHIP_SUCCESS)
        status = chip_check_random_health(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    return sign(chip, call, &rules, digest);
}
