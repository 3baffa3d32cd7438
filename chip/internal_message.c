/* The message of Sign(Internal) and Verify(Validate).  atecc608.md 3.11, 3.12 */

#include "internal_message.h"

#include <string.h>

#include "crypto.h"
#include "memory.h"
#include "slot_rules.h"

enum { FULL_SERIAL = 0x40, REST = 23 };

static void digest_message(const struct chip *chip, const uint8_t rest[REST], uint8_t digest[32])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, chip->sram.temp_key.value, 32);
    chip_sha256_update(&sha, rest, REST);
    chip_sha256_finish(&sha, digest);
}

void chip_sign_internal_digest(const struct chip *chip, const struct chip_call *call, uint8_t digest[32])
{
    const struct chip_temp_key *key = &chip->sram.temp_key;
    struct chip_slot_rules about = chip_slot_rules(chip, key->key_id);
    bool valid = chip_has_validity(&about) && chip_validity(chip, about.slot) == PUBLIC_KEY_VALID;
    uint8_t serial[CHIP_SERIAL_SIZE];
    uint8_t rest[REST] = {0}; /* message bytes 32 to 54 */

    chip_serial(chip, serial);
    rest[0] = call->opcode;
    rest[1] = call->p1;
    rest[2] = (uint8_t)call->p2;
    rest[3] = (uint8_t)(call->p2 >> 8);
    rest[4] = (uint8_t)about.slot_config;
    rest[5] = (uint8_t)(about.slot_config >> 8);
    rest[6] = (uint8_t)about.key_config;
    rest[7] = (uint8_t)(about.key_config >> 8);
    rest[8] = (uint8_t)(key->key_id | key->from_input << 4 | key->gen_dig_data << 5 | key->gen_key_data << 6 |
                        key->no_mac << 7);
    rest[11] = serial[8];
    memcpy(rest + 16, serial, 2);
    if (call->p1 & FULL_SERIAL) {
        memcpy(rest + 12, serial + 4, 4);
        memcpy(rest + 18, serial + 2, 2);
    }
    rest[20] = !about.locked;
    rest[21] = valid;
    digest_message(chip, rest, digest);
}

void chip_verify_internal_digest(const struct chip *chip, const uint8_t other_data[VERIFY_OTHER_DATA],
                                 uint8_t digest[32])
{
    uint8_t serial[CHIP_SERIAL_SIZE];
    uint8_t rest[REST];

    chip_serial(chip, serial);
    rest[0] = 0x41; /* the opcode of Sign */
    memcpy(rest + 1, other_data, 10);
    rest[11] = serial[8];
    memcpy(rest + 12, other_data + 10, 4);
    memcpy(rest + 16, serial, 2);
    memcpy(rest + 18, other_data + 14, 5);
    digest_message(chip, rest, digest);
}
