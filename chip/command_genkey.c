/* GenKey (40): makes private keys, gives public keys, digests them into TempKey.  atecc608.md 3.10 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    CREATE = 0x04,
    DIGEST = 0x08,
    DIGEST_STORED = 0x10, /* takes precedence over the others */
    MODE_BITS = 0x1C,

    WRITE_CONFIG_GENKEY = 2, /* bit 13 */
    OTHER_DATA = 3,
    TRIES = 8, /* a random number is no scalar once in 2^32 */
};

/* TempKey = SHA256( TempKey || 40 || param || SN || 0{25} || public key ), 128 bytes */
static void digest_public_key(struct chip *chip, struct chip_call *call, const uint8_t param[3],
                              unsigned slot, const uint8_t point[64])
{
    const uint8_t command[4] = {call->opcode, param[0], param[1], param[2]};
    struct chip_sha256 sha;
    uint8_t digest[32];

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, chip->sram.temp_key.value, 32);
    chip_digest_header(chip, &sha, command, 25);
    chip_sha256_update(&sha, point, 64);
    chip_sha256_finish(&sha, digest);
    chip_temp_key_fold(chip, digest);
    chip->sram.temp_key.gen_key_data = true;
    chip->sram.temp_key.key_id = (uint8_t)slot;
    chip_wipe(digest, sizeof digest);
}

static enum chip_status check_digest(struct chip *chip, struct chip_call *call,
                                     const struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    return chip_check_random(chip, call, rules);
}

static enum chip_status digest_stored(struct chip *chip, struct chip_call *call)
{
    uint8_t param[OTHER_DATA] = {call->p1, (uint8_t)call->p2, (uint8_t)(call->p2 >> 8)};
    uint8_t point[64];

    if (call->length != 0) { /* GUESS 47: without OtherData the parameters are hashed */
        enum chip_status status = chip_check_length(call, OTHER_DATA);
        if (status != CHIP_SUCCESS)
            return status;
        memcpy(param, call->data, OTHER_DATA);
    }
    enum chip_status status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    status = chip_check_public_p256(call, &rules);
    if (status == CHIP_SUCCESS)
        status = check_digest(chip, call, &rules);
    if (status == CHIP_SUCCESS)
        status = chip_may_use(chip, call, &rules, USE_IGNORES_LATCH | USE_UNLIMITED);
    if (status != CHIP_SUCCESS)
        return status;

    chip_spend_use(chip, &rules, USE_UNLIMITED);
    chip_stored_public_key(chip, rules.slot, point);
    digest_public_key(chip, call, param, rules.slot, point);
    return CHIP_SUCCESS;
}

static enum chip_status new_scalar(struct chip *chip, struct chip_call *call, uint8_t d[32])
{
    for (unsigned i = 0; i < TRIES; i++) {
        enum chip_status status = chip_random(chip, call, d, 32);
        if (status != CHIP_SUCCESS)
            return status;
        if (chip_p256_scalar_valid(d))
            return CHIP_SUCCESS;
    }
    return chip_refuse(call, CHIP_ECC_FAULT, "the random generator gave no usable scalar; try again");
}

static enum chip_status public_key(struct chip *chip, struct chip_call *call, const uint8_t d[32])
{
    if (!chip_p256_public(chip->crypto, d, call->answer))
        return chip_refuse(call, CHIP_ECC_FAULT, "the computation failed; try again");
    call->answer_length = 64;
    return CHIP_SUCCESS;
}

static enum chip_status create_in_temp_key(struct chip *chip, struct chip_call *call)
{
    struct chip_temp_key *key = &chip->sram.temp_key;
    uint8_t d[32];

    if (call->p1 != CREATE)
        return chip_refuse(call, CHIP_PARSE,
                           "TempKey (Param2 = FFFF) can only be given a new key (Param1 = 04)");
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status == CHIP_SUCCESS)
        status = new_scalar(chip, call, d);
    if (status == CHIP_SUCCESS)
        status = public_key(chip, call, d);
    if (status == CHIP_SUCCESS) {
        chip_temp_key_load(chip, d, false);
        key->is_private_key = true;
    }
    chip_wipe(d, sizeof d);
    return status;
}

static enum chip_status check_slot(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status == CHIP_SUCCESS)
        status = chip_check_private_p256(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (!rules->is_secret)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u is a private key not marked secret (SlotConfig bit 7 = 0)", rules->slot);
    if (call->p1 & DIGEST) {
        status = check_digest(chip, call, rules);
        if (status != CHIP_SUCCESS)
            return status;
    }
    return chip_may_use(chip, call, rules, USE_IGNORES_LATCH | USE_UNLIMITED);
}

static enum chip_status check_create(struct chip *chip, struct chip_call *call,
                                     const struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_not_locked(call, rules, "");
    if (status != CHIP_SUCCESS)
        return status;
    if (chip_data_locked(chip) && !(rules->write_config & WRITE_CONFIG_GENKEY))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u forbids new keys once the data zone is locked (SlotConfig bit 13 = 0)",
                           rules->slot);
    return CHIP_SUCCESS;
}

static enum chip_status existing_key(struct chip *chip, struct chip_call *call,
                                     const struct chip_slot_rules *rules, uint8_t d[32])
{
    if (!rules->pub_info)
        return chip_refuse(call, CHIP_EXEC, "slot %u does not give its public key (KeyConfig bit 1 = 0)",
                           rules->slot);
    return chip_take_private_key(chip, call, rules, d);
}

static enum chip_status slot_key(struct chip *chip, struct chip_call *call,
                                 const struct chip_slot_rules *rules)
{
    const uint8_t param[3] = {call->p1, (uint8_t)call->p2, (uint8_t)(call->p2 >> 8)};
    bool create = call->p1 & CREATE;
    uint8_t d[32];

    enum chip_status status = create ? new_scalar(chip, call, d) : existing_key(chip, call, rules, d);
    if (status == CHIP_SUCCESS) {
        chip_spend_use(chip, rules, USE_UNLIMITED);
        status = public_key(chip, call, d);
    }
    if (status == CHIP_SUCCESS && create)
        chip_private_key_store(chip, rules->slot, d);
    if (status == CHIP_SUCCESS && (call->p1 & DIGEST))
        digest_public_key(chip, call, param, rules->slot, call->answer);
    chip_wipe(d, sizeof d);
    return status;
}

enum chip_status chip_command_genkey(struct chip *chip, struct chip_call *call)
{
    if (call->p1 & ~MODE_BITS)
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist on this chip", call->p1);
    if (call->p1 & DIGEST_STORED)
        return digest_stored(chip, call);
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p2 == CHIP_TEMP_KEY_SLOT && !chip_is_508(chip))
        return create_in_temp_key(chip, call);
    status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;

    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    status = check_slot(chip, call, &rules);
    if (status == CHIP_SUCCESS && (call->p1 & CREATE))
        status = check_create(chip, call, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    return slot_key(chip, call, &rules);
}
