/* show: a chip's configuration in words. */

#include "show.h"

#include <string.h>

#include "memory.h"

enum { COLUMN = 17, WIDTH = 100 };

void show_wrapped(FILE *out, unsigned indent, const char *text)
{
    unsigned column = indent;

    for (const char *word = text; *word;) {
        size_t n = strcspn(word, " ");
        if (column > indent && column + 1 + n > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(word, 1, n, out);
        column += (unsigned)n;
        word += n + (word[n] == ' ');
    }
    fputc('\n', out);
}

static void print_fact(FILE *out, const struct fact *fact)
{
    fprintf(out, "  %-*s", COLUMN - 2, fact->topic);
    show_wrapped(out, COLUMN, fact->says.text);
}

static void print_slot_title(FILE *out, const struct chip *chip, unsigned slot)
{
    const uint8_t *config = chip->eeprom.config;
    const uint8_t *sc = config + CONFIG_SLOT_CONFIG + 2 * slot, *kc = config + CONFIG_KEY_CONFIG + 2 * slot;

    fprintf(out, "\nslot %u%*s(SlotConfig %02X %02X, KeyConfig %02X %02X)\n", slot, slot < 10 ? 11 : 10, "",
            sc[0], sc[1], kc[0], kc[1]);
}

void show_text(FILE *out, const char *name, const struct study *study)
{
    const struct chip *chip = &study->specimen.chip;
    struct description description;
    int slot = THE_PART;

    describe(study, &description);
    fprintf(out, "%s\n", name);
    if (!study->specimen.has_data)
        fputs("A configuration alone: what is in the slots is not known.\n", out);
    if (!chip_config_locked(chip) || !chip_data_locked(chip))
        fputs("What slots may do is said for the time when both zones are locked.\n", out);
    fputc('\n', out);
    for (unsigned i = 0; i < description.count; i++) {
        const struct fact *fact = &description.facts[i];
        if (fact->slot != slot)
            print_slot_title(out, chip, (unsigned)fact->slot);
        slot = fact->slot;
        print_fact(out, fact);
    }
}
