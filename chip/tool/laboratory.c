/* A laboratory: the real machine, with stand-ins for every key. */

#include "laboratory.h"

#include <string.h>

#include "counter_field.h"
#include "crc.h"
#include "crypto.h"
#include "limited_use.h"
#include "memory.h"

enum {
    GENDIG = 0x15,
    GENDIG_DATA = 0x02,
    NONCE = 0x16,
    NONCE_PASS_THROUGH = 0x03,
    CHECK_MAC = 0x28,
    CHECK_MAC_TEMP_KEY = 0x01,
    INFO = 0x30,
    INFO_LATCH = 0x04,
    LATCH_SET = 3,

    PERMISSION_ON = 0x80,   /* VolatileKeyPermission */
    BOOT_MODE = 0x03,       /* SecureBoot */
    BOOT_SETS_LATCH = 0x08, /* ... */

    STAND_IN_LIMIT = 96,
    LAST_KEY_USE = 16,
};

/* Private keys are 1, whose public key is the base point of P-256 (SEC 2, 2.4.2); so is the partner's of
 * ECDH. */
static const uint8_t base_point[64] = {
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96,
    0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16,
    0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
};

void lab_partner(uint8_t point[64])
{
    memcpy(point, base_point, sizeof base_point);
}

static uint64_t now_us(void *context)
{
    (void)context;
    return 1000000;
}

/* Not random, and nothing that it makes leaves the laboratory. */
static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    struct laboratory *lab = context;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(++lab->random * 0x4D);
}

static void stand_in_private_key(uint8_t *slot)
{
    memset(slot, 0, 36);
    slot[35] = 1;
}

static void stand_in_public_key(uint8_t *slot, bool validated)
{
    memset(slot, 0, 72);
    memcpy(slot + 4, base_point, 32);
    memcpy(slot + 40, base_point + 32, 32);
    if (validated)
        slot[0] = PUBLIC_KEY_VALID << 4;
}

static void stand_in_limit(uint8_t *slot)
{
    memset(slot, 0, 8);
    slot[0] = slot[4] = STAND_IN_LIMIT;
}

static void put_stand_ins(struct chip *chip)
{
    uint8_t match = chip->eeprom.config[CONFIG_COUNT_MATCH];

    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        struct chip_slot_rules rules = chip_slot_rules(chip, slot);
        uint8_t *bytes = chip->eeprom.data + chip_slot_offset(slot);

        for (unsigned i = 0; i < chip_slot_size(slot); i++)
            bytes[i] = (uint8_t)(0x20 + 8 * slot + i % 7);
        if (rules.is_private)
            stand_in_private_key(bytes);
        else if (chip_is_public_p256(&rules))
            stand_in_public_key(bytes, rules.pub_info);
        if (!chip_is_508(chip) && (match & 1) && match >> 4 == slot && !rules.is_private)
            stand_in_limit(bytes);
    }
    memset(chip->eeprom.otp, 0x11, sizeof chip->eeprom.otp);
}

int lab_open(struct laboratory *lab, const struct chip_eeprom *eeprom, enum lab_when when)
{
    const struct chip_platform platform = {lab, now_us, random_bytes, NULL};
    const struct chip_policy policy = {.fast = true};
    struct chip_eeprom studied;

    memset(lab, 0, sizeof *lab);
    memset(&studied, 0xFF, sizeof studied);
    memcpy(studied.config, eeprom->config, sizeof studied.config);
    if (when == LAB_BOTH_LOCKED)
        studied.config[CONFIG_LOCK_CONFIG] = studied.config[CONFIG_LOCK_VALUE] = 0x00;
    if (chip_init(&lab->chip, &studied, &platform, &policy) < 0)
        return -1;
    put_stand_ins(&lab->chip);
    chip_power_on(&lab->chip);
    chip_wake_pulse(&lab->chip);
    lab->pristine = lab->chip;
    return 0;
}

void lab_close(struct laboratory *lab)
{
    chip_release(&lab->chip);
    chip_wipe(lab, sizeof *lab);
}

enum chip_status lab_exec(struct laboratory *lab, uint8_t opcode, uint8_t p1, uint16_t p2,
                          const uint8_t *data, size_t n)
{
    uint8_t request[CHIP_REQUEST_MAX] = {(uint8_t)(n + CHIP_REQUEST_MIN), opcode, p1, (uint8_t)p2,
                                         (uint8_t)(p2 >> 8)};
    uint8_t response[CHIP_RESPONSE_MAX];

    if (n > 0)
        memcpy(request + 5, data, n);
    uint16_t crc = chip_crc16(0, request, n + 5);
    request[n + 5] = (uint8_t)crc;
    request[n + 6] = (uint8_t)(crc >> 8);
    size_t length = chip_exec(&lab->chip, request, n + CHIP_REQUEST_MIN, response, &lab->why);
    lab->answer_length = length - 3;
    memcpy(lab->answer, response + 1, lab->answer_length);
    return lab->why.status;
}

/* The response a host with the key computes (atecc608.md 3.8), to TempKey and zeros as OtherData. */
static void check_mac_response(const struct laboratory *lab, unsigned slot, uint8_t response[32])
{
    uint8_t serial[CHIP_SERIAL_SIZE];
    struct chip_sha256 sha;

    chip_serial(&lab->chip, serial);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, lab_slot(lab, slot), 32);
    chip_sha256_update(&sha, lab->chip.sram.temp_key.value, 32);
    chip_sha256_zeros(&sha, 4 + 8 + 3);
    chip_sha256_update(&sha, serial + 8, 1);
    chip_sha256_zeros(&sha, 4);
    chip_sha256_update(&sha, serial, 2);
    chip_sha256_zeros(&sha, 2);
    chip_sha256_finish(&sha, response);
}

/* CheckMac with the key of this slot, which may itself have to be authorised first. */
static void prove(struct laboratory *lab, unsigned slot, unsigned links)
{
    static const uint8_t input[20] = {1};
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);
    uint8_t data[32 + 32 + 13] = {0};

    if (rules.req_auth && links < CHIP_SLOTS)
        prove(lab, rules.auth_key, links + 1);
    if (lab_exec(lab, NONCE, 0x00, 0, input, sizeof input) != CHIP_SUCCESS)
        return;
    check_mac_response(lab, slot, data + 32);
    lab_exec(lab, CHECK_MAC, CHECK_MAC_TEMP_KEY, (uint16_t)slot, data, sizeof data);
}

void lab_authorise(struct laboratory *lab, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);

    if (rules.req_auth && (lab->circumstances & LAB_AUTHORISED))
        prove(lab, rules.auth_key, 0);
}

/* By CheckMac with the key that VolatileKeyPermission names; or a secure boot tied to the latch has
 * succeeded. */
static void set_latch(struct laboratory *lab)
{
    const uint8_t *config = lab->chip.eeprom.config;
    uint8_t permission = config[CONFIG_VOLATILE_KEY];

    if (permission & PERMISSION_ON) {
        prove(lab, permission & 0xF, 0);
        lab_exec(lab, INFO, INFO_LATCH, LATCH_SET, NULL, 0);
    }
    if ((config[CONFIG_SECURE_BOOT] & BOOT_MODE) && (config[CONFIG_SECURE_BOOT] & BOOT_SETS_LATCH))
        lab->chip.latch = true;
}

void lab_begin(struct laboratory *lab, unsigned circumstances)
{
    struct chip *chip = &lab->chip;
    bool left = circumstances & LAB_USES_LEFT;

    *chip = lab->pristine;
    lab->circumstances = circumstances;
    if (!chip_is_508(chip) && (circumstances & LAB_USE_UNLOCKED) &&
        (chip->eeprom.config[CONFIG_USE_LOCK] & 0xF) == 0xA)
        prove(lab, chip->eeprom.config[CONFIG_USE_LOCK] >> 4, 0);
    if (!chip_is_508(chip) && (circumstances & LAB_LATCHED))
        set_latch(lab);
    chip_counter_encode(left ? 0 : chip_counter_limit(chip), chip->eeprom.config + CONFIG_COUNTER);
    if (chip_is_508(chip))
        memset(chip->eeprom.config + CONFIG_LAST_KEY_USE, left ? 0xFF : 0x00, LAST_KEY_USE);
    chip->sram = lab->pristine.sram;
}

void lab_invalidate(struct laboratory *lab, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);

    if (chip_has_validity(&rules) && (lab->circumstances & LAB_INVALIDATED))
        chip_validity_set(&lab->chip, slot, PUBLIC_KEY_INVALID);
}

enum chip_status lab_nonce(struct laboratory *lab)
{
    static const uint8_t input[32] = {1};

    if (lab->circumstances & LAB_RANDOM_NONCE)
        return lab_exec(lab, NONCE, 0x00, 0, input, 20);
    return lab_exec(lab, NONCE, NONCE_PASS_THROUGH, 0, input, 32);
}

uint8_t lab_source_flag(const struct laboratory *lab)
{
    return lab->circumstances & LAB_RANDOM_NONCE ? 0x00 : 0x04;
}

enum chip_status lab_session_key(struct laboratory *lab, unsigned slot)
{
    const uint8_t other_data[4] = {GENDIG, GENDIG_DATA, (uint8_t)slot, 0};
    struct chip_slot_rules rules = chip_slot_rules(&lab->chip, slot);

    lab_authorise(lab, slot);
    enum chip_status status = lab_nonce(lab);
    if (status != CHIP_SUCCESS)
        return status;
    return lab_exec(lab, GENDIG, GENDIG_DATA, (uint16_t)slot, other_data, rules.no_mac ? 4 : 0);
}

const uint8_t *lab_slot(const struct laboratory *lab, unsigned slot)
{
    return lab->chip.eeprom.data + chip_slot_offset(slot);
}
