/* check: keys that protect other slots and are themselves open to anyone.
 *
 * A key is open when somebody who holds no secret can know it: by reading it, by overwriting it with his own,
 * by having the chip overwrite it with a value he can compute, or through another open key. What is possible
 * comes from the machine's trials (powers); the rest is following the arrows.
 */

#include "check.h"

#include <string.h>

#include "memory.h"

enum how { CLOSED, WRITTEN, READ, ECDH_TARGET, KDF_TARGET, THROUGH };

struct exposure {
    enum how how;
    unsigned through; /* THROUGH: the open key */
};

struct exposures {
    struct exposure of[CHIP_SLOTS];
};

/* Could somebody without a secret do this? When an authorisation is needed, only if its key is open. */
static bool anyone_can(const struct study *study, const struct exposures *known, unsigned slot,
                       enum capability capability, unsigned authorised_slot)
{
    const struct power *power = &study->locked.of[slot][capability];

    if (!power->allowed)
        return false;
    if (!(power->needs & LAB_AUTHORISED))
        return true;
    return known->of[chip_slot_rules(&study->specimen.chip, authorised_slot).auth_key].how != CLOSED;
}

static struct exposure exposure_of(const struct study *study, const struct exposures *known, unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&study->specimen.chip, slot);
    bool write_key_open = known->of[rules.write_key].how != CLOSED;

    if (anyone_can(study, known, slot, CAN_WRITE_CLEAR, slot))
        return (struct exposure){WRITTEN, 0};
    if (anyone_can(study, known, slot, CAN_READ_CLEAR, slot))
        return (struct exposure){READ, 0};
    /* The partner chooses the point: with the base point the secret is X of the slot's public key. */
    if ((slot & 1) && anyone_can(study, known, slot - 1, CAN_ECDH_SLOT, slot - 1))
        return (struct exposure){ECDH_TARGET, slot - 1};
    if (anyone_can(study, known, slot, CAN_TAKE_KDF, slot))
        return (struct exposure){KDF_TARGET, 0};
    if (write_key_open && anyone_can(study, known, slot, CAN_WRITE_ENCRYPTED, rules.write_key))
        return (struct exposure){THROUGH, rules.write_key};
    if (write_key_open && (rules.write_config & 1) &&
        anyone_can(study, known, slot, CAN_DERIVE, rules.write_key))
        return (struct exposure){THROUGH, rules.write_key};
    if (known->of[rules.read_key].how != CLOSED &&
        anyone_can(study, known, slot, CAN_READ_ENCRYPTED, rules.read_key))
        return (struct exposure){THROUGH, rules.read_key};
    return (struct exposure){CLOSED, 0};
}

/* Each round opens what the last one made reachable; sixteen slots are open after sixteen rounds at the
 * latest. */
static void find_exposures(const struct study *study, struct exposures *known)
{
    *known = (struct exposures){0};
    for (unsigned round = 0; round < CHIP_SLOTS; round++) {
        for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
            if (known->of[slot].how == CLOSED)
                known->of[slot] = exposure_of(study, known, slot);
        }
    }
}

static void say_how(const struct exposure *exposure, unsigned slot, struct words *says)
{
    switch (exposure->how) {
    case WRITTEN:
        words_add(says, "slot %u can be replaced in clear by anyone", slot);
        return;
    case READ:
        words_add(says, "slot %u can be read in clear by anyone", slot);
        return;
    case ECDH_TARGET:
        words_add(
            says,
            "slot %u can be set to a known value by anyone: ECDH of slot %u with the curve's base point "
            "puts X of its public key there",
            slot, exposure->through);
        return;
    case KDF_TARGET:
        words_add(says,
                  "slot %u can be set to a known value by anyone: KDF of a known TempKey may write there",
                  slot);
        return;
    case THROUGH:
        words_add(
            says,
            "slot %u can be replaced or read by anyone who has replaced slot %u, its key, which is open",
            slot, exposure->through);
        return;
    case CLOSED:
        return;
    }
}

static void say_bits(const struct study *study, const struct exposure *exposure, unsigned slot,
                     struct words *bits)
{
    struct chip_slot_rules rules = chip_slot_rules(&study->specimen.chip, slot);

    switch (exposure->how) {
    case WRITTEN:
        words_add(bits, "slot %u SlotConfig bits 15:12 = %X", slot, rules.write_config);
        return;
    case READ:
        words_add(bits, "slot %u SlotConfig bit 7 = 0", slot);
        return;
    case ECDH_TARGET:
        words_add(bits, "slot %u SlotConfig bit 2 = 1", exposure->through);
        return;
    case KDF_TARGET:
        words_add(bits, "slot %u KeyConfig bit 1 = 1", slot);
        return;
    default:
        words_add(bits, "slot %u SlotConfig bits 11:8 = %X, bits 3:0 = %X", slot, rules.write_key,
                  rules.read_key);
    }
}

static void say_remedy(const struct study *study, const struct exposure *exposure, unsigned slot,
                       struct words *remedy)
{
    bool lockable = study->locked.of[slot][CAN_LOCK].allowed;

    switch (exposure->how) {
    case WRITTEN:
        words_add(remedy, "let slot %u be written encrypted or never (WriteConfig)%s", slot,
                  lockable ? ", or lock the slot once its key is in" : "");
        return;
    case READ:
        words_add(remedy, "make slot %u secret (SlotConfig bit 7 = 1)", slot);
        return;
    case ECDH_TARGET:
        words_add(remedy, "let slot %u never be written, or take ECDH from slot %u%s", slot,
                  exposure->through, lockable ? ", or lock the slot once its key is in" : "");
        return;
    case KDF_TARGET:
        words_add(remedy, "set KeyConfig bit 1 of slot %u to 0%s", slot,
                  lockable ? ", or lock the slot once its key is in" : "");
        return;
    default:
        words_add(remedy, "close slot %u first", exposure->through);
    }
}

/* Roles among the slots that a known value breaks. */
static void say_slot_roles(const struct dependants *found, struct words *roles)
{
    if (found->written_with)
        words_list(roles, "the write key of %.60s", words_slots(found->written_with).text);
    if (found->read_with)
        words_list(roles, "the read key of %.60s", words_slots(found->read_with).text);
    if (found->derived_from)
        words_list(roles, "the parent of %.60s", words_slots(found->derived_from).text);
    if (found->authorised_by)
        words_list(roles, "what authorises the use of %.60s", words_slots(found->authorised_by).text);
}

static bool any_slot(const struct study *study, bool (*is_so)(const struct chip_slot_rules *rules))
{
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        struct chip_slot_rules rules = chip_slot_rules(&study->specimen.chip, slot);
        if (is_so(&rules))
            return true;
    }
    return false;
}

static bool is_limited(const struct chip_slot_rules *rules)
{
    return rules->limited_use;
}

static bool needs_latch(const struct chip_slot_rules *rules)
{
    return rules->persistent_disable;
}

/* Roles in the part that a known value breaks; the latch counts where a slot needs it. */
static void say_part_roles(const struct study *study, const struct dependants *found, struct words *roles)
{
    if (found->io_key)
        words_list(roles, "the IO protection key");
    if (found->use_lock)
        words_list(roles, "the key that opens UseLock");
    if (found->latch && any_slot(study, needs_latch))
        words_list(roles, "the key that permits the persistent latch");
}

/* Roles that need no secrecy, and break when somebody overwrites the slot. SecureBoot FFFF is a leftover,
 * which check_part.c reports. */
static void say_public_roles(const struct study *study, const struct dependants *found, struct words *roles)
{
    const uint8_t *boot = study->specimen.chip.eeprom.config + CONFIG_SECURE_BOOT;
    bool leftover = boot[0] == 0xFF && boot[1] == 0xFF;

    if (found->validated_by)
        words_list(roles, "the public key that validates %.60s", words_slots(found->validated_by).text);
    if (found->boot_key && !leftover)
        words_list(roles, "the public key of secure boot");
    if (found->boot_digest && !leftover)
        words_list(roles, "what secure boot compares with");
    if (found->limit && any_slot(study, is_limited))
        words_list(roles, "where the limit of counter 0 is kept");
}

/* Of the slots that lean on this key, those that fall with it: not the key itself, nor slots for which it is
 * of no use without an authorisation that is out of reach. */
static uint16_t falling(const struct study *study, const struct exposures *known, unsigned key,
                        uint16_t slots, enum capability capability)
{
    uint16_t fall = 0;

    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if ((slots >> slot & 1) && slot != key && anyone_can(study, known, slot, capability, key))
            fall |= (uint16_t)(1u << slot);
    }
    return fall;
}

static void check_key(const struct study *study, const struct exposures *known, unsigned key,
                      struct findings *findings)
{
    const struct exposure *exposure = &known->of[key];
    struct dependants found = study_dependants(study, key);
    struct words roles = {0}, only_written = {0};

    found.written_with = falling(study, known, key, found.written_with, CAN_WRITE_ENCRYPTED) |
                         falling(study, known, key, found.written_with, CAN_PRIVWRITE_ENCRYPTED);
    found.read_with = falling(study, known, key, found.read_with, CAN_READ_ENCRYPTED);
    found.derived_from = falling(study, known, key, found.derived_from, CAN_DERIVE);
    if (found.written_with)
        words_list(&only_written, "the write key of %.60s", words_slots(found.written_with).text);
    say_slot_roles(&found, &roles);
    say_part_roles(study, &found, &roles);
    if (exposure->how != READ)
        say_public_roles(study, &found, &roles);
    if (!roles.text[0])
        return;
    words_close_list(&roles, "and");

    struct finding *finding =
        check_add(findings, DANGER, "open-key", (uint16_t)(1u << key | found.written_with));
    bool simple = (exposure->how == WRITTEN || exposure->how == READ) &&
                  __builtin_popcount(found.written_with) == 1 && strcmp(only_written.text, roles.text) == 0;
    if (simple) {
        words_add(
            &finding->says, "slot %d can be overwritten by anyone: its write key is slot %u, which is %s",
            __builtin_ctz(found.written_with), key, exposure->how == WRITTEN ? "clear-writable" : "readable");
    } else {
        say_how(exposure, key, &finding->says);
        words_add(&finding->says, ", and it is %s", roles.text);
    }
    say_bits(study, exposure, key, &finding->bits);
    say_remedy(study, exposure, key, &finding->remedy);
}

/* A key that is still FF FF ... when the data zone is locked is one that everybody knows. */
static void check_empty_key(const struct study *study, unsigned key, struct findings *findings)
{
    const struct chip *chip = &study->specimen.chip;
    struct dependants found = study_dependants(study, key);
    bool fillable = powers_can_fill(&study->locked, key);
    struct words roles = {0};

    say_slot_roles(&found, &roles);
    say_part_roles(study, &found, &roles);
    words_close_list(&roles, "and");
    if (!roles.text[0] || chip_slot_rules(chip, key).is_private)
        return;
    if (study->specimen.has_data ? !slot_is_empty(chip, key) : fillable)
        return;
    bool too_late = study->specimen.has_data && chip_data_locked(chip);
    bool hopeless = !fillable && (too_late || chip_slot_rules(chip, key).locked);
    enum severity severity = hopeless || too_late ? DANGER : chip_config_locked(chip) ? WARNING : NOTE;
    struct finding *finding = check_add(findings, severity, "empty-key", (uint16_t)(1u << key));

    if (hopeless)
        words_add(
            &finding->says,
            "slot %u is %s and nothing can ever be put into it, yet it is %s: 32 bytes of FF are no secret",
            key, study->specimen.has_data ? "empty" : "locked already", roles.text);
    else if (too_late)
        words_add(&finding->says,
                  "slot %u is empty, and it is %s: until it is filled its key is 32 bytes of FF, which is no "
                  "secret",
                  key, roles.text);
    else
        words_add(&finding->says, "slot %u must be filled before the data zone is locked%s: it is %s", key,
                  fillable ? "" : ", for nothing can be put into it afterwards", roles.text);
    words_add(&finding->bits, "slot %u SlotConfig bits 15:12 = %X", key,
              chip_slot_rules(chip, key).write_config);
    words_add(&finding->remedy, "%s",
              hopeless ? "none for this part; choose another key slot in the next configuration"
                       : "write 32 random bytes into it");
}

void check_keys(const struct study *study, struct findings *findings)
{
    struct exposures known;

    find_exposures(study, &known);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (known.of[slot].how != CLOSED)
            check_key(study, &known, slot, findings);
        else
            check_empty_key(study, slot, findings);
    }
}
