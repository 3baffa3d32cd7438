/* chip.h as an embedding program uses it: thousands of chips in one process, each with its own memory and clock. */

#include "part.h"

#include <stdlib.h>

#include "crypto.h"
#include "memory.h"
#include "profile.h"

enum { CHIPS = 2000, FEW = 50 };

/* A caller of its own, without the bench of part.h. */
struct owner {
    uint64_t clock_us;
    uint32_t seed;
};

static uint64_t now_us(void *context)
{
    return ((struct owner *)context)->clock_us;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    struct owner *owner = context;

    for (size_t i = 0; i < n; i++) {
        owner->seed = owner->seed * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(owner->seed >> 24);
    }
}

static size_t exec(struct chip *chip, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n,
                   uint8_t answer[CHIP_RESPONSE_MAX])
{
    uint8_t request[CHIP_REQUEST_MAX] = {(uint8_t)(n + 7), opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};
    struct chip_trace why;

    if (n > 0)
        memcpy(request + 5, data, n);
    part_crc(request, n + 7);
    size_t length = chip_exec(chip, request, n + 7, answer, &why);
    assert_int_equal(why.status, CHIP_SUCCESS);
    return length;
}

static void make(struct chip *chip, struct owner *owner, unsigned i, struct chip_crypto *crypto)
{
    const struct chip_platform platform = {owner, now_us, random_bytes, NULL};
    const struct chip_policy policy = {.fast = false};
    uint8_t serial[CHIP_SERIAL_SIZE] = {0x01, 0x23, 0, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i, 0xEE};
    struct chip_eeprom eeprom;

    chip_profile_make(chip_profile_find(i % 2 ? "mongoose-508" : "mongoose"), serial, (uint8_t)(8 + i % 100),
                      &eeprom);
    *owner = (struct owner){.clock_us = i, .seed = i};
    chip_init_sharing(chip, &eeprom, &platform, &policy, crypto);
    chip_power_on(chip);
    chip_wake_pulse(chip);
}

static void test_a_chip_is_under_four_kilobytes(void **state)
{
    print_message("struct chip: %zu bytes\n", sizeof(struct chip));
    assert_in_range(sizeof(struct chip), 1, 4095);
}

static void test_two_thousand_chips(void **state)
{
    struct chip *chips = calloc(CHIPS, sizeof *chips);
    struct owner *owners = calloc(CHIPS, sizeof *owners);
    struct chip_crypto *crypto = chip_crypto_new();
    uint8_t answer[CHIP_RESPONSE_MAX], secret[32];

    assert_non_null(chips);
    assert_non_null(owners);
    assert_non_null(crypto);
    for (unsigned i = 0; i < CHIPS; i++)
        make(&chips[i], &owners[i], i, crypto);

    for (unsigned i = 0; i < CHIPS; i++) { /* each has its serial number, revision and secret */
        memset(secret, (int)(i & 0xFF), sizeof secret);
        assert_int_equal(exec(&chips[i], WRITE, 0x82, 0x0020, secret, 32, answer), 4);
        exec(&chips[i], READ, 0x80, 0x0000, NULL, 0, answer);
        assert_int_equal(answer[1 + 10] << 8 | answer[1 + 11], i);
        exec(&chips[i], INFO, 0x00, 0, NULL, 0, answer);
        assert_int_equal(answer[3], i % 2 ? 0x50 : 0x60);
    }
    for (unsigned i = 0; i < CHIPS; i++) { /* and remembers it, whatever the others did meanwhile */
        const uint8_t *stored = chips[i].eeprom.data + chip_slot_offset(4);
        assert_int_equal(stored[0], i & 0xFF);
        assert_int_equal(stored[31], i & 0xFF);
    }
    for (unsigned i = 0; i < CHIPS; i++)
        chip_release(&chips[i]);
    chip_crypto_free(crypto);
    free(owners);
    free(chips);
}

/* Private keys pass through the shared working objects and stay apart. */
static void test_chips_that_share_sign_with_their_own_keys(void **state)
{
    static struct chip chips[FEW];
    static struct owner owners[FEW];
    static uint8_t points[FEW][64];
    struct chip_crypto *crypto = chip_crypto_new();
    uint8_t digest[32], answer[CHIP_RESPONSE_MAX];

    assert_non_null(crypto);
    ascending(digest, 0x80, sizeof digest);
    for (unsigned i = 0; i < FEW; i++) {
        make(&chips[i], &owners[i], i, crypto);
        assert_int_equal(exec(&chips[i], GENKEY, 0x04, 0, NULL, 0, answer), 67);
        memcpy(points[i], answer + 1, 64);
        exec(&chips[i], NONCE, 0x03, 0, digest, 32, answer);
    }
    for (unsigned i = 0; i < FEW; i++) {
        assert_int_equal(exec(&chips[i], SIGN, 0x80, 0, NULL, 0, answer), 67);
        assert_true(chip_p256_verify(crypto, points[i], digest, answer + 1));
        assert_false(chip_p256_verify(crypto, points[(i + 1) % FEW], digest, answer + 1));
    }
    for (unsigned i = 0; i < FEW; i++)
        chip_release(&chips[i]);
    chip_crypto_free(crypto);
}

/* Each on its own clock: one is busy, one is asleep, one is ready. */
static void test_clocks_are_apart(void **state)
{
    static const uint8_t random_command[] = {0x03, 0x07, 0x1B, 0x00, 0x00, 0x00, 0x24, 0xCD};
    struct chip chips[3];
    struct owner owners[3];
    struct chip_crypto *crypto = chip_crypto_new();
    uint8_t byte;

    for (unsigned i = 0; i < 3; i++) {
        make(&chips[i], &owners[i], 2 * i, crypto);
        owners[i].clock_us += 1500;
        assert_true(chip_i2c_write(&chips[i], chips[i].address, random_command, sizeof random_command));
    }
    owners[1].clock_us += 23000;
    owners[2].clock_us += 2000000;
    assert_false(chip_i2c_read(&chips[0], chips[0].address, &byte, 1));
    assert_true(chip_i2c_read(&chips[1], chips[1].address, &byte, 1));
    assert_int_equal(byte, 35);
    assert_false(chip_i2c_read(&chips[2], chips[2].address, &byte, 1));
    assert_int_equal(chips[2].power, CHIP_ASLEEP);
    for (unsigned i = 0; i < 3; i++)
        chip_release(&chips[i]);
    chip_crypto_free(crypto);
}

static void test_release_leaves_no_secret(void **state)
{
    static struct chip chip;
    static struct owner owner;
    static const uint8_t nothing[sizeof chip];
    uint8_t answer[CHIP_RESPONSE_MAX];
    struct chip_crypto *crypto = chip_crypto_new();

    make(&chip, &owner, 0, crypto);
    exec(&chip, GENKEY, 0x04, 0, NULL, 0, answer);
    chip_release(&chip);
    assert_memory_equal(&chip, nothing, sizeof chip);
    chip_crypto_free(crypto);
}

/* The eight lines of chip.h, chapter 2. */
static void test_the_example_in_the_header(void **state)
{
    uint8_t request[] = {0x07, 0x41, 0xA0, 0x07, 0x00, 0x00, 0x00};
    struct owner owner = {.clock_us = 1};
    const struct chip_platform platform = {&owner, now_us, random_bytes, NULL};
    const struct chip_policy policy = {.fast = true};
    uint8_t response[CHIP_RESPONSE_MAX];
    struct chip_eeprom eeprom;
    struct chip_trace why;
    struct chip chip;

    chip_eeprom_from_image(&eeprom, chip_profile_find("mongoose")->image, NULL);
    eeprom.config[CONFIG_LOCK_CONFIG] = 0x00;
    assert_int_equal(chip_init(&chip, &eeprom, &platform, &policy), 0);
    part_crc(request, sizeof request);
    size_t n = chip_exec(&chip, request, sizeof request, response, &why);
    assert_int_equal(n, 4);
    assert_string_equal(why.reason,
                        "Sign refused: slot 7 allows internal signatures only (SlotConfig bit 0 = 0)");
    chip_release(&chip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chip_is_under_four_kilobytes),
        cmocka_unit_test(test_two_thousand_chips),
        cmocka_unit_test(test_chips_that_share_sign_with_their_own_keys),
        cmocka_unit_test(test_clocks_are_apart),
        cmocka_unit_test(test_release_leaves_no_secret),
        cmocka_unit_test(test_the_example_in_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
