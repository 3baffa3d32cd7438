/* Situations of a part and commands, between them reaching every rule.  atecc608.md 2, 3 */

#include "refusal_table.h"

#include "counter_field.h"
#include "memory.h"
#include "slot_rules.h"

enum { PRIVATE = 0x0033, PUBLIC = 0x0030, CHECKED_PUBLIC = 0x0032, AES_KEY = 0x0038, DATA = 0x003C };

static void every_slot(struct part *part, uint16_t slot_config, uint16_t key_config)
{
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        part_set_slot(part, slot, slot_config, key_config);
}

static void every_key_config(struct part *part, uint16_t more)
{
    for (unsigned i = 0; i < 2 * CHIP_SLOTS; i++)
        part->chip.eeprom.config[CONFIG_KEY_CONFIG + i] |= (uint8_t)(i % 2 ? more >> 8 : more);
}

static void every_slot_config(struct part *part, uint16_t more)
{
    for (unsigned i = 0; i < 2 * CHIP_SLOTS; i++)
        part->chip.eeprom.config[CONFIG_SLOT_CONFIG + i] |= (uint8_t)(i % 2 ? more >> 8 : more);
}

static void make_keys(struct part *part)
{
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        uint8_t key[36] = {[35] = (uint8_t)(slot + 1)};
        if (chip_slot_rules(&part->chip, slot).is_private)
            part_fill_slot(part, slot, 0, key, sizeof key);
    }
}

static void as_it_is(struct part *part)
{
}

static void config_open(struct part *part)
{
    part_set_phase(part, CONFIG_OPEN);
}

static void data_open(struct part *part)
{
    part_set_phase(part, DATA_OPEN);
}

static void fixed_nonce(struct part *part)
{
    static const uint8_t value[64];
    bool of_508 = chip_is_508(&part->chip);

    expect_status(part, CHIP_SUCCESS, NONCE, of_508 ? 0x03 : 0x23, 0, value, of_508 ? 32 : 64);
    if (of_508)
        return;
    expect_status(part, CHIP_SUCCESS, NONCE, 0x63, 0, value, 64);
    expect_status(part, CHIP_SUCCESS, NONCE, 0x83, 0, value, 32);
}

static void random_nonce(struct part *part)
{
    load_t0(part);
}

static void session_key(struct part *part)
{
    part_set_slot(part, 4, 0x0F8F, DATA);
    load_session_key(part, 4);
}

static void nomac_session_key(struct part *part)
{
    static const uint8_t other_data[4] = {0};

    part_set_slot(part, 4, 0x0F9F, DATA);
    load_t0(part);
    expect_status(part, CHIP_SUCCESS, GENDIG, 0x02, 4, other_data, 4);
}

static void private_key_in_temp_key(struct part *part)
{
    make_keys(part);
    expect_answer(part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
}

static void sha_running(struct part *part)
{
    expect_status(part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
}

static void hmac_running(struct part *part)
{
    part_set_slot(part, 4, 0x0F8F, DATA);
    expect_status(part, CHIP_SUCCESS, SHA, 0x04, 4, NULL, 0);
}

static void keys_that_do_everything(struct part *part)
{
    every_slot(part, 0x6487, PRIVATE);
    make_keys(part);
    fixed_nonce(part);
}

static void keys_that_do_nothing(struct part *part)
{
    every_slot(part, 0x0080, 0x0031);
    make_keys(part);
    fixed_nonce(part);
}

static void keys_in_the_open(struct part *part)
{
    every_slot(part, 0x0007, PRIVATE);
    make_keys(part);
    fixed_nonce(part);
}

static void empty_private_slots(struct part *part)
{
    every_slot(part, 0x6487, PRIVATE);
    fixed_nonce(part);
}

static void secrets_for_ecdh(struct part *part)
{
    every_slot(part, 0x648F, PRIVATE);
    for (unsigned slot = 1; slot < CHIP_SLOTS; slot += 2)
        part_set_slot(part, slot, 0x8F8F, DATA); /* never writable */
    make_keys(part);
}

static void public_keys(struct part *part)
{
    every_slot(part, 0x0F0F, PUBLIC);
    load_t0(part);
}

static void public_keys_to_validate(struct part *part)
{
    every_slot(part, 0x1F0F, CHECKED_PUBLIC);
    chip_validity_set(&part->chip, 12, PUBLIC_KEY_VALID);
    load_t0(part);
    expect_status(part, CHIP_SUCCESS, GENKEY, 0x10, 12, NULL, 0);
}

static void certified_public_keys(struct part *part)
{
    public_keys_to_validate(part);
    memset(part->chip.eeprom.config + CONFIG_X509_FORMAT, 0x21, 4);
    expect_status(part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_status(part, CHIP_SUCCESS, SHA, 0x03, 12, NULL, 0);
    expect_answer(part, 32, NULL, SHA, 0x02, 0, NULL, 0);
}

static void aes_keys(struct part *part)
{
    every_slot(part, 0x44C4, AES_KEY);
    fixed_nonce(part);
}

static void nomac_slots(struct part *part)
{
    every_slot(part, 0x8F9F, DATA);
    load_t0(part);
}

static void key_rolls(struct part *part)
{
    every_slot(part, 0xB080, DATA);
    load_t0(part);
}

static void locked_slots(struct part *part)
{
    every_slot(part, 0x3080, 0x003E);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        part_lock_slot(part, slot);
    load_t0(part);
}

static void locked_private_slots(struct part *part)
{
    every_slot(part, 0x6487, PRIVATE);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        part_lock_slot(part, slot);
}

static void prohibited_reads(struct part *part)
{
    every_slot(part, 0x0040, DATA);
}

static void required_randomness(struct part *part)
{
    make_keys(part);
    every_key_config(part, 0x0040);
    fixed_nonce(part);
}

static void required_authorisation(struct part *part)
{
    make_keys(part);
    every_key_config(part, 0x0080);
    fixed_nonce(part);
}

static void cleared_latch(struct part *part)
{
    make_keys(part);
    every_key_config(part, 0x1000);
    fixed_nonce(part);
}

static void use_lock(struct part *part)
{
    make_keys(part);
    part->chip.eeprom.config[CONFIG_USE_LOCK] = 0x4A;
    fixed_nonce(part);
}

static void used_up(struct part *part)
{
    make_keys(part);
    every_slot_config(part, 0x0020);
    chip_counter_encode(COUNTER_MAX, part->chip.eeprom.config + CONFIG_COUNTER);
    chip_counter_encode(COUNTER_MAX, part->chip.eeprom.config + CONFIG_COUNTER + 8);
    memset(part->chip.eeprom.config + CONFIG_LAST_KEY_USE, 0, 16);
    load_t0(part);
}

static void with_options(struct part *part, unsigned options)
{
    part->chip.eeprom.config[CONFIG_CHIP_OPTIONS] = (uint8_t)options;
    part->chip.eeprom.config[CONFIG_CHIP_OPTIONS + 1] = (uint8_t)(options >> 8);
    make_keys(part);
    fixed_nonce(part);
}

static void outputs_forbidden(struct part *part)
{
    with_options(part, 0x6A06);
}

static void derivations_forbidden(struct part *part)
{
    with_options(part, 0x6F06);
}

static void outputs_encrypted(struct part *part)
{
    with_options(part, 0x6506);
}

static void secure_boot(struct part *part, unsigned word)
{
    part->chip.eeprom.config[CONFIG_SECURE_BOOT] = (uint8_t)word;
    part->chip.eeprom.config[CONFIG_SECURE_BOOT + 1] = (uint8_t)(word >> 8);
    part_set_slot(part, 11, 0x0F0F, PUBLIC);
}

static void boot_off(struct part *part)
{
    secure_boot(part, 0xBC00);
}

static void boot_full_both(struct part *part)
{
    secure_boot(part, 0xBC19);
    fixed_nonce(part);
}

static void boot_signature_in_a_short_slot(struct part *part)
{
    secure_boot(part, 0xB502);
}

static void boot_closed(struct part *part)
{
    secure_boot(part, 0xBC03);
    part->chip.secure_boot_closed = true;
}

static void boot_key_not_validated(struct part *part)
{
    secure_boot(part, 0xBC03);
    part_set_slot(part, 11, 0x0F0F, CHECKED_PUBLIC);
}

static void no_aes(struct part *part)
{
    part->chip.eeprom.config[CONFIG_AES_ENABLE] = 0x00;
}

static void extras_used(struct part *part)
{
    memset(part->chip.eeprom.config + CONFIG_USER_EXTRA, 0x11, 2);
    part->chip.eeprom.config[CONFIG_CHIP_MODE] |= CHIP_MODE_SELECTOR;
}

static void single_wire(struct part *part, uint8_t pin)
{
    part->chip.eeprom.config[CONFIG_I2C_ENABLE] = 0x00;
    part->chip.eeprom.config[CONFIG_I2C_ADDRESS] = pin;
}

static void no_pin(struct part *part)
{
    single_wire(part, 0x40);
}

static void guarded_pin(struct part *part)
{
    single_wire(part, 0x41);
}

static void input_pin(struct part *part)
{
    single_wire(part, 0x42);
}

static void no_latch(struct part *part)
{
    part->chip.eeprom.config[CONFIG_VOLATILE_KEY] = 0x04;
}

static void latch_without_check(struct part *part)
{
    part->chip.eeprom.config[CONFIG_VOLATILE_KEY] = 0x84;
    part->chip.eeprom.config[CONFIG_SECURE_BOOT] = 0x00;
}

static void otp_for_good(struct part *part)
{
    part->chip.eeprom.config[CONFIG_OTP_MODE] = 0xAA;
}

static void failed_self_test(struct part *part)
{
    uint8_t answer[128];

    chip_inject_selftest_failure(&part->chip, 0x20);
    part_command(part, SELFTEST, 0x20, 0, NULL, 0, answer);
}

static void failing_generator(struct part *part)
{
    make_keys(part);
    fixed_nonce(part);
    chip_inject_health_failure(&part->chip);
}

const struct situation situations[] = {
    {"mongoose", as_it_is},
    {"mongoose", config_open},
    {"mongoose", data_open},
    {"library-test", as_it_is},
    {"library-test", data_open},
    {"blank", as_it_is},
    {"mongoose-508", as_it_is},
    {"mongoose-508", config_open},
    {"mongoose-508", data_open},
    {"mongoose", fixed_nonce},
    {"mongoose", random_nonce},
    {"mongoose", session_key},
    {"mongoose", nomac_session_key},
    {"mongoose", private_key_in_temp_key},
    {"mongoose", sha_running},
    {"mongoose", hmac_running},
    {"mongoose", keys_that_do_everything},
    {"mongoose", keys_that_do_nothing},
    {"mongoose", keys_in_the_open},
    {"mongoose", empty_private_slots},
    {"mongoose", secrets_for_ecdh},
    {"mongoose", public_keys},
    {"mongoose", public_keys_to_validate},
    {"mongoose", certified_public_keys},
    {"mongoose", aes_keys},
    {"mongoose", nomac_slots},
    {"mongoose", key_rolls},
    {"mongoose", locked_slots},
    {"mongoose", locked_private_slots},
    {"mongoose", prohibited_reads},
    {"library-test", required_randomness},
    {"library-test", required_authorisation},
    {"library-test", cleared_latch},
    {"library-test", use_lock},
    {"library-test", used_up},
    {"mongoose", outputs_forbidden},
    {"mongoose", derivations_forbidden},
    {"mongoose", outputs_encrypted},
    {"mongoose", boot_off},
    {"mongoose", boot_full_both},
    {"mongoose", boot_signature_in_a_short_slot},
    {"mongoose", boot_closed},
    {"mongoose", boot_key_not_validated},
    {"mongoose", no_aes},
    {"mongoose", extras_used},
    {"mongoose", no_pin},
    {"mongoose", guarded_pin},
    {"mongoose", input_pin},
    {"mongoose", no_latch},
    {"mongoose", latch_without_check},
    {"mongoose", failed_self_test},
    {"mongoose", failing_generator},
    {"mongoose-508", random_nonce},
    {"mongoose-508", sha_running},
    {"mongoose-508", hmac_running},
    {"mongoose-508", extras_used},
    {"mongoose-508", used_up},
    {"mongoose-508", otp_for_good},
};

const struct refusal_row refusal_rows[] = {
    {READ, 0x82, 0, 3, 0},
    {READ, 0x02, 0, 3, 0},
    {READ, 0x82, 0x0200, 3, 0},
    {READ, 0x81, 0, 0, 0},
    {WRITE, 0x82, 0, 3, 32},
    {WRITE, 0x02, 0, 3, 4},
    {WRITE, 0xC2, 0, 3, 64},
    {WRITE, 0x82, 0, 3, 64},
    {WRITE, 0x81, 0, 0, 32},
    {WRITE, 0x01, 0, 0, 4},
    {WRITE, 0xC1, 0, 0, 64},
    {WRITE, 0x00, 0, 0, 4},
    {WRITE, 0x80, 0x0008, 0, 32},
    {WRITE, 0xC0, 0x0008, 0, 64},
    {MAC, 0x00, 0, 0, 32},
    {MAC, 0x01, 0, 0, 0},
    {MAC, 0x05, 0, 0, 0},
    {HMAC, 0x00, 0, 0, 0},
    {HMAC, 0x04, 0, 0, 0},
    {CHECKMAC, 0x00, 0, 0, 77},
    {CHECKMAC, 0x01, 0, 0, 77},
    {CHECKMAC, 0x05, 0, 0, 77},
    {CHECKMAC, 0x06, 0, 0, 77},
    {GENDIG, 0x00, 0, 0, 0},
    {GENDIG, 0x01, 0, 0, 0},
    {GENDIG, 0x02, 0, 0, 0},
    {GENDIG, 0x02, 0x8000, 0, 4},
    {GENDIG, 0x03, 0x0100, 0, 32},
    {GENDIG, 0x04, 0, 0, 0},
    {GENDIG, 0x05, 0, 0, 0},
    {NONCE, 0x00, 0, 0, 20},
    {NONCE, 0x00, 0x8000, 0, 20},
    {NONCE, 0x03, 0, 0, 32},
    {NONCE, 0x43, 0, 0, 64},
    {LOCK, 0x00, 0, 0, 0},
    {LOCK, 0x01, 0, 0, 0},
    {LOCK, 0x80, 0, 0, 0},
    {LOCK, 0x81, 0, 0, 0},
    {LOCK, 0x02, 0, 0, 0},
    {LOCK, 0x3E, 0, 0, 0},
    {LOCK, 0x1A, 0, 0, 0},
    {RANDOM, 0x00, 0, 0, 0},
    {DERIVEKEY, 0x00, 0, 0, 0},
    {DERIVEKEY, 0x00, 0, 0, 32},
    {DERIVEKEY, 0x04, 0, 0, 0},
    {UPDATE_EXTRA, 0x00, 0, 0, 0},
    {UPDATE_EXTRA, 0x01, 0x0100, 0, 0},
    {UPDATE_EXTRA, 0x02, 0, 0, 0},
    {COUNTER, 0x00, 0, 0, 0},
    {COUNTER, 0x01, 0, 0, 0},
    {INFO, 0x00, 0, 0, 0},
    {INFO, 0x01, 0, 0, 0},
    {INFO, 0x02, 0, 0, 0},
    {INFO, 0x03, 0, 0, 0},
    {INFO, 0x04, 0, 0, 0},
    {GENKEY, 0x04, 0, 0, 0},
    {GENKEY, 0x00, 0, 0, 0},
    {GENKEY, 0x08, 0, 0, 0},
    {GENKEY, 0x10, 0, 0, 3},
    {GENKEY, 0x0C, 0xFFF0, 0, 0},
    {GENKEY, 0x04, 0xFFF0, 0, 0},
    {SIGN, 0x80, 0, 0, 0},
    {SIGN, 0xA0, 0, 0, 0},
    {SIGN, 0x00, 0, 0, 0},
    {ECDH, 0x00, 0, 0, 64},
    {ECDH, 0x0C, 0, 0, 64},
    {ECDH, 0x0E, 0, 0, 64},
    {ECDH, 0x08, 0, 0, 64},
    {ECDH, 0x04, 0, 0, 64},
    {ECDH, 0x0D, 0, 0, 64},
    {ECDH, 0x05, 0, 0, 64},
    {VERIFY, 0x00, 0, 0, 64},
    {VERIFY, 0x20, 0, 0, 64},
    {VERIFY, 0x01, 0, 0, 64},
    {VERIFY, 0x22, 0, 0, 128},
    {VERIFY, 0xA2, 0, 0, 128},
    {VERIFY, 0x02, 0, 0, 128},
    {VERIFY, 0x03, 0, 0, 83},
    {VERIFY, 0x07, 0, 0, 83},
    {PRIVWRITE, 0x00, 0, 0, 68},
    {PRIVWRITE, 0x40, 0, 0, 68},
    {SHA, 0x00, 0, 0, 0},
    {SHA, 0x01, 0, 0, 64},
    {SHA, 0x01, 0x40, 8, 64},
    {SHA, 0x02, 0, 8, 0},
    {SHA, 0x03, 0, 0, 0},
    {SHA, 0x04, 0, 0, 0},
    {SHA, 0x04, 0xFFF0, 0, 0},
    {SHA, 0x05, 0, 8, 0},
    {SHA, 0x06, 0, 0, 0},
    {SHA, 0x07, 36, 8, 36},
    {AES, 0x00, 0, 0, 16},
    {AES, 0x81, 0, 0, 16},
    {AES, 0x80, 0xFFF0, 0, 16},
    {AES, 0x03, 0, 0, 32},
    {KDF, 0x12, 0, 0, 20},
    {KDF, 0x0A, 0x0C00, 0, 20},
    {KDF, 0x08, 0, 8, 20},
    {KDF, 0x32, 0, 0, 20},
    {KDF, 0x52, 0, 0, 20},
    {KDF, 0x56, 0, 0, 20},
    {KDF, 0x10, 0, 0, 20},
    {KDF, 0x11, 0, 0, 20},
    {KDF, 0x13, 0, 0, 20},
    {KDF, 0x06, 0, 0, 20},
    {SELFTEST, 0x20, 0, 0, 0},
    {SELFTEST, 0x00, 1, 0, 0},
    {SECUREBOOT, 0x05, 0, 8, 96},
    {SECUREBOOT, 0x06, 0, 8, 32},
    {SECUREBOOT, 0x07, 0, 8, 96},
    {SECUREBOOT, 0x85, 0, 8, 96},
    {SECUREBOOT, 0x86, 0, 8, 32},
    {PAUSE, 0x00, 0, 8, 0},
    {PAUSE, 0x00, 1, 0, 0},
    {0x99, 0x00, 0, 0, 0},
};

const unsigned situation_count = sizeof situations / sizeof situations[0];
const unsigned refusal_row_count = sizeof refusal_rows / sizeof refusal_rows[0];
