/* Read (02): 4 or 32 bytes of a zone, clear or encrypted with ReadKey.  atecc608.md 3.3, 2.6, 2.10 */

#include "command.h"

#include <string.h>

#include "guesses.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum { PARAM1_BITS = 0x83 };

static void answer_clear(struct chip *chip, struct chip_call *call, const struct chip_address *address)
{
    memset(call->answer, GUESS_12_FILLER, address->length);
    memcpy(call->answer, chip_at(chip, address), address->stored);
    call->answer_length = address->length;
}

static enum chip_status read_encrypted(struct chip *chip, struct chip_call *call,
                                       const struct chip_address *address,
                                       const struct chip_slot_rules *rules)
{
    if (address->length != 32)
        return chip_refuse(call, CHIP_EXEC, "slot %u is secret: 32-byte reads only (SlotConfig bit 7 = 1)",
                           rules->slot);
    enum chip_status status = chip_check_session_key(chip, call, rules->read_key, "SlotConfig ReadKey");
    if (status != CHIP_SUCCESS)
        return status;

    answer_clear(chip, call, address);
    for (unsigned i = 0; i < 32; i++)
        call->answer[i] ^= chip->sram.temp_key.value[i];
    chip_temp_key_spend(chip);
    return CHIP_SUCCESS;
}

static enum chip_status read_slot(struct chip *chip, struct chip_call *call,
                                  const struct chip_address *address)
{
    struct chip_slot_rules rules = chip_slot_rules(chip, address->slot);

    if (!chip_data_locked(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "data slots cannot be read before the data zone is locked (LockValue = 55)");
    if (rules.is_private)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u holds a private key, which never leaves (KeyConfig bit 0 = 1)",
                           rules.slot);
    if (rules.is_secret && !rules.encrypt_read)
        return chip_refuse(call, CHIP_EXEC, "slot %u is never readable (SlotConfig bit 7 = 1, bit 6 = 0)",
                           rules.slot);
    if (!rules.is_secret && rules.encrypt_read)
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u has a prohibited combination (SlotConfig bit 7 = 0, bit 6 = 1)",
                           rules.slot);
    if (rules.is_secret)
        return read_encrypted(chip, call, address, &rules);
    answer_clear(chip, call, address);
    return CHIP_SUCCESS;
}

enum chip_status chip_command_read(struct chip *chip, struct chip_call *call)
{
    struct chip_address address;

    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 & ~PARAM1_BITS)
        return chip_refuse(call, CHIP_PARSE, "Param1 %02X sets bits that must be 0 (bits 6:2)", call->p1);
    const char *wrong = chip_address_decode(call->p1, call->p2, &address);
    if (wrong)
        return chip_refuse(call, (enum chip_status)GUESS_13_OUT_OF_RANGE, "%s", wrong);

    if (address.zone == CHIP_ZONE_DATA) {
        call->slot = (int)address.slot;
        return read_slot(chip, call, &address);
    }
    if (address.zone == CHIP_ZONE_OTP && !chip_data_locked(chip))
        return chip_refuse(call, CHIP_EXEC,
                           "OTP cannot be read before the data zone is locked (LockValue = 55)");
    answer_clear(chip, call, &address);
    return CHIP_SUCCESS;
}
