/* Feeds the kit protocol whatever a serial line may bring, in front of a chip with a clock of the test's own.
 *
 * Beyond not crashing: every line that asks something is answered by one line, which ends in LF and fits its buffer.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "chip.h"
#include "profile.h"

static struct chip chip;
static uint64_t clock_us;

static uint64_t chip_now_us(void *context)
{
    return clock_us;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    memset(bytes, 0x5A, n);
}

static int transfer(void *context, uint8_t address, bool read, uint8_t *bytes, size_t n)
{
    return read ? chip_i2c_read(&chip, address, bytes, n) : chip_i2c_write(&chip, address, bytes, n);
}

static void delay_us(void *context, uint32_t microseconds)
{
    clock_us += microseconds;
}

static void require(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t serial[CHIP_SERIAL_SIZE] = {0x01, 0x23, 1, 2, 3, 4, 5, 6, 0xEE};
    static const struct chip_platform platform = {NULL, chip_now_us, random_bytes, NULL};
    static const struct chip_policy policy = {.fast = false};
    static const struct kit_wires wires = {NULL, transfer, delay_us, chip_now_us};
    struct chip_eeprom eeprom;
    struct kit kit;
    char answer[KIT_ANSWER_MAX];

    chip_profile_make(chip_profile_find("mongoose"), serial, 0, &eeprom);
    require(chip_init(&chip, &eeprom, &platform, &policy) == 0);
    chip_power_on(&chip);
    clock_us = 0;
    kit_start(&kit, &wires);
    for (size_t i = 0; i < size; i++) {
        size_t before = kit.length;
        memset(answer, 0x55, sizeof answer);
        size_t n = kit_feed(&kit, (char)data[i], answer);
        require((n > 0) == (data[i] == '\n' && before > 0));
        require(n <= sizeof answer && (n == 0 || memchr(answer, '\n', n) == answer + n - 1));
    }
    chip_release(&chip);
    return 0;
}
