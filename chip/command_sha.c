/* SHA (47): SHA-256 and HMAC-SHA-256 over several commands; the context can be read and written.
 * atecc608.md 3.19
 *
 * On a 508A the running state lives in TempKey: Start invalidates it, and a change of TempKey ends the run
 * (temp_key.c). Its updates are whole blocks, its digests go to TempKey always, an HMAC has an end of its own.
 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "hmac.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    MODE = 0x07,
    START = 0,
    UPDATE = 1,
    END = 2,
    PUBLIC = 3,
    HMAC_START = 4,
    HMAC_END_508 = 5,
    READ_CONTEXT = 6,
    WRITE_CONTEXT = 7,

    TARGET = 0xC0, /* of End */
    TARGET_TEMP_KEY = 0x00,
    TARGET_MESSAGE_DIGEST = 0x40,
    TARGET_OUTPUT = 0xC0,

    BLOCK = 64,
    CONTEXT_FIXED = 36, /* total, H0..H7; then total mod 64 bytes */
};

static enum chip_status check_running(const struct chip *chip, struct chip_call *call)
{
    if (chip->sram.sha_kind != CHIP_SHA_NONE)
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC, "no SHA is running; send Start first (Param1 = 00 or 04)");
}

/* Param2 states how much data follows. */
static enum chip_status check_data(struct chip_call *call, size_t most)
{
    if (call->p2 > most)
        return chip_refuse(call, CHIP_PARSE, "Param2 announces %u bytes, and at most %zu may come", call->p2,
                           most);
    return chip_check_length(call, call->p2);
}

static enum chip_status start(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p2 != 0)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000, and is %04X", call->p2); /* GUESS 71 */
    if (chip_is_508(chip))                                                                  /* GUESS 82 */
        chip_temp_key_spend(chip);
    chip_sha256_start(&chip->sram.sha); /* GUESS 57: restarts a running one */
    chip->sram.sha_kind = CHIP_SHA_PLAIN;
    chip->sram.sha_certificate = (struct chip_certificate){.has_key = false};
    return CHIP_SUCCESS;
}

static enum chip_status update(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = check_data(call, BLOCK);
    if (status == CHIP_SUCCESS && chip_is_508(chip) && call->length != GUESS_56_SHA_UPDATE_508)
        status = chip_refuse(call, CHIP_PARSE, "the 508A takes updates of %d bytes, and Param2 is %u",
                             GUESS_56_SHA_UPDATE_508, call->p2);
    if (status == CHIP_SUCCESS)
        status = check_running(chip, call);
    if (status == CHIP_SUCCESS)
        chip_sha256_update(&chip->sram.sha, call->data, call->length);
    return status;
}

static void keep_digest(struct chip *chip, const struct chip_call *call,
                        const struct chip_certificate *certificate)
{
    switch (call->p1 & TARGET) {
    case TARGET_TEMP_KEY:
        chip_temp_key_load(chip, call->answer, GUESS_34_COMPUTED_IS_INPUT);
        chip->sram.temp_key.certificate = *certificate;
        break;
    case TARGET_MESSAGE_DIGEST:
        memcpy(chip->sram.message_digest, call->answer, 32);
        chip->sram.message_digest_length = 32;
        break;
    default:
        break;
    }
}

static enum chip_status end(struct chip *chip, struct chip_call *call)
{
    struct chip_sram *sram = &chip->sram;
    bool hmac = sram->sha_kind == CHIP_SHA_HMAC;

    if ((call->p1 & TARGET) == 0x80)
        return chip_refuse(call, CHIP_PARSE, "target 2 does not exist (Param1 bits 7:6)");
    enum chip_status status = check_data(call, BLOCK - 1);
    if (status == CHIP_SUCCESS)
        status = check_running(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip_is_508(chip) && hmac != ((call->p1 & MODE) == HMAC_END_508))
        return chip_refuse(call, CHIP_EXEC, "%s is running; end it with mode %d (Param1)",
                           hmac ? "an HMAC" : "a plain SHA", hmac ? HMAC_END_508 : END);

    struct chip_certificate certificate = sram->sha_certificate;
    uint64_t blocks = sram->sha.total / BLOCK;
    certificate.length = blocks < UINT16_MAX ? (uint16_t)blocks : UINT16_MAX;
    chip_sha256_update(&sram->sha, call->data, call->length);
    if (hmac)
        chip_hmac_finish(&sram->sha, &sram->hmac_outer, call->answer);
    else
        chip_sha256_finish(&sram->sha, call->answer);
    sram->sha_kind = CHIP_SHA_NONE;
    call->answer_length = 32;
    keep_digest(chip, call, &certificate);
    return CHIP_SUCCESS;
}

/* A certificate holds the key it is about once; a run with a second one, or an HMAC, is none. */
static void note_key(struct chip_sram *sram, unsigned slot)
{
    struct chip_certificate *certificate = &sram->sha_certificate;
    bool first = certificate->position == 0 && !certificate->has_key;
    bool fits = sram->sha.total < UINT16_MAX;

    *certificate = (struct chip_certificate){
        .has_key = first && fits && sram->sha_kind == CHIP_SHA_PLAIN,
        .slot = (uint8_t)slot,
        .position = first && fits ? (uint16_t)sram->sha.total : UINT16_MAX,
    };
}

static enum chip_status add_public_key(struct chip *chip, struct chip_call *call)
{
    uint8_t point[64];

    enum chip_status status = chip_check_length(call, 0);
    if (status == CHIP_SUCCESS)
        status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status == CHIP_SUCCESS)
        status = check_running(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    status = chip_check_public_p256(call, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    note_key(&chip->sram, rules.slot);
    chip_stored_public_key(chip, rules.slot, point);
    chip_sha256_update(&chip->sram.sha, point, sizeof point);
    return CHIP_SUCCESS;
}

static void start_hmac(struct chip *chip, const uint8_t key[32])
{
    struct chip_sram *sram = &chip->sram;

    chip_hmac_start(&sram->sha, &sram->hmac_outer, key, 32);
    if (chip_is_508(chip)) /* GUESS 82 */
        chip_temp_key_spend(chip);
    sram->sha_kind = CHIP_SHA_HMAC;
    sram->sha_certificate = (struct chip_certificate){.has_key = false};
}

static enum chip_status hmac_start_temp_key(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip->sram.temp_key.no_mac)
        return chip_refuse(call, CHIP_EXEC, "TempKey was derived from a NoMac slot (NoMacFlag = 1)");
    start_hmac(chip, chip->sram.temp_key.value);
    return CHIP_SUCCESS;
}

static enum chip_status hmac_start(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p2 == CHIP_TEMP_KEY_SLOT && !chip_is_508(chip))
        return hmac_start_temp_key(chip, call);
    status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;

    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    status = chip_check_not_private(call, &rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules.no_mac)
        return chip_refuse(call, CHIP_EXEC, "slot %u is for verification only (SlotConfig bit 4, NoMac = 1)",
                           rules.slot);
    if (rules.req_random && chip_use_rules_apply(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u needs a random nonce, which HMAC has not (KeyConfig bit 6 = 1)",
                           rules.slot);
    status = chip_may_use(chip, call, &rules, USE_KEY);
    if (status != CHIP_SUCCESS)
        return status;
    chip_spend_use(chip, &rules, USE_KEY);
    start_hmac(chip, chip->eeprom.data + chip_slot_offset(rules.slot));
    return CHIP_SUCCESS;
}

static void put_le32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_le32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static enum chip_status read_context(struct chip *chip, struct chip_call *call)
{
    const struct chip_sha256 *sha = &chip->sram.sha;
    size_t partial = sha->total % BLOCK;

    enum chip_status status = chip_check_length(call, 0);
    if (status == CHIP_SUCCESS)
        status = check_running(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip->sram.sha_kind == CHIP_SHA_HMAC)
        return chip_refuse(call, (enum chip_status)GUESS_58_HMAC_CONTEXT_READ,
                           "the context of an HMAC stays in the chip (it runs since Param1 = 04)");

    put_le32(call->answer, (uint32_t)sha->total);
    for (unsigned i = 0; i < 8; i++)
        put_le32(call->answer + 4 + 4 * i, sha->state[i]);
    memcpy(call->answer + CONTEXT_FIXED, sha->block, partial);
    call->answer_length = CONTEXT_FIXED + partial;
    return CHIP_SUCCESS;
}

static enum chip_status write_context(struct chip *chip, struct chip_call *call)
{
    struct chip_sha256 *sha = &chip->sram.sha;

    enum chip_status status = check_data(call, CONTEXT_FIXED + BLOCK - 1);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->length < CONTEXT_FIXED || call->length != CONTEXT_FIXED + (size_t)call->data[0] % BLOCK)
        return chip_refuse(call, CHIP_PARSE, "a context is 36 bytes and the partial block; %zu bytes came",
                           call->length);

    *sha = (struct chip_sha256){.total = get_le32(call->data)};
    for (unsigned i = 0; i < 8; i++)
        sha->state[i] = get_le32(call->data + 4 + 4 * i);
    memcpy(sha->block, call->data + CONTEXT_FIXED, call->length - CONTEXT_FIXED);
    chip->sram.sha_kind = CHIP_SHA_PLAIN;
    chip->sram.sha_certificate = (struct chip_certificate){.position = UINT16_MAX}; /* never one */
    return CHIP_SUCCESS;
}

enum chip_status chip_command_sha(struct chip *chip, struct chip_call *call)
{
    unsigned mode = call->p1 & MODE;

    if ((call->p1 & ~(MODE | TARGET)) || (mode != END && (call->p1 & TARGET)))
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    if ((call->p1 & TARGET) || mode == READ_CONTEXT || mode == WRITE_CONTEXT) {
        enum chip_status status = chip_check_608(chip, call, "SHA target but TempKey, and gives no context");
        if (status != CHIP_SUCCESS)
            return status;
    }
    switch (mode) {
    case START:
        return start(chip, call);
    case UPDATE:
        return update(chip, call);
    case END:
        return end(chip, call);
    case PUBLIC:
        return add_public_key(chip, call);
    case HMAC_START:
        return hmac_start(chip, call);
    case READ_CONTEXT:
        return read_context(chip, call);
    case WRITE_CONTEXT:
        return write_context(chip, call);
    default:
        if (chip_is_508(chip))
            return end(chip, call);
        return chip_refuse(call, CHIP_PARSE, "mode 5 belongs to the 508A; End (2) also ends an HMAC here");
    }
}
