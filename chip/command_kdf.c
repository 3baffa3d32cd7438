/* KDF (56): derives 32 or 64 bytes from a stored key: the TLS 1.2 PRF, one AES block, one HKDF step.
 * atecc608.md 3.20 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "hmac.h"
#include "io_protection.h"
#include "kdf_details.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    SOURCE = 0x03,
    TARGET = 0x1C,
    TARGET_SHIFT = 2,
    ALGORITHM = 0x60,
    ALGORITHM_SHIFT = 5,
    RESERVED = 0x80,
};

enum source { SOURCE_TEMP_KEY, SOURCE_UPPER_HALF, SOURCE_SLOT, SOURCE_ALTERNATE_KEY };

enum target {
    TARGET_TEMP_KEY,
    TARGET_UPPER_HALF,
    TARGET_SLOT,
    TARGET_ALTERNATE_KEY,
    TARGET_OUTPUT,
    TARGET_ENCRYPTED_OUTPUT,
    TARGETS,
};

struct derivation {
    struct kdf_details details;
    enum source source;
    enum target target;
    bool from_slot;               /* the key is that of a slot: */
    struct chip_slot_rules rules; /* of the source slot */
    bool encrypted;
    uint8_t key[HMAC_KEY_MAX];
    uint8_t message[KDF_MESSAGE_MAX];
    uint8_t result[64];
};

static bool to_output(enum target target)
{
    return target == TARGET_OUTPUT || target == TARGET_ENCRYPTED_OUTPUT;
}

/* Some bytes leave the chip: the result, or its second half (AEAD mode). */
static bool something_leaves(const struct derivation *job)
{
    return to_output(job->target) || job->details.kept < job->details.result_length;
}

static enum chip_status check_mode(struct chip_call *call, struct derivation *job)
{
    unsigned target = (call->p1 & TARGET) >> TARGET_SHIFT;

    if (call->p1 & RESERVED)
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist (Param1 bit 7 must be 0)", call->p1);
    if (target >= TARGETS)
        return chip_refuse(call, CHIP_PARSE, "target %u does not exist (Param1 bits 4:2)", target);
    job->target = (enum target)target;
    job->source = (enum source)(call->p1 & SOURCE);
    return chip_kdf_details(call, (call->p1 & ALGORITHM) >> ALGORITHM_SHIFT, &job->details);
}

/* ---- The key ---------------------------------------------------------------------------------------- */

static enum chip_status check_temp_key_source(const struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip->sram.temp_key.no_mac) /* GUESS 76: a KDF would be a MAC by another name */
        return chip_refuse(call, CHIP_EXEC, "TempKey was derived from a NoMac slot (NoMacFlag = 1)");
    return CHIP_SUCCESS;
}

static enum chip_status key_from_temp_key(const struct chip *chip, struct chip_call *call,
                                          struct derivation *job)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;
    const struct kdf_details *details = &job->details;
    bool upper = job->source == SOURCE_UPPER_HALF;
    size_t end = details->key_offset + details->key_length;

    if (end > (upper ? 32 : 64))
        return chip_refuse(call, CHIP_PARSE, "the key ends at byte %zu, beyond TempKey (Details bits 1:0)",
                           end);
    enum chip_status status = check_temp_key_source(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if ((upper || end > 32) && !key->upper_half)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey holds 32 bytes, and its upper half is asked for (Nonce 23 loads 64)");
    memcpy(job->key, key->value + (upper ? 32 : 0) + details->key_offset, details->key_length);
    return CHIP_SUCCESS;
}

static enum chip_status key_from_slot(struct chip *chip, struct chip_call *call, struct derivation *job)
{
    const struct kdf_details *details = &job->details;
    unsigned slot = call->p2 & 0xFF;
    struct chip_slot_rules *rules = &job->rules;

    if (slot >= CHIP_SLOTS)
        return chip_refuse(call, CHIP_PARSE, "there is no source slot %02X (Param2 low byte)", slot);
    call->slot = (int)slot;
    if (details->key_offset + details->key_length > chip_slot_size(slot))
        return chip_refuse(call, CHIP_PARSE,
                           "slot %u has %u bytes, and the key ends at %zu (Details bits 1:0)", slot,
                           chip_slot_size(slot), details->key_offset + details->key_length);
    *rules = chip_slot_rules(chip, slot);
    enum chip_status status = chip_check_not_private(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules->key_type == KEY_P256)
        return chip_refuse(call, CHIP_EXEC, "slot %u holds a public key (KeyConfig KeyType = 4)", slot);
    if (rules->no_mac) /* GUESS 76 */
        return chip_refuse(call, CHIP_EXEC, "slot %u is for verification only (SlotConfig bit 4, NoMac = 1)",
                           slot);
    job->from_slot = true;
    memcpy(job->key, chip->eeprom.data + chip_slot_offset(slot) + details->key_offset, details->key_length);
    return chip_may_use(chip, call, rules, USE_KEY);
}

static enum chip_status key_from_alternate_key(const struct chip *chip, struct chip_call *call,
                                               struct derivation *job)
{
    const struct kdf_details *details = &job->details;
    size_t end = details->key_offset + details->key_length;

    if (end > sizeof chip->sram.alternate_key)
        return chip_refuse(call, CHIP_PARSE,
                           "the key ends at byte %zu, beyond the Alternate Key Buffer (Details bits 1:0)",
                           end);
    if (!chip->sram.alternate_key_valid)
        return chip_refuse(call, CHIP_EXEC,
                           "the Alternate Key Buffer is empty; load it with Nonce (mode 83)");
    memcpy(job->key, chip->sram.alternate_key + details->key_offset, details->key_length);
    return CHIP_SUCCESS;
}

static enum chip_status take_key(struct chip *chip, struct chip_call *call, struct derivation *job)
{
    if (job->details.zero_key)
        return CHIP_SUCCESS;
    switch (job->source) {
    case SOURCE_SLOT:
        return key_from_slot(chip, call, job);
    case SOURCE_ALTERNATE_KEY:
        return key_from_alternate_key(chip, call, job);
    default:
        return key_from_temp_key(chip, call, job);
    }
}

/* ---- The message ------------------------------------------------------------------------------------ */

/* HKDF mode 3: two bytes of the message are fixed by the configuration. */
static enum chip_status check_iv(const struct chip *chip, struct chip_call *call,
                                 const struct derivation *job)
{
    const uint8_t *wanted = chip->eeprom.config + CONFIG_KDF_IV_STR;
    size_t at = chip->eeprom.config[CONFIG_KDF_IV_LOC];

    if (at + 2 <= job->details.message_length && memcmp(job->message + at, wanted, 2) == 0)
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC, "message bytes %zu and %zu must be %02X %02X (KdfIvLoc, KdfIvStr)",
                       at, at + 1, wanted[0], wanted[1]);
}

static enum chip_status message_from_slot(struct chip *chip, struct chip_call *call, struct derivation *job)
{
    struct chip_slot_rules rules = chip_slot_rules(chip, job->details.message_slot);

    if (job->details.message_length > chip_slot_size(rules.slot))
        return chip_refuse(call, CHIP_PARSE,
                           "slot %u has %u bytes, and the message %zu (Details bits 11:8, 31:24)", rules.slot,
                           chip_slot_size(rules.slot), job->details.message_length);
    enum chip_status status = chip_check_not_private(call, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules.no_mac || rules.limited_use || rules.req_auth) /* GUESS 77: its uses cannot be counted here */
        return chip_refuse(
            call, CHIP_EXEC,
            "slot %u may not be a message (SlotConfig bit 4 = %d, bit 5 = %d, KeyConfig bit 7 = %d)",
            rules.slot, rules.no_mac, rules.limited_use, rules.req_auth);
    status = chip_may_use(chip, call, &rules, USE_KEY);
    if (status == CHIP_SUCCESS)
        memcpy(job->message, chip->eeprom.data + chip_slot_offset(rules.slot), job->details.message_length);
    return status;
}

static enum chip_status take_message(struct chip *chip, struct chip_call *call, struct derivation *job)
{
    size_t length = job->details.message_length;

    switch (job->details.message_from) {
    case KDF_MESSAGE_SLOT:
        return message_from_slot(chip, call, job);
    case KDF_MESSAGE_TEMP_KEY: {
        enum chip_status status = check_temp_key_source(chip, call);
        if (status != CHIP_SUCCESS)
            return status;
        if (length > (chip->sram.temp_key.upper_half ? 64 : 32))
            return chip_refuse(call, CHIP_EXEC,
                               "TempKey is shorter than the message (Details bits 31:24 = %zu)", length);
        memcpy(job->message, chip->sram.temp_key.value, length);
        return CHIP_SUCCESS;
    }
    default:
        memcpy(job->message, call->data + KDF_DETAILS, length);
        return job->details.message_from == KDF_MESSAGE_IV ? check_iv(chip, call, job) : CHIP_SUCCESS;
    }
}

/* ---- The result ------------------------------------------------------------------------------------- */

static enum chip_status check_target_slot(struct chip *chip, struct chip_call *call,
                                          const struct derivation *job)
{
    unsigned slot = call->p2 >> 8;

    if (slot >= CHIP_SLOTS)
        return chip_refuse(call, CHIP_PARSE, "there is no target slot %02X (Param2 high byte)", slot);
    struct chip_slot_rules target = chip_slot_rules(chip, slot);
    if (job->details.kept > chip_slot_size(slot))
        return chip_refuse(call, CHIP_PARSE,
                           "target slot %u has %u bytes, and the result %zu (Details bit 8)", slot,
                           chip_slot_size(slot), job->details.kept);
    enum chip_status status = chip_check_not_private(call, &target);
    if (status != CHIP_SUCCESS)
        return status;
    if (target.key_type == KEY_P256 || !target.pub_info)
        return chip_refuse(call, CHIP_EXEC, "slot %u takes no KDF results (KeyConfig bit 1 = %d, KeyType %u)",
                           slot, target.pub_info, target.key_type);
    return chip_check_not_locked(call, &target, "the target ");
}

static enum chip_status check_target(struct chip *chip, struct chip_call *call, struct derivation *job)
{
    switch (job->target) {
    case TARGET_UPPER_HALF:
    case TARGET_ALTERNATE_KEY:
        if (job->details.kept > 32)
            return chip_refuse(call, CHIP_PARSE, "target %d takes 32 bytes (Details bit 8 must be 0)",
                               job->target);
        if (job->target == TARGET_UPPER_HALF) /* GUESS 75: a half needs its other half */
            return chip_check_temp_key(chip, call);
        return CHIP_SUCCESS;
    case TARGET_SLOT:
        return check_target_slot(chip, call, job);
    default:
        return CHIP_SUCCESS;
    }
}

static enum chip_status check_output(struct chip *chip, struct chip_call *call, struct derivation *job)
{
    uint8_t io_key[32];

    job->encrypted = job->target == TARGET_ENCRYPTED_OUTPUT;
    enum chip_status status =
        chip_check_protection(chip, call, PROTECTED_KDF, something_leaves(job), &job->encrypted);
    if (status != CHIP_SUCCESS || !job->encrypted)
        return status;
    status = chip_io_key(chip, call, io_key);
    chip_wipe(io_key, sizeof io_key);
    return status;
}

static bool compute(struct chip *chip, struct derivation *job)
{
    const struct kdf_details *details = &job->details;

    switch (details->algorithm) {
    case KDF_PRF:
        chip_prf(job->key, details->key_length, job->message, details->message_length, job->result,
                 details->result_length);
        return true;
    case KDF_AES: /* one block, and 16 zero bytes */
        return chip_aes128_block(chip->crypto, true, job->key, job->message, job->result);
    default: /* GUESS 52: HKDF is a single HMAC */
        chip_hmac(job->key, details->key_length, job->message, details->message_length, job->result);
        return true;
    }
}

static void keep(struct chip *chip, const struct chip_call *call, const struct derivation *job)
{
    struct chip_temp_key *key = &chip->sram.temp_key;

    switch (job->target) {
    case TARGET_TEMP_KEY:
        chip_temp_key_load(chip, job->result, GUESS_34_COMPUTED_IS_INPUT);
        if (job->details.kept == 64) {
            memcpy(key->value + 32, job->result + 32, 32);
            key->upper_half = true;
        }
        break;
    case TARGET_UPPER_HALF:
        memcpy(key->value + 32, job->result, 32);
        key->upper_half = true;
        break;
    case TARGET_SLOT: {
        struct chip_slot_rules target = chip_slot_rules(chip, call->p2 >> 8);
        chip_slot_store(chip, &target, 0, job->result, job->details.kept);
        break;
    }
    case TARGET_ALTERNATE_KEY:
        memcpy(chip->sram.alternate_key, job->result, 32);
        chip->sram.alternate_key_valid = true;
        break;
    default:
        break;
    }
}

static enum chip_status deliver(struct chip *chip, struct chip_call *call, const struct derivation *job)
{
    size_t from = to_output(job->target) ? 0 : job->details.kept;

    if (something_leaves(job)) {
        enum chip_status status = chip_answer_secret(chip, call, job->result + from,
                                                     job->details.result_length - from, job->encrypted);
        if (status != CHIP_SUCCESS)
            return status;
    }
    keep(chip, call, job);
    return CHIP_SUCCESS;
}

enum chip_status chip_command_kdf(struct chip *chip, struct chip_call *call)
{
    struct derivation job = {.from_slot = false};

    enum chip_status status = check_mode(call, &job);
    if (status == CHIP_SUCCESS && job.details.algorithm == KDF_AES)
        status = chip_kdf_check_aes(chip, call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status == CHIP_SUCCESS)
        status = take_message(chip, call, &job);
    if (status == CHIP_SUCCESS)
        status = check_target(chip, call, &job);
    if (status == CHIP_SUCCESS)
        status = check_output(chip, call, &job);
    if (status == CHIP_SUCCESS)
        status = take_key(chip, call, &job);
    if (status == CHIP_SUCCESS) {
        if (job.from_slot)
            chip_spend_use(chip, &job.rules, USE_KEY);
        status = compute(chip, &job) ? deliver(chip, call, &job)
                                     : chip_refuse(call, CHIP_ECC_FAULT, "the computation failed; try again");
    }
    chip_wipe(&job, sizeof job);
    return status;
}
