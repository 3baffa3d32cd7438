/* Trials: reading, writing and locking a slot.  atecc608.md 3.3, 3.4, 3.13, 3.17 */

#include "capability.h"

#include <string.h>

#include "crc.h"
#include "crypto.h"
#include "memory.h"
#include "temp_key.h"

enum {
    READ = 0x02,
    WRITE = 0x12,
    DATA_WORD = 0x02,
    DATA_BLOCK = 0x82,
    ENCRYPTED = 0x40,

    PRIVWRITE = 0x46,
    PRIVATE_VALUE = 36,
    WRITE_CONFIG_PRIVWRITE = 4, /* bit 14, as a bit of WriteConfig */
    MAC = 32,

    LOCK = 0x17,
    LOCK_SLOT = 0x02,
};

static uint16_t first_block(unsigned slot)
{
    return (uint16_t)(slot << 3);
}

enum chip_status trial_read_clear(struct laboratory *lab, unsigned slot)
{
    return lab_exec(lab, READ, DATA_BLOCK, first_block(slot), NULL, 0);
}

/* What can be read in clear is not encrypted, whatever TempKey holds. */
enum chip_status trial_read_encrypted(struct laboratory *lab, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);

    if (trial_read_clear(lab, slot) == CHIP_SUCCESS)
        return CHIP_EXEC;
    if (!rules.encrypt_read) /* what the clear read answered says it better than GenDig would */
        return lab->why.status;
    enum chip_status status = lab_session_key(lab, rules.read_key);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, READ, DATA_BLOCK, first_block(slot), NULL, 0);
}

static enum chip_status write_clear(struct laboratory *lab, unsigned slot, uint8_t mode, size_t n)
{
    static const uint8_t data[32] = {1};

    lab_invalidate(lab, slot);
    return lab_exec(lab, WRITE, mode, first_block(slot), data, n);
}

enum chip_status trial_write_clear(struct laboratory *lab, unsigned slot)
{
    return write_clear(lab, slot, DATA_BLOCK, 32);
}

enum chip_status trial_write_word(struct laboratory *lab, unsigned slot)
{
    return write_clear(lab, slot, DATA_WORD, 4);
}

/* XOR with TempKey, the last four of 36 bytes with SHA256(TempKey); then the input MAC over the plain text,
 * with HDR and zeros up to 96 bytes. */
static void encrypt(const struct laboratory *lab, const uint8_t command[4], const uint8_t *plain, size_t n,
                    uint8_t *cipher_and_mac)
{
    const uint8_t *temp_key = lab->chip.sram.temp_key.value;
    struct chip_sha256 sha;
    uint8_t more[32];

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, temp_key, 32);
    chip_sha256_finish(&sha, more);
    for (size_t i = 0; i < n; i++)
        cipher_and_mac[i] = plain[i] ^ (i < 32 ? temp_key[i] : more[i - 32]);

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, temp_key, 32);
    chip_digest_header(&lab->chip, &sha, command, 57 - n);
    chip_sha256_update(&sha, plain, n);
    chip_sha256_finish(&sha, cipher_and_mac + n);
}

/* A slot that takes clear writes stores cipher text as it came: that is no encrypted write. */
static bool stored(const struct laboratory *lab, unsigned slot, const uint8_t plain[32])
{
    return memcmp(lab_slot(lab, slot) + 1, plain + 1, 31) == 0; /* byte 0 may carry a validity nibble */
}

/* The key could not be made ready. When the slot would refuse anyhow, its own reason says more. */
static enum chip_status refuse_without_key(struct laboratory *lab, bool takes_encrypted, uint8_t opcode,
                                           uint8_t p1, uint16_t p2, const uint8_t *input, size_t n)
{
    enum chip_status status = lab->why.status;

    if (takes_encrypted)
        return status;
    lab_begin(lab, lab->circumstances);
    return lab_exec(lab, opcode, p1, p2, input, n) == CHIP_SUCCESS ? CHIP_EXEC : lab->why.status;
}

enum chip_status trial_write_encrypted(struct laboratory *lab, unsigned slot)
{
    const uint8_t command[4] = {WRITE, DATA_BLOCK | ENCRYPTED, (uint8_t)first_block(slot), 0};
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);
    static const uint8_t plain[32] = {1};
    uint8_t input[32 + MAC] = {0};

    lab_invalidate(lab, slot);
    enum chip_status status = lab_session_key(lab, rules.write_key);
    if (status != CHIP_SUCCESS)
        return refuse_without_key(lab, rules.write == WRITE_ENCRYPT, WRITE, command[1], first_block(slot),
                                  input, sizeof input);
    encrypt(lab, command, plain, 32, input);
    status = lab_exec(lab, WRITE, command[1], first_block(slot), input, sizeof input);
    return status == CHIP_SUCCESS && !stored(lab, slot, plain) ? CHIP_EXEC : status;
}

enum chip_status trial_privwrite_clear(struct laboratory *lab, unsigned slot)
{
    static const uint8_t input[PRIVATE_VALUE + MAC] = {[35] = 1};

    return lab_exec(lab, PRIVWRITE, 0x00, (uint16_t)slot, input, sizeof input);
}

enum chip_status trial_privwrite_encrypted(struct laboratory *lab, unsigned slot)
{
    const uint8_t command[4] = {PRIVWRITE, ENCRYPTED, (uint8_t)slot, 0};
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);
    static const uint8_t plain[PRIVATE_VALUE] = {[35] = 1};
    uint8_t input[PRIVATE_VALUE + MAC] = {0};

    enum chip_status status = lab_session_key(lab, rules.write_key);
    if (status != CHIP_SUCCESS)
        return refuse_without_key(lab, rules.write_config & WRITE_CONFIG_PRIVWRITE, PRIVWRITE, ENCRYPTED,
                                  (uint16_t)slot, input, sizeof input);
    encrypt(lab, command, plain, PRIVATE_VALUE, input);
    return lab_exec(lab, PRIVWRITE, ENCRYPTED, (uint16_t)slot, input, sizeof input);
}

enum chip_status trial_lock(struct laboratory *lab, unsigned slot)
{
    uint16_t crc = chip_crc16(0, lab_slot(lab, slot), chip_slot_size(slot));

    return lab_exec(lab, LOCK, (uint8_t)(LOCK_SLOT | slot << 2), crc, NULL, 0);
}
