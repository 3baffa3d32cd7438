/* GenDig (15): folds a stored value, a counter or a configuration into TempKey.  atecc608.md 3.5 */

#include "command.h"

#include <string.h>

#include "counter_field.h"
#include "crypto.h"
#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    SOURCE_CONFIG = 0,
    SOURCE_OTP = 1,
    SOURCE_DATA = 2,
    SOURCE_SHARED_NONCE = 3,
    SOURCE_COUNTER = 4,
    SOURCE_KEY_CONFIG = 5,

    TEMP_KEY_FIRST = 0x8000, /* Param2 of the shared nonce */
    PADDING = 25,            /* zeros between header and TempKey */
};

/* SHA256( first || command SN || between 0... || second ), 96 bytes, into TempKey. */
static void fold(struct chip *chip, const uint8_t first[32], const uint8_t command[4], const uint8_t *between,
                 size_t n, const uint8_t second[32])
{
    struct chip_sha256 sha;
    uint8_t digest[32];

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, first, 32);
    chip_digest_header(chip, &sha, command, 0);
    chip_sha256_update(&sha, between, n);
    chip_sha256_zeros(&sha, PADDING - n);
    chip_sha256_update(&sha, second, 32);
    chip_sha256_finish(&sha, digest);
    chip_temp_key_fold(chip, digest);
    chip_wipe(digest, sizeof digest);
}

static enum chip_status fold_block(struct chip *chip, struct chip_call *call, const uint8_t *zone,
                                   unsigned blocks)
{
    uint8_t command[4];

    if (call->p2 >= blocks)
        return chip_refuse(call, CHIP_PARSE, "the zone has blocks 0 to %u, and Param2 is %04X", blocks - 1,
                           call->p2);
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    chip_call_bytes(call, command);
    fold(chip, zone + 32 * call->p2, command, NULL, 0, chip->sram.temp_key.value);
    return CHIP_SUCCESS;
}

static enum chip_status check_slot(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules)
{
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    status = chip_check_not_private(call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules->no_mac && call->length != 4)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u is a NoMac slot and needs 4 bytes of OtherData (SlotConfig bit 4 = 1)",
                           rules->slot);
    status = chip_check_random(chip, call, rules);
    if (status != CHIP_SUCCESS)
        return status;
    return chip_may_use(chip, call, rules, USE_KEY);
}

static enum chip_status fold_slot(struct chip *chip, struct chip_call *call)
{
    unsigned slot = call->p2 & 0xF; /* all 16 bits are hashed, four select */
    struct chip_slot_rules rules = chip_slot_rules(chip, slot);
    struct chip_temp_key *key = &chip->sram.temp_key;
    uint8_t command[4];

    if (call->p2 & 0x8000)
        return chip_refuse(call, CHIP_PARSE, "transport keys do not exist on this chip (Param2 bit 15 = 1)");
    call->slot = (int)slot;
    enum chip_status status = check_slot(chip, call, &rules);
    if (status != CHIP_SUCCESS)
        return status;

    chip_spend_use(chip, &rules, USE_KEY);
    chip_call_bytes(call, command);
    if (rules.no_mac)
        memcpy(command, call->data, 4);
    fold(chip, chip->eeprom.data + chip_slot_offset(slot), command, NULL, 0, key->value);
    key->gen_dig_data = true;
    key->key_id = (uint8_t)slot;
    key->no_mac = key->no_mac || rules.no_mac;
    return CHIP_SUCCESS;
}

static enum chip_status fold_shared_nonce(struct chip *chip, struct chip_call *call)
{
    struct chip_temp_key *key = &chip->sram.temp_key;
    const uint8_t command[4] = {call->opcode, call->p1, (uint8_t)call->p2, 0x00};

    if (call->p2 & ~(TEMP_KEY_FIRST | 0xFF))
        return chip_refuse(call, CHIP_PARSE, "Param2 %04X sets bits that must be 0 (bits 14:8)", call->p2);
    if (call->p2 & TEMP_KEY_FIRST)
        fold(chip, key->value, command, NULL, 0, call->data);
    else
        fold(chip, call->data, command, NULL, 0, key->value);
    key->gen_dig_data = GUESS_32_SHARED_NONCE_SETS_GENDIG;
    return CHIP_SUCCESS;
}

static enum chip_status fold_counter(struct chip *chip, struct chip_call *call)
{
    static const uint8_t zeros[32];
    uint8_t command[4];

    if (call->p2 > 1)
        return chip_refuse(call, CHIP_PARSE, "there are counters 0 and 1, and Param2 is %04X", call->p2);
    uint32_t count = chip_counter_read(chip, call->p2);
    const uint8_t value[5] = {0, (uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16),
                              (uint8_t)(count >> 24)};
    chip_call_bytes(call, command);
    fold(chip, zeros, command, value, sizeof value, chip->sram.temp_key.value);
    return CHIP_SUCCESS;
}

static enum chip_status fold_key_config(struct chip *chip, struct chip_call *call)
{
    static const uint8_t zeros[32];
    uint8_t command[4];

    enum chip_status status = chip_check_slot(call);
    if (status == CHIP_SUCCESS)
        status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    const uint8_t value[6] = {0,
                              (uint8_t)rules.slot_config,
                              (uint8_t)(rules.slot_config >> 8),
                              (uint8_t)rules.key_config,
                              (uint8_t)(rules.key_config >> 8),
                              !rules.locked};
    chip_call_bytes(call, command);
    fold(chip, zeros, command, value, sizeof value, chip->sram.temp_key.value);
    return CHIP_SUCCESS;
}

enum chip_status chip_command_gendig(struct chip *chip, struct chip_call *call)
{
    if (call->p1 > SOURCE_KEY_CONFIG)
        return chip_refuse(call, CHIP_PARSE, "zone %02X does not exist (Param1 is 00 to 05)", call->p1);
    if (call->p1 == SOURCE_SHARED_NONCE || (call->length != 0 && call->length != 4)) {
        enum chip_status status = chip_check_length(call, call->p1 == SOURCE_SHARED_NONCE ? 32 : 0);
        if (status != CHIP_SUCCESS)
            return status;
    }
    enum chip_status status = CHIP_SUCCESS;
    if (call->p1 >= SOURCE_COUNTER)
        status = chip_check_608(chip, call, "GenDig of a counter or a key configuration");
    if (status == CHIP_SUCCESS)
        status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;

    switch (call->p1) {
    case SOURCE_CONFIG:
        return fold_block(chip, call, chip->eeprom.config, CHIP_CONFIG_SIZE / 32);
    case SOURCE_OTP:
        return fold_block(chip, call, chip->eeprom.otp, CHIP_OTP_SIZE / 32);
    case SOURCE_DATA:
        return fold_slot(chip, call);
    case SOURCE_SHARED_NONCE:
        return fold_shared_nonce(chip, call);
    case SOURCE_COUNTER:
        return fold_counter(chip, call);
    default:
        return fold_key_config(chip, call);
    }
}
