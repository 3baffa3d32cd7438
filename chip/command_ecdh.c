/* ECDH (43): the shared secret of a private key and a given point.  atecc608.md 3.18, 5.6 */

#include "command.h"

#include "crypto.h"
#include "guesses.h"
#include "io_protection.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    FROM_TEMP_KEY = 0x01,
    ENCRYPTED = 0x02,
    DESTINATION = 0x0C,
    TO_COMPATIBLE = 0x00, /* SlotConfig bit 3 decides */
    TO_SLOT = 0x04,
    TO_TEMP_KEY = 0x08,
    TO_OUTPUT = 0x0C,
};

struct agreement {
    uint8_t d[32];
    uint8_t secret[32];
    bool from_temp_key;
    bool encrypted;
    unsigned destination;         /* TO_SLOT, TO_TEMP_KEY or TO_OUTPUT */
    unsigned target;              /* of TO_SLOT */
    struct chip_slot_rules rules; /* of the private key, unless from TempKey */
};

/* The mode as this part understands it: a 508A does not look at bits 3:2 (atecc608.md 5.6). */
static uint8_t mode_of(const struct chip *chip, const struct chip_call *call)
{
    return chip_is_508(chip) ? call->p1 & (uint8_t)~DESTINATION : call->p1;
}

static enum chip_status check_mode(const struct chip *chip, struct chip_call *call)
{
    unsigned destination = call->p1 & DESTINATION;

    if (call->p1 & (FROM_TEMP_KEY | ENCRYPTED)) {
        enum chip_status status = chip_check_608(chip, call, "ECDH from TempKey and no encrypted output");
        if (status != CHIP_SUCCESS)
            return status;
    }
    if (call->p1 & ~(FROM_TEMP_KEY | ENCRYPTED | DESTINATION))
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    if ((call->p1 & FROM_TEMP_KEY) && destination == TO_COMPATIBLE)
        return chip_refuse(call, CHIP_PARSE, "mode %02X: TempKey has no SlotConfig to name the destination",
                           call->p1);
    if ((call->p1 & ENCRYPTED) && destination != TO_OUTPUT)
        return chip_refuse(call, CHIP_PARSE, "mode %02X: only the output can be encrypted", call->p1);
    return CHIP_SUCCESS;
}

static enum chip_status take_temp_key(const struct chip *chip, struct chip_call *call, struct agreement *job)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;

    if (!key->valid || !key->is_private_key) /* GUESS 35 */
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey holds no private key; make one with GenKey (Param1 = 04, Param2 = FFFF)");
    job->from_temp_key = true;
    for (unsigned i = 0; i < 32; i++)
        job->d[i] = key->value[i];
    return CHIP_SUCCESS;
}

static enum chip_status take_slot_key(struct chip *chip, struct chip_call *call, struct agreement *job)
{
    enum chip_status status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;
    job->rules = chip_slot_rules(chip, call->p2);
    const struct chip_slot_rules *rules = &job->rules;

    status = chip_check_private_p256(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (!rules->ecdh)
        return chip_refuse(call, CHIP_EXEC, "slot %u does not allow ECDH (SlotConfig bit 2 = 0)",
                           rules->slot);
    if (rules->ecdh_to_slot && job->destination == TO_OUTPUT)
        return chip_refuse(call, CHIP_EXEC,
                           "the secret of slot %u stays in the chip, in slot %u (SlotConfig bit 3 = 1)",
                           rules->slot, rules->slot | 1);
    status = chip_take_private_key(chip, call, rules, job->d);
    if (status != CHIP_SUCCESS)
        return status;
    return chip_may_use(chip, call, rules, USE_KEY);
}

/* Where the secret goes: SlotConfig decides in the compatible mode, the 608's own modes say it. */
static void choose_destination(const struct chip *chip, const struct chip_call *call, struct agreement *job)
{
    job->destination = mode_of(chip, call) & DESTINATION;
    if (job->destination == TO_COMPATIBLE && call->p2 < CHIP_SLOTS)
        job->destination = chip_slot_rules(chip, call->p2).ecdh_to_slot ? TO_SLOT : TO_OUTPUT;
    job->target = call->p1 & FROM_TEMP_KEY ? call->p2 : call->p2 | 1u; /* GUESS 48 */
}

static enum chip_status check_protection(const struct chip *chip, struct chip_call *call,
                                         struct agreement *job)
{
    uint8_t io_key[32];

    job->encrypted = call->p1 & ENCRYPTED;
    enum chip_status status =
        chip_check_protection(chip, call, PROTECTED_ECDH, job->destination == TO_OUTPUT, &job->encrypted);
    if (status != CHIP_SUCCESS || !job->encrypted)
        return status;
    status = chip_io_key(chip, call, io_key);
    chip_wipe(io_key, sizeof io_key);
    return status;
}

/* No WriteConfig check is visible on silicon for slot N+1 of an Encrypt slot; a slot that is locked, private
 * or never writable stays as it is. */
static enum chip_status check_target(const struct chip *chip, struct chip_call *call,
                                     const struct agreement *job)
{
    if (job->destination != TO_SLOT)
        return CHIP_SUCCESS;
    if (job->target >= CHIP_SLOTS)
        return chip_refuse(call, CHIP_PARSE, "there is no slot %04X (Param2)", call->p2);
    struct chip_slot_rules target = chip_slot_rules(chip, job->target);
    if (target.is_private)
        return chip_refuse(call, CHIP_EXEC,
                           "the secret would overwrite the private key in slot %u (KeyConfig bit 0 = 1)",
                           target.slot);
    enum chip_status status = chip_check_not_locked(call, &target, "the target ");
    if (status != CHIP_SUCCESS)
        return status;
    if (chip_data_locked(chip) && target.write == WRITE_NEVER)
        return chip_refuse(call, CHIP_EXEC,
                           "the target slot %u is never writable (SlotConfig bits 15:12 = %X)", target.slot,
                           target.write_config);
    return CHIP_SUCCESS;
}

static enum chip_status deliver(struct chip *chip, struct chip_call *call, const struct agreement *job)
{
    switch (job->destination) {
    case TO_SLOT: {
        struct chip_slot_rules target = chip_slot_rules(chip, job->target);
        chip_slot_store(chip, &target, 0, job->secret, sizeof job->secret);
        return CHIP_SUCCESS;
    }
    case TO_TEMP_KEY:
        chip_temp_key_load(chip, job->secret, GUESS_34_COMPUTED_IS_INPUT);
        return CHIP_SUCCESS;
    default:
        return chip_answer_secret(chip, call, job->secret, sizeof job->secret, job->encrypted);
    }
}

static enum chip_status prepare(struct chip *chip, struct chip_call *call, struct agreement *job)
{
    enum chip_status status = chip_check_length(call, 64);
    if (status == CHIP_SUCCESS)
        status = check_mode(chip, call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    choose_destination(chip, call, job);
    status = call->p1 & FROM_TEMP_KEY ? take_temp_key(chip, call, job) : take_slot_key(chip, call, job);
    if (status == CHIP_SUCCESS)
        status = check_protection(chip, call, job);
    if (status == CHIP_SUCCESS)
        status = check_target(chip, call, job);
    return status;
}

static enum chip_status agree(struct chip *chip, struct chip_call *call, struct agreement *job)
{
    if (!job->from_temp_key)
        chip_spend_use(chip, &job->rules, USE_KEY);
    if (!chip_p256_shared_secret(chip->crypto, job->d, call->data, job->secret))
        return chip_refuse(call, (enum chip_status)GUESS_49_BAD_POINT, "the given point is not on the curve");
    if (job->from_temp_key)
        chip_temp_key_spend(chip);
    return deliver(chip, call, job);
}

enum chip_status chip_command_ecdh(struct chip *chip, struct chip_call *call)
{
    struct agreement job = {.destination = TO_OUTPUT};

    enum chip_status status = prepare(chip, call, &job);
    if (status == CHIP_SUCCESS)
        status = agree(chip, call, &job);
    chip_wipe(&job, sizeof job);
    return status;
}
