/* What hallmark-chip-tool claims a slot can do, the machine does: every claim is executed, by commands
 * written here from the host's side, on a part in that state, with its answer checked; and what is not
 * claimed is refused.
 *
 * Swept are all profiles in all phases of their life, and configurations drawn at random. */

#include <stdio.h>

#include "part.h"

#include "capability.h"
#include "counter_field.h"
#include "crypto.h"
#include "limited_use.h"
#include "memory.h"
#include "profile.h"

/* One part, ready to be put back into the state it was prepared in. */
struct trial {
    struct part part;
    struct chip prepared;
    unsigned circumstances;
};

static const uint8_t partner_scalar[32] = {[31] = 7};

/* ---- A part with something of the right kind in every slot --------------------------------------------- */

static void fill(struct part *part)
{
    const uint8_t *config = part->chip.eeprom.config;

    for (unsigned slot = 0; slot < 16; slot++) {
        struct chip_slot_rules rules = chip_slot_rules(&part->chip, slot);
        uint8_t bytes[416], point[64];

        for (unsigned i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(slot * 29 + i * 3 + 1);
        if (rules.is_private)
            memset(bytes, 0, 4);
        if (chip_is_public_p256(&rules)) {
            assert_true(chip_p256_public(part->chip.crypto, partner_scalar, point));
            memset(bytes, 0, 72);
            memcpy(bytes + 4, point, 32);
            memcpy(bytes + 40, point + 32, 32);
            bytes[0] = rules.pub_info ? 0x50 : 0x00;
        }
        if (!chip_is_508(&part->chip) && (config[18] & 1) && config[18] >> 4 == slot && !rules.is_private)
            memcpy(bytes, "\x40\0\0\0\x40\0\0\0", 8);
        part_fill_slot(part, slot, 0, bytes, chip_slot_size(slot));
    }
}

static void prepare(struct trial *trial)
{
    trial->part.counting = true;
    fill(&trial->part);
    trial->prepared = trial->part.chip;
}

/* ---- The host
 * ------------------------------------------------------------------------------------------- */

static enum chip_status command(struct trial *trial, uint8_t opcode, uint8_t p1, unsigned p2,
                                const uint8_t *data, size_t n, uint8_t *answer)
{
    uint8_t ignored[128];

    part_command(&trial->part, opcode, p1, (uint16_t)p2, data, n, answer ? answer : ignored);
    return trial->part.last.status;
}

static bool nonce(struct trial *trial)
{
    uint8_t input[32];
    bool random = trial->circumstances & LAB_RANDOM_NONCE;

    ascending(input, 0x60, 32);
    return command(trial, NONCE, random ? 0x01 : 0x03, 0, input, random ? 20 : 32, NULL) == CHIP_SUCCESS;
}

static uint8_t source(const struct trial *trial)
{
    return trial->circumstances & LAB_RANDOM_NONCE ? 0 : 4;
}

static bool pass_check_mac(struct trial *trial, unsigned slot, unsigned depth)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);
    uint8_t input[20] = {9}, data[77];

    if (rules.req_auth && depth < 17)
        pass_check_mac(trial, rules.auth_key, depth + 1);
    if (command(trial, NONCE, 0x00, 0, input, 20, NULL) != CHIP_SUCCESS)
        return false;
    make_checkmac(&trial->part, 0x01, trial->part.chip.eeprom.data + chip_slot_offset(slot), data);
    return command(trial, CHECKMAC, 0x01, slot, data, sizeof data, NULL) == CHIP_SUCCESS;
}

static void permit(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);

    if (rules.req_auth && (trial->circumstances & LAB_AUTHORISED))
        pass_check_mac(trial, rules.auth_key, 0);
}

static bool session_key(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);
    uint8_t other[4] = {0x15, 0x02, (uint8_t)slot, 0};

    permit(trial, slot);
    return nonce(trial) &&
           command(trial, GENDIG, 0x02, slot, other, rules.no_mac ? 4 : 0, NULL) == CHIP_SUCCESS;
}

static void invalidate(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);

    if (chip_has_validity(&rules) && (trial->circumstances & LAB_INVALIDATED))
        chip_validity_set(&trial->part.chip, slot, 0xA);
}

/* Everything but authorisations, which cost TempKey and are made when they are needed. */
static void arrange(struct trial *trial, unsigned circumstances)
{
    struct chip *chip = &trial->part.chip;
    uint8_t *config = chip->eeprom.config;

    *chip = trial->prepared;
    trial->circumstances = circumstances;
    if (!chip_is_508(chip) && (config[68] & 0xF) == 0xA && (circumstances & LAB_USE_UNLOCKED))
        pass_check_mac(trial, config[68] >> 4, 0);
    if (!chip_is_508(chip) && (config[69] & 0x80) && (circumstances & LAB_LATCHED)) {
        pass_check_mac(trial, config[69] & 0xF, 0);
        command(trial, INFO, 0x04, 0x0003, NULL, 0, NULL);
    }
    if (!chip_is_508(chip) && (config[70] & 3) && (config[70] & 8) && (circumstances & LAB_LATCHED))
        chip->latch = true;
    bool left = circumstances & LAB_USES_LEFT;
    chip_counter_encode(left ? 0 : chip_counter_limit(chip), config + 52);
    if (chip_is_508(chip))
        memset(config + 68, left ? 0xFF : 0x00, 16);
    chip->sram = trial->prepared.sram;
}

static const uint8_t *content(const struct trial *trial, unsigned slot)
{
    return trial->part.chip.eeprom.data + chip_slot_offset(slot);
}

/* ---- One function a capability: true when it was really done ------------------------------------------- */

static bool does_sign_external(struct trial *trial, unsigned slot)
{
    struct chip *chip = &trial->part.chip;
    uint8_t digest[32], signature[128], point[64];

    permit(trial, slot);
    ascending(digest, 0x33, 32);
    assert_int_equal(command(trial, NONCE, 0x03, 0, digest, 32, NULL), CHIP_SUCCESS);
    if (command(trial, SIGN, 0x80, slot, NULL, 0, signature) != CHIP_SUCCESS)
        return false;
    assert_true(chip_p256_public(chip->crypto, content(trial, slot) + 4, point));
    assert_true(chip_p256_verify(chip->crypto, point, digest, signature));
    return true;
}

static bool does_sign_internal(struct trial *trial, unsigned slot)
{
    permit(trial, slot);
    if (!nonce(trial))
        return false;
    /* what GenKey (digest) leaves; the slot may not give its public key, and another may */
    trial->part.chip.sram.temp_key.gen_key_data = true;
    trial->part.chip.sram.temp_key.key_id = (uint8_t)slot;
    return command(trial, SIGN, 0x00, slot, NULL, 0, NULL) == CHIP_SUCCESS;
}

/* The length of the answer; 0 when refused. */
static size_t ecdh(struct trial *trial, unsigned slot, uint8_t mode, uint8_t *answer, uint8_t secret[32])
{
    struct chip *chip = &trial->part.chip;
    uint8_t point[64];

    assert_true(chip_p256_public(chip->crypto, partner_scalar, point));
    if (!chip_p256_shared_secret(chip->crypto, content(trial, slot) + 4, point, secret))
        memset(secret, 0, 32);
    permit(trial, slot);
    size_t n = part_command(&trial->part, ECDH, mode, (uint16_t)slot, point, 64, answer);
    return trial->part.last.status == CHIP_SUCCESS ? n : 0;
}

static bool does_ecdh_clear(struct trial *trial, unsigned slot)
{
    uint8_t answer[128], secret[32];

    if (ecdh(trial, slot, 0x0C, answer, secret) != 32)
        return false;
    assert_memory_equal(answer, secret, 32);
    return true;
}

static bool does_ecdh_encrypted(struct trial *trial, unsigned slot)
{
    uint8_t answer[128], secret[32];

    return ecdh(trial, slot, 0x0E, answer, secret) == 64 && memcmp(answer, secret, 32) != 0;
}

static bool does_ecdh_temp_key(struct trial *trial, unsigned slot)
{
    uint8_t answer[128], secret[32];

    return ecdh(trial, slot, 0x08, answer, secret) == 1 &&
           memcmp(trial->part.chip.sram.temp_key.value, secret, 32) == 0;
}

static bool does_ecdh_slot(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);
    uint8_t answer[128], secret[32];

    if (ecdh(trial, slot, rules.ecdh_to_slot ? 0x00 : 0x04, answer, secret) != 1)
        return false;
    assert_memory_equal(content(trial, slot | 1) + 1, secret + 1, 31); /* byte 0 may carry a validity */
    return true;
}

static bool does_give_public_key(struct trial *trial, unsigned slot)
{
    uint8_t answer[128], point[64];

    permit(trial, slot);
    if (command(trial, GENKEY, 0x00, slot, NULL, 0, answer) != CHIP_SUCCESS)
        return false;
    assert_true(chip_p256_public(trial->part.chip.crypto, content(trial, slot) + 4, point));
    assert_memory_equal(answer, point, 64);
    return true;
}

static bool does_verify(struct trial *trial, unsigned slot)
{
    struct chip *chip = &trial->part.chip;
    const uint8_t *config = chip->eeprom.config;
    bool holds_limit = !chip_is_508(chip) && (config[18] & 1) && config[18] >> 4 == slot;
    uint8_t signature[64];

    permit(trial, slot);
    if (!nonce(trial))
        return false;
    assert_true(chip_p256_sign(chip->crypto, partner_scalar, chip->sram.temp_key.value, signature));
    /* a slot that holds the limit of counter 0 holds no key */
    return command(trial, VERIFY, 0x00, slot, signature, 64, NULL) ==
           (holds_limit ? CHIP_MISMATCH : CHIP_SUCCESS);
}

static bool does_be_validated(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);
    bool parent_asks = chip_slot_rules(&trial->part.chip, rules.read_key).req_auth;
    uint8_t data[64 + 19] = {1};

    permit(trial, parent_asks ? rules.read_key : slot);
    return nonce(trial) && command(trial, GENKEY, 0x10, slot, data, 3, NULL) == CHIP_SUCCESS &&
           command(trial, VERIFY, 0x03, slot, data, sizeof data, NULL) == CHIP_MISMATCH;
}

static bool does_mac(struct trial *trial, unsigned slot)
{
    permit(trial, slot);
    return nonce(trial) && command(trial, MAC, 0x01 | source(trial), slot, NULL, 0, NULL) == CHIP_SUCCESS;
}

static bool does_check_mac(struct trial *trial, unsigned slot)
{
    uint8_t p1 = 0x01 | source(trial);
    uint8_t data[77];

    permit(trial, slot);
    if (!nonce(trial))
        return false;
    make_checkmac(&trial->part, p1, content(trial, slot), data);
    return command(trial, CHECKMAC, p1, slot, data, sizeof data, NULL) == CHIP_SUCCESS;
}

static bool does_hmac(struct trial *trial, unsigned slot)
{
    uint8_t answer[128];

    permit(trial, slot);
    return nonce(trial) && command(trial, SHA, 0x04, slot, NULL, 0, NULL) == CHIP_SUCCESS &&
           command(trial, SHA, chip_is_508(&trial->part.chip) ? 0x05 : 0x02, 3, (const uint8_t *)"abc", 3,
                   answer) == CHIP_SUCCESS;
}

static bool does_aes(struct trial *trial, unsigned slot)
{
    uint8_t block[16] = {5}, answer[128], expected[16];

    permit(trial, slot);
    if (command(trial, AES, 0x00, slot, block, 16, answer) != CHIP_SUCCESS)
        return false;
    assert_true(chip_aes128_block(trial->part.chip.crypto, true, content(trial, slot), block, expected));
    assert_memory_equal(answer, expected, 16);
    return true;
}

/* HKDF, with the message in the input. */
static const uint8_t hkdf[4 + 8] = {0x02, 0, 0, 8, 'm', 'e', 's', 's', 'a', 'g', 'e', '!'};

static bool does_kdf(struct trial *trial, unsigned slot)
{
    permit(trial, slot);
    return command(trial, KDF, 0x42, slot, hkdf, sizeof hkdf, NULL) == CHIP_SUCCESS;
}

static bool does_take_kdf(struct trial *trial, unsigned slot)
{
    uint8_t before[32];

    permit(trial, slot);
    memcpy(before, content(trial, slot), 32);
    if (!nonce(trial) || command(trial, KDF, 0x48, slot << 8, hkdf, sizeof hkdf, NULL) != CHIP_SUCCESS)
        return false;
    assert_memory_not_equal(before, content(trial, slot), 32);
    return true;
}

static bool does_read_clear(struct trial *trial, unsigned slot)
{
    uint8_t answer[128];

    if (command(trial, READ, 0x82, slot << 3, NULL, 0, answer) != CHIP_SUCCESS)
        return false;
    assert_memory_equal(answer, content(trial, slot), 32);
    return true;
}

static bool does_read_encrypted(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);
    uint8_t answer[128], key[32];

    if (!session_key(trial, rules.read_key))
        return false;
    memcpy(key, trial->part.chip.sram.temp_key.value, 32);
    if (command(trial, READ, 0x82, slot << 3, NULL, 0, answer) != CHIP_SUCCESS)
        return false;
    for (unsigned i = 0; i < 32; i++)
        answer[i] ^= key[i];
    return memcmp(answer, content(trial, slot), 32) == 0;
}

static bool does_generate(struct trial *trial, unsigned slot)
{
    uint8_t answer[128], point[64];

    permit(trial, slot);
    if (command(trial, GENKEY, 0x04, slot, NULL, 0, answer) != CHIP_SUCCESS)
        return false;
    assert_true(chip_p256_public(trial->part.chip.crypto, content(trial, slot) + 4, point));
    assert_memory_equal(answer, point, 64);
    return true;
}

static bool privwrite(struct trial *trial, unsigned slot, uint8_t p1)
{
    uint8_t value[36] = {[34] = 3, [35] = 9}, input[68] = {0};

    memcpy(input, value, 36);
    if (p1)
        encrypt_input(&trial->part, PRIVWRITE, p1, (uint16_t)slot, value, 36, input);
    if (command(trial, PRIVWRITE, p1, slot, input, sizeof input, NULL) != CHIP_SUCCESS)
        return false;
    assert_memory_equal(content(trial, slot), value, 36);
    return true;
}

static bool does_privwrite_clear(struct trial *trial, unsigned slot)
{
    return privwrite(trial, slot, 0x00);
}

static bool does_privwrite_encrypted(struct trial *trial, unsigned slot)
{
    return session_key(trial, chip_slot_rules(&trial->part.chip, slot).write_key) &&
           privwrite(trial, slot, 0x40);
}

static bool write_clear(struct trial *trial, unsigned slot, uint8_t p1, size_t n)
{
    uint8_t data[32];

    ascending(data, 0xC1, 32);
    invalidate(trial, slot);
    if (command(trial, WRITE, p1, slot << 3, data, n, NULL) != CHIP_SUCCESS)
        return false;
    assert_memory_equal(content(trial, slot) + 1, data + 1, n - 1); /* byte 0 may carry a validity */
    return true;
}

static bool does_write_clear(struct trial *trial, unsigned slot)
{
    return write_clear(trial, slot, 0x82, 32);
}

static bool does_write_word(struct trial *trial, unsigned slot)
{
    return write_clear(trial, slot, 0x02, 4);
}

static bool does_write_encrypted(struct trial *trial, unsigned slot)
{
    uint8_t data[32], input[64];

    ascending(data, 0xC1, 32);
    invalidate(trial, slot);
    if (!session_key(trial, chip_slot_rules(&trial->part.chip, slot).write_key))
        return false;
    encrypt_input(&trial->part, WRITE, 0xC2, (uint16_t)(slot << 3), data, 32, input);
    return command(trial, WRITE, 0xC2, slot << 3, input, 64, NULL) == CHIP_SUCCESS &&
           memcmp(content(trial, slot) + 1, data + 1, 31) == 0;
}

static bool does_derive(struct trial *trial, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->part.chip, slot);
    unsigned parent = rules.slot_config & 1 << 12 ? rules.write_key : slot;
    const uint8_t tail[7] = {DERIVEKEY, source(trial), (uint8_t)slot, 0, 0xEE, 0x01, 0x23};
    struct chip_sha256 sha;
    uint8_t mac[32], before[32];

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, content(trial, parent), 32);
    chip_sha256_update(&sha, tail, sizeof tail);
    chip_sha256_finish(&sha, mac);
    memcpy(before, content(trial, slot), 32);
    permit(trial, parent);
    if (!nonce(trial) || command(trial, DERIVEKEY, source(trial), slot, mac,
                                 rules.slot_config & 1 << 15 ? 32 : 0, NULL) != CHIP_SUCCESS)
        return false;
    assert_memory_not_equal(before, content(trial, slot), 32);
    return true;
}

static bool does_lock(struct trial *trial, unsigned slot)
{
    return command(trial, LOCK, (uint8_t)(0x82 | slot << 2), 0, NULL, 0, NULL) == CHIP_SUCCESS &&
           chip_slot_rules(&trial->part.chip, slot).locked;
}

static bool (*const does[CAPABILITIES])(struct trial *trial, unsigned slot) = {
    [CAN_SIGN_EXTERNAL] = does_sign_external,
    [CAN_SIGN_INTERNAL] = does_sign_internal,
    [CAN_ECDH_CLEAR] = does_ecdh_clear,
    [CAN_ECDH_ENCRYPTED] = does_ecdh_encrypted,
    [CAN_ECDH_TEMP_KEY] = does_ecdh_temp_key,
    [CAN_ECDH_SLOT] = does_ecdh_slot,
    [CAN_GIVE_PUBLIC_KEY] = does_give_public_key,
    [CAN_VERIFY] = does_verify,
    [CAN_BE_VALIDATED] = does_be_validated,
    [CAN_MAC] = does_mac,
    [CAN_CHECK_MAC] = does_check_mac,
    [CAN_HMAC] = does_hmac,
    [CAN_GENDIG] = session_key,
    [CAN_AES] = does_aes,
    [CAN_KDF] = does_kdf,
    [CAN_READ_CLEAR] = does_read_clear,
    [CAN_READ_ENCRYPTED] = does_read_encrypted,
    [CAN_GENERATE] = does_generate,
    [CAN_PRIVWRITE_CLEAR] = does_privwrite_clear,
    [CAN_PRIVWRITE_ENCRYPTED] = does_privwrite_encrypted,
    [CAN_WRITE_CLEAR] = does_write_clear,
    [CAN_WRITE_WORD] = does_write_word,
    [CAN_WRITE_ENCRYPTED] = does_write_encrypted,
    [CAN_DERIVE] = does_derive,
    [CAN_TAKE_KDF] = does_take_kdf,
    [CAN_LOCK] = does_lock,
};

static bool done(struct trial *trial, unsigned slot, enum capability capability, unsigned circumstances)
{
    arrange(trial, circumstances);
    bool was_done = does[capability](trial, slot);
    /* encrypted reading of what is read in clear is not a thing of its own */
    if (was_done && capability == CAN_READ_ENCRYPTED) {
        arrange(trial, circumstances);
        was_done = !does_read_clear(trial, slot);
    }
    return was_done;
}

/* ---- The property
 * ---------------------------------------------------------------------------------------- */

static void check_claim(struct trial *trial, const char *name, unsigned slot, enum capability capability,
                        const struct power *claim)
{
    struct chip_slot_rules rules = chip_slot_rules(&trial->prepared, slot);

    if (done(trial, slot, capability, LAB_IDEAL) != claim->allowed)
        fail_msg("%s, slot %u (%04X, %04X): \"%s\" is %s, and the part says otherwise (%s)", name, slot,
                 rules.slot_config, rules.key_config, capability_rows[capability].does,
                 claim->allowed ? "claimed" : "not claimed", trial->part.last.reason);
    for (unsigned i = 0; claim->allowed && i < LAB_CIRCUMSTANCES; i++) {
        bool needed = claim->needs >> i & 1;
        if (done(trial, slot, capability, LAB_IDEAL & ~(1u << i)) == needed)
            fail_msg("%s, slot %u (%04X, %04X): \"%s\" %s circumstance %u, and the part says otherwise (%s)",
                     name, slot, rules.slot_config, rules.key_config, capability_rows[capability].does,
                     needed ? "needs" : "does not need", i, trial->part.last.reason);
    }
}

/* Returns how many claims there were. */
static unsigned check_claims(struct trial *trial, const char *name)
{
    static struct powers powers;
    unsigned claims = 0;

    prepare(trial);
    assert_int_equal(powers_find(&trial->prepared.eeprom, LAB_AS_IT_IS, &powers), 0);
    for (unsigned slot = 0; slot < 16; slot++) {
        for (unsigned i = 0; i < CAPABILITIES; i++) {
            check_claim(trial, name, slot, i, &powers.of[slot][i]);
            claims += powers.of[slot][i].allowed;
        }
    }
    return claims;
}

static void test_every_profile_in_every_phase(void **state)
{
    (void)state;
    for (const struct chip_profile *profile = chip_profiles; profile->name; profile++) {
        struct trial trial;

        part_make(&trial.part, profile->name, CONFIG_OPEN);
        assert_int_equal(check_claims(&trial, profile->name), 0);
        part_free(&trial.part);
        for (enum phase phase = DATA_OPEN; phase <= BOTH_LOCKED; phase++) {
            part_make(&trial.part, profile->name, phase);
            assert_in_range(check_claims(&trial, profile->name), 20, 400);
            part_free(&trial.part);
        }
    }
}

/* A generator of our own, so that a failure can be repeated: xorshift32. */
static uint32_t draw(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void randomise(struct part *part, uint32_t *seed)
{
    static const unsigned types[] = {4, 4, 4, 6, 7, 7, 7, 5};
    uint8_t *config = part->chip.eeprom.config;

    for (unsigned slot = 0; slot < 16; slot++) {
        uint16_t slot_config = (uint16_t)draw(seed);
        uint16_t key_config = (uint16_t)(draw(seed) & 0x0F23);
        unsigned type = types[draw(seed) % 8];
        bool is_private = type == 4 && draw(seed) % 2;

        if (draw(seed) % 4 != 0)
            slot_config |= 0x80;
        if (draw(seed) % 3 != 0)
            slot_config &= (uint16_t)~0x20;
        key_config = (uint16_t)((key_config & ~1u) | type << 2 | is_private);
        key_config |=
            (uint16_t)((draw(seed) % 4 == 0) << 6 | (draw(seed) % 4 == 0) << 7 | (draw(seed) % 8 == 0) << 12);
        part_set_slot(part, slot, slot_config, key_config);
        if (draw(seed) % 8 == 0)
            part_lock_slot(part, slot);
    }
    config[18] = draw(seed) % 2 ? (uint8_t)((draw(seed) & 0xF0) | 1) : 0;
    config[68] = draw(seed) % 4 ? 0 : (uint8_t)((draw(seed) & 0xF0) | 0xA);
    config[69] = draw(seed) % 2 ? (uint8_t)(0x80 | (draw(seed) & 0xF)) : 0;
    config[90] = (uint8_t)(draw(seed) & 0x06);
    config[91] = (uint8_t)draw(seed);
}

static void test_configurations_drawn_at_random(void **state)
{
    uint32_t seed = 0x608A;
    unsigned claims = 0;

    (void)state;
    for (unsigned round = 0; round < 120; round++) {
        struct trial trial;
        char name[32];

        snprintf(name, sizeof name, "round %u", round);
        part_make(&trial.part, round % 3 ? "blank" : "mongoose-508", round % 5 ? BOTH_LOCKED : DATA_OPEN);
        randomise(&trial.part, &seed);
        if (round % 3 == 0)
            memset(trial.part.chip.eeprom.config + 68, 0xFF, 16);
        claims += check_claims(&trial, name);
        part_free(&trial.part);
    }
    assert_in_range(claims, 2000, 120 * 16 * CAPABILITIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_profile_in_every_phase),
        cmocka_unit_test(test_configurations_drawn_at_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
