/* A chip's configuration in words: gathering the facts. */

#include "describe.h"

#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "memory.h"

int study_powers(struct study *study)
{
    const struct chip_eeprom *eeprom = &study->specimen.chip.eeprom;

    if (powers_find(eeprom, LAB_AS_IT_IS, &study->now) < 0)
        return -1;
    return powers_find(eeprom, LAB_BOTH_LOCKED, &study->locked);
}

int study_load(const char *path, struct study *study, char error[SPECIMEN_ERROR_MAX])
{
    if (specimen_load(path, &study->specimen, error) < 0)
        return -1;
    if (study_powers(study) == 0)
        return 0;
    snprintf(error, SPECIMEN_ERROR_MAX,
             "libcrypto offers no P-256 or no memory, and nothing can be tried without");
    study_wipe(study);
    return -1;
}

void study_wipe(struct study *study)
{
    specimen_wipe(&study->specimen);
}

const char *describe_model(const struct chip *chip)
{
    static const struct {
        uint8_t revision[4];
        const char *name;
    } models[] = {
        {{0x00, 0x00, 0x60, 0x02}, "ATECC608A"},
        {{0x00, 0x00, 0x60, 0x03}, "ATECC608B"},
        {{0x00, 0x00, 0x50, 0x00}, "ATECC508A"},
    };

    for (unsigned i = 0; i < sizeof models / sizeof models[0]; i++) {
        if (memcmp(chip->eeprom.config + CONFIG_REVISION, models[i].revision, 4) == 0)
            return models[i].name;
    }
    return "part of an unknown revision";
}

struct words *describe_add(struct description *description, int slot, const char *topic, unsigned offset,
                           unsigned length)
{
    static const struct fact nothing_said;
    struct fact *fact = &description->facts[description->count];

    if (description->count < FACTS_MAX - 1) /* the last one takes what does not fit: see FACTS_MAX */
        description->count++;
    *fact = nothing_said;
    fact->slot = slot;
    fact->topic = topic;
    fact->offset = offset;
    fact->length = length;
    return &fact->says;
}

const struct fact *description_find(const struct description *description, int slot, const char *topic)
{
    for (unsigned i = 0; i < description->count; i++) {
        if (description->facts[i].slot == slot && strcmp(description->facts[i].topic, topic) == 0)
            return &description->facts[i];
    }
    return NULL;
}

void describe(const struct study *study, struct description *description)
{
    description->count = 0;
    describe_part(study, description);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        describe_slot(study, slot, description);
}

bool slot_is_empty(const struct chip *chip, unsigned slot)
{
    const uint8_t *bytes = chip->eeprom.data + chip_slot_offset(slot);
    struct chip_slot_rules rules = chip_slot_rules(chip, slot);
    uint8_t d[32];

    if (rules.is_private) {
        bool has_key = chip_private_key(chip, slot, d);
        chip_wipe(d, sizeof d);
        return !has_key;
    }
    for (unsigned i = 0; i < chip_slot_size(slot); i++) {
        if (bytes[i] != 0xFF)
            return false;
    }
    return true;
}

/* What the other slots ask of this one. Whether a slot uses its WriteKey or ReadKey at all the machine has
 * said. */
static void find_slots(const struct study *study, unsigned slot, struct dependants *found)
{
    const struct powers *locked = &study->locked;

    for (unsigned other = 0; other < CHIP_SLOTS; other++) {
        struct chip_slot_rules rules = chip_slot_rules(&study->specimen.chip, other);
        const struct power *power = locked->of[other];
        uint16_t bit = (uint16_t)(1u << other);

        if ((power[CAN_WRITE_ENCRYPTED].allowed || power[CAN_PRIVWRITE_ENCRYPTED].allowed) &&
            rules.write_key == slot)
            found->written_with |= bit;
        if (power[CAN_READ_ENCRYPTED].allowed && rules.read_key == slot)
            found->read_with |= bit;
        if (rules.req_auth && rules.auth_key == slot)
            found->authorised_by |= bit;
        if (chip_has_validity(&rules) && rules.read_key == slot)
            found->validated_by |= bit;
        if (power[CAN_DERIVE].allowed && (rules.write_config & 1) && rules.write_key == slot)
            found->derived_from |= bit;
    }
}

struct dependants study_dependants(const struct study *study, unsigned slot)
{
    enum { USE_LOCK_ON = 0x0A, LATCH_ON = 0x80 };
    const struct chip *chip = &study->specimen.chip;
    const uint8_t *config = chip->eeprom.config;
    unsigned options = chip_options(chip);
    unsigned boot = config[CONFIG_SECURE_BOOT] | (unsigned)config[CONFIG_SECURE_BOOT + 1] << 8;
    struct dependants found = {0};

    find_slots(study, slot, &found);
    if (chip_is_508(chip))
        return found;
    found.limit = (config[CONFIG_COUNT_MATCH] & 1) && config[CONFIG_COUNT_MATCH] >> 4 == slot;
    found.io_key = (options & OPTION_IO_KEY) && (options >> 12 & 0xF) == slot;
    found.use_lock = (config[CONFIG_USE_LOCK] & 0xF) == USE_LOCK_ON && config[CONFIG_USE_LOCK] >> 4 == slot;
    found.latch = (config[CONFIG_VOLATILE_KEY] & LATCH_ON) && (config[CONFIG_VOLATILE_KEY] & 0xF) == slot;
    found.boot_key = (boot & 3) && boot >> 12 == slot;
    found.boot_digest = (boot & 3) && (boot >> 8 & 0xF) == slot;
    return found;
}
