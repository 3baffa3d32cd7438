/* Faults on demand: reading the rules, and telling when one is due. */

#include "server_fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct fault_kind_row fault_kinds[] = {
    {"nack", FAULT_NACK, FAULT_COUNT, "nack [N]",
     "N transfers (1) are not acknowledged and do not happen; `nack forever` too"},
    {"lost", FAULT_LOST, FAULT_ALONE, "lost",
     "acknowledged, but a write reaches nobody and a read is all FF; a wake pulse is too short"},
    {"flip", FAULT_FLIP, FAULT_NUMBER, "flip BIT",
     "this bit of the data arrives flipped: at the chip in a write, at the host in a read"},
    {"truncate", FAULT_TRUNCATE, FAULT_NUMBER, "truncate N",
     "only the first N bytes get through; the rest of a read is FF"},
    {"oversize", FAULT_OVERSIZE, FAULT_NUMBER, "oversize N",
     "the first byte of a read, the count, is N too large; a write has N more bytes (FF)"},
    {"answer", FAULT_ANSWER, FAULT_HEX, "answer HEX", "a read gives these bytes, then FF"},
    {"busy", FAULT_BUSY, FAULT_DURATION, "busy MS|forever",
     "from this transfer on nobody on the bus answers for so long, as if stuck in a command"},
    {"watchdog", FAULT_WATCHDOG, FAULT_ALONE, "watchdog", "after the transfer the watchdog expires: asleep"},
    {"power-loss", FAULT_POWER_LOSS, FAULT_MOMENT, "power-loss [before|after]",
     "power fails for a moment before or after (the default) the transfer; with `eeprom`, before or after "
     "the change "
     "is kept"},
    {"disconnect", FAULT_DISCONNECT, FAULT_MOMENT, "disconnect [before|after]",
     "the connection breaks, as when an adapter is pulled out"},
    {"selftest-failure", FAULT_SELFTEST, FAULT_BITS, "selftest-failure HEX",
     "these self tests (atecc608.md 3.22) fail from now on; 0 heals"},
    {"health-failure", FAULT_HEALTH, FAULT_ALONE, "health-failure",
     "the next use of the random generator reports status 08"},
    {NULL, FAULT_NACK, FAULT_ALONE, NULL, NULL},
};

static const char *const unit_names[] = {"transfer", "read", "write", "wake", "eeprom"};

const char *fault_name(enum fault_kind kind)
{
    for (const struct fault_kind_row *row = fault_kinds; row->name; row++) {
        if (row->kind == kind)
            return row->name;
    }
    return "?";
}

static bool parse_number(const char *word, int base, uint32_t most, uint32_t *number)
{
    char *end;

    /* strtoul takes signs and blanks; a rule does not */
    if (!word || !strchr("0123456789abcdefABCDEF", word[0]))
        return false;
    errno = 0;
    unsigned long value = strtoul(word, &end, base);
    if (errno || end == word || *end || value > most)
        return false;
    *number = (uint32_t)value;
    return true;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = c ? strchr(digits, c | 0x20) : NULL;

    return digit ? (int)(digit - digits) : -1;
}

static bool parse_bytes(const char *word, struct fault *fault)
{
    size_t digits = word ? strlen(word) : 0;

    if (digits == 0 || digits % 2 || digits / 2 > sizeof fault->bytes)
        return false;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_digit(word[i]);
        if (digit < 0)
            return false;
        fault->bytes[i / 2] = (uint8_t)(fault->bytes[i / 2] << 4 | digit);
    }
    fault->length = digits / 2;
    return true;
}

static bool parse_moment(const char *word, struct fault *fault)
{
    fault->before = word && strcmp(word, "before") == 0;
    return !word || fault->before || strcmp(word, "after") == 0;
}

/* `word` is NULL when nothing follows the fault's name. */
static bool parse_argument(enum fault_argument argument, const char *word, struct fault *fault)
{
    bool forever = word && strcmp(word, "forever") == 0;

    switch (argument) {
    case FAULT_ALONE:
        return !word;
    case FAULT_COUNT:
        fault->number = forever ? FAULT_FOREVER : 1;
        return !word || forever || (parse_number(word, 10, 1000000, &fault->number) && fault->number > 0);
    case FAULT_NUMBER:
        return parse_number(word, 10, 8 * BUS_DATA_MAX, &fault->number);
    case FAULT_DURATION:
        fault->number = FAULT_FOREVER;
        return forever || parse_number(word, 10, 3600000, &fault->number);
    case FAULT_HEX:
        return parse_bytes(word, fault);
    case FAULT_BITS:
        return parse_number(word, 16, 0x3F, &fault->number);
    case FAULT_MOMENT:
        return parse_moment(word, fault);
    }
    return false;
}

/* The words of one rule, taken from the front. */
struct words {
    char *rest;
    char *next;
};

static const char *peek(struct words *words)
{
    while (!words->next && words->rest) {
        char *word = strsep(&words->rest, " \t\r");
        if (*word)
            words->next = word;
    }
    return words->next;
}

static const char *take(struct words *words)
{
    const char *word = peek(words);

    words->next = NULL;
    return word;
}

static bool take_if(struct words *words, const char *expected)
{
    const char *word = peek(words);

    if (!word || strcmp(word, expected) != 0)
        return false;
    take(words);
    return true;
}

static const struct fault_kind_row *find_kind(const char *name)
{
    for (const struct fault_kind_row *row = fault_kinds; name && row->name; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

/* Which events the rule counts, up to the fault's name. NULL, or what is wrong. */
static const char *parse_when(struct words *words, struct fault *fault)
{
    uint32_t address;

    fault->every = take_if(words, "every");
    if (!fault->every && !take_if(words, "at"))
        return "a rule begins with `at` or `every`";
    for (unsigned i = 0; i < sizeof unit_names / sizeof unit_names[0]; i++) {
        if (take_if(words, unit_names[i]))
            fault->unit = (enum fault_unit)i;
    }
    if (!parse_number(take(words), 10, 100000000, &fault->at) || fault->at == 0)
        return "after `at` or `every` comes the number of the transfer, counted from 1";
    fault->address = -1;
    if (!take_if(words, "address"))
        return NULL;
    if (!parse_number(take(words), 16, 0x7F, &address))
        return "an address is 00 to 7F in hexadecimal";
    fault->address = (int)address;
    return NULL;
}

/* What the fault and the thing counted must agree on. */
static const char *check_sense(const struct fault *fault)
{
    if (fault->unit == FAULT_UNIT_EEPROM && fault->kind != FAULT_POWER_LOSS)
        return "of faults at an EEPROM change there is `power-loss` only";
    if (fault->kind == FAULT_ANSWER && fault->unit != FAULT_UNIT_READ)
        return "`answer` is a fault of reads: at read K answer HEX";
    return NULL;
}

static const char *parse_rule(char *line, struct fault *fault)
{
    struct words words = {.rest = line};

    const char *wrong = parse_when(&words, fault);
    if (wrong)
        return wrong;
    const struct fault_kind_row *row = find_kind(take(&words));
    if (!row)
        return "there is no such fault; `help` lists them";
    fault->kind = row->kind;
    if (!parse_argument(row->argument, take(&words), fault) || peek(&words))
        return row->usage;
    return check_sense(fault);
}

/* Takes the next line of `*text` without its comment. False: there is none. True with error: too long. */
static bool next_line(const char **text, char *line, size_t size, bool *fits)
{
    if (!**text)
        return false;
    size_t whole = strcspn(*text, "\n");
    size_t kept = strcspn(*text, "\n#");
    *fits = kept < size;
    if (*fits) {
        memcpy(line, *text, kept);
        line[kept] = '\0';
    }
    *text += whole;
    if (**text == '\n')
        (*text)++;
    return true;
}

int fault_rules_add(struct fault_rules *rules, const char *text, char error[FAULT_ERROR_MAX])
{
    char line[2 * FAULT_BYTES_MAX + 80];
    unsigned count = rules->count;
    bool fits;

    for (unsigned number = 1; next_line(&text, line, sizeof line, &fits); number++) {
        if (fits && line[strspn(line, " \t\r")] == '\0')
            continue;
        const char *wrong = "the line is too long";
        if (count == FAULT_RULES_MAX) {
            wrong = "there is room for 64 rules; `clear` removes the old ones";
        } else if (fits) {
            rules->rules[count] = (struct fault){0};
            wrong = parse_rule(line, &rules->rules[count]);
        }
        if (wrong) {
            snprintf(error, FAULT_ERROR_MAX, "line %u of the faults: %s", number, wrong);
            return -1;
        }
        count++;
    }
    rules->count = count;
    return 0;
}

void fault_rules_clear(struct fault_rules *rules)
{
    rules->count = 0;
    rules->struck = 0;
}

static bool counts(const struct fault *fault, enum fault_unit unit, uint8_t address)
{
    bool transfer = unit != FAULT_UNIT_EEPROM;

    if (fault->over || (fault->address >= 0 && fault->address != address))
        return false;
    return fault->unit == unit || (transfer && fault->unit == FAULT_UNIT_TRANSFER);
}

static bool strikes(struct fault *fault)
{
    fault->seen++;
    if (fault->left > 0) {
        if (fault->left != FAULT_FOREVER)
            fault->left--;
        fault->over = fault->left == 0 && !fault->every;
        return true;
    }
    if (fault->every ? fault->seen % fault->at != 0 : fault->seen != fault->at)
        return false;
    if (fault->kind == FAULT_NACK)
        fault->left = fault->number == FAULT_FOREVER ? FAULT_FOREVER : fault->number - 1;
    fault->over = fault->left == 0 && !fault->every;
    return true;
}

unsigned fault_rules_due(struct fault_rules *rules, enum fault_unit unit, uint8_t address,
                         const struct fault *due[FAULT_RULES_MAX])
{
    unsigned count = 0;

    for (unsigned i = 0; i < rules->count; i++) {
        struct fault *fault = &rules->rules[i];
        if (counts(fault, unit, address) && strikes(fault))
            due[count++] = fault;
    }
    return count;
}
