/* The IO protection key at work.  atecc608.md 2.7, 3.12, 3.18, 3.20, 3.21 */

#include "io_protection.h"

#include <string.h>

#include "crypto.h"
#include "guesses.h"
#include "memory.h"

enum chip_status chip_io_key(const struct chip *chip, struct chip_call *call, uint8_t key[32])
{
    unsigned options = chip_options(chip);

    if (!(options & OPTION_IO_KEY))
        return chip_refuse(call, CHIP_EXEC, "no IO protection key is enabled (ChipOptions bit 1 = 0)");
    memcpy(key, chip->eeprom.data + chip_slot_offset(options >> 12 & 0xF), 32);
    return CHIP_SUCCESS;
}

void chip_io_encrypt(const uint8_t key[32], const uint8_t out_nonce[32], uint8_t *bytes, size_t n)
{
    struct chip_sha256 sha;
    uint8_t stream[32];

    for (size_t block = 0; block < n / 32; block++) {
        chip_sha256_start(&sha);
        chip_sha256_update(&sha, key, 32);
        chip_sha256_update(&sha, out_nonce + 16 * block, 16);
        chip_sha256_finish(&sha, stream);
        for (unsigned i = 0; i < 32; i++)
            bytes[32 * block + i] ^= stream[i];
    }
    chip_wipe(stream, sizeof stream);
}

void chip_io_verify_mac(const uint8_t key[32], const uint8_t message[32], const uint8_t system_nonce[32],
                        const uint8_t signature[64], const uint8_t command[4], uint8_t mac[32])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, key, 32);
    chip_sha256_update(&sha, message, 32);
    chip_sha256_update(&sha, system_nonce, 32);
    chip_sha256_update(&sha, signature, 64);
    chip_sha256_update(&sha, command, 4);
    chip_sha256_finish(&sha, mac);
}

void chip_io_boot_key(const uint8_t io_key[32], const uint8_t temp_key[32], uint8_t key[32])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, io_key, 32);
    chip_sha256_update(&sha, temp_key, 32);
    chip_sha256_finish(&sha, key);
}

void chip_io_boot_mac(const uint8_t key[32], const uint8_t digest[32], const uint8_t *signature,
                      const uint8_t command[4], uint8_t mac[32])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, key, 32);
    chip_sha256_update(&sha, digest, 32);
    if (signature)
        chip_sha256_update(&sha, signature, 64);
    chip_sha256_update(&sha, command, 4);
    chip_sha256_finish(&sha, mac);
}

enum chip_status chip_check_protection(const struct chip *chip, struct chip_call *call,
                                       enum chip_protected which, bool to_output, bool *encrypted)
{
    enum chip_protection protection = chip_options(chip) >> which & 3;
    const char *name = which == PROTECTED_ECDH ? "ECDH" : "KDF";

    if (protection == PROTECTION_FORBIDDEN)
        return chip_refuse(call, (enum chip_status)GUESS_17_OUTPUT_FORBIDDEN,
                           "%s is switched off (ChipOptions bits %d:%d = 3)", name, which + 1, which);
    if (!to_output)
        return CHIP_SUCCESS;
    if (protection == PROTECTION_NO_OUTPUT)
        return chip_refuse(call, (enum chip_status)GUESS_17_OUTPUT_FORBIDDEN,
                           "%s secrets may not leave the chip (ChipOptions bits %d:%d = 2)", name, which + 1,
                           which);
    *encrypted = *encrypted || protection == PROTECTION_ENCRYPTED;
    return CHIP_SUCCESS;
}

enum chip_status chip_answer_secret(struct chip *chip, struct chip_call *call, const uint8_t *secret,
                                    size_t n, bool encrypted)
{
    uint8_t key[32];

    if (!encrypted) {
        memcpy(call->answer, secret, n);
        call->answer_length = n;
        return CHIP_SUCCESS;
    }
    enum chip_status status = chip_io_key(chip, call, key);
    if (status == CHIP_SUCCESS)
        status = chip_random(chip, call, call->answer + n, 32);
    if (status == CHIP_SUCCESS) {
        memcpy(call->answer, secret, n);
        chip_io_encrypt(key, call->answer + n, call->answer, n);
        call->answer_length = n + 32;
    }
    chip_wipe(key, sizeof key);
    return status;
}
