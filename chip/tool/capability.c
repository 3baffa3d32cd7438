/* What a slot can do: the list, and the trials with one circumstance after the other taken away. */

#include "capability.h"

#include <stdio.h>
#include <string.h>

const struct capability_row capability_rows[CAPABILITIES] = {
    [CAN_SIGN_EXTERNAL] = {"sign-external", "sign given digests", KIND_USE, 0x41, false, trial_sign_external},
    [CAN_SIGN_INTERNAL] = {"sign-internal", "sign messages made in the chip", KIND_USE, 0x41, false,
                           trial_sign_internal},
    [CAN_ECDH_CLEAR] = {"ecdh-clear", "answer an ECDH secret in clear", KIND_USE, 0x43, false,
                        trial_ecdh_clear},
    [CAN_ECDH_ENCRYPTED] = {"ecdh-encrypted", "answer an ECDH secret encrypted with the IO protection key",
                            KIND_USE, 0x43, false, trial_ecdh_encrypted},
    [CAN_ECDH_TEMP_KEY] = {"ecdh-tempkey", "put an ECDH secret into TempKey", KIND_USE, 0x43, false,
                           trial_ecdh_temp_key},
    [CAN_ECDH_SLOT] = {"ecdh-slot", "put an ECDH secret into the next slot", KIND_USE, 0x43, false,
                       trial_ecdh_slot},
    [CAN_GIVE_PUBLIC_KEY] = {"public-key", "give its public key", KIND_USE, 0x40, false,
                             trial_give_public_key},
    [CAN_VERIFY] = {"verify", "verify signatures", KIND_USE, 0x45, true, trial_verify},
    [CAN_BE_VALIDATED] = {"validate", "be validated by its parent key", KIND_USE, 0x45, true, trial_validate},
    [CAN_MAC] = {"mac", "make a MAC", KIND_USE, 0x08, false, trial_mac},
    [CAN_CHECK_MAC] = {"checkmac", "check a MAC", KIND_USE, 0x28, true, trial_check_mac},
    [CAN_HMAC] = {"hmac", "key an HMAC", KIND_USE, 0x47, false, trial_hmac},
    [CAN_GENDIG] = {"gendig", "be folded into TempKey by GenDig", KIND_USE, 0x15, false, trial_gendig},
    [CAN_AES] = {"aes", "key AES", KIND_USE, 0x51, false, trial_aes},
    [CAN_KDF] = {"kdf", "key a KDF", KIND_USE, 0x56, false, trial_kdf},
    [CAN_READ_CLEAR] = {"read-clear", "be read in clear", KIND_READ, 0x02, false, trial_read_clear},
    [CAN_READ_ENCRYPTED] = {"read-encrypted", "be read encrypted", KIND_READ, 0x02, false,
                            trial_read_encrypted},
    [CAN_GENERATE] = {"generate", "be given a new key by GenKey", KIND_FILL, 0x40, false, trial_generate},
    [CAN_PRIVWRITE_CLEAR] = {"privwrite-clear", "be given a private key in clear", KIND_FILL, 0x46, false,
                             trial_privwrite_clear},
    [CAN_PRIVWRITE_ENCRYPTED] = {"privwrite-encrypted", "be given a private key encrypted", KIND_FILL, 0x46,
                                 false, trial_privwrite_encrypted},
    [CAN_WRITE_CLEAR] = {"write-clear", "be written in clear", KIND_FILL, 0x12, false, trial_write_clear},
    [CAN_WRITE_WORD] = {"write-word", "be written 4 bytes at a time", KIND_FILL, 0x12, false,
                        trial_write_word},
    [CAN_WRITE_ENCRYPTED] = {"write-encrypted", "be written encrypted", KIND_FILL, 0x12, false,
                             trial_write_encrypted},
    [CAN_DERIVE] = {"derive", "be replaced by DeriveKey", KIND_FILL, 0x1C, false, trial_derive},
    [CAN_TAKE_KDF] = {"kdf-target", "take the result of a KDF", KIND_FILL, 0x56, false, trial_take_kdf},
    [CAN_LOCK] = {"lock", "be locked by itself", KIND_LOCK, 0x17, false, trial_lock},
};

static bool succeeds(struct laboratory *lab, const struct capability_row *row, unsigned slot,
                     unsigned circumstances)
{
    lab_begin(lab, circumstances);
    enum chip_status status = row->trial(lab, slot);
    return status == CHIP_SUCCESS || (status == CHIP_MISMATCH && row->mismatch_is_yes);
}

static void find(struct laboratory *lab, unsigned slot, enum capability capability, struct power *power)
{
    const struct capability_row *row = &capability_rows[capability];

    power->built = chip_has_command(&lab->chip, row->opcode);
    if (!power->built) {
        snprintf(power->reason, sizeof power->reason, "this part has no such command");
        return;
    }
    power->allowed = succeeds(lab, row, slot, LAB_IDEAL);
    if (!power->allowed) {
        memcpy(power->reason, lab->why.reason, sizeof power->reason);
        return;
    }
    for (unsigned i = 0; i < LAB_CIRCUMSTANCES; i++) {
        if (!succeeds(lab, row, slot, LAB_IDEAL & ~(1u << i)))
            power->needs |= 1u << i;
    }
}

int powers_find(const struct chip_eeprom *eeprom, enum lab_when when, struct powers *powers)
{
    struct laboratory lab;

    memset(powers, 0, sizeof *powers);
    if (lab_open(&lab, eeprom, when) < 0)
        return -1;
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        for (unsigned i = 0; i < CAPABILITIES; i++)
            find(&lab, slot, i, &powers->of[slot][i]);
    }
    lab_close(&lab);
    return 0;
}

uint16_t powers_slots(const struct powers *powers, enum capability capability)
{
    uint16_t slots = 0;

    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        slots |= (uint16_t)(powers->of[slot][capability].allowed << slot);
    return slots;
}

bool powers_can_fill(const struct powers *powers, unsigned slot)
{
    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (capability_rows[i].kind == KIND_FILL && powers->of[slot][i].allowed)
            return true;
    }
    return (slot & 1) && powers->of[slot - 1][CAN_ECDH_SLOT].allowed;
}
