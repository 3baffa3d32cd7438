/* Trials: what a private or a public P-256 key does.  atecc608.md 3.10, 3.11, 3.12, 3.18 */

#include "capability.h"

#include <string.h>

enum {
    NONCE = 0x16,
    NONCE_PASS_THROUGH = 0x03,

    GENKEY = 0x40,
    GENKEY_PUBLIC = 0x00,
    GENKEY_CREATE = 0x04,
    GENKEY_DIGEST_STORED = 0x10,

    SIGN = 0x41,
    SIGN_INTERNAL = 0x00,
    SIGN_EXTERNAL = 0x80, /* from TempKey, which 508A and 608 both have */

    ECDH = 0x43,
    ECDH_COMPATIBLE = 0x00,
    ECDH_SLOT = 0x04,
    ECDH_TEMP_KEY = 0x08,
    ECDH_OUTPUT = 0x0C,
    ECDH_OUTPUT_ENCRYPTED = 0x0E,

    VERIFY = 0x45,
    VERIFY_STORED = 0x00,
    VERIFY_VALIDATE = 0x03,

    SIGNATURE = 64,
    OTHER_DATA = 19,
};

enum chip_status trial_sign_external(struct laboratory *lab, unsigned slot)
{
    static const uint8_t digest[32] = {1};

    lab_authorise(lab, slot);
    enum chip_status status = lab_exec(lab, NONCE, NONCE_PASS_THROUGH, 0, digest, sizeof digest);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, SIGN, SIGN_EXTERNAL, (uint16_t)slot, NULL, 0);
}

/* TempKey as GenKey (digest) leaves it; whether some slot allows that GenKey is another matter. */
enum chip_status trial_sign_internal(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    lab->chip.sram.temp_key.gen_key_data = true;
    lab->chip.sram.temp_key.key_id = (uint8_t)slot;
    return lab_exec(lab, SIGN, SIGN_INTERNAL, (uint16_t)slot, NULL, 0);
}

static enum chip_status ecdh(struct laboratory *lab, unsigned slot, uint8_t mode)
{
    uint8_t point[64];

    lab_partner(point);
    lab_authorise(lab, slot);
    return lab_exec(lab, ECDH, mode, (uint16_t)slot, point, sizeof point);
}

/* ChipOptions can turn a request for clear output into encrypted output, which is twice as long. */
enum chip_status trial_ecdh_clear(struct laboratory *lab, unsigned slot)
{
    enum chip_status status = ecdh(lab, slot, ECDH_OUTPUT);

    if (status == CHIP_SUCCESS && lab->answer_length != 32)
        return CHIP_EXEC;
    return status;
}

enum chip_status trial_ecdh_encrypted(struct laboratory *lab, unsigned slot)
{
    enum chip_status status = ecdh(lab, slot, ECDH_OUTPUT_ENCRYPTED);

    if (status == CHIP_SUCCESS && lab->answer_length != 64)
        return CHIP_EXEC;
    return status;
}

/* A 508A has no such mode and lets SlotConfig decide: then the secret is not where it should be. */
enum chip_status trial_ecdh_temp_key(struct laboratory *lab, unsigned slot)
{
    enum chip_status status = ecdh(lab, slot, ECDH_TEMP_KEY);
    uint8_t secret[64]; /* the stand-in for private keys is 1: X of the partner's point is the secret */

    lab_partner(secret);
    bool arrived = lab->chip.sram.temp_key.valid && memcmp(lab->chip.sram.temp_key.value, secret, 32) == 0;
    return status == CHIP_SUCCESS && !arrived ? CHIP_EXEC : status;
}

/* The 508A's way, where SlotConfig names the destination, or the 608's, where the command does. */
enum chip_status trial_ecdh_slot(struct laboratory *lab, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);

    enum chip_status status = ecdh(lab, slot, rules.ecdh_to_slot ? ECDH_COMPATIBLE : ECDH_SLOT);
    return status == CHIP_SUCCESS && lab->answer_length != 1 ? CHIP_EXEC : status;
}

enum chip_status trial_give_public_key(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    return lab_exec(lab, GENKEY, GENKEY_PUBLIC, (uint16_t)slot, NULL, 0);
}

enum chip_status trial_generate(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    return lab_exec(lab, GENKEY, GENKEY_CREATE, (uint16_t)slot, NULL, 0);
}

/* A signature that is none: a miscompare says that the key may be used. */
enum chip_status trial_verify(struct laboratory *lab, unsigned slot)
{
    static const uint8_t signature[SIGNATURE] = {1};

    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, VERIFY, VERIFY_STORED, (uint16_t)slot, signature, sizeof signature);
}

enum chip_status trial_validate(struct laboratory *lab, unsigned slot)
{
    static const uint8_t signature_and_other_data[SIGNATURE + OTHER_DATA] = {1};
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);

    /* one authorisation is all that survives until Verify: that of the parent, unless only the slot asks */
    lab_authorise(lab, chip_slot_rules(&lab->chip, rules.read_key).req_auth ? rules.read_key : slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    status = lab_exec(lab, GENKEY, GENKEY_DIGEST_STORED, (uint16_t)slot, signature_and_other_data, 3);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, VERIFY, VERIFY_VALIDATE, (uint16_t)slot, signature_and_other_data,
                    sizeof signature_and_other_data);
}
