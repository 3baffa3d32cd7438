/* show --json: the same facts, and beside them what each slot can do, for programs. */

#include "show.h"

#include <string.h>

#include "memory.h"

void show_json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < 0x20 || *at >= 0x7F) /* a file's name may be any bytes: Latin-1 is as good as any */
            fprintf(out, "\\u%04x", *at);
        else
            fputc(*at, out);
    }
    fputc('"', out);
}

/* Facts of one slot, or of the part, as members of the object that is open. */
static void print_facts(FILE *out, const struct description *description, int slot, const char *indent)
{
    for (unsigned i = 0; i < description->count; i++) {
        const struct fact *fact = &description->facts[i];
        if (fact->slot != slot)
            continue;
        fprintf(out, ",\n%s", indent);
        show_json_string(out, fact->topic);
        fputs(": ", out);
        show_json_string(out, fact->says.text);
    }
}

static void print_needs(FILE *out, unsigned needs)
{
    static const char *const names[LAB_CIRCUMSTANCES] = {"authorisation", "latch",       "random-nonce",
                                                         "uses-left",     "invalidated", "use-unlocked"};
    const char *separator = "";

    for (unsigned i = 0; i < LAB_CIRCUMSTANCES; i++) {
        if (!(needs & 1u << i))
            continue;
        fprintf(out, "%s\"%s\"", separator, names[i]);
        separator = ", ";
    }
}

/* {"sign-external": [], "mac": ["random-nonce"]}: what is allowed, and what it needs. */
static void print_powers(FILE *out, const char *name, const struct power powers[CAPABILITIES])
{
    const char *separator = "";

    fprintf(out, ",\n      \"%s\": {", name);
    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (!powers[i].allowed)
            continue;
        fprintf(out, "%s\"%s\": [", separator, capability_rows[i].id);
        print_needs(out, powers[i].needs);
        fputc(']', out);
        separator = ", ";
    }
    fputc('}', out);
}

static void print_slot(FILE *out, const struct study *study, const struct description *description,
                       unsigned slot)
{
    struct chip_slot_rules rules = chip_slot_rules(&study->specimen.chip, slot);

    fprintf(out, "    {\n      \"slot\": %u,\n      \"SlotConfig\": \"%04X\",\n      \"KeyConfig\": \"%04X\"",
            slot, rules.slot_config, rules.key_config);
    print_facts(out, description, (int)slot, "      ");
    print_powers(out, "can now", study->now.of[slot]);
    print_powers(out, "can when locked", study->locked.of[slot]);
    fprintf(out, "\n    }%s\n", slot + 1 < CHIP_SLOTS ? "," : "");
}

void show_json(FILE *out, const char *name, const struct study *study)
{
    const struct chip *chip = &study->specimen.chip;
    struct description description;

    describe(study, &description);
    fputs("{\n  \"file\": ", out);
    show_json_string(out, name);
    fputs(",\n  \"config\": \"", out);
    for (unsigned i = 0; i < CHIP_CONFIG_SIZE; i++)
        fprintf(out, "%02X", chip->eeprom.config[i]);
    fprintf(out, "\",\n  \"data known\": %s,\n  \"config locked\": %s,\n  \"data locked\": %s",
            study->specimen.has_data ? "true" : "false", chip_config_locked(chip) ? "true" : "false",
            chip_data_locked(chip) ? "true" : "false");
    print_facts(out, &description, THE_PART, "  ");
    fputs(",\n  \"slots\": [\n", out);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        print_slot(out, study, &description, slot);
    fputs("  ]\n}\n", out);
}
