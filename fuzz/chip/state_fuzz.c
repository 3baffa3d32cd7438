/* Feeds the state file's parser.
 *
 * The checksum keeps a fuzzer out, so the input is tried as it is and again with the checksum put right. What
 * is accepted must encode to the same bytes, and must make a chip that wakes up.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "crypto.h"
#include "state_file.h"

static uint64_t now_us(void *context)
{
    return 1000;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    memset(bytes, 0x42, n);
}

static void expect_a_working_chip(const struct chip_eeprom *eeprom)
{
    static const uint8_t random[7] = {0x07, 0x1B, 0x00, 0x00, 0x00, 0x24, 0xCD};
    const struct chip_platform platform = {NULL, now_us, random_bytes, NULL};
    const struct chip_policy policy = {.fast = true};
    uint8_t response[CHIP_RESPONSE_MAX];
    struct chip chip;

    if (chip_init(&chip, eeprom, &platform, &policy) < 0)
        abort();
    chip_power_on(&chip);
    chip_wake_pulse(&chip);
    if (chip_exec(&chip, random, sizeof random, response, NULL) < 4)
        abort();
    chip_release(&chip);
}

static void try_bytes(const uint8_t *bytes, size_t n)
{
    uint8_t again[STATE_FILE_SIZE];
    struct chip_eeprom eeprom;

    if (state_decode(bytes, n, &eeprom))
        return;
    state_encode(&eeprom, again);
    if (n != sizeof again || memcmp(bytes, again, n) != 0)
        abort();
    expect_a_working_chip(&eeprom);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[STATE_FILE_SIZE];
    struct chip_sha256 sha;

    try_bytes(data, size);
    if (size != sizeof bytes)
        return 0;
    memcpy(bytes, data, size);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, bytes, size - 32);
    chip_sha256_finish(&sha, bytes + size - 32);
    try_bytes(bytes, size);
    return 0;
}
