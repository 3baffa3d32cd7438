/* What a host computes before guarded commands, on flat buffers: atecc608.md 3.4, 3.8, 3.17. Looks TempKey and keys up in
 * the chip, as a host that has been told them would know them. */
#ifndef FUZZ_CHIP_HOST_SIDE_H
#define FUZZ_CHIP_HOST_SIDE_H

#include <string.h>

#include "chip.h"
#include "crypto.h"
#include "memory.h"

static void host_sha256(const uint8_t *message, size_t n, uint8_t digest[32])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, message, n);
    chip_sha256_finish(&sha, digest);
}

/* CheckMac mode 01 with the key in the slot: what succeeds. */
static void host_checkmac(const struct chip *chip, unsigned slot, uint8_t data[77])
{
    const uint8_t *config = chip->eeprom.config;
    uint8_t message[88] = {0};

    memset(data, 0, 77);
    memcpy(message, chip->eeprom.data + chip_slot_offset(slot), 32);
    memcpy(message + 32, chip->sram.temp_key.value, 32);
    message[79] = config[12];
    memcpy(message + 84, config, 2);
    host_sha256(message, sizeof message, data + 32);
}

/* Cipher text and MAC of an encrypted Write (n = 32) or PrivWrite (n = 36). */
static void host_encrypt(const struct chip *chip, uint8_t opcode, uint8_t p1, uint16_t p2,
                         const uint8_t *plain, size_t n, uint8_t *cipher_and_mac)
{
    const uint8_t *config = chip->eeprom.config, *key = chip->sram.temp_key.value;
    const uint8_t header[7] = {opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8), config[12], config[0], config[1]};
    uint8_t message[96] = {0}, stream[64];

    memcpy(stream, key, 32);
    host_sha256(key, 32, stream + 32);
    for (size_t i = 0; i < n; i++)
        cipher_and_mac[i] = plain[i] ^ stream[i];
    memcpy(message, key, 32);
    memcpy(message + 32, header, sizeof header);
    memcpy(message + 96 - n, plain, n);
    host_sha256(message, sizeof message, cipher_and_mac + n);
}

#endif
