/* The monotonic counters.  atecc608.md 2.5
 *
 * Two 16-bit thermometers and two 16-bit binary numbers, big-endian, so that a power loss between two EEPROM
 * writes never takes the counter back.
 */

#include "counter_field.h"

#include "memory.h"

static void put16(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t thermometer(uint32_t steps)
{
    return steps >= 16 ? 0 : 0xFFFFu >> steps;
}

static uint32_t zero_bits(uint32_t value)
{
    return 16 - (uint32_t)__builtin_popcount(value);
}

void chip_counter_encode(uint32_t count, uint8_t field[8])
{
    bool second = count >= 16; /* the B pair runs 16 counts behind the A pair */

    put16(field, thermometer(count % 32));
    put16(field + 2, second ? thermometer((count - 16) % 32) : 0xFFFF);
    put16(field + 4, count / 32);
    put16(field + 6, second ? (count - 16) / 32 : 0);
}

uint32_t chip_counter_decode(const uint8_t field[8])
{
    uint32_t a = zero_bits(get16(field));
    uint32_t b = zero_bits(get16(field + 2));
    uint32_t count = a < 16 ? 32 * get16(field + 4) + a : 32 * get16(field + 6) + 16 + b;

    return count < COUNTER_MAX ? count : COUNTER_MAX;
}

uint32_t chip_counter_read(const struct chip *chip, unsigned counter)
{
    return chip_counter_decode(chip->eeprom.config + CONFIG_COUNTER + 8 * counter);
}

void chip_counter_increment(struct chip *chip, unsigned counter)
{
    const uint8_t *stored = chip->eeprom.config + CONFIG_COUNTER + 8 * counter;
    uint8_t field[8];

    chip_counter_encode(chip_counter_decode(stored) + 1, field);
    chip_eeprom_write(chip, stored, field, sizeof field);
}
