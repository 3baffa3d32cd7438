/* rehearse: a lock performed by the real machine on a copy, and what follows from it. */

#include "rehearse.h"

#include <string.h>

#include "check.h"
#include "crc.h"
#include "crypto.h"
#include "memory.h"

enum { LOCK = 0x17, NO_SLOT = 0 };

uint16_t lock_crc(const struct chip *chip, enum lock_target target, unsigned slot)
{
    switch (target) {
    case LOCK_CONFIG_ZONE:
        return chip_crc16(0, chip->eeprom.config, CHIP_CONFIG_SIZE);
    case LOCK_DATA_ZONE:
        return chip_data_zone_crc(chip);
    default:
        return chip_crc16(0, chip->eeprom.data + chip_slot_offset(slot), chip_slot_size(slot));
    }
}

static uint64_t now_us(void *context)
{
    (void)context;
    return 1000000;
}

static void no_random(void *context, uint8_t *bytes, size_t n)
{
    (void)context;
    memset(bytes, 0, n); /* Lock draws none */
}

/* Sends Lock to a machine with the specimen's EEPROM. `after` becomes a study of what it leaves. -1:
 * libcrypto. */
static int perform(const struct study *before, enum lock_target target, unsigned slot, struct study *after,
                   struct chip_trace *why)
{
    const struct chip_platform platform = {.now_us = now_us, .random = no_random};
    const struct chip_policy policy = {.fast = true};
    const uint16_t crc = lock_crc(&before->specimen.chip, target, slot);
    uint8_t request[CHIP_REQUEST_MIN] = {CHIP_REQUEST_MIN, LOCK, (uint8_t)(target | slot << 2), (uint8_t)crc,
                                         (uint8_t)(crc >> 8)};
    uint8_t response[CHIP_RESPONSE_MAX];
    struct chip chip;

    if (chip_init(&chip, &before->specimen.chip.eeprom, &platform, &policy) < 0)
        return -1;
    chip_power_on(&chip);
    chip_wake_pulse(&chip);
    uint16_t packet_crc = chip_crc16(0, request, 5);
    request[5] = (uint8_t)packet_crc;
    request[6] = (uint8_t)(packet_crc >> 8);
    chip_exec(&chip, request, sizeof request, response, why);

    memset(&after->specimen, 0, sizeof after->specimen);
    after->specimen.chip.eeprom = chip.eeprom;
    after->specimen.has_data = before->specimen.has_data;
    chip_release(&chip);
    return study_powers(after);
}

static void print_target(FILE *out, enum lock_target target, unsigned slot)
{
    static const char *const zones[] = {"configuration zone", "data zone (and OTP)"};

    if (target == LOCK_ONE_SLOT)
        fprintf(out, "slot %u", slot);
    else
        fprintf(out, "the %s", zones[target]);
}

static void print_command(FILE *out, const struct study *study, enum lock_target target, unsigned slot)
{
    uint16_t crc = lock_crc(&study->specimen.chip, target, slot);

    fprintf(out, "Lock Param1 %02X, Param2 %04X: CRC of %s.\n", target | slot << 2, crc,
            target == LOCK_CONFIG_ZONE ? "the configuration as it is"
            : target == LOCK_DATA_ZONE ? "all slots but private ones, and OTP"
                                       : "the slot, which the part is believed not to check");
    if (target != LOCK_CONFIG_ZONE && !study->specimen.has_data)
        fputs("This is the CRC of an unused part: what is in the slots is not known from a configuration "
              "alone.\n",
              out);
}

/* One line for each power that some slots gain or lose. Returns whether there was any. */
static bool print_powers(FILE *out, const struct powers *from, const struct powers *to,
                         enum lock_target target)
{
    bool any = false;

    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (target == LOCK_ONE_SLOT && capability_rows[i].kind == KIND_LOCK)
            continue; /* that a locked slot cannot be locked is no loss */
        uint16_t slots = powers_slots(from, i) & (uint16_t)~powers_slots(to, i);
        if (!slots)
            continue;
        fprintf(out, "  %-52s %s\n", capability_rows[i].does, words_slots(slots).text);
        any = true;
    }
    return any;
}

static void print_config_powers(FILE *out, enum lock_target target)
{
    if (target == LOCK_CONFIG_ZONE)
        fputs("  change of any setting: SlotConfig, KeyConfig, options, counters, address\n", out);
    if (target == LOCK_DATA_ZONE)
        fputs("  change of OTP\n", out);
}

/* Empty slots that this lock deprives of their last chance. */
static uint16_t stranded_slots(const struct study *before, const struct study *after, enum lock_target target,
                               unsigned slot)
{
    uint16_t slots = 0;

    for (unsigned i = 0; i < CHIP_SLOTS; i++) {
        bool chance = powers_can_fill(&before->now, i);
        bool later = powers_can_fill(&after->now, i);
        if (target == LOCK_ONE_SLOT && i != slot)
            continue;
        if (chance && !later && before->specimen.has_data && slot_is_empty(&before->specimen.chip, i))
            slots |= (uint16_t)(1u << i);
    }
    return slots;
}

static void print_stranded(FILE *out, const struct study *study, uint16_t stranded)
{
    uint16_t keys = 0;

    for (unsigned i = 0; i < CHIP_SLOTS; i++) {
        if (chip_slot_rules(&study->specimen.chip, i).is_private)
            keys |= (uint16_t)(1u << i);
    }
    if (stranded & keys)
        fprintf(out, "STRANDED: %s: no private key, and none can ever be put in.\n",
                words_slots(stranded & keys).text);
    if (stranded & ~keys)
        fprintf(out, "STRANDED: %s: empty for ever; every byte reads and counts as FF.\n",
                words_slots(stranded & (uint16_t)~keys).text);
}

/* The order matters, and it is the order in which regret comes. */
static void print_before_you_do(FILE *out, const struct study *study, enum lock_target target)
{
    struct findings findings;

    if (target == LOCK_ONE_SLOT)
        return;
    check(study, &findings);
    unsigned dangers = check_count(&findings, DANGER), warnings = check_count(&findings, WARNING);
    if (dangers + warnings == 0)
        return;
    fprintf(out, "\ncheck finds %u danger%s and %u warning%s%s.\n", dangers, dangers == 1 ? "" : "s",
            warnings, warnings == 1 ? "" : "s",
            target == LOCK_CONFIG_ZONE ? ", and this is the last time anything can be done about most of them"
                                       : "");
    for (unsigned i = 0; i < findings.count && findings.list[i].severity == DANGER; i++)
        fprintf(out, "  danger: %s\n", findings.list[i].says.text);
}

int rehearse(FILE *out, const char *name, const struct study *study, enum lock_target target, unsigned slot)
{
    struct study after;
    struct chip_trace why;

    if (target != LOCK_ONE_SLOT)
        slot = NO_SLOT;
    if (perform(study, target, slot, &after, &why) < 0) {
        fputs(
            "hallmark-chip-tool: libcrypto offers no P-256 or no memory, and nothing can be tried without\n",
            stderr);
        return EXIT_TROUBLE;
    }
    fprintf(out, "%s: the lock of ", name);
    print_target(out, target, slot);
    fputs(", rehearsed on a copy. Nothing was written.\n\n", out);
    print_command(out, study, target, slot);
    if (why.status != CHIP_SUCCESS) {
        fprintf(out, "The part would answer %02X, %s: %s.\n", why.status, chip_status_name(why.status),
                why.reason);
        study_wipe(&after);
        return EXIT_NO;
    }
    fputs("The part would answer 00, success.\n\nPossible afterwards and not now, with keys and data where "
          "they belong:\n",
          out);
    if (!print_powers(out, &after.now, &study->now, target))
        fputs("  nothing\n", out);
    fputs("\nLost for ever:\n", out);
    print_config_powers(out, target);
    if (!print_powers(out, &study->now, &after.now, target) && target == LOCK_ONE_SLOT)
        fputs("  nothing\n", out);

    uint16_t stranded = stranded_slots(study, &after, target, slot);
    if (stranded) {
        fputc('\n', out);
        print_stranded(out, study, stranded);
    }
    print_before_you_do(out, study, target);
    study_wipe(&after);
    return stranded ? EXIT_NO : EXIT_FINE;
}
