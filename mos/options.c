/* Reads flags from the command line and the environment, by the table of flags.c.  mongoose-os.md 3.1, 3.3 */

#include "options.h"

#include "fail.h"
#include "flags.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct flag *find_long(const char *name, size_t length)
{
    for (size_t i = 0; i < mos_flag_count; i++) {
        if (strlen(mos_flags[i].name) == length && strncmp(mos_flags[i].name, name, length) == 0)
            return &mos_flags[i];
    }
    return NULL;
}

static const struct flag *find_letter(char letter)
{
    for (size_t i = 0; i < mos_flag_count; i++) {
        if (mos_flags[i].letter == letter)
            return &mos_flags[i];
    }
    return NULL;
}

/* Levenshtein's distance, for "did you mean". Names longer than the rows are cut: they are near nothing. */
static size_t distance(const char *a, size_t a_length, const char *b)
{
    size_t b_length = strlen(b);
    size_t row[48];

    if (b_length >= sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 0; i < a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_length; j++) {
            size_t replace = diagonal + (a[i] != b[j]);
            size_t best = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;
            diagonal = row[j + 1];
            row[j + 1] = best < replace ? best : replace;
        }
    }
    return row[b_length];
}

static int fail_unknown(const char *written, const char *name, size_t length)
{
    const struct flag *nearest = NULL;
    size_t nearest_distance = length / 3 + 2; /* further away is no misspelling */

    for (size_t i = 0; i < mos_flag_count; i++) {
        size_t d = distance(name, length, mos_flags[i].name);
        if (d < nearest_distance) {
            nearest_distance = d;
            nearest = &mos_flags[i];
        }
    }
    if (nearest)
        fail("there is no flag %s; did you mean --%s? \"mos help\" lists them.", written, nearest->name);
    else
        fail("there is no flag %s; \"mos COMMAND --help\" lists those of a command.", written);
    return -1;
}

static int parse_bool(const char *text, bool *value)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"true", true},   {"1", true},  {"yes", true}, {"on", true},   {"t", true},
                 {"false", false}, {"0", false}, {"no", false}, {"off", false}, {"f", false}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i].text) == 0) {
            *value = words[i].value;
            return 0;
        }
    }
    return -1;
}

static int parse_int(const char *text, int minimum, int maximum, int *value)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 0);
    if (end == text || *end != '\0' || errno != 0 || number < minimum || number > maximum)
        return -1;
    *value = (int)number;
    return 0;
}

/* Go's notation: 1h2m3.5s, 500ms. A bare number is seconds. */
static int parse_duration(const char *text, int minimum, int maximum, int *milliseconds)
{
    static const struct {
        const char *unit;
        double milliseconds;
    } units[] = {{"ms", 1}, {"us", 0.001}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
    double total = 0;

    if (!isdigit((unsigned char)*text) && *text != '.')
        return -1;
    while (*text) {
        size_t i, length;
        char *end;
        double number;

        if (!isdigit((unsigned char)*text) && *text != '.')
            return -1;
        length = strspn(text, "0123456789."); /* strtod alone would take 0x, inf and exponents */
        if (length > 20)
            return -1;
        number = strtod(text, &end);
        if (end != text + length)
            return -1;
        text = end;
        if (*text == '\0') {
            total += number * 1000;
            break;
        }
        for (i = 0; i < sizeof units / sizeof units[0]; i++) {
            if (strncmp(text, units[i].unit, strlen(units[i].unit)) == 0)
                break;
        }
        if (i == sizeof units / sizeof units[0])
            return -1;
        total += number * units[i].milliseconds;
        text += strlen(units[i].unit);
    }
    if (total < minimum || total > maximum)
        return -1;
    *milliseconds = (int)total;
    return 0;
}

static int append(struct option_list *list, const char *value)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (!items) {
        fail("out of memory while reading the flags");
        return -1;
    }
    items[list->count] = value;
    list->items = items;
    list->count++;
    return 0;
}

/* What a value of this flag must look like, for the sentence about a wrong one. */
static const char *expectation(const struct flag *flag, char *text, size_t size)
{
    switch (flag->kind) {
    case FLAG_BOOL:
    case FLAG_IGNORED_BOOL:
        return "true or false";
    case FLAG_DURATION:
        return "a time such as 20s, 1m30s or 500ms";
    case FLAG_INT:
        if (flag->maximum == INT_MAX)
            snprintf(text, size, "a number, %d or more", flag->minimum);
        else
            snprintf(text, size, "a number from %d to %d", flag->minimum, flag->maximum);
        return text;
    default:
        return "text";
    }
}

/* 0, -1 invalid value, -2 after fail(). */
static int store(struct options *options, const struct flag *flag, const char *value)
{
    void *field = (char *)options + flag->offset;
    bool ignored;

    switch (flag->kind) {
    case FLAG_BOOL:
        return parse_bool(value, field);
    case FLAG_INT:
        return parse_int(value, flag->minimum, flag->maximum, field);
    case FLAG_DURATION:
        return parse_duration(value, flag->minimum, flag->maximum, field);
    case FLAG_STRING:
        *(const char **)field = value;
        return 0;
    case FLAG_LIST:
        return append(field, value) ? -2 : 0;
    case FLAG_IGNORED_BOOL:
        return parse_bool(value, &ignored);
    case FLAG_IGNORED:
        return 0;
    case FLAG_REFUSED:
        fail("--%s is a flag of the original mos that this one does not have: %s.", flag->name, flag->note);
        return -2;
    }
    return -1;
}

static int set_from_line(struct options *options, const struct flag *flag, const char *value)
{
    char text[64];
    int error = store(options, flag, value);

    if (error == -1)
        fail("--%s=%s: expected %s.", flag->name, value, expectation(flag, text, sizeof text));
    if (error)
        return -1;
    if (flag->note && (flag->kind == FLAG_IGNORED || flag->kind == FLAG_IGNORED_BOOL))
        report("Note: --%s has no effect here: %s.", flag->name, flag->note);
    else if (flag->note)
        report("Warning: %s", flag->note);
    return 0;
}

static void set_defaults(struct options *options)
{
    memset(options, 0, sizeof *options);
    for (size_t i = 0; i < mos_flag_count; i++) {
        if (mos_flags[i].initial)
            store(options, &mos_flags[i], mos_flags[i].initial);
    }
}

/* mongoose-os.md 3.3: an empty variable counts for nothing. A wrong one is ignored there in silence; here it
 * is named. */
static int set_from_environment(struct options *options, const bool *given)
{
    for (size_t i = 0; i < mos_flag_count; i++) {
        const struct flag *flag = &mos_flags[i];
        char name[64] = "MOS_", text[64];
        const char *value;
        int error;

        if (given[i] || flag->kind == FLAG_REFUSED || flag->kind == FLAG_IGNORED ||
            flag->kind == FLAG_IGNORED_BOOL || flag->note)
            continue;
        for (size_t j = 0; flag->name[j] && j + 5 < sizeof name; j++)
            name[4 + j] = flag->name[j] == '-' ? '_' : (char)toupper((unsigned char)flag->name[j]);
        value = getenv(name);
        if (!value || !*value)
            continue;
        error = store(options, flag, value);
        if (error == -1)
            report("Note: %s=%s in the environment is ignored: expected %s.", name, value,
                   expectation(flag, text, sizeof text));
        if (error == -2)
            return -1;
    }
    return 0;
}

/* `--name`, `--name=value` and, unless the bare name means something, `--name value`. `*index` is moved past
 * a value. */
static int parse_long(struct options *options, int argc, char **argv, int *index, bool *given)
{
    const char *written = argv[*index];
    const char *name = written + 2;
    size_t length = strcspn(name, "=");
    const struct flag *flag = find_long(name, length);
    const char *value;

    if (!flag)
        return fail_unknown(written, name, length);
    if (name[length] == '=') {
        value = name + length + 1;
    } else if (flag->bare) {
        value = flag->bare;
    } else if (*index + 1 < argc) {
        value = argv[++*index];
    } else {
        fail("--%s needs a value: --%s=VALUE.", flag->name, flag->name);
        return -1;
    }
    given[flag - mos_flags] = true;
    return set_from_line(options, flag, value);
}

/* -X, -l, -Xl, -C DIR, -CDIR */
static int parse_short(struct options *options, int argc, char **argv, int *index, bool *given)
{
    const char *written = argv[*index];

    for (const char *letter = written + 1; *letter; letter++) {
        const struct flag *flag = find_letter(*letter);
        const char *value;

        if (!flag)
            return fail_unknown(written, written + 1, strlen(written + 1));
        given[flag - mos_flags] = true;
        if (flag->bare) {
            value = flag->bare;
            if (letter[1] == '=')
                value = letter + 2;
            if (set_from_line(options, flag, value))
                return -1;
            if (letter[1] == '=')
                return 0;
            continue;
        }
        if (letter[1])
            value = letter + (letter[1] == '=' ? 2 : 1);
        else if (*index + 1 < argc)
            value = argv[++*index];
        else {
            fail("-%c needs a value.", *letter);
            return -1;
        }
        return set_from_line(options, flag, value);
    }
    return 0;
}

int options_parse(struct options *options, int argc, char **argv, char **positional, int *positional_count)
{
    bool *given = calloc(mos_flag_count, sizeof *given);
    int error = 0;

    set_defaults(options);
    *positional_count = 0;
    if (!given) {
        fail("out of memory while reading the flags");
        return -1;
    }
    for (int i = 1; i < argc && !error; i++) {
        if (strcmp(argv[i], "--") == 0) { /* the rest are arguments, whatever they look like */
            while (++i < argc)
                positional[(*positional_count)++] = argv[i];
        } else if (strncmp(argv[i], "--", 2) == 0) {
            error = parse_long(options, argc, argv, &i, given);
        } else if (argv[i][0] == '-' && argv[i][1]) {
            error = parse_short(options, argc, argv, &i, given);
        } else {
            positional[(*positional_count)++] = argv[i];
        }
    }
    if (!error)
        error = set_from_environment(options, given);
    free(given);
    return error;
}

void options_free(struct options *options)
{
    for (size_t i = 0; i < mos_flag_count; i++) {
        if (mos_flags[i].kind == FLAG_LIST) {
            struct option_list *list = (void *)((char *)options + mos_flags[i].offset);
            free(list->items);
            *list = (struct option_list){NULL, 0};
        }
    }
}
