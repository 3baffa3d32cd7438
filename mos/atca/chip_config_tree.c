/* The configuration zone as a tree of named values, and back.  mongoose-os.md 3.14,
 * atecc608.md 2.2, 2.4, 2.6, 2.8 */

#include "chip_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHIP_MODE = 19,
    SLOT_CONFIG = 20,
    LOCK_VALUE = 86,
    LOCK_CONFIG = 87,
    SLOT_LOCKED = 88,
    X509_FORMAT = 92,
    KEY_CONFIG = 96,
    UNLOCKED = 0x55,
    LOCKED = 0x00,
};

/* ---- named fields ---- */

enum field_kind {
    FIELD_BITS,  /* `width` bits from bit `shift` of the little-endian word at `offset` */
    FIELD_FLAG,  /* one such bit */
    FIELD_BYTES, /* `width` bytes, most significant first; more than four as a string, since JSON has no such
                    numbers */
    FIELD_WORD,  /* FIELD_BITS whose values have names */
};

struct word {
    unsigned value;
    const char *text;
};

struct field {
    const char *name;
    enum field_kind kind;
    unsigned offset, shift, width;
    bool is_hex;
    bool is_optional; /* may be missing from a file: no command writes it, or 0 is its usual value */
    bool
        hide_zero; /* bits that the original tool drops: shown when they are not 0, so that nothing is lost */
    const struct word *words;
};

static const struct word lock_words[] = {{UNLOCKED, "Unlocked"}, {LOCKED, "Locked"}, {0, NULL}};
static const struct word watchdog_words[] = {{0, "1s"}, {1, "10s"}, {0, NULL}};
static const struct word key_type_words[] = {{CHIP_KEY_ECC, "ECC"},
                                             {CHIP_KEY_AES, "AES"},
                                             {CHIP_KEY_OTHER, "Other"},
                                             {CHIP_KEY_OTHER, "NonECC"},
                                             {0, NULL}};

static const struct field head_fields[] = {
    {"revision", FIELD_BYTES, 4, 0, 4, true, true, false, NULL},
    {"reserved13", FIELD_BITS, 13, 0, 8, true, true, false, NULL},
    {"i2cenable", FIELD_FLAG, 14, 0, 1, false, true, false, NULL},
    {"reserved14", FIELD_BITS, 14, 1, 7, true, true, true, NULL},
    {"reserved15", FIELD_BITS, 15, 0, 8, true, true, false, NULL},
    {"i2caddress", FIELD_BITS, 16, 0, 8, true, false, false, NULL},
    {"reserved17", FIELD_BITS, 17, 0, 8, true, false, false, NULL},
    {"otpmode", FIELD_BITS, 18, 0, 8, true, false, false, NULL},
};

static const struct field chip_mode_fields[] = {
    {"selectorwriteonce", FIELD_FLAG, 0, 0, 1, false, false, false, NULL},
    {"ttlenable", FIELD_FLAG, 0, 1, 1, false, false, false, NULL},
    {"watchdogduration", FIELD_WORD, 0, 2, 1, false, false, false, watchdog_words},
    {"clockdivider", FIELD_BITS, 0, 3, 5, true, true, true, NULL}, /* 608 only: atecc608.md 2.4 */
};

static const struct field tail_fields[] = {
    {"counter0", FIELD_BYTES, 52, 0, 8, true, false, false, NULL},
    {"counter1", FIELD_BYTES, 60, 0, 8, true, false, false, NULL},
    {"lastkeyuse0", FIELD_BYTES, 68, 0, 8, true, false, false, NULL},
    {"lastkeyuse1", FIELD_BYTES, 76, 0, 8, true, false, false, NULL},
    {"userextra", FIELD_BITS, 84, 0, 8, true, false, false, NULL},
    {"selector", FIELD_BITS, 85, 0, 8, true, false, false, NULL},
    {"lockvalue", FIELD_WORD, LOCK_VALUE, 0, 8, false, true, false, lock_words},
    {"lockconfig", FIELD_WORD, LOCK_CONFIG, 0, 8, false, true, false, lock_words},
    {"slotlocked", FIELD_BITS, SLOT_LOCKED, 0, 16, true, false, false, NULL},
    {"reserved90", FIELD_BITS, 90, 0, 8, true, false, false, NULL},
    {"reserved91", FIELD_BITS, 91, 0, 8, true, false, false, NULL},
};

static const struct field x509_fields[] = {
    {"publicposition", FIELD_BITS, 0, 0, 4, false, false, false, NULL},
    {"templatelength", FIELD_BITS, 0, 4, 4, false, false, false, NULL},
};

static const struct field private_slot_fields[] = {
    {"extsignenable", FIELD_FLAG, 0, 0, 1, false, false, false, NULL},
    {"intsignenable", FIELD_FLAG, 0, 1, 1, false, false, false, NULL},
    {"ecdhenable", FIELD_FLAG, 0, 2, 1, false, false, false, NULL},
    {"ecdhtonextslot", FIELD_FLAG, 0, 3, 1, false, false, false, NULL},
};

static const struct field other_slot_fields[] = {
    {"readkey", FIELD_BITS, 0, 0, 4, false, false, false, NULL},
};

static const struct field slot_fields[] = {
    {"nomac", FIELD_FLAG, 0, 4, 1, false, false, false, NULL},
    {"limiteduse", FIELD_FLAG, 0, 5, 1, false, false, false, NULL},
    {"encryptread", FIELD_FLAG, 0, 6, 1, false, false, false, NULL},
    {"issecret", FIELD_FLAG, 0, 7, 1, false, false, false, NULL},
    {"writekey", FIELD_BITS, 0, 8, 4, false, false, false, NULL},
    {"writeconfig", FIELD_BITS, 0, 12, 4, false, false, false, NULL},
};

static const struct field key_fields[] = {
    {"private", FIELD_FLAG, 0, 0, 1, false, false, false, NULL},
    {"pubinfo", FIELD_FLAG, 0, 1, 1, false, false, false, NULL},
    {"keytype", FIELD_WORD, 0, 2, 3, false, false, false, key_type_words},
    {"lockable", FIELD_FLAG, 0, 5, 1, false, false, false, NULL},
    {"reqrandom", FIELD_FLAG, 0, 6, 1, false, false, false, NULL},
    {"reqauth", FIELD_FLAG, 0, 7, 1, false, false, false, NULL},
    {"authkey", FIELD_BITS, 0, 8, 4, false, false, false, NULL},
    {"intrusiondisable", FIELD_FLAG, 0, 12, 1, false, false, false, NULL},
    {"rfu", FIELD_FLAG, 0, 13, 1, false, true, true, NULL},
    {"x509id", FIELD_BITS, 0, 14, 2, false, false, false, NULL},
};

#define FIELDS(table) (table), sizeof(table) / sizeof(table)[0]

static unsigned get_word(const uint8_t *bytes, const struct field *field)
{
    const uint8_t *at = bytes + field->offset;
    unsigned word = at[0];

    if (field->shift + field->width > 8) /* the last byte of the zone has no neighbour */
        word |= (unsigned)at[1] << 8;
    return word >> field->shift & ((1u << field->width) - 1);
}

static void put_word(uint8_t *bytes, const struct field *field, unsigned value)
{
    uint8_t *at = bytes + field->offset;
    unsigned word = value << field->shift, mask = ((1u << field->width) - 1) << field->shift;

    at[0] = (uint8_t)((at[0] & ~mask) | word);
    if (field->shift + field->width > 8)
        at[1] = (uint8_t)((at[1] & ~(mask >> 8)) | word >> 8);
}

static uint64_t get_big_endian(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* ---- bytes to tree ---- */

static json_t *field_value(const uint8_t *bytes, const struct field *field)
{
    char text[32];
    unsigned value;

    if (field->kind == FIELD_BYTES) {
        uint64_t number = get_big_endian(bytes + field->offset, field->width);

        if (field->width <= 4)
            return json_integer((json_int_t)number);
        snprintf(text, sizeof text, "0x%016llx", (unsigned long long)number);
        return json_string(text);
    }
    value = get_word(bytes, field);
    if (field->kind == FIELD_FLAG)
        return json_boolean(value);
    for (const struct word *word = field->words; word && word->text; word++) {
        if (word->value == value)
            return json_string(word->text);
    }
    return json_integer(value);
}

static void add_fields(json_t *object, const uint8_t *bytes, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].hide_zero || get_word(bytes, &fields[i]) != 0)
            json_object_set_new(object, fields[i].name, field_value(bytes, &fields[i]));
    }
}

static json_t *slot_to_tree(const uint8_t *bytes, int number)
{
    const uint8_t *slot = bytes + SLOT_CONFIG + 2 * number, *key = bytes + KEY_CONFIG + 2 * number;
    json_t *tree = json_object(), *slot_tree = json_object(), *key_tree = json_object();

    if (key[0] & 1)
        add_fields(slot_tree, slot, FIELDS(private_slot_fields));
    else
        add_fields(slot_tree, slot, FIELDS(other_slot_fields));
    add_fields(slot_tree, slot, FIELDS(slot_fields));
    add_fields(key_tree, key, FIELDS(key_fields));
    json_object_set_new(tree, "num", json_integer(number));
    json_object_set_new(tree, "slotconfig", slot_tree);
    json_object_set_new(tree, "keyconfig", key_tree);
    return tree;
}

json_t *chip_config_to_tree(const uint8_t bytes[CHIP_CONFIG_SIZE])
{
    json_t *tree = json_object(), *chip_mode = json_object(), *formats = json_array(), *slots = json_array();
    char serial[19];

    if (!tree || !chip_mode || !formats || !slots)
        return NULL;
    for (int i = 0; i < 9; i++)
        snprintf(serial + 2 * i, 3, "%02x", bytes[i < 4 ? i : i + 4]);
    json_object_set_new(tree, "serialnum", json_string(serial));
    add_fields(tree, bytes, FIELDS(head_fields));
    add_fields(chip_mode, bytes + CHIP_MODE, FIELDS(chip_mode_fields));
    json_object_set_new(tree, "chipmode", chip_mode);
    add_fields(tree, bytes, FIELDS(tail_fields));
    for (int i = 0; i < 4; i++) {
        json_t *format = json_object();

        add_fields(format, bytes + X509_FORMAT + i, FIELDS(x509_fields));
        json_array_append_new(formats, format);
    }
    json_object_set_new(tree, "x509format", formats);
    for (int i = 0; i < CHIP_SLOT_COUNT; i++)
        json_array_append_new(slots, slot_to_tree(bytes, i));
    /* GUESS (mongoose-os.md 3.14): the reference names the values, but not how they nest */
    json_object_set_new(tree, "slots", slots);
    return tree;
}

bool chip_config_is_hex(const char *name)
{
    static const struct {
        const struct field *fields;
        size_t count;
    } tables[] = {{FIELDS(head_fields)}, {FIELDS(chip_mode_fields)}, {FIELDS(tail_fields)}};

    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            if (strcmp(tables[t].fields[i].name, name) == 0)
                return tables[t].fields[i].is_hex;
        }
    }
    return false;
}

/* ---- tree to bytes ---- */

struct reader {
    char *why;
    size_t why_size;
    const char *place; /* "", "chipmode", "slot 3" */
};

#define REFUSE(reader, ...) (snprintf((reader)->why, (reader)->why_size, __VA_ARGS__), -1)

/* A JSON number, or a string with a number in decimal or 0x notation. */
static int read_number(const json_t *value, uint64_t *number)
{
    const char *text = json_string_value(value);
    char *end;

    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *number = (uint64_t)json_integer_value(value);
        return 0;
    }
    if (!text || *text < '0' || *text > '9')
        return -1;
    errno = 0;
    *number = strtoull(text, &end, 0);
    return *end == '\0' && errno == 0 ? 0 : -1;
}

static int read_field(struct reader *reader, const json_t *value, const struct field *field, uint8_t *bytes)
{
    const char *text = json_string_value(value);
    uint64_t number;

    for (const struct word *word = field->words; word && word->text && text; word++) {
        if (strcasecmp(word->text, text) == 0) {
            put_word(bytes, field, word->value);
            return 0;
        }
    }
    if (field->kind == FIELD_FLAG) {
        if (!json_is_boolean(value))
            return REFUSE(reader, "%s%s must be true or false", reader->place, field->name);
        put_word(bytes, field, json_is_true(value));
        return 0;
    }
    if (read_number(value, &number))
        return REFUSE(reader, "%s%s must be %s", reader->place, field->name,
                      field->kind == FIELD_WORD ? "one of its words, or a number" : "a number, 0 or more");
    if (field->kind == FIELD_BYTES) {
        if (field->width < 8 && number >> (8 * field->width))
            return REFUSE(reader, "%s%s is too big for %u bytes", reader->place, field->name, field->width);
        for (unsigned i = 0; i < field->width; i++)
            bytes[field->offset + i] = (uint8_t)(number >> (8 * (field->width - 1 - i)));
        return 0;
    }
    if (number >> field->width)
        return REFUSE(reader, "%s%s is too big for %u bits", reader->place, field->name, field->width);
    put_word(bytes, field, (unsigned)number);
    return 0;
}

/* Reads the fields of the table from `object`, and counts those it found. */
static int read_fields(struct reader *reader, const json_t *object, uint8_t *bytes,
                       const struct field *fields, size_t count, size_t *known)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, fields[i].name);

        if (!value && fields[i].is_optional)
            continue;
        if (!value)
            return REFUSE(reader, "%s%s is missing", reader->place, fields[i].name);
        if (read_field(reader, value, &fields[i], bytes))
            return -1;
        (*known)++;
    }
    return 0;
}

/* After all that is known has been counted: is there something else? */
static int refuse_unknown(struct reader *reader, const json_t *object, size_t known)
{
    if (json_object_size(object) != known)
        return REFUSE(reader, "%.20shas %zu names too many: one is misspelt, or not of this model",
                      *reader->place ? reader->place : "it ", json_object_size(object) - known);
    return 0;
}

static int read_serial(struct reader *reader, const json_t *value, uint8_t *bytes)
{
    const char *text = json_string_value(value);

    if (!text || strlen(text) != 18 || strspn(text, "0123456789abcdefABCDEF") != 18)
        return REFUSE(reader, "serialnum must be 18 hex digits in quotes");
    for (int i = 0; i < 9; i++) {
        char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        bytes[i < 4 ? i : i + 4] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return 0;
}

static int read_slot(struct reader *reader, const json_t *tree, int number, uint8_t *bytes)
{
    const json_t *slot_tree = json_object_get(tree, "slotconfig"),
                 *key_tree = json_object_get(tree, "keyconfig");
    const json_t *num = json_object_get(tree, "num");
    uint8_t *slot = bytes + SLOT_CONFIG + 2 * number, *key = bytes + KEY_CONFIG + 2 * number;
    char place[20];
    size_t known = 0;

    snprintf(place, sizeof place, "slot %d: ", number);
    reader->place = place;
    if (num && (!json_is_integer(num) || json_integer_value(num) != number))
        return REFUSE(reader, "the slots are not in order: number %d is missing", number);
    if (!json_is_object(slot_tree) || !json_is_object(key_tree))
        return REFUSE(reader, "slot %d needs slotconfig and keyconfig", number);
    if (refuse_unknown(reader, tree, num ? 3 : 2))
        return -1;
    if (read_fields(reader, key_tree, key, FIELDS(key_fields), &known) ||
        refuse_unknown(reader, key_tree, known))
        return -1;
    known = 0;
    if ((key[0] & 1 ? read_fields(reader, slot_tree, slot, FIELDS(private_slot_fields), &known)
                    : read_fields(reader, slot_tree, slot, FIELDS(other_slot_fields), &known)) ||
        read_fields(reader, slot_tree, slot, FIELDS(slot_fields), &known))
        return -1;
    return refuse_unknown(reader, slot_tree, known);
}

static int read_lists(struct reader *reader, const json_t *tree, uint8_t *bytes)
{
    const json_t *chip_mode = json_object_get(tree, "chipmode"),
                 *formats = json_object_get(tree, "x509format");
    const json_t *slots = json_object_get(tree, "slots");
    size_t known = 0;

    reader->place = "chipmode: ";
    if (!json_is_object(chip_mode))
        return REFUSE(reader, "chipmode is missing");
    if (read_fields(reader, chip_mode, bytes + CHIP_MODE, FIELDS(chip_mode_fields), &known) ||
        refuse_unknown(reader, chip_mode, known))
        return -1;
    if (json_array_size(formats) != 4)
        return REFUSE(reader, "x509format must be a list of 4");
    if (json_array_size(slots) != CHIP_SLOT_COUNT)
        return REFUSE(reader, "slots must be a list of %d, and is one of %zu", CHIP_SLOT_COUNT,
                      json_array_size(slots));
    reader->place = "x509format: ";
    for (size_t i = 0; i < 4; i++) {
        known = 0;
        if (read_fields(reader, json_array_get(formats, i), bytes + X509_FORMAT + i, FIELDS(x509_fields),
                        &known))
            return -1;
    }
    for (int i = 0; i < CHIP_SLOT_COUNT; i++) {
        if (read_slot(reader, json_array_get(slots, (size_t)i), i, bytes))
            return -1;
    }
    return 0;
}

int chip_config_from_tree(const json_t *tree, uint8_t bytes[CHIP_CONFIG_SIZE], char *why, size_t why_size)
{
    struct reader reader = {why, why_size, ""};
    const json_t *serial = json_object_get(tree, "serialnum");
    size_t known = 3; /* chipmode, x509format, slots */

    memset(bytes, 0, CHIP_CONFIG_SIZE);
    bytes[14] = 1;
    bytes[LOCK_VALUE] = bytes[LOCK_CONFIG] = UNLOCKED;
    if (!json_is_object(tree))
        return REFUSE(&reader, "it is no list of named values");
    if (serial) {
        if (read_serial(&reader, serial, bytes))
            return -1;
        known++;
    }
    if (read_fields(&reader, tree, bytes, FIELDS(head_fields), &known) ||
        read_fields(&reader, tree, bytes, FIELDS(tail_fields), &known) || read_lists(&reader, tree, bytes))
        return -1;
    reader.place = "";
    return refuse_unknown(&reader, tree, known);
}
