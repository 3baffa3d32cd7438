/* The part's own settings in words.  atecc608.md 2.2 - 2.5, 2.7, 2.10, 3.21 */

#include "describe.h"

#include "counter_field.h"
#include "limited_use.h"
#include "memory.h"

enum { LITTLE_ENDIAN_WORD = 2 };

typedef void say_function(const struct study *study, const uint8_t *config, struct words *says);

static void say_model(const struct study *study, const uint8_t *config, struct words *says)
{
    const uint8_t *revision = config + CONFIG_REVISION;

    words_add(says, "%s, revision %02X %02X %02X %02X", describe_model(&study->specimen.chip), revision[0],
              revision[1], revision[2], revision[3]);
}

static void say_serial(const struct study *study, const uint8_t *config, struct words *says)
{
    uint8_t serial[CHIP_SERIAL_SIZE];
    unsigned sum = 0;

    chip_serial(&study->specimen.chip, serial);
    for (unsigned i = 0; i < CHIP_SERIAL_SIZE; i++) {
        words_add(says, "%02X", serial[i]);
        sum += serial[i];
    }
    if (sum == 0)
        words_add(says, " (a configuration without a part)");
}

static void say_life_cycle(const struct study *study, const uint8_t *config, struct words *says)
{
    bool config_locked = chip_config_locked(&study->specimen.chip);
    bool data_locked = chip_data_locked(&study->specimen.chip);

    if (config_locked && data_locked)
        words_add(says, "both zones locked: the configuration is final and the slots' rules are in force");
    else if (config_locked)
        words_add(says,
                  "configuration locked, data zone open: keys and data are put in now, whatever the slots' "
                  "rules say; nothing can be read");
    else if (data_locked)
        words_add(says,
                  "configuration open although the data zone counts as locked: no part gets there by Lock");
    else
        words_add(says, "configuration open: every setting can still be changed, and no slot can be used");
}

static void say_interface(const struct study *study, const uint8_t *config, struct words *says)
{
    bool i2c = config[CONFIG_I2C_ENABLE] & 1;
    bool extra = !chip_is_508(&study->specimen.chip) &&
                 (config[CONFIG_CHIP_MODE] & CHIP_MODE_EXTRA_ADDRESS) && config[CONFIG_USER_EXTRA_ADD] != 0;
    uint8_t address = config[extra ? CONFIG_USER_EXTRA_ADD : CONFIG_I2C_ADDRESS];

    if (i2c)
        words_add(says, "I2C address %02X, from %s", address >> 1,
                  extra ? "UserExtraAdd (byte 85)" : "byte 16");
    else
        words_add(says, "single wire, not I2C (byte 14 bit 0 = 0)");
}

static void say_inputs(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "%s",
              config[CONFIG_CHIP_MODE] & 2 ? "input levels follow VCC" : "input levels are fixed");
}

static void say_watchdog(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "%s",
              config[CONFIG_CHIP_MODE] & CHIP_MODE_LONG_WATCHDOG ? "long, 10 s or more"
                                                                 : "short, about 1.3 s");
}

static void say_clock(const struct study *study, const uint8_t *config, struct words *says)
{
    enum { M0 = 0, M1 = 5, M2 = 13 };

    switch (config[CONFIG_CHIP_MODE] >> 3) {
    case M0:
        words_add(says, "M0, full speed");
        return;
    case M1:
        words_add(says, "M1, divided: about half the speed");
        return;
    case M2:
        words_add(says, "M2, divided: a sixth to a tenth of the speed");
        return;
    default:
        words_add(says, "divider %02X, which is none of M0, M1, M2", config[CONFIG_CHIP_MODE] >> 3);
    }
}

static void say_selector(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "%02X, writable %s", config[CONFIG_SELECTOR],
              config[CONFIG_CHIP_MODE] & CHIP_MODE_SELECTOR ? "only while it is 00" : "at any time");
}

static void say_address_change(const struct study *study, const uint8_t *config, struct words *says)
{
    if (!(config[CONFIG_CHIP_MODE] & CHIP_MODE_EXTRA_ADDRESS))
        words_add(says, "cannot be changed once the configuration is locked");
    else if (config[CONFIG_USER_EXTRA_ADD] == 0)
        words_add(says, "can be changed once by anyone on the bus, with UpdateExtra, whatever is locked");
    else
        words_add(says, "has been changed once and is final");
}

static void say_counter(const struct study *study, unsigned counter, struct words *says)
{
    words_add(says, "at %u", chip_counter_read(&study->specimen.chip, counter));
}

static void say_counter_0(const struct study *study, const uint8_t *config, struct words *says)
{
    say_counter(study, 0, says);
}

static void say_limit(const struct study *study, const uint8_t *config, struct words *says)
{
    const struct chip *chip = &study->specimen.chip;
    uint8_t match = config[CONFIG_COUNT_MATCH];

    if (chip_is_508(chip) || !(match & 1))
        words_add(says, "limited-use keys stop when counter 0 is at its end, %u", COUNTER_MAX);
    else if (!study->specimen.has_data || slot_is_empty(chip, match >> 4))
        words_add(says, "limited-use keys stop when counter 0 is at the value in slot %u (CountMatch)",
                  match >> 4);
    else
        words_add(says, "limited-use keys stop when counter 0 is at %u, the value in slot %u (CountMatch)",
                  chip_counter_limit(chip), match >> 4);
}

static void say_counter_1(const struct study *study, const uint8_t *config, struct words *says)
{
    say_counter(study, 1, says);
}

static void say_otp_mode(const struct study *study, const uint8_t *config, struct words *says)
{
    uint8_t mode = config[CONFIG_OTP_MODE];

    words_add(says, "%02X: %s", mode,
              mode == 0xAA   ? "read-only once the data zone is locked"
              : mode == 0x55 ? "consumption: bits may be cleared, never set"
                             : "reserved");
}

static void say_last_key_use(const struct study *study, const uint8_t *config, struct words *says)
{
    unsigned left = 0;

    for (unsigned i = 0; i < 16; i++)
        left += (unsigned)__builtin_popcount(config[CONFIG_LAST_KEY_USE + i]);
    words_add(says, "%u of 128 uses left, counted only if slot 15 is limited-use", left);
}

static void say_use_lock(const struct study *study, const uint8_t *config, struct words *says)
{
    if ((config[CONFIG_USE_LOCK] & 0xF) == 0xA)
        words_add(says, "on: no key works after power-up until CheckMac succeeds with slot %u",
                  config[CONFIG_USE_LOCK] >> 4);
    else
        words_add(says, "off");
}

static void say_latch(const struct study *study, const uint8_t *config, struct words *says)
{
    if (config[CONFIG_VOLATILE_KEY] & 0x80)
        words_add(says, "can be set by whoever passes CheckMac with slot %u",
                  config[CONFIG_VOLATILE_KEY] & 0xF);
    else
        words_add(says, "cannot be set by CheckMac");
}

static void say_secure_boot(const struct study *study, const uint8_t *config, struct words *says)
{
    static const char *const modes[4] = {"off", "full: digest and signature each time",
                                         "signature kept in slot", "digest kept in slot"};
    unsigned boot = config[CONFIG_SECURE_BOOT] | (unsigned)config[CONFIG_SECURE_BOOT + 1] << 8;

    words_add(says, "%s", modes[boot & 3]);
    if ((boot & 3) == 0)
        return;
    if ((boot & 3) > 1)
        words_add(says, " %u", boot >> 8 & 0xF);
    words_add(says, ", public key in slot %u", boot >> 12);
    if (boot & 1 << 3)
        words_add(says, ", success sets the persistent latch");
    if (boot & 1 << 4)
        words_add(says, ", random nonce required");
}

static void say_kdf_iv(const struct study *study, const uint8_t *config, struct words *says)
{
    if (config[CONFIG_KDF_IV_LOC] | config[CONFIG_KDF_IV_STR] | config[CONFIG_KDF_IV_STR + 1])
        words_add(says, "HKDF with IV wants %02X %02X at byte %u of the message", config[CONFIG_KDF_IV_STR],
                  config[CONFIG_KDF_IV_STR + 1], config[CONFIG_KDF_IV_LOC]);
}

static void say_aes(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "%s",
              config[CONFIG_AES_ENABLE] & 1 ? "available" : "not available in this part (byte 13 bit 0 = 0)");
}

static void say_self_test(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "%s",
              chip_options(&study->specimen.chip) & OPTION_POST ? "on power-up and on wake from sleep"
                                                                : "on demand");
}

static void say_io_protection(const struct study *study, const uint8_t *config, struct words *says)
{
    unsigned options = chip_options(&study->specimen.chip);

    if (options & OPTION_IO_KEY)
        words_add(says, "on, with the key in slot %u", options >> 12 & 0xF);
    else
        words_add(says, "off");
}

static const char *const output_policies[4] = {
    "may leave in clear",
    "leave encrypted with the IO protection key only",
    "stay in the chip: TempKey or a slot",
    "are not made at all",
};

static void say_ecdh_policy(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "secrets %s", output_policies[chip_options(&study->specimen.chip) >> 8 & 3]);
}

static void say_kdf_policy(const struct study *study, const uint8_t *config, struct words *says)
{
    unsigned options = chip_options(&study->specimen.chip);

    words_add(says, "results %s", output_policies[options >> 10 & 3]);
    if ((options >> 10 & 3) != 3)
        words_add(says, "; its AES form is %s", options & OPTION_KDF_AES ? "on" : "off");
}

static void say_certificates(const struct study *study, const uint8_t *config, struct words *says)
{
    for (unsigned i = 0; i < 4; i++) {
        uint8_t format = config[CONFIG_X509_FORMAT + i];
        if (format != 0)
            words_list(says, "format %u: public key at position %u, template length %u", i, format & 0xF,
                       format >> 4);
    }
    if (!says->text[0])
        words_add(says, "any signature by the parent validates a public key");
}

static void say_user_extra(const struct study *study, const uint8_t *config, struct words *says)
{
    words_add(says, "%02X%s", config[CONFIG_USER_EXTRA],
              config[CONFIG_USER_EXTRA] == 0 ? ", can be set once with UpdateExtra" : ", final");
}

enum part_kind { EVERY_PART, ONLY_508, ONLY_608 };

static const struct row {
    const char *topic;
    unsigned offset;
    unsigned length;
    enum part_kind kind;
    say_function *say;
} rows[] = {
    {"part", CONFIG_REVISION, 4, EVERY_PART, say_model},
    {"serial number", 0, 13, EVERY_PART, say_serial},
    {"life cycle", CONFIG_LOCK_VALUE, 2, EVERY_PART, say_life_cycle},
    {"bus", CONFIG_I2C_ADDRESS, 1, EVERY_PART, say_interface},
    {"address", CONFIG_USER_EXTRA_ADD, 1, ONLY_608, say_address_change},
    {"selector", CONFIG_SELECTOR, 1, ONLY_508, say_selector},
    {"inputs", CONFIG_CHIP_MODE, 1, EVERY_PART, say_inputs},
    {"watchdog", CONFIG_CHIP_MODE, 1, EVERY_PART, say_watchdog},
    {"clock", CONFIG_CHIP_MODE, 1, ONLY_608, say_clock},
    {"counter 0", CONFIG_COUNTER, 8, EVERY_PART, say_counter_0},
    {"limited use", CONFIG_COUNT_MATCH, 1, EVERY_PART, say_limit},
    {"counter 1", CONFIG_COUNTER + 8, 8, EVERY_PART, say_counter_1},
    {"OTP", CONFIG_OTP_MODE, 1, ONLY_508, say_otp_mode},
    {"last key", CONFIG_LAST_KEY_USE, 16, ONLY_508, say_last_key_use},
    {"use lock", CONFIG_USE_LOCK, 1, ONLY_608, say_use_lock},
    {"latch", CONFIG_VOLATILE_KEY, 1, ONLY_608, say_latch},
    {"secure boot", CONFIG_SECURE_BOOT, LITTLE_ENDIAN_WORD, ONLY_608, say_secure_boot},
    {"self test", CONFIG_CHIP_OPTIONS, LITTLE_ENDIAN_WORD, ONLY_608, say_self_test},
    {"IO protection", CONFIG_CHIP_OPTIONS, LITTLE_ENDIAN_WORD, ONLY_608, say_io_protection},
    {"ECDH", CONFIG_CHIP_OPTIONS, LITTLE_ENDIAN_WORD, ONLY_608, say_ecdh_policy},
    {"KDF", CONFIG_CHIP_OPTIONS, LITTLE_ENDIAN_WORD, ONLY_608, say_kdf_policy},
    {"KDF IV", CONFIG_KDF_IV_LOC, 3, ONLY_608, say_kdf_iv},
    {"AES", CONFIG_AES_ENABLE, 1, ONLY_608, say_aes},
    {"certificates", CONFIG_X509_FORMAT, 4, EVERY_PART, say_certificates},
    {"user extra", CONFIG_USER_EXTRA, 1, EVERY_PART, say_user_extra},
};

void describe_part(const struct study *study, struct description *description)
{
    bool is_508 = chip_is_508(&study->specimen.chip);

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        if (row->kind == (is_508 ? ONLY_608 : ONLY_508))
            continue;
        struct words says = {0};
        row->say(study, study->specimen.chip.eeprom.config, &says);
        if (says.text[0])
            *describe_add(description, THE_PART, row->topic, row->offset, row->length) = says;
    }
}
