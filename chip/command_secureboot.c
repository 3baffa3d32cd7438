/* SecureBoot (80): checks the digest and signature of a program against what the chip keeps.  atecc608.md 3.21
 *
 * The configuration (bytes 70, 71) names the slot of the public key and what is stored beside it: nothing
 * (FullBoth), the last good signature (FullSig) or the last good digest (FullDig).
 */

#include "command.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "io_protection.h"
#include "memory.h"
#include "slot_rules.h"
#include "temp_key.h"

enum {
    MODE = 0x07,
    FULL = 5,       /* digest and signature come, nothing is stored */
    FULL_STORE = 6, /* the digest comes, the rest is stored */
    FULL_COPY = 7,  /* both come, and one is stored when they are genuine */
    PROHIBIT = 0x40,
    WITH_MAC = 0x80, /* the digest comes encrypted, the answer is a MAC */

    CONFIG_MODE = 0x0003,
    CONFIG_LATCH = 0x0008,
    CONFIG_RANDOM_NONCE = 0x0010,

    DIGEST = 32,
    SIGNATURE = 64,
};

enum boot_mode { BOOT_OFF, BOOT_FULL_BOTH, BOOT_FULL_SIG, BOOT_FULL_DIG };

struct boot {
    enum boot_mode mode;
    bool sets_latch;
    bool wants_random;
    struct chip_slot_rules store;  /* of the digest or signature */
    struct chip_slot_rules public; /* of the public key */
    uint8_t digest[DIGEST];
    const uint8_t *signature; /* NULL: digest is compared with digest */
    uint8_t key[32];          /* that hides the digest, WITH_MAC */
};

static struct boot configuration(const struct chip *chip)
{
    const uint8_t *bytes = chip->eeprom.config + CONFIG_SECURE_BOOT;
    unsigned word = bytes[0] | (unsigned)bytes[1] << 8;

    return (struct boot){
        .mode = (enum boot_mode)(word & CONFIG_MODE),
        .sets_latch = word & CONFIG_LATCH,
        .wants_random = word & CONFIG_RANDOM_NONCE,
        .store = chip_slot_rules(chip, word >> 8 & 0xF),
        .public = chip_slot_rules(chip, word >> 12),
    };
}

static enum chip_status check_mode(struct chip_call *call)
{
    unsigned mode = call->p1 & MODE;

    if (mode < FULL || (call->p1 & ~(MODE | PROHIBIT | WITH_MAC)))
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist (Param1 bits 2:0 are 5, 6 or 7)",
                           call->p1);
    if (call->p2 != 0)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000, and is %04X", call->p2);
    return chip_check_length(call, mode == FULL_STORE ? DIGEST : DIGEST + SIGNATURE);
}

/* The slot that keeps the digest or the signature. */
static enum chip_status check_store(struct chip_call *call, const struct boot *boot)
{
    unsigned size = boot->mode == BOOT_FULL_SIG ? SIGNATURE : DIGEST;

    if ((call->p1 & MODE) == FULL)
        return CHIP_SUCCESS;
    if (boot->mode == BOOT_FULL_BOTH)
        return chip_refuse(call, CHIP_EXEC, "nothing is stored in mode FullBoth (SecureBoot bits 1:0 = 1)");
    if (chip_slot_size(boot->store.slot) < size)
        return chip_refuse(
            call, CHIP_EXEC,
            "slot %u has %u bytes, and a signature has 64 (SecureBoot bits 1:0 = 2, bits 11:8)",
            boot->store.slot, chip_slot_size(boot->store.slot));
    enum chip_status status = chip_check_not_private(call, &boot->store);
    if (status != CHIP_SUCCESS || (call->p1 & MODE) == FULL_STORE)
        return status;
    return chip_check_not_locked(call, &boot->store, "the target ");
}

static enum chip_status check_public_key(struct chip *chip, struct chip_call *call, const struct boot *boot)
{
    call->slot = (int)boot->public.slot;
    enum chip_status status = chip_check_public_p256(call, &boot->public);
    if (status != CHIP_SUCCESS)
        return status;
    if (boot->public.pub_info && chip_validity(chip, boot->public.slot) != PUBLIC_KEY_VALID)
        return chip_refuse(call, CHIP_EXEC,
                           "the public key in slot %u is not validated (KeyConfig bit 1 = 1, nibble %X)",
                           boot->public.slot, chip_validity(chip, boot->public.slot));
    return chip_may_use(chip, call, &boot->public, USE_KEY);
}

/* GUESS 79: a configuration that asks for a random nonce asks for the form with the MAC. */
static enum chip_status check_nonce(const struct chip *chip, struct chip_call *call, const struct boot *boot)
{
    if (boot->wants_random && !(call->p1 & WITH_MAC))
        return chip_refuse(call, CHIP_EXEC,
                           "the digest must come encrypted (SecureBoot bit 4 = 1, Param1 bit 7 = 0)");
    if (!(call->p1 & WITH_MAC))
        return CHIP_SUCCESS;
    enum chip_status status = chip_check_temp_key(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (boot->wants_random && chip->sram.temp_key.from_input)
        return chip_refuse(call, CHIP_EXEC,
                           "TempKey came from a fixed nonce (SourceFlag = 1, SecureBoot bit 4 = 1)");
    return CHIP_SUCCESS;
}

static enum chip_status check(struct chip *chip, struct chip_call *call, const struct boot *boot)
{
    enum chip_status status = chip_check_config_locked(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (boot->mode == BOOT_OFF)
        return chip_refuse(call, CHIP_EXEC, "secure boot is off (SecureBoot bits 1:0 = 0)");
    if (chip->secure_boot_closed)
        return chip_refuse(call, CHIP_EXEC, "secure boot is closed until power goes (Param1 bit 6 was 1)");
    status = check_public_key(chip, call, boot);
    if (status == CHIP_SUCCESS)
        status = check_store(call, boot);
    if (status == CHIP_SUCCESS)
        status = check_nonce(chip, call, boot);
    return status;
}

static enum chip_status take_input(struct chip *chip, struct chip_call *call, struct boot *boot)
{
    bool store = (call->p1 & MODE) == FULL_STORE;
    uint8_t io_key[32];

    memcpy(boot->digest, call->data, DIGEST);
    if (!store)
        boot->signature = call->data + DIGEST;
    else if (boot->mode == BOOT_FULL_SIG)
        boot->signature = chip->eeprom.data + chip_slot_offset(boot->store.slot);
    if (!(call->p1 & WITH_MAC))
        return CHIP_SUCCESS;

    enum chip_status status = chip_io_key(chip, call, io_key);
    if (status != CHIP_SUCCESS)
        return status;
    chip_io_boot_key(io_key, chip->sram.temp_key.value, boot->key);
    for (unsigned i = 0; i < DIGEST; i++)
        boot->digest[i] ^= boot->key[i];
    chip_wipe(io_key, sizeof io_key);
    return CHIP_SUCCESS;
}

static bool genuine(struct chip *chip, const struct boot *boot)
{
    uint8_t point[64];

    if (!boot->signature)
        return chip_equal(boot->digest, chip->eeprom.data + chip_slot_offset(boot->store.slot), DIGEST);
    chip_stored_public_key(chip, boot->public.slot, point);
    return chip_p256_verify(chip->crypto, point, boot->digest, boot->signature);
}

static void take_success(struct chip *chip, struct chip_call *call, const struct boot *boot)
{
    uint8_t command[4];

    if (call->p1 & WITH_MAC) {
        chip_call_bytes(call, command);
        chip_io_boot_mac(boot->key, boot->digest, boot->signature, command, call->answer);
        call->answer_length = 32;
    }
    if ((call->p1 & MODE) == FULL_COPY && boot->mode == BOOT_FULL_SIG)
        chip_slot_store(chip, &boot->store, 0, boot->signature, SIGNATURE);
    if ((call->p1 & MODE) == FULL_COPY && boot->mode == BOOT_FULL_DIG)
        chip_slot_store(chip, &boot->store, 0, boot->digest, DIGEST);
    chip->latch |= boot->sets_latch; /* GUESS 80: a later failure does not clear it */
    chip->secure_boot_closed |= (call->p1 & PROHIBIT) != 0;
}

static enum chip_status run(struct chip *chip, struct chip_call *call, struct boot *boot)
{
    enum chip_status status = take_input(chip, call, boot);
    if (status != CHIP_SUCCESS)
        return status;
    chip_spend_use(chip, &boot->public, USE_KEY);
    bool good = genuine(chip, boot);
    if ((call->p1 & WITH_MAC) && GUESS_69_SECUREBOOT_SPENDS_TEMPKEY)
        chip_temp_key_spend(chip);
    if (!good)
        return chip_refuse(call, CHIP_MISMATCH, "%s",
                           boot->signature ? "the signature is not that of the boot key over this digest"
                                           : "the digest is not the stored one");
    take_success(chip, call, boot);
    return CHIP_SUCCESS;
}

enum chip_status chip_command_secureboot(struct chip *chip, struct chip_call *call)
{
    struct boot boot = configuration(chip);

    enum chip_status status = check_mode(call);
    if (status == CHIP_SUCCESS)
        status = check(chip, call, &boot);
    if (status == CHIP_SUCCESS)
        status = run(chip, call, &boot);
    chip_wipe(&boot, sizeof boot);
    return status;
}
