/* Verify (45): checks an ECDSA signature; validates and invalidates stored public keys.
 * atecc608.md 3.12, 2.8, 2.11 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "internal_message.h"
#include "io_protection.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    MODE = 0x07,
    STORED = 0,
    VALIDATE_EXTERNAL = 1,
    EXTERNAL = 2,
    VALIDATE = 3,
    INVALIDATE = 7,
    FROM_MESSAGE_DIGEST = 0x20,
    WITH_MAC = 0x80,

    CURVE_P256 = 0x0004,
    SIGNATURE = 64,
    OTHER_DATA_PUBKEY_VALID = 17,
};

/* One verification: what is checked with which key, and what follows from success. */
struct verification {
    uint8_t point[64];
    uint8_t digest[32];
    unsigned key_slot; /* CHIP_SLOTS: none */
};

static enum chip_status take_message(const struct chip *chip, struct chip_call *call, uint8_t digest[32])
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
    if (status == CHIP_SUCCESS)
        memcpy(digest, sram->temp_key.value, 32);
    return status;
}

static enum chip_status external(struct chip *chip, struct chip_call *call, struct verification *job)
{
    enum chip_status status = chip_check_length(call, SIGNATURE + 64);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p2 != CURVE_P256)
        return chip_refuse(call, CHIP_PARSE, "Param2 must name the curve, 0004 for P-256, and is %04X",
                           call->p2);
    memcpy(job->point, call->data + SIGNATURE, 64);
    return take_message(chip, call, job->digest);
}

/* The public key of a slot, allowed for use now. */
static enum chip_status stored_key(struct chip *chip, struct chip_call *call, unsigned slot,
                                   struct verification *job)
{
    struct chip_slot_rules rules = chip_slot_rules(chip, slot);

    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    status = chip_check_public_p256(call, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules.pub_info && chip_validity(chip, slot) != PUBLIC_KEY_VALID)
        return chip_refuse(call, CHIP_EXEC,
                           "the public key in slot %u is not validated (KeyConfig bit 1 = 1, nibble %X)",
                           slot, chip_validity(chip, slot));
    if (rules.req_random && (call->p1 & FROM_MESSAGE_DIGEST) && chip_use_rules_apply(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u needs its message in TempKey, from a random nonce (KeyConfig bit 6 = 1)",
                           slot);
    status = chip_check_random(chip, call, &rules);
    if (status == CHIP_SUCCESS)
        status = chip_may_use(chip, call, &rules, USE_KEY);
    if (status != CHIP_SUCCESS)
        return status;
    job->key_slot = slot;
    chip_stored_public_key(chip, slot, job->point);
    return CHIP_SUCCESS;
}

static enum chip_status stored(struct chip *chip, struct chip_call *call, struct verification *job)
{
    enum chip_status status = chip_check_length(call, SIGNATURE);
    if (status == CHIP_SUCCESS)
        status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = stored_key(chip, call, call->p2, job);
    if (status != CHIP_SUCCESS)
        return status;
    return take_message(chip, call, job->digest);
}

/* The format byte that the key in this slot has to be certified in; 0: any (atecc608.md 2.8). */
static uint8_t certificate_format(const struct chip *chip, const struct chip_slot_rules *rules)
{
    if (!chip_is_508(chip) && !GUESS_18_608_CHECKS_X509FORMAT)
        return 0;
    return chip->eeprom.config[CONFIG_X509_FORMAT + rules->x509_id];
}

/* What the three ways of changing a key's validity have in common: the slot, and TempKey as the message. */
static enum chip_status check_candidate(const struct chip *chip, struct chip_call *call, size_t length,
                                        struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_length(call, length);
    if (status == CHIP_SUCCESS)
        status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;
    *rules = chip_slot_rules(chip, call->p2);
    if (call->p1 & FROM_MESSAGE_DIGEST)
        return chip_refuse(call, CHIP_PARSE,
                           "validation takes its message from TempKey (Param1 bit 5 must be 0)");
    if (!chip_has_validity(rules))
        return chip_refuse(
            call, CHIP_EXEC,
            "slot %u is not a public key that needs validation (KeyConfig bit 0 = %d, bit 1 = %d, "
            "KeyType %u)",
            rules->slot, rules->is_private, rules->pub_info, rules->key_type);
    return chip_check_temp_key(chip, call);
}

/* The digest of a certificate into which SHA put the key in the slot (GUESS 18). The low nibble of the format is
 * the number of 64-byte blocks before the key, the high nibble of all whole blocks, the key's included (GUESS 83). */
static enum chip_status validate_external(struct chip *chip, struct chip_call *call, struct verification *job)
{
    const struct chip_certificate *certificate = &chip->sram.temp_key.certificate;
    struct chip_slot_rules rules;

    enum chip_status status = check_candidate(chip, call, SIGNATURE, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (!certificate->has_key || certificate->slot != rules.slot)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey is not an SHA digest with the public key of slot %u in it (SHA mode 3)",
                           rules.slot);
    unsigned format = certificate_format(chip, &rules);
    if (format != 0 && certificate->position != 64 * (format & 0xF))
        return chip_refuse(
            call, CHIP_EXEC,
            "the key began at byte %u of the certificate, not in block %u (X509format[%u] bits 3:0)",
            certificate->position, format & 0xF, rules.x509_id);
    if (format != 0 && certificate->length != format >> 4)
        return chip_refuse(call, CHIP_EXEC,
                           "the certificate had %u whole blocks, not %u (X509format[%u] bits 7:4)",
                           certificate->length, format >> 4, rules.x509_id);
    memcpy(job->digest, chip->sram.temp_key.value, 32);
    return stored_key(chip, call, rules.read_key, job);
}

static enum chip_status validation(struct chip *chip, struct chip_call *call, struct verification *job)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;
    const uint8_t *other_data = call->data + SIGNATURE;
    bool invalidate = (call->p1 & MODE) == INVALIDATE;
    struct chip_slot_rules rules;

    enum chip_status status = check_candidate(chip, call, SIGNATURE + VERIFY_OTHER_DATA, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (!invalidate && certificate_format(chip, &rules) != 0)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u is validated by a certificate, ValidateExternal (X509format[%u] = %02X)",
                           rules.slot, rules.x509_id, certificate_format(chip, &rules));
    if (!key->gen_key_data || key->key_id != rules.slot)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey does not hold the GenKey digest of slot %u (GenKeyData = %d, KeyID = %u)",
                           rules.slot, key->gen_key_data, key->key_id);
    if (other_data[OTHER_DATA_PUBKEY_VALID] != invalidate)
        return chip_refuse(call, CHIP_EXEC,
                           "the signed message was made for the other operation (OtherData byte 17)");
    status = stored_key(chip, call, rules.read_key, job);
    if (status == CHIP_SUCCESS)
        chip_verify_internal_digest(chip, other_data, job->digest);
    return status;
}

static enum chip_status prepare(struct chip *chip, struct chip_call *call, struct verification *job)
{
    switch (call->p1 & MODE) {
    case STORED:
        return stored(chip, call, job);
    case EXTERNAL:
        return external(chip, call, job);
    case VALIDATE:
    case INVALIDATE:
        return validation(chip, call, job);
    case VALIDATE_EXTERNAL:
        return validate_external(chip, call, job);
    default:
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    }
}

static void answer_mac(struct chip *chip, struct chip_call *call, const uint8_t digest[32],
                       const uint8_t io_key[32])
{
    const uint8_t *system_nonce = chip->sram.message_digest + (call->p1 & FROM_MESSAGE_DIGEST ? 32 : 0);
    uint8_t command[4];

    chip_call_bytes(call, command);
    chip_io_verify_mac(io_key, digest, system_nonce, call->data, command, call->answer);
    call->answer_length = 32;
}

static enum chip_status check_mac_request(const struct chip *chip, struct chip_call *call, uint8_t io_key[32])
{
    unsigned needed = call->p1 & FROM_MESSAGE_DIGEST ? 64 : 32;

    if (chip->sram.message_digest_length < needed)
        return chip_refuse(call, CHIP_EXEC,
                           "the reply MAC needs the system's nonce in the Message Digest Buffer (%u bytes)",
                           needed);
    return chip_io_key(chip, call, io_key);
}

static enum chip_status verify(struct chip *chip, struct chip_call *call, struct verification *job)
{
    unsigned mode = call->p1 & MODE;

    if (job->key_slot < CHIP_SLOTS) {
        struct chip_slot_rules rules = chip_slot_rules(chip, job->key_slot);
        chip_spend_use(chip, &rules, USE_KEY);
    }
    bool genuine = chip_p256_verify(chip->crypto, job->point, job->digest, call->data);
    if (!(call->p1 & FROM_MESSAGE_DIGEST) && GUESS_38_VERIFY_CLEARS_TEMPKEY)
        chip_temp_key_spend(chip);
    if (!genuine)
        return chip_refuse(call, (enum chip_status)GUESS_50_BAD_SIGNATURE_VALUE,
                           "the signature is not that of this key over this message");
    if (mode == VALIDATE || mode == VALIDATE_EXTERNAL)
        chip_validity_set(chip, call->p2, PUBLIC_KEY_VALID);
    if (mode == INVALIDATE)
        chip_validity_set(chip, call->p2, PUBLIC_KEY_INVALID);
    return CHIP_SUCCESS;
}

enum chip_status chip_command_verify(struct chip *chip, struct chip_call *call)
{
    struct verification job = {.key_slot = CHIP_SLOTS};
    uint8_t io_key[32];

    if (call->p1 & ~(MODE | FROM_MESSAGE_DIGEST | WITH_MAC))
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    enum chip_status status = CHIP_SUCCESS;
    if (call->p1 & (FROM_MESSAGE_DIGEST | WITH_MAC))
        status = chip_check_608(chip, call, "Message Digest Buffer and no reply MAC");
    if (status == CHIP_SUCCESS)
        status = prepare(chip, call, &job);
    if (status == CHIP_SUCCESS && (call->p1 & WITH_MAC))
        status = check_mac_request(chip, call, io_key);
    if (status == CHIP_SUCCESS)
        status = verify(chip, call, &job);
    if (status == CHIP_SUCCESS && (call->p1 & WITH_MAC))
        answer_mac(chip, call, job.digest, io_key);
    chip_wipe(io_key, sizeof io_key);
    return status;
}
