/* diff: how two chips' configurations differ, in words, with the bytes behind them.
 *
 * Serial number and what the slots hold are a part's own and no difference of configuration.
 */

#include "show.h"

#include <string.h>

#include "memory.h"

/* One topic that is not the same on both sides; NULL where nothing is said about it. */
struct difference {
    const struct fact *a;
    const struct fact *b;
};

struct comparison {
    const struct study *a;
    const struct study *b;
    struct description of_a;
    struct description of_b;
    struct difference differences[2 * FACTS_MAX];
    unsigned count;
    bool explained[CHIP_CONFIG_SIZE]; /* bytes that a difference in words accounts for */
};

static bool is_the_parts_own(const struct fact *fact)
{
    return strcmp(fact->topic, "serial number") == 0 || strcmp(fact->topic, "holds") == 0;
}

static void compare(struct comparison *comparison)
{
    const struct description *of_a = &comparison->of_a, *of_b = &comparison->of_b;

    for (unsigned i = 0; i < of_a->count; i++) {
        const struct fact *a = &of_a->facts[i];
        const struct fact *b = description_find(of_b, a->slot, a->topic);
        if (!is_the_parts_own(a) && (!b || strcmp(a->says.text, b->says.text) != 0))
            comparison->differences[comparison->count++] = (struct difference){a, b};
    }
    for (unsigned i = 0; i < of_b->count; i++) {
        const struct fact *b = &of_b->facts[i];
        if (!is_the_parts_own(b) && !description_find(of_a, b->slot, b->topic))
            comparison->differences[comparison->count++] = (struct difference){NULL, b};
    }
}

static const uint8_t *config_of(const struct study *study)
{
    return study->specimen.chip.eeprom.config;
}

static bool bytes_differ(const struct comparison *comparison, unsigned offset, unsigned length)
{
    return memcmp(config_of(comparison->a) + offset, config_of(comparison->b) + offset, length) != 0;
}

/* "SlotConfig 87 64 -> 83 6F", if they differ. Returns what separates it from the next. */
static const char *print_bytes(FILE *out, const struct comparison *comparison, const char *separator,
                               const char *name, unsigned offset, unsigned length)
{
    if (!bytes_differ(comparison, offset, length))
        return separator;
    fprintf(out, "%s%s", separator, name);
    for (unsigned i = 0; i < length; i++)
        fprintf(out, " %02X", config_of(comparison->a)[offset + i]);
    fputs(" ->", out);
    for (unsigned i = 0; i < length; i++)
        fprintf(out, " %02X", config_of(comparison->b)[offset + i]);
    return ", ";
}

static void print_difference(FILE *out, const struct difference *difference)
{
    const struct fact *a = difference->a, *b = difference->b;
    const char *topic = a ? a->topic : b->topic;

    fprintf(out, "  %-15s%s\n", topic, a ? a->says.text : "(nothing)");
    fprintf(out, "  %15s%s\n", "-> ", b ? b->says.text : "(nothing)");
}

static void print_part(FILE *out, struct comparison *comparison)
{
    char name[32];

    for (unsigned i = 0; i < comparison->count; i++) {
        const struct difference *difference = &comparison->differences[i];
        const struct fact *fact = difference->a ? difference->a : difference->b;
        if (fact->slot != THE_PART)
            continue;
        print_difference(out, difference);
        if (fact->length > 1)
            snprintf(name, sizeof name, "bytes %u..%u", fact->offset, fact->offset + fact->length - 1);
        else
            snprintf(name, sizeof name, "byte %u", fact->offset);
        fprintf(out, "  %15s", "");
        if (*print_bytes(out, comparison, "[", name, fact->offset, fact->length) == '[')
            fprintf(out, "[%s, the same in both]\n", name);
        else
            fputs("]\n", out);
        memset(comparison->explained + fact->offset, true, fact->length);
    }
}

static void print_slot_title(FILE *out, const struct comparison *comparison, unsigned slot)
{
    const char *separator = "  [";

    fprintf(out, "slot %u", slot);
    separator = print_bytes(out, comparison, separator, "SlotConfig", CONFIG_SLOT_CONFIG + 2 * slot, 2);
    separator = print_bytes(out, comparison, separator, "KeyConfig", CONFIG_KEY_CONFIG + 2 * slot, 2);
    separator = print_bytes(out, comparison, separator, "SlotLocked", CONFIG_SLOT_LOCKED + slot / 8, 1);
    fputs(separator[0] == ' ' ? "  [because of other bytes than its own]\n" : "]\n", out);
}

static void print_slot(FILE *out, struct comparison *comparison, unsigned slot)
{
    bool titled = false;

    for (unsigned i = 0; i < comparison->count; i++) {
        const struct difference *difference = &comparison->differences[i];
        if ((difference->a ? difference->a : difference->b)->slot != (int)slot)
            continue;
        if (!titled)
            print_slot_title(out, comparison, slot);
        titled = true;
        print_difference(out, difference);
    }
    if (!titled)
        return;
    memset(comparison->explained + CONFIG_SLOT_CONFIG + 2 * slot, true, 2);
    memset(comparison->explained + CONFIG_KEY_CONFIG + 2 * slot, true, 2);
    comparison->explained[CONFIG_SLOT_LOCKED + slot / 8] = true;
}

/* Bits that change nothing the machine does are still not the same bits. Returns whether there are any. */
static bool print_unexplained(FILE *out, const struct comparison *comparison)
{
    bool any = false;

    for (unsigned offset = CONFIG_I2C_ADDRESS; offset < CHIP_CONFIG_SIZE; offset++) {
        if (comparison->explained[offset] || !bytes_differ(comparison, offset, 1))
            continue;
        any = true;
        fprintf(out, "byte %u", offset);
        if (offset >= CONFIG_KEY_CONFIG)
            fprintf(out, ", KeyConfig of slot %u,", (offset - CONFIG_KEY_CONFIG) / 2);
        else if (offset >= CONFIG_SLOT_CONFIG && offset < CONFIG_COUNTER)
            fprintf(out, ", SlotConfig of slot %u,", (offset - CONFIG_SLOT_CONFIG) / 2);
        fputs(" differs, and nothing that is possible does", out);
        print_bytes(out, comparison, "  [", "byte", offset, 1);
        fputs("]\n", out);
    }
    return any;
}

int diff_print(FILE *out, const char *name_a, const struct study *a, const char *name_b,
               const struct study *b)
{
    struct comparison comparison = {.a = a, .b = b};

    describe(a, &comparison.of_a);
    describe(b, &comparison.of_b);
    compare(&comparison);
    fprintf(out, "%s -> %s\n", name_a, name_b);
    print_part(out, &comparison);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++)
        print_slot(out, &comparison, slot);
    bool differ = print_unexplained(out, &comparison) || comparison.count > 0;
    if (!differ)
        fputs("the configurations do not differ\n", out);
    return differ ? EXIT_NO : EXIT_FINE;
}
