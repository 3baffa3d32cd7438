/* A scripted chip with a clock of its own. */

#include "mock_chip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "driver/atecc_internal.h"
#include "hex.h"

enum { ADDRESS = 0x60, BYTE_US = 90 };

static struct mock_chip *of(const struct atecc_bus_class **bus)
{
    return (struct mock_chip *)(void *)bus;
}

static void pass(struct mock_chip *chip, uint32_t microseconds)
{
    chip->now_us += microseconds;
    if (chip->power == MOCK_AWAKE && chip->watchdog_us &&
        chip->now_us - chip->woken_at_us > chip->watchdog_us) {
        chip->power = MOCK_ASLEEP;
        chip->tempkey = 0;
    }
}

static void transfer_takes(struct mock_chip *chip, size_t length)
{
    chip->transfers++;
    pass(chip, (uint32_t)(length + 1) * BYTE_US);
}

static int busy(const struct mock_chip *chip)
{
    return (int32_t)(chip->busy_until_us - chip->now_us) > 0;
}

static int hears(const struct mock_chip *chip, uint8_t address)
{
    return !chip->absent && address == ADDRESS && chip->power == MOCK_AWAKE && !busy(chip);
}

static void put_output(struct mock_chip *chip, const uint8_t *group, size_t size)
{
    memcpy(chip->output, group, size);
    chip->output_size = size;
    chip->output_at = 0;
}

static void run_command(struct mock_chip *chip, const uint8_t *command, size_t size)
{
    assert_true(chip->played < chip->scripted);

    const struct mock_exchange *exchange = &chip->script[chip->played++];

    chip->commands++;
    if (exchange->command_size) {
        assert_int_equal(size, exchange->command_size);
        assert_memory_equal(command, exchange->command, size);
    }
    put_output(chip, exchange->answer, exchange->answer_size);
    chip->busy_until_us = chip->now_us + exchange->busy_us;
}

static int mock_write(const struct atecc_bus_class **bus, uint8_t address, const uint8_t *data, size_t length)
{
    struct mock_chip *chip = of(bus);

    transfer_takes(chip, length);
    if (chip->bus_broken)
        return ATECC_BUS_FAILED;
    if (!hears(chip, address))
        return ATECC_BUS_NACK;
    switch (data[0]) {
    case ATECC_WORD_RESET:
        chip->resets++;
        chip->output_at = 0;
        chip->partial = 0;
        break;
    case ATECC_WORD_SLEEP:
        chip->sleeps++;
        chip->power = MOCK_ASLEEP;
        chip->tempkey = 0;
        break;
    case ATECC_WORD_IDLE:
        chip->idles++;
        chip->power = MOCK_IDLE;
        break;
    case ATECC_WORD_COMMAND:
        if (chip->deaf_commands) {
            chip->deaf_commands--;
            chip->power = MOCK_ASLEEP;
            chip->tempkey = 0;
            return ATECC_BUS_NACK;
        }
        run_command(chip, data + 1, length - 1);
        break;
    }
    return ATECC_BUS_OK;
}

static int mock_read(const struct atecc_bus_class **bus, uint8_t address, uint8_t *data, size_t length)
{
    struct mock_chip *chip = of(bus);

    transfer_takes(chip, length);
    if (chip->bus_broken)
        return ATECC_BUS_FAILED;
    if (!hears(chip, address) || chip->partial || chip->output_size == 0) {
        if (chip->power == MOCK_AWAKE)
            chip->poll_at_us[chip->busy_polls++ % 2048] = chip->now_us;
        return ATECC_BUS_NACK;
    }
    int is_count = chip->output_at == 0;

    for (size_t i = 0; i < length; i++)
        data[i] = chip->output_at < chip->output_size ? chip->output[chip->output_at++] : 0xFF;
    if (is_count && length == 1 && chip->damaged_counts) {
        chip->damaged_counts--;
        data[0] ^= 0x40;
    } else if (!is_count && chip->damaged_reads) {
        chip->damaged_reads--;
        data[length - 1] ^= 0x04;
    }
    return ATECC_BUS_OK;
}

static int mock_wake_pulse(const struct atecc_bus_class **bus)
{
    struct mock_chip *chip = of(bus);

    transfer_takes(chip, 1);
    if (chip->bus_broken)
        return ATECC_BUS_FAILED;
    chip->pulses++;
    if (chip->deaf_pulses) {
        chip->deaf_pulses--;
        return ATECC_BUS_OK;
    }
    if (chip->absent || chip->power == MOCK_AWAKE)
        return ATECC_BUS_OK;
    chip->wakes++;
    chip->power = MOCK_AWAKE;
    chip->woken_at_us = chip->now_us;
    chip->busy_until_us = chip->now_us + 1400; /* tWHI, all but: an earlier read is not answered */
    put_output(chip, chip->wake_answer, 4);
    return ATECC_BUS_OK;
}

static void mock_delay_us(const struct atecc_bus_class **bus, uint32_t microseconds)
{
    pass(of(bus), microseconds);
}

static uint32_t mock_now_us(const struct atecc_bus_class **bus)
{
    return of(bus)->now_us;
}

static const char *mock_detail(const struct atecc_bus_class **bus)
{
    (void)bus;
    return "mock bus: nobody acknowledged";
}

static const struct atecc_bus_class mock_class = {
    .write = mock_write,
    .read = mock_read,
    .wake_pulse = mock_wake_pulse,
    .delay_us = mock_delay_us,
    .now_us = mock_now_us,
    .detail = mock_detail,
};

void mock_chip_init(struct mock_chip *chip)
{
    static const uint8_t awake[4] = {0x04, 0x11, 0x33, 0x43};

    memset(chip, 0, sizeof(*chip));
    chip->vtable = &mock_class;
    chip->now_us = 0xFFFE0000; /* wraps around soon */
    chip->busy_until_us = chip->now_us;
    chip->watchdog_us = 700000;
    memcpy(chip->wake_answer, awake, 4);
}

static struct mock_exchange *add_exchange(struct mock_chip *chip, const char *command, uint32_t busy_us)
{
    assert_true(chip->scripted < 64);

    struct mock_exchange *exchange = &chip->script[chip->scripted++];

    exchange->command_size = hex_bytes(command, exchange->command, sizeof(exchange->command));
    exchange->busy_us = busy_us;
    return exchange;
}

void mock_expect(struct mock_chip *chip, const char *command, const char *data, uint32_t busy_us)
{
    struct mock_exchange *exchange = add_exchange(chip, command, busy_us);
    uint8_t *group = exchange->answer;
    size_t length = hex_bytes(data, group + 1, sizeof(exchange->answer) - 3);

    group[0] = (uint8_t)(length + 3);
    uint16_t crc = atecc_crc16(0, group, length + 1);

    group[1 + length] = (uint8_t)crc;
    group[2 + length] = (uint8_t)(crc >> 8);
    exchange->answer_size = length + 3;
}

void mock_expect_raw(struct mock_chip *chip, const char *command, const char *group, uint32_t busy_us)
{
    struct mock_exchange *exchange = add_exchange(chip, command, busy_us);

    exchange->answer_size = hex_bytes(group, exchange->answer, sizeof(exchange->answer));
}

void mock_assert_done(const struct mock_chip *chip)
{
    assert_int_equal(chip->played, chip->scripted);
}

static void sha256(const uint8_t *data, size_t length, uint8_t digest[32])
{
    SHA256(data, length, digest);
}

void mock_device(struct atecc *dev, struct mock_chip *chip)
{
    memset(dev, 0, sizeof(*dev));
    dev->bus = &chip->vtable;
    dev->sha256 = sha256;
    dev->address = ADDRESS;
    dev->model = ATECC_MODEL_608;
    dev->write_slot = ATECC_NO_SLOT;
    hex_bytes("0123a1b2c3d4e5f6ee", dev->serial, 9);
}
