/* TempKey.  atecc608.md 3.0, 3.25 */

#include "temp_key.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "memory.h"

static void end_sha_of_508(struct chip *chip)
{
    if (chip_is_508(chip))
        chip->sram.sha_kind = CHIP_SHA_NONE;
}

void chip_temp_key_load(struct chip *chip, const uint8_t value[32], bool from_input)
{
    struct chip_temp_key *key = &chip->sram.temp_key;
    struct chip_temp_key fresh = {.valid = true, .from_input = from_input};

    memcpy(fresh.value, value, 32);
    memcpy(fresh.value + 32, key->value + 32, 32);
    *key = fresh;
    chip_wipe(&fresh, sizeof fresh);
    end_sha_of_508(chip);
}

void chip_temp_key_fold(struct chip *chip, const uint8_t value[32])
{
    struct chip_temp_key *key = &chip->sram.temp_key;

    memcpy(key->value, value, 32);
    key->upper_half = false;
    key->key_id = 0;
    key->gen_dig_data = false;
    key->gen_key_data = false;
    key->certificate = (struct chip_certificate){.has_key = false};
    end_sha_of_508(chip);
}

void chip_temp_key_spend(struct chip *chip)
{
    chip_wipe(&chip->sram.temp_key, sizeof chip->sram.temp_key);
    end_sha_of_508(chip);
}

enum chip_status chip_check_temp_key(const struct chip *chip, struct chip_call *call)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;

    if (!key->valid)
        return chip_refuse(call, CHIP_EXEC, "TempKey holds nothing (Valid = 0); send Nonce first");
    if (key->is_private_key)
        return chip_refuse(
            call, CHIP_EXEC,
            "TempKey holds a private key, which only ECDH may use (GenKey with Param2 = FFFF)");
    return CHIP_SUCCESS;
}

enum chip_status chip_check_temp_key_flags(struct chip *chip, struct chip_call *call, enum temp_key_use use)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;
    bool from_input = call->p1 & 0x04;

    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (key->from_input != from_input)
        status =
            chip_refuse(call, CHIP_EXEC, "TempKey came from %s nonce (SourceFlag = %d, Param1 bit 2 = %d)",
                        key->from_input ? "a fixed" : "a random", key->from_input, from_input);
    else if (key->no_mac && use == FOR_MAC)
        status = chip_refuse(call, CHIP_EXEC, "TempKey was derived from a NoMac slot (NoMacFlag = 1)");
    if (status != CHIP_SUCCESS && GUESS_28_WRONG_FLAG_SPENDS_TEMPKEY)
        chip_temp_key_spend(chip);
    return status;
}

enum chip_status chip_check_session_key(const struct chip *chip, struct chip_call *call, unsigned key_slot,
                                        const char *rule)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;

    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (!key->gen_dig_data)
        return chip_refuse(call, CHIP_EXEC, "TempKey was not made by GenDig of a slot (GenDigData = 0)");
    if (key_slot != ANY_KEY_SLOT && key->key_id != key_slot)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey was made with slot %u, and slot %d asks for slot %u (%s)", key->key_id,
                           call->slot, key_slot, rule);
    if (key->from_input)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey came from a fixed nonce (SourceFlag = 1), not a random one");
    return CHIP_SUCCESS;
}

void chip_call_bytes(const struct chip_call *call, uint8_t command[4])
{
    command[0] = call->opcode;
    command[1] = call->p1;
    command[2] = (uint8_t)call->p2;
    command[3] = (uint8_t)(call->p2 >> 8);
}

void chip_digest_header(const struct chip *chip, struct chip_sha256 *sha, const uint8_t command[4],
                        size_t zeros)
{
    uint8_t serial[CHIP_SERIAL_SIZE];
    chip_serial(chip, serial);
    uint8_t header[7] = {command[0], command[1], command[2], command[3], serial[8], serial[0], serial[1]};

    chip_sha256_update(sha, header, sizeof header);
    chip_sha256_zeros(sha, zeros);
}
