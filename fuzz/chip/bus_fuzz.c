/* Feeds the virtual chip sequences of bus transfers.
 *
 * The input is a choice of the part and a list of steps: a kind byte, a length byte, then the bytes. Some kinds let the
 * chip see exactly what the input says; some wrap the bytes in a command group with a right count and CRC; one is a
 * grammar of commands (command_rows.h), so that every mode is reached with data of the right length; the last ones do
 * what a host does before guarded commands: nonces, session keys, CheckMac, encrypted input.
 *
 * Beyond not crashing, after every step:
 *   - no answer shows what a private or a never-readable slot held at the start;
 *   - the configuration, once locked, changes in its counters, extra bytes and locks only;
 *   - a counter never goes back, a slot locked at the start never changes, OTP after data lock never gains a bit.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "command_rows.h"
#include "counter_field.h"
#include "crc.h"
#include "host_side.h"
#include "memory.h"
#include "profile.h"

enum { ADDRESS = 0x60, STEPS = 64, LOCKED_SLOT = 2 };

static const uint8_t secret[32] = "0123456789 never shown to anyone";
static uint64_t clock_us;
static uint32_t random_state;
static bool config_was_locked, data_was_locked;

static uint64_t now_us(void *context)
{
    return clock_us;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        random_state = random_state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(random_state >> 24);
    }
}

static void require(int condition)
{
    if (!condition)
        abort();
}

static void read_answer(struct chip *chip, size_t n)
{
    uint8_t bytes[CHIP_RESPONSE_MAX + 8];

    if (!chip_i2c_read(chip, ADDRESS, bytes, n))
        return;
    if (config_was_locked)
        require(memmem(bytes, n, secret, sizeof secret) == NULL);
}

/* opcode, P1, P2 and data, in a group. */
static void send_command(struct chip *chip, const uint8_t *bytes, size_t n)
{
    uint8_t group[1 + CHIP_REQUEST_MAX] = {0x03};

    if (n > CHIP_REQUEST_MAX - 3)
        n = CHIP_REQUEST_MAX - 3;
    if (n < 4)
        return;
    group[1] = (uint8_t)(n + 3);
    memcpy(group + 2, bytes, n);
    uint16_t crc = chip_crc16(0, group + 1, n + 1);
    group[n + 2] = (uint8_t)crc;
    group[n + 3] = (uint8_t)(crc >> 8);
    chip_i2c_write(chip, ADDRESS, group, n + 4);
    read_answer(chip, CHIP_RESPONSE_MAX);
}

static void send(struct chip *chip, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n)
{
    uint8_t bytes[4 + CHIP_REQUEST_MAX] = {opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};

    if (n > 0)
        memcpy(bytes + 4, data, n);
    send_command(chip, bytes, 4 + n);
}

/* byte 0: the row; byte 1: the slot, or what is to be changed in Param1; the rest is the data, repeated to its length. */
static void send_row(struct chip *chip, const uint8_t *bytes, size_t n)
{
    uint8_t data[CHIP_REQUEST_MAX] = {0};

    if (n < 2)
        return;
    const struct command_row *row = &command_rows[bytes[0] % COMMAND_ROWS];
    for (size_t i = 0; i < row->length && n > 2; i++)
        data[i] = bytes[2 + i % (n - 2)];
    if (row->prepare)
        row->prepare(data);
    uint16_t slot = row->is_slot ? bytes[1] & 0x0F : 0;
    send(chip, row->opcode, row->p1, (uint16_t)(row->p2 + (slot << row->shift)), data, row->length);
}

static void random_nonce(struct chip *chip)
{
    static const uint8_t num_in[20];
    send(chip, 0x16, 0x00, 0x0000, num_in, sizeof num_in);
}

static void authorise(struct chip *chip, unsigned slot)
{
    uint8_t data[77];

    random_nonce(chip);
    host_checkmac(chip, slot, data);
    send(chip, 0x28, 0x01, (uint16_t)slot, data, sizeof data);
}

/* Encrypted Write or PrivWrite with the session key of `key_slot`. */
static void encrypted_input(struct chip *chip, const uint8_t *bytes, size_t n)
{
    uint8_t data[68], plain[36] = {0};

    if (n < 3)
        return;
    unsigned key_slot = bytes[0] & 0x0F, slot = bytes[1] & 0x0F;
    bool private = bytes[1] & 0x10;
    size_t length = private ? 36 : 32;
    for (size_t i = private ? 4 : 0; i < length; i++)
        plain[i] = bytes[2 + i % (n - 2)];
    random_nonce(chip);
    send(chip, 0x15, 0x02, (uint16_t)key_slot, NULL, 0);
    uint8_t opcode = private ? 0x46 : 0x12, p1 = private ? 0x40 : 0xC2;
    uint16_t p2 = (uint16_t)(private ? slot : slot << 3);
    host_encrypt(chip, opcode, p1, p2, plain, length, data);
    send(chip, opcode, p1, p2, data, length + 32);
}

static void step(struct chip *chip, uint8_t kind, const uint8_t *bytes, size_t n)
{
    static const uint8_t idle = 0x02;

    switch (kind % 12) {
    case 0:
        chip_wake_pulse(chip);
        break;
    case 1:
        chip_i2c_write(chip, ADDRESS, bytes, n);
        break;
    case 2:
        read_answer(chip, n % CHIP_RESPONSE_MAX + 1);
        break;
    case 3:
        clock_us += n * 10000u;
        break;
    case 4: /* keep it awake */
        chip_i2c_write(chip, ADDRESS, &idle, 1);
        chip_wake_pulse(chip);
        break;
    case 8:
    case 9:
        send_row(chip, bytes, n);
        break;
    case 10:
        authorise(chip, n > 0 ? bytes[0] & 0x0F : 4);
        break;
    case 11:
        encrypted_input(chip, bytes, n);
        break;
    default:
        send_command(chip, bytes, n);
    }
}

static void make_part(struct chip_eeprom *eeprom, uint8_t choice)
{
    static const uint8_t serial[9] = {0x01, 0x23, 1, 2, 3, 4, 5, 6, 0xEE};
    static const char *const names[] = {"mongoose", "blank", "library-test", "mongoose-508"};

    chip_profile_make(chip_profile_find(names[choice & 3]), serial, 0, eeprom);
    eeprom->config[CONFIG_LOCK_CONFIG] = choice & 0x40 ? 0x55 : 0x00;
    eeprom->config[CONFIG_LOCK_VALUE] = choice & 0xC0 ? 0x55 : 0x00;
    eeprom->config[CONFIG_SLOT_LOCKED] &= (uint8_t) ~(1u << LOCKED_SLOT);
    if (choice & 0x04) { /* secure boot with slots 11 and 12, the IO key in slot 6, KDF with AES */
        eeprom->config[CONFIG_SECURE_BOOT] = (uint8_t)(1 + choice % 3);
        eeprom->config[CONFIG_SECURE_BOOT + 1] = 0xBC;
        eeprom->config[CONFIG_CHIP_OPTIONS] = 0x06;
        eeprom->config[CONFIG_CHIP_OPTIONS + 1] = 0x60;
    }
    memset(eeprom->data + chip_slot_offset(0), 0, 4);
    memcpy(eeprom->data + chip_slot_offset(0) + 4, secret, 32); /* private in all four */
    memcpy(eeprom->data + chip_slot_offset(4), secret, 32);     /* never readable in all four */
}

static void expect_order(const struct chip_eeprom *before, const struct chip_eeprom *after, bool of_508)
{
    if (!config_was_locked)
        return;
    require(memcmp(before->config, after->config, CONFIG_COUNTER) == 0);
    require(of_508 || memcmp(before->config + 68, after->config + 68, 84 - 68) == 0);
    require(memcmp(before->config + 90, after->config + 90, 128 - 90) == 0);
    for (unsigned i = 0; i < 2; i++)
        require(chip_counter_decode(after->config + CONFIG_COUNTER + 8 * i) >=
                chip_counter_decode(before->config + CONFIG_COUNTER + 8 * i));
    for (unsigned i = 0; i < 16 && of_508; i++)
        require((after->config[CONFIG_LAST_KEY_USE + i] & ~before->config[CONFIG_LAST_KEY_USE + i]) == 0);
    unsigned locked = chip_slot_offset(LOCKED_SLOT);
    require(memcmp(before->data + locked, after->data + locked, chip_slot_size(LOCKED_SLOT)) == 0);
    for (unsigned i = 0; i < CHIP_OTP_SIZE && data_was_locked; i++)
        require((after->otp[i] & ~before->otp[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct chip_platform platform = {NULL, now_us, random_bytes, NULL};
    const struct chip_policy policy = {.fast = true};
    struct chip_eeprom eeprom, before;
    struct chip chip;

    if (size < 1)
        return 0;
    clock_us = 1000;
    random_state = 1;
    make_part(&eeprom, data[0]);
    config_was_locked = eeprom.config[CONFIG_LOCK_CONFIG] != 0x55;
    data_was_locked = eeprom.config[CONFIG_LOCK_VALUE] != 0x55;
    require(chip_init(&chip, &eeprom, &platform, &policy) == 0);
    chip_power_on(&chip);
    chip_wake_pulse(&chip);
    before = chip.eeprom;

    const uint8_t *end = data + size;
    data++;
    for (unsigned i = 0; i < STEPS && end - data >= 2; i++) {
        size_t n = data[1];
        if (n > (size_t)(end - data - 2))
            n = (size_t)(end - data - 2);
        step(&chip, data[0], data + 2, n);
        data += 2 + n;
        expect_order(&before, &chip.eeprom, chip_is_508(&chip));
        before = chip.eeprom;
    }
    chip_release(&chip);
    return 0;
}
