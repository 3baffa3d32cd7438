/* check: the part's own settings.  atecc608.md 2.2 - 2.4, 2.7, 3.21, 4.2, 5.4 */

#include "check.h"

#include "counter_field.h"
#include "memory.h"

struct view {
    const struct study *study;
    const struct chip *chip;
    const uint8_t *config;
    unsigned options;
    unsigned boot; /* bytes 70..71 */
};

/* ---- What was written for a 508A and means something else on a 608 (5.4) ------------------------------ */

static bool any_limited_use(const struct chip *chip)
{
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (chip_slot_rules(chip, slot).limited_use)
            return true;
    }
    return false;
}

static unsigned check_count_match(const struct view *view, struct findings *findings)
{
    uint8_t match = view->config[CONFIG_COUNT_MATCH];

    if (!(match & 0x0E))
        return 0;
    bool stops_keys = (match & 1) && any_limited_use(view->chip);
    struct finding *finding = check_add(findings, stops_keys ? DANGER : WARNING, "count-match-508a", 0);
    words_add(&finding->says, "CountMatch is %02X, a 508A's OTPmode: on a 608 it means %s", match,
              match & 1 ? "" : "nothing, for bit 0 is 0");
    if (match & 1)
        words_add(&finding->says, "that limited-use keys stop at the value in slot %u%s", match >> 4,
                  stops_keys ? "" : "; harmless only as long as no slot is limited-use");
    words_add(&finding->bits, "byte 18 = %02X, bits 3:1 not 0", match);
    words_add(&finding->remedy, "set byte 18 to 00");
    return 1;
}

static unsigned check_volatile_key(const struct view *view, struct findings *findings)
{
    if (view->config[CONFIG_VOLATILE_KEY] != 0xFF)
        return 0;
    struct finding *finding = check_add(findings, WARNING, "volatile-key-508a", 1u << 15);
    words_add(&finding->says,
              "VolatileKeyPermission is FF, a 508A's LastKeyUse: on a 608 whoever passes CheckMac with "
              "slot 15 can set the persistent latch");
    words_add(&finding->bits, "byte 69 = FF");
    words_add(&finding->remedy, "set byte 69 to 00");
    return 1;
}

static unsigned check_secure_boot_leftover(const struct view *view, struct findings *findings)
{
    if (view->boot != 0xFFFF)
        return 0;
    struct finding *finding = check_add(findings, WARNING, "secure-boot-508a", 1u << 15);
    words_add(&finding->says,
              "SecureBoot is FFFF, a 508A's LastKeyUse: on a 608 it is on, with slot 15 as public key and "
              "as digest");
    words_add(&finding->bits, "bytes 70..71 = FF FF");
    words_add(&finding->remedy, "set bytes 70 and 71 to 00");
    return 1;
}

static unsigned check_other_leftovers(const struct view *view, struct findings *findings)
{
    unsigned count = 0;

    for (unsigned i = CONFIG_KDF_IV_LOC; i < CONFIG_USER_EXTRA; i++)
        count += view->config[i] == 0xFF;
    if (count < 12)
        return 0;
    struct finding *finding = check_add(findings, NOTE, "last-key-use-508a", 0);
    words_add(&finding->says,
              "bytes 72..83 are FF, a 508A's LastKeyUse: on a 608 KdfIvLoc, KdfIvStr and reserved bytes");
    words_add(&finding->bits, "bytes 72..83 = FF");
    words_add(&finding->remedy, "set them to 00");
    return 1;
}

static void check_508a_layout(const struct view *view, struct findings *findings)
{
    if (chip_is_508(view->chip))
        return;
    unsigned leftovers = check_count_match(view, findings);
    leftovers += check_volatile_key(view, findings);
    leftovers += check_secure_boot_leftover(view, findings);
    leftovers += check_other_leftovers(view, findings);
    if (leftovers < 2)
        return;
    struct finding *finding = check_add(findings, WARNING, "508a-layout", 0);
    words_add(&finding->says, "this configuration was made for an ATECC508A, and the part is a 608");
    words_add(&finding->bits, "bytes 18, 68..83");
    words_add(&finding->remedy,
              "set bytes 18, 68..83, 85 and 90..91 to 00 (Microchip AN3539), then choose the 608's options");
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static void check_clock(const struct view *view, struct findings *findings)
{
    enum { SHORT_WATCHDOG_MS = 700 }; /* the shortest it may be; 1300 is typical */
    unsigned divider = view->config[CONFIG_CHIP_MODE] >> 3;
    unsigned column = divider == 13 ? 2 : divider == 5 ? 1 : 0;
    struct words slow = {0};

    if (chip_is_508(view->chip))
        return;
    if (divider != 0 && divider != 5 && divider != 13) {
        struct finding *finding = check_add(findings, WARNING, "clock", 0);
        words_add(&finding->says, "the clock divider is none of M0, M1 and M2");
        words_add(&finding->bits, "ChipMode (byte 19) bits 7:3 = %02X", divider);
        words_add(&finding->remedy, "set them to 00000 (M0), 00101 (M1) or 01101 (M2)");
    }
    if (view->config[CONFIG_CHIP_MODE] & CHIP_MODE_LONG_WATCHDOG)
        return;
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        if (chip_commands[opcode].name && chip_commands[opcode].time_ms[column] > SHORT_WATCHDOG_MS)
            words_list(&slow, "%s takes %u ms", chip_commands[opcode].name,
                       chip_commands[opcode].time_ms[column]);
    }
    if (!slow.text[0])
        return;
    words_close_list(&slow, "and");
    struct finding *finding = check_add(findings, DANGER, "watchdog", 0);
    words_add(&finding->says, "with clock M%u %s, and the short watchdog ends everything after 0.7 to 1.3 s",
              column, slow.text);
    words_add(&finding->bits, "ChipMode (byte 19) bits 7:3 = %02X, bit 2 = 0", divider);
    words_add(&finding->remedy, "set ChipMode bit 2, the long watchdog");
}

/* ---- Bus ----------------------------------------------------------------------------------------------- */

static void check_address(const struct view *view, struct findings *findings)
{
    uint8_t byte = view->config[CONFIG_I2C_ADDRESS];
    bool extra = view->config[CONFIG_CHIP_MODE] & CHIP_MODE_EXTRA_ADDRESS;

    if ((view->config[CONFIG_I2C_ENABLE] & 1) && (byte >> 1 < 0x08 || byte >> 1 > 0x77)) {
        struct finding *finding = check_add(findings, DANGER, "address", 0);
        words_add(&finding->says, "I2C address %02X is reserved, and hosts will not find the part there",
                  byte >> 1);
        words_add(&finding->bits, "byte 16 = %02X", byte);
        words_add(&finding->remedy, "choose an address from 08 to 77; byte 16 holds it shifted left by one");
    }
    if (chip_is_508(view->chip))
        return;
    if (extra && view->config[CONFIG_USER_EXTRA_ADD] == 0) {
        struct finding *finding = check_add(findings, WARNING, "user-extra-add", 0);
        words_add(&finding->says,
                  "anyone on the bus can move the part to another address, once: UpdateExtra works "
                  "whatever is locked");
        words_add(&finding->bits, "ChipMode (byte 19) bit 0 = 1, UserExtraAdd (byte 85) = 00");
        words_add(&finding->remedy,
                  "clear ChipMode bit 0, or set byte 85 with UpdateExtra before the part leaves");
    }
    if (!extra && view->config[CONFIG_USER_EXTRA_ADD] != 0) {
        struct finding *finding = check_add(findings, NOTE, "user-extra-add", 0);
        words_add(&finding->says, "UserExtraAdd holds an address, and the part does not use it");
        words_add(&finding->bits, "ChipMode (byte 19) bit 0 = 0, UserExtraAdd (byte 85) = %02X",
                  view->config[CONFIG_USER_EXTRA_ADD]);
        words_add(&finding->remedy, "set ChipMode bit 0 if that address is meant");
    }
}

/* ---- Options ------------------------------------------------------------------------------------------- */

static void check_output(const struct view *view, const char *what, unsigned shift, struct findings *findings)
{
    if ((view->options >> shift & 3) != 1 || (view->options & OPTION_IO_KEY))
        return;
    struct finding *finding = check_add(findings, DANGER, "io-key-off", 0);
    words_add(
        &finding->says,
        "%s output must be encrypted with the IO protection key, and none is enabled: every request fails",
        what);
    words_add(&finding->bits, "ChipOptions bits %u:%u = 1, bit 1 = 0", shift + 1, shift);
    words_add(&finding->remedy, "set ChipOptions bit 1 and name the key's slot in bits 15:12");
}

static void check_options(const struct view *view, struct findings *findings)
{
    unsigned io_slot = view->options >> 12 & 0xF;

    if (chip_is_508(view->chip))
        return;
    check_output(view, "ECDH", 8, findings);
    check_output(view, "KDF", 10, findings);
    if ((view->options & OPTION_IO_KEY) && chip_slot_rules(view->chip, io_slot).is_private) {
        struct finding *finding = check_add(findings, DANGER, "io-key", (uint16_t)(1u << io_slot));
        words_add(&finding->says, "the IO protection key is to be in slot %u, which holds a private key",
                  io_slot);
        words_add(&finding->bits, "ChipOptions bits 15:12 = %X", io_slot);
        words_add(&finding->remedy, "name a slot that holds a secret of 32 bytes");
    }
    if ((view->options & OPTION_KDF_AES) && !(view->config[CONFIG_AES_ENABLE] & 1)) {
        struct finding *finding = check_add(findings, WARNING, "no-aes", 0);
        words_add(&finding->says, "the AES form of KDF is enabled in a part without AES");
        words_add(&finding->bits, "ChipOptions bit 2 = 1, AES_Enable (byte 13) bit 0 = 0");
        words_add(&finding->remedy, "choose a part with AES, or clear ChipOptions bit 2");
    }
}

static void check_use_lock(const struct view *view, struct findings *findings)
{
    unsigned slot = view->config[CONFIG_USE_LOCK] >> 4;

    if (chip_is_508(view->chip) || (view->config[CONFIG_USE_LOCK] & 0xF) != 0xA)
        return;
    const struct power *check_mac = &view->study->locked.of[slot][CAN_CHECK_MAC];
    bool never = chip_slot_rules(view->chip, slot).is_private || (check_mac->built && !check_mac->allowed);
    struct finding *finding =
        check_add(findings, never ? DANGER : WARNING, "use-lock", (uint16_t)(1u << slot));
    words_add(&finding->says, "no key can be used after power-up until CheckMac succeeds with slot %u%s",
              slot, never ? ", and it never can" : "");
    words_add(&finding->bits, "UseLock (byte 68) = %02X", view->config[CONFIG_USE_LOCK]);
    words_add(&finding->remedy, "set byte 68 to 00 unless this is meant");
}

static void check_secure_boot(const struct view *view, struct findings *findings)
{
    enum { FULL_SIGNATURE = 2 };
    unsigned mode = view->boot & 3, key = view->boot >> 12, kept = view->boot >> 8 & 0xF;

    if (chip_is_508(view->chip) || mode == 0 || view->boot == 0xFFFF)
        return;
    struct chip_slot_rules key_rules = chip_slot_rules(view->chip, key);
    if (!chip_is_public_p256(&key_rules)) {
        struct finding *finding = check_add(findings, DANGER, "secure-boot-key", (uint16_t)(1u << key));
        words_add(&finding->says,
                  "secure boot takes its public key from slot %u, which is no P-256 public key slot", key);
        words_add(&finding->bits, "SecureBoot (bytes 70..71) bits 15:12 = %X", key);
        words_add(&finding->remedy, "name a slot from 8 to 15 with KeyType 4 and Private 0");
    }
    if (mode < FULL_SIGNATURE)
        return;
    bool too_short = mode == FULL_SIGNATURE && chip_slot_size(kept) < 64;
    bool is_private = chip_slot_rules(view->chip, kept).is_private;
    if (!too_short && !is_private && kept != key)
        return;
    struct finding *finding = check_add(findings, DANGER, "secure-boot-slot", (uint16_t)(1u << kept));
    words_add(&finding->says, "secure boot keeps its %s in slot %u, which %s",
              mode == FULL_SIGNATURE ? "signature" : "digest", kept,
              kept == key  ? "holds its public key too"
              : is_private ? "holds a private key"
                           : "is too short for one");
    words_add(&finding->bits, "SecureBoot (bytes 70..71) bits 1:0 = %u, bits 11:8 = %X", mode, kept);
    words_add(&finding->remedy, "name another slot");
}

/* ---- The rest ------------------------------------------------------------------------------------------ */

static void check_reserved(const struct view *view, struct findings *findings)
{
    struct words bytes = {0};

    if (view->config[17] != 0)
        words_list(&bytes, "byte 17 = %02X", view->config[17]);
    for (unsigned i = 75; i < CONFIG_USER_EXTRA && !chip_is_508(view->chip); i++) {
        if (view->config[i] != 0 && view->config[i] != 0xFF) /* FF: see check_other_leftovers() */
            words_list(&bytes, "byte %u = %02X", i, view->config[i]);
    }
    if (view->options & 0x00F0) /* bit 3 is set in a configuration that is known to work */
        words_list(&bytes, "ChipOptions bits 7:4 = %X", view->options >> 4 & 0xF);
    if (!bytes.text[0])
        return;
    struct finding *finding = check_add(findings, NOTE, "reserved", 0);
    words_add(&finding->says, "reserved bits are set");
    words_add(&finding->bits, "%s", bytes.text);
    words_add(&finding->remedy, "set them to 0");
}

static void check_counters(const struct view *view, struct findings *findings)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t count = chip_counter_read(view->chip, i);
        if (count == 0 || chip_config_locked(view->chip))
            continue;
        struct finding *finding = check_add(findings, count >= COUNTER_MAX ? WARNING : NOTE, "counter", 0);
        words_add(&finding->says, "counter %u starts at %u, and it never goes back", i, count);
        words_add(&finding->bits, "bytes %u..%u", CONFIG_COUNTER + 8 * i, CONFIG_COUNTER + 8 * i + 7);
        words_add(&finding->remedy, "set them to FF FF FF FF 00 00 00 00, which is 0");
    }
}

static void check_otp_mode(const struct view *view, struct findings *findings)
{
    uint8_t mode = view->config[CONFIG_OTP_MODE];

    if (!chip_is_508(view->chip) || mode == 0xAA || mode == 0x55)
        return;
    struct finding *finding = check_add(findings, WARNING, "otp-mode", 0);
    words_add(&finding->says, "OTPmode has a reserved value");
    words_add(&finding->bits, "byte 18 = %02X", mode);
    words_add(&finding->remedy, "set byte 18 to AA (read-only) or 55 (consumption)");
}

static void check_life_cycle(const struct view *view, struct findings *findings)
{
    if (chip_config_locked(view->chip) || !chip_data_locked(view->chip))
        return;
    struct finding *finding = check_add(findings, WARNING, "life-cycle", 0);
    words_add(&finding->says,
              "the data zone counts as locked and the configuration does not, which Lock never makes");
    words_add(&finding->bits, "LockValue (byte 86) = %02X, LockConfig (byte 87) = 55",
              view->config[CONFIG_LOCK_VALUE]);
    words_add(&finding->remedy, "look where this image comes from");
}

void check_part(const struct study *study, struct findings *findings)
{
    const struct chip *chip = &study->specimen.chip;
    const uint8_t *config = chip->eeprom.config;
    const struct view view = {study, chip, config, chip_options(chip),
                              config[CONFIG_SECURE_BOOT] | (unsigned)config[CONFIG_SECURE_BOOT + 1] << 8};

    check_508a_layout(&view, findings);
    check_clock(&view, findings);
    check_address(&view, findings);
    check_options(&view, findings);
    check_use_lock(&view, findings);
    check_secure_boot(&view, findings);
    check_reserved(&view, findings);
    check_counters(&view, findings);
    check_otp_mode(&view, findings);
    check_life_cycle(&view, findings);
}
