/* Nonce (16): loads TempKey, the Message Digest Buffer or the Alternate Key Buffer.  atecc608.md 3.1 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "temp_key.h"

enum {
    MODE = 0x03,
    MODE_PASS_THROUGH = 3,
    MODE_INVALID = 2,
    INPUT_64 = 0x20,
    TARGET = 0xC0,
    TARGET_TEMP_KEY = 0x00,
    TARGET_MESSAGE_DIGEST = 0x40,
    TARGET_ALTERNATE_KEY = 0x80,
    FROM_TEMP_KEY = 0x8000, /* Param2: fold TempKey instead of a random number */

    NUM_IN = 20,
};

/* SHA256( value || NumIn || 16 || P1 || last ) */
static void nonce_digest(const struct chip_call *call, const uint8_t value[32], uint8_t last,
                         uint8_t digest[32])
{
    const uint8_t tail[3] = {call->opcode, call->p1, last};
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, value, 32);
    chip_sha256_update(&sha, call->data, NUM_IN);
    chip_sha256_update(&sha, tail, sizeof tail);
    chip_sha256_finish(&sha, digest);
}

static enum chip_status random_nonce(struct chip *chip, struct chip_call *call)
{
    uint8_t digest[32];

    enum chip_status status = chip_random(chip, call, call->answer, 32);
    if (status != CHIP_SUCCESS)
        return status;
    nonce_digest(call, call->answer, (uint8_t)call->p2, digest);
    chip_temp_key_load(chip, digest, false);
    chip_wipe(digest, sizeof digest);
    call->answer_length = 32;
    return CHIP_SUCCESS;
}

static enum chip_status nonce_from_temp_key(struct chip *chip, struct chip_call *call)
{
    struct chip_temp_key *key = &chip->sram.temp_key;

    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    nonce_digest(call, key->value, 0x00, key->value);
    key->upper_half = false;
    if (GUESS_31_NONCE_FROM_TEMPKEY_IS_RANDOM)
        key->from_input = false;
    memcpy(call->answer, key->value, 32);
    call->answer_length = 32;
    return CHIP_SUCCESS;
}

static void load_temp_key(struct chip *chip, const struct chip_call *call)
{
    struct chip_temp_key *key = &chip->sram.temp_key;

    chip_temp_key_load(chip, call->data, true);
    if (call->length == 64) {
        memcpy(key->value + 32, call->data + 32, 32);
        key->upper_half = true;
    }
}

static enum chip_status pass_through(struct chip *chip, struct chip_call *call)
{
    struct chip_sram *sram = &chip->sram;

    enum chip_status status = CHIP_SUCCESS;

    if (call->p1 & (INPUT_64 | TARGET))
        status = chip_check_608(chip, call, "TempKey of 64 bytes, Message Digest or Alternate Key Buffer");
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 & ~(MODE | INPUT_64 | TARGET))
        return chip_refuse(call, CHIP_PARSE, "mode %02X sets bits that must be 0 (Param1 bits 4:2)",
                           call->p1);
    if (call->p2 != 0)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000 in pass-through mode, and is %04X",
                           call->p2); /* GUESS 71 */
    if ((call->p1 & TARGET) == TARGET)
        return chip_refuse(call, CHIP_PARSE, "target 3 does not exist (Param1 bits 7:6)");
    if ((call->p1 & TARGET) == TARGET_ALTERNATE_KEY && (call->p1 & INPUT_64))
        return chip_refuse(call, CHIP_PARSE,
                           "the Alternate Key Buffer takes 32 bytes (Param1 bit 5 must be 0)");
    status = chip_check_length(call, call->p1 & INPUT_64 ? 64 : 32);
    if (status != CHIP_SUCCESS)
        return status;

    switch (call->p1 & TARGET) {
    case TARGET_TEMP_KEY:
        load_temp_key(chip, call);
        break;
    case TARGET_MESSAGE_DIGEST:
        memcpy(sram->message_digest, call->data, call->length);
        sram->message_digest_length = (unsigned)call->length;
        break;
    default:
        memcpy(sram->alternate_key, call->data, 32);
        sram->alternate_key_valid = true;
        break;
    }
    return CHIP_SUCCESS;
}

enum chip_status chip_command_nonce(struct chip *chip, struct chip_call *call)
{
    if ((call->p1 & MODE) == MODE_PASS_THROUGH)
        return pass_through(chip, call);
    if ((call->p1 & MODE) == MODE_INVALID || (call->p1 & ~MODE))
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    if (call->p2 & ~FROM_TEMP_KEY)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000 or 8000, and is %04X", call->p2);

    enum chip_status status = chip_check_length(call, NUM_IN);
    if (status != CHIP_SUCCESS)
        return status;
    return call->p2 & FROM_TEMP_KEY ? nonce_from_temp_key(chip, call) : random_nonce(chip, call);
}
