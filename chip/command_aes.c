/* AES (51): one block of AES-128 with a key in a slot or TempKey; the field multiplication of GCM.
 * atecc608.md 3.20 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    MODE = 0x07,
    ENCRYPT = 0,
    DECRYPT = 1,
    MULTIPLY = 3,
    KEY_BLOCK = 0xC0,
    KEY_BLOCK_SHIFT = 6,
};

/* H * X in GF(2^128), bits as in NIST SP 800-38D 6.3: field arithmetic with no branch on data. */
static void multiply(const uint8_t h[16], const uint8_t x[16], uint8_t product[16])
{
    uint8_t v[16];

    memset(product, 0, 16);
    memcpy(v, h, 16);
    for (unsigned bit = 0; bit < 128; bit++) {
        uint8_t take = (uint8_t) - (x[bit / 8] >> (7 - bit % 8) & 1);
        uint8_t reduce = (uint8_t) - (v[15] & 1);

        for (unsigned i = 0; i < 16; i++)
            product[i] ^= v[i] & take;
        for (unsigned i = 15; i > 0; i--)
            v[i] = (uint8_t)(v[i] >> 1 | v[i - 1] << 7);
        v[0] = (uint8_t)(v[0] >> 1 ^ (0xE1 & reduce));
    }
}

static enum chip_status key_from_temp_key(const struct chip *chip, struct chip_call *call, unsigned block,
                                          uint8_t key[16])
{
    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (block >= 2 && !chip->sram.temp_key.upper_half)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey holds 32 bytes, which is key blocks 0 and 1 (Param1 bits 7:6 = %u)",
                           block);
    memcpy(key, chip->sram.temp_key.value + 16 * block, 16);
    return CHIP_SUCCESS;
}

static enum chip_status key_from_slot(struct chip *chip, struct chip_call *call, unsigned block,
                                      uint8_t key[16])
{
    enum chip_status status = chip_check_slot(call);
    if (status != CHIP_SUCCESS)
        return status;
    struct chip_slot_rules rules = chip_slot_rules(chip, call->p2);
    if (16 * (block + 1) > chip_slot_size(rules.slot))
        return chip_refuse(call, (enum chip_status)GUESS_55_AES_BLOCK_BEYOND_SLOT,
                           "slot %u has no AES key block %u (Param1 bits 7:6; it has %u bytes)", rules.slot,
                           block, chip_slot_size(rules.slot));
    if (rules.is_private || rules.key_type != KEY_AES)
        return chip_refuse(call, CHIP_EXEC, "slot %u is not an AES key slot (KeyConfig KeyType = %u, not 6)",
                           rules.slot, rules.key_type);
    status = chip_may_use(chip, call, &rules, USE_KEY);
    if (status != CHIP_SUCCESS)
        return status;
    chip_spend_use(chip, &rules, USE_KEY);
    memcpy(key, chip->eeprom.data + chip_slot_offset(rules.slot) + 16 * block, 16);
    return CHIP_SUCCESS;
}

static enum chip_status one_block(struct chip *chip, struct chip_call *call)
{
    unsigned block = (call->p1 & KEY_BLOCK) >> KEY_BLOCK_SHIFT;
    uint8_t key[16];

    enum chip_status status = chip_check_length(call, 16);
    if (status != CHIP_SUCCESS)
        return status;
    status = call->p2 == CHIP_TEMP_KEY_SLOT ? key_from_temp_key(chip, call, block, key)
                                            : key_from_slot(chip, call, block, key);
    if (status != CHIP_SUCCESS)
        return status;
    bool ok = chip_aes128_block(chip->crypto, (call->p1 & MODE) == ENCRYPT, key, call->data, call->answer);
    chip_wipe(key, sizeof key);
    if (!ok)
        return chip_refuse(call, CHIP_ECC_FAULT, "the computation failed; try again");
    call->answer_length = 16;
    return CHIP_SUCCESS;
}

enum chip_status chip_command_aes(struct chip *chip, struct chip_call *call)
{
    unsigned mode = call->p1 & MODE;

    if ((call->p1 & ~(MODE | KEY_BLOCK)) || (mode != ENCRYPT && mode != DECRYPT && mode != MULTIPLY))
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist", call->p1);
    if (!(chip->eeprom.config[CONFIG_AES_ENABLE] & 1))
        return chip_refuse(call, CHIP_PARSE, "this part has no AES (AES_Enable bit 0 = 0)");
    if (!chip_config_locked(chip) || !chip_data_locked(chip))
        return chip_refuse(call, CHIP_PARSE,
                           "AES works once both zones are locked (LockConfig %02X, LockValue %02X)",
                           chip->eeprom.config[CONFIG_LOCK_CONFIG], chip->eeprom.config[CONFIG_LOCK_VALUE]);
    if (mode != MULTIPLY)
        return one_block(chip, call);

    enum chip_status status = chip_check_length(call, 32);
    if (status != CHIP_SUCCESS)
        return status;
    multiply(call->data, call->data + 16, call->answer);
    call->answer_length = 16;
    return CHIP_SUCCESS;
}
