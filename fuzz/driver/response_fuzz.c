/* Every byte the chip sends comes from the fuzzer, and every recipe is run against it: nothing crashes,
 * nothing runs for ever, and no error leaves data behind. */

#include <stdlib.h>
#include <string.h>

#include "driver/atecc.h"

struct fuzz_bus {
    const struct atecc_bus_class *vtable;
    const uint8_t *data;
    size_t left;
    uint32_t now_us;
    unsigned transfers;
};

/* The longest recipe, every command of it busy for ever or retried to the last: far below this. */
enum { TRANSFERS_MAX = 100000 };

static struct fuzz_bus *of(const struct atecc_bus_class **bus)
{
    return (struct fuzz_bus *)(void *)bus;
}

static uint8_t next(struct fuzz_bus *bus)
{
    if (bus->left == 0)
        return 0;
    bus->left--;
    return *bus->data++;
}

/* An outcome, by a byte: mostly success, or nothing would ever get far; a NACK when the input is used up. */
static int outcome(struct fuzz_bus *bus)
{
    if (++bus->transfers > TRANSFERS_MAX)
        abort();
    bus->now_us += 100;
    if (bus->left == 0)
        return ATECC_BUS_NACK;

    uint8_t byte = next(bus);

    if (byte < 0xF0)
        return ATECC_BUS_OK;
    return byte < 0xFC ? ATECC_BUS_NACK : ATECC_BUS_FAILED;
}

static int fuzz_write(const struct atecc_bus_class **bus, uint8_t address, const uint8_t *data, size_t length)
{
    volatile uint8_t sum = 0;

    if (address != 0x60 || length == 0 || length > 256)
        abort();
    for (size_t i = 0; i < length; i++) /* for the sanitizer: all of it may be read */
        sum = (uint8_t)(sum + data[i]);
    return outcome(of(bus));
}

static uint16_t crc16(const uint8_t *data, size_t length)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < 8 * length; i++) {
        unsigned flip = (crc >> 15 ^ data[i / 8] >> i % 8) & 1u;

        crc = (uint16_t)(crc << 1 ^ (flip ? 0x8005 : 0));
    }
    return crc;
}

/* The fuzzer would not guess a CRC: one read in two gets it right. The count comes in a transfer of its own,
 * so it is kept. */
static int fuzz_read(const struct atecc_bus_class **bus, uint8_t address, uint8_t *data, size_t length)
{
    static uint8_t count;
    struct fuzz_bus *fuzz = of(bus);
    int err = outcome(fuzz);

    if (address != 0x60 || length == 0 || length > 256)
        abort();
    if (err)
        return err;

    uint8_t kind = next(fuzz);

    for (size_t i = 0; i < length; i++)
        data[i] = next(fuzz);
    if (length == 1) {
        static const uint8_t counts[] = {4, 7, 35, 67, 19};

        if (kind & 1)
            data[0] = counts[kind / 2 % sizeof(counts)];
        count = data[0];
    } else if (length == 4 && kind & 1) {
        memcpy(data, (const uint8_t[4]){0x04, 0x11, 0x33, 0x43}, 4);
    } else if (kind & 1 && length + 1 == count && length >= 3) {
        uint8_t group[256];

        group[0] = count;
        if (kind & 2)
            memset(data, 0, length);
        memcpy(group + 1, data, length);
        uint16_t crc = crc16(group, length - 1);

        data[length - 2] = (uint8_t)crc;
        data[length - 1] = (uint8_t)(crc >> 8);
    }
    return ATECC_BUS_OK;
}

static int fuzz_wake_pulse(const struct atecc_bus_class **bus)
{
    return outcome(of(bus));
}

static void fuzz_delay_us(const struct atecc_bus_class **bus, uint32_t microseconds)
{
    of(bus)->now_us += microseconds;
}

static uint32_t fuzz_now_us(const struct atecc_bus_class **bus)
{
    return of(bus)->now_us;
}

static const struct atecc_bus_class fuzz_class = {
    .write = fuzz_write,
    .read = fuzz_read,
    .wake_pulse = fuzz_wake_pulse,
    .delay_us = fuzz_delay_us,
    .now_us = fuzz_now_us,
};

/* Not SHA-256, but it reads all its input and writes all its output. */
static void mix(const uint8_t *data, size_t length, uint8_t digest[32])
{
    memset(digest, 0x5A, 32);
    for (size_t i = 0; i < length; i++)
        digest[i % 32] = (uint8_t)(digest[i % 32] * 5 + data[i]);
}

static void must_be_zero_after(int err, const uint8_t *data, size_t length)
{
    for (size_t i = 0; err && err != ATECC_ERROR_PARAMETER && i < length; i++) {
        if (data[i])
            abort();
    }
}

static int run(struct atecc *dev, unsigned recipe, uint8_t slot)
{
    static const uint8_t in[64] = {1, 2, 3};
    uint8_t out[128] = {0}, key[32] = {9};
    int config_locked, data_locked, err;

    switch (recipe % 19) {
    case 0:
        err = atecc_read_config(dev, out);
        must_be_zero_after(err, out, 128);
        return err;
    case 1:
        return atecc_write_config(dev, out);
    case 2:
        return atecc_is_locked(dev, &config_locked, &data_locked);
    case 3:
        return atecc_lock_config(dev);
    case 4:
        return atecc_lock_data(dev);
    case 5:
        err = atecc_read_slot(dev, slot, slot >> 4, out);
        must_be_zero_after(err, out, 32);
        return err;
    case 6:
        return atecc_write_slot(dev, slot, slot >> 4, out);
    case 7:
        return atecc_write_slot_encrypted(dev, slot, 0, in, slot >> 4, key);
    case 8:
        err = atecc_random(dev, out);
        must_be_zero_after(err, out, 32);
        return err;
    case 9:
        err = atecc_gen_key(dev, slot, out);
        must_be_zero_after(err, out, 64);
        return err;
    case 10:
        err = atecc_public_key(dev, slot, out);
        must_be_zero_after(err, out, 64);
        return err;
    case 11:
        return atecc_write_private_key(dev, slot, key);
    case 12:
        return atecc_write_private_key_encrypted(dev, slot, key, slot >> 4, in);
    case 13:
        err = atecc_sign(dev, slot, in, out);
        must_be_zero_after(err, out, 64);
        return err;
    case 14:
        return atecc_verify(dev, in, in, in);
    case 15:
        return atecc_gen_ephemeral(dev, out);
    case 16:
        err = atecc_ecdh_ephemeral(dev, in, out);
        must_be_zero_after(err, out, 32);
        return err;
    case 17:
        err = atecc_ecdh(dev, slot, in, out);
        must_be_zero_after(err, out, 32);
        return err;
    default:
        err = atecc_aes(dev, slot, slot >> 6, slot >> 5 & 1, in, out);
        must_be_zero_after(err, out, 16);
        return err;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bus bus = {.vtable = &fuzz_class, .data = data, .left = size};
    struct atecc dev;
    char text[700];

    (void)atecc_init(&dev, &bus.vtable, 0x60, mix);
    while (bus.left > 0) {
        uint8_t recipe = next(&bus);
        uint8_t slot = next(&bus);
        int held = recipe & 0x80;

        bus.transfers = 0;
        if (held && atecc_begin(&dev))
            held = 0;

        int err = run(&dev, recipe & 0x7F, slot);

        if (!!err != !!dev.failure.error)
            abort();
        if (!memchr(atecc_explain(&dev, text, sizeof(text)), 0, sizeof(text)))
            abort();
        if (recipe & 0x40)
            (void)atecc_sleep(&dev);
        if (held)
            (void)atecc_end(&dev);
        if (dev.session_depth)
            abort();
    }
    return 0;
}
