/* Trials: what a secret or an AES key does.  atecc608.md 3.5, 3.6, 3.8, 3.9, 3.19, 3.20 */

#include "capability.h"

#include <string.h>

#include "crypto.h"
#include "memory.h"
#include "temp_key.h"

enum {
    MAC = 0x08,
    CHECK_MAC = 0x28,
    WITH_TEMP_KEY = 0x01,

    GENDIG = 0x15,
    GENDIG_DATA = 0x02,

    DERIVE_KEY = 0x1C,
    DERIVE_WITH_MAC = 8, /* SlotConfig bit 15, as a bit of WriteConfig */
    DERIVE_CREATE = 1,   /* bit 12 */

    SHA = 0x47,
    SHA_HMAC_START = 0x04,

    AES = 0x51,
    AES_ENCRYPT = 0x00,

    KDF = 0x56,
    KDF_FROM_SLOT_TO_TEMP_KEY = 0x02,
    KDF_FROM_TEMP_KEY_TO_SLOT = 0x08,
    KDF_MESSAGE = 16,
};

enum chip_status trial_mac(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, MAC, WITH_TEMP_KEY | lab_source_flag(lab), (uint16_t)slot, NULL, 0);
}

/* A response that is wrong: a miscompare says that the key may be used. */
enum chip_status trial_check_mac(struct laboratory *lab, unsigned slot)
{
    static const uint8_t challenge_response_and_other_data[77] = {1};

    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, CHECK_MAC, WITH_TEMP_KEY | lab_source_flag(lab), (uint16_t)slot,
                    challenge_response_and_other_data, sizeof challenge_response_and_other_data);
}

enum chip_status trial_hmac(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, SHA, SHA_HMAC_START, (uint16_t)slot, NULL, 0);
}

enum chip_status trial_gendig(struct laboratory *lab, unsigned slot)
{
    return lab_session_key(lab, slot);
}

enum chip_status trial_aes(struct laboratory *lab, unsigned slot)
{
    static const uint8_t block[16] = {1};

    lab_authorise(lab, slot);
    return lab_exec(lab, AES, AES_ENCRYPT, (uint16_t)slot, block, sizeof block);
}

/* PRF with a 32-byte key and 16 bytes of message, little-endian Details first. */
static const uint8_t kdf_input[4 + KDF_MESSAGE] = {0x01, 0x00, 0x00, KDF_MESSAGE, 'm'};

enum chip_status trial_kdf(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    return lab_exec(lab, KDF, KDF_FROM_SLOT_TO_TEMP_KEY, (uint16_t)slot, kdf_input, sizeof kdf_input);
}

enum chip_status trial_take_kdf(struct laboratory *lab, unsigned slot)
{
    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, KDF, KDF_FROM_TEMP_KEY_TO_SLOT, (uint16_t)(slot << 8), kdf_input, sizeof kdf_input);
}

/* SHA256( Parent || 1C P1 P2 || SN[8] || SN[0:1] ), the MAC that authorises a derivation. */
static void derive_mac(const struct laboratory *lab, unsigned parent, const uint8_t command[4],
                       uint8_t mac[32])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, lab_slot(lab, parent), 32);
    chip_digest_header(&lab->chip, &sha, command, 0);
    chip_sha256_finish(&sha, mac);
}

enum chip_status trial_derive(struct laboratory *lab, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);
    unsigned parent = rules.write_config & DERIVE_CREATE ? rules.write_key : slot;
    const uint8_t command[4] = {DERIVE_KEY, lab_source_flag(lab), (uint8_t)slot, 0};
    uint8_t mac[32];

    lab_authorise(lab, parent);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    derive_mac(lab, parent, command, mac);
    return lab_exec(lab, DERIVE_KEY, command[1], (uint16_t)slot, mac,
                    rules.write_config & DERIVE_WITH_MAC ? 32 : 0);
}
