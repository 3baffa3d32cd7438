/* The virtual chip on the fake board's I2C. */

#include "chip_world.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <bearssl.h>

#include "board.h"
#include "chip/chip.h"
#include "chip/profile.h"
#include "fake_board.h"
#include "mgos_uart.h"

const struct tls_key_provider *given_keys;
const struct tls_ecdhe_provider *given_ecdhe;

static struct chip chip;
static struct mgos_i2c *bus;
static int counts[256];

void tls_register_key_provider(const struct tls_key_provider *provider)
{
    given_keys = provider;
}

void tls_register_ecdhe_provider(const struct tls_ecdhe_provider *provider)
{
    given_ecdhe = provider;
}

/* --- the chip ------------------------------------------------------------------------------------------- */

static uint64_t now_us(void *context)
{
    (void)context;
    return board_uptime_us();
}

/* Not random, but never twice the same. */
static void next_bytes(void *context, uint8_t *bytes, size_t n)
{
    static uint32_t counter;
    br_sha256_context sha;
    uint8_t digest[32];

    (void)context;
    for (size_t i = 0; i < n; i++) {
        if (i % sizeof(digest) == 0) {
            counter++;
            br_sha256_init(&sha);
            br_sha256_update(&sha, &counter, sizeof(counter));
            br_sha256_out(&sha, digest);
        }
        bytes[i] = digest[i % sizeof(digest)];
    }
}

static void count(void *context, const struct chip_trace *trace)
{
    (void)context;
    if (trace->event == CHIP_EVENT_COMMAND)
        counts[trace->opcode]++;
}

int chip_world_count(uint8_t opcode)
{
    int n = counts[opcode];

    counts[opcode] = 0;
    return n;
}

static int i2c_write(int number, uint8_t address, const void *data, size_t length)
{
    (void)number;
    if (address == 0) {
        chip_wake_pulse(&chip);
        return -1;
    }
    return chip_i2c_write(&chip, address, data, length) ? 0 : -1;
}

static int i2c_read(int number, uint8_t address, void *out, size_t length)
{
    (void)number;
    return chip_i2c_read(&chip, address, out, length) ? 0 : -1;
}

/* --- the board ------------------------------------------------------------------------------------------ */

void chip_world_start(void)
{
    static const uint8_t serial[CHIP_SERIAL_SIZE] = {0x01, 0x23, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0xee};
    static const struct chip_platform platform = {.now_us = now_us, .random = next_bytes, .trace = count};
    static const struct chip_policy policy = {.fast = false};
    struct mgos_uart_config console;
    struct chip_eeprom eeprom;

    fake_board_start();
    mgos_uart_config_set_defaults(0, &console);
    assert_true(mgos_uart_configure(0, &console));
    fake_i2c_write = i2c_write;
    fake_i2c_read = i2c_read;
    given_keys = NULL;
    given_ecdhe = NULL;
    memset(counts, 0, sizeof(counts));
    chip_profile_make(&chip_profiles[0], serial, 0, &eeprom);
    assert_int_equal(chip_init(&chip, &eeprom, &platform, &policy), 0);
    chip_power_on(&chip);
}

void chip_world_stop(void)
{
    mgos_i2c_close(bus);
    bus = NULL;
    chip_release(&chip);
}

void chip_world_unplug(void)
{
    chip_power_off(&chip);
}

void chip_world_plug(void)
{
    chip_power_on(&chip);
}

void chip_world_become_508a(void)
{
    static const uint8_t revision[4] = {0x00, 0x00, 0x50, 0x00};

    memcpy(chip.eeprom.config + 4, revision, sizeof(revision));
}

static void boot(int i2c_addr, bool chip_ecdh)
{
    struct mgos_i2c_options i2c = {.bus = 0, .freq = 100000, .sda_gpio = 12, .scl_gpio = 14};
    struct atca_options options = {.i2c_addr = i2c_addr, .ecdh_slots_mask = 0x0c, .chip_ecdh = chip_ecdh};

    bus = mgos_i2c_open(&i2c);
    assert_non_null(bus);
    options.i2c = bus;
    atca_start(&options);
}

void chip_world_boot(bool chip_ecdh)
{
    boot(0x60, chip_ecdh);
}

void chip_world_boot_at(int i2c_addr)
{
    boot(i2c_addr, true);
}

/* --- the peer ------------------------------------------------------------------------------------------- */

/* RFC 6979 A.2.5: a known key pair on P-256. */
static const uint8_t peer_private[32] = {
    0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
    0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
};
const uint8_t peer_public[64] = {
    0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35, 0x6D, 0x68,
    0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F, 0xB6,
    0x79, 0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC, 0x64,
    0xF2, 0xF1, 0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99,
};

void peer_secret(const uint8_t public_key[64], uint8_t secret[32])
{
    uint8_t point[65] = {0x04};

    memcpy(point + 1, public_key, 64);
    assert_int_equal(
        br_ec_p256_m31.mul(point, sizeof(point), peer_private, sizeof(peer_private), BR_EC_secp256r1), 1);
    memcpy(secret, point + 1, 32);
}

bool peer_verifies(const uint8_t public_key[64], const uint8_t digest[32], const uint8_t signature[64])
{
    uint8_t point[65] = {0x04};
    br_ec_public_key key = {.curve = BR_EC_secp256r1, .q = point, .qlen = sizeof(point)};

    memcpy(point + 1, public_key, 64);
    return br_ecdsa_i31_vrfy_raw(&br_ec_p256_m31, digest, 32, &key, signature, 64) == 1;
}
