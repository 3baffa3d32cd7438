/* libyaml's events, made into a tree. */

#include "yaml_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

enum { MAX_DEPTH = 32, MAX_FILE = 1024 * 1024 };

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    const char *name;
    struct build_error *error;
};

static bool next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    return build_fail(reader->error, "%s:%zu: %s%s%s", reader->name, reader->parser.problem_mark.line + 1,
                      reader->parser.problem ? reader->parser.problem : "not YAML",
                      reader->parser.context ? ", " : "",
                      reader->parser.context ? reader->parser.context : "");
}

static struct yaml_node *refuse(struct reader *reader, const yaml_event_t *event, const char *what)
{
    build_fail(reader->error, "%s:%zu: %s", reader->name, event->start_mark.line + 1, what);
    return NULL;
}

static struct yaml_node *read_node(struct reader *reader, yaml_event_t *event, int depth);

static struct yaml_node *new_node(struct reader *reader, const yaml_event_t *event, enum yaml_kind kind)
{
    struct yaml_node *node = arena_alloc(reader->arena, sizeof *node);
    node->kind = kind;
    node->file = reader->name;
    node->line = (unsigned)event->start_mark.line + 1;
    return node;
}

static struct yaml_node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    if (memchr(value, '\0', event->data.scalar.length))
        return refuse(reader, event, "a NUL character in a string");
    struct yaml_node *node = new_node(reader, event, YAML_SCALAR);
    node->text = arena_copy(reader->arena, value, event->data.scalar.length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static void append(struct reader *reader, struct yaml_node *node, size_t *capacity, const char *key,
                   struct yaml_node *item)
{
    if (node->count == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 4;
        struct yaml_node **items = arena_alloc(reader->arena, *capacity * sizeof *items);
        const char **keys = arena_alloc(reader->arena, *capacity * sizeof *keys);
        if (node->count > 0) {
            memcpy(items, node->items, node->count * sizeof *items);
            memcpy(keys, node->keys, node->count * sizeof *keys);
        }
        node->items = items;
        node->keys = keys;
    }
    node->keys[node->count] = key;
    node->items[node->count++] = item;
}

static struct yaml_node *read_list(struct reader *reader, const yaml_event_t *start, int depth)
{
    struct yaml_node *list = new_node(reader, start, YAML_LIST);
    size_t capacity = 0;
    yaml_event_t event;
    while (next(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        struct yaml_node *item = end ? NULL : read_node(reader, &event, depth + 1);
        yaml_event_delete(&event);
        if (end)
            return list;
        if (!item)
            return NULL;
        append(reader, list, &capacity, NULL, item);
    }
    return NULL;
}

/* The value of one key, which has been read. */
static struct yaml_node *read_value(struct reader *reader, int depth)
{
    yaml_event_t event;
    if (!next(reader, &event))
        return NULL;
    struct yaml_node *value = read_node(reader, &event, depth + 1);
    yaml_event_delete(&event);
    return value;
}

static struct yaml_node *read_key(struct reader *reader, const struct yaml_node *map,
                                  const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(reader, event, "a key must be a word");
    struct yaml_node *key = read_scalar(reader, event);
    if (key && yaml_get(map, key->text)) {
        build_fail(reader->error, "%s:%u: the key `%s` is there twice", reader->name, key->line, key->text);
        return NULL;
    }
    return key;
}

static struct yaml_node *read_map(struct reader *reader, const yaml_event_t *start, int depth)
{
    struct yaml_node *map = new_node(reader, start, YAML_MAP);
    size_t capacity = 0;
    yaml_event_t event;
    while (next(reader, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        struct yaml_node *key = end ? NULL : read_key(reader, map, &event);
        yaml_event_delete(&event);
        if (end)
            return map;
        struct yaml_node *value = key ? read_value(reader, depth) : NULL;
        if (!value)
            return NULL;
        append(reader, map, &capacity, key->text, value);
    }
    return NULL;
}

static struct yaml_node *read_node(struct reader *reader, yaml_event_t *event, int depth)
{
    if (depth > MAX_DEPTH)
        return refuse(reader, event, "nested too deeply");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(reader, event, depth);
    case YAML_MAPPING_START_EVENT:
        return read_map(reader, event, depth);
    case YAML_ALIAS_EVENT:
        return refuse(reader, event, "aliases (*name) are not supported; write the value again");
    default:
        return refuse(reader, event, "unexpected end");
    }
}

static struct yaml_node *read_document(struct reader *reader)
{
    struct yaml_node *root = NULL;
    yaml_event_t event;
    while (next(reader, &event)) {
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_END_EVENT && !root)
            root = new_node(reader, &event, YAML_MAP);
        else if (type == YAML_DOCUMENT_START_EVENT && root)
            refuse(reader, &event, "a second document; one file holds one manifest");
        else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
                 type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT)
            root = read_node(reader, &event, 0);
        yaml_event_delete(&event);
        if (reader->error->text[0] != '\0')
            return NULL;
        if (type == YAML_STREAM_END_EVENT)
            return root;
    }
    return NULL;
}

struct yaml_node *yaml_parse(struct arena *arena, const char *name, const char *text, size_t length,
                             struct build_error *error)
{
    struct reader reader = {.arena = arena, .name = arena_string(arena, name), .error = error};
    if (!yaml_parser_initialize(&reader.parser)) {
        build_fail(error, "%s: out of memory", name);
        return NULL;
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
    struct yaml_node *root = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    return root;
}

struct yaml_node *yaml_read(struct arena *arena, const char *path, struct build_error *error)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        build_fail(error, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    char *text = arena_alloc(arena, MAX_FILE + 1);
    size_t length = fread(text, 1, MAX_FILE + 1, file);
    bool bad = ferror(file) != 0;
    fclose(file);
    if (bad || length > MAX_FILE) {
        build_fail(error, "cannot read %s: %s", path, bad ? strerror(errno) : "it is larger than 1 MB");
        return NULL;
    }
    return yaml_parse(arena, path, text, length, error);
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++) {
        if (strcmp(map->keys[i], key) == 0)
            return map->items[i];
    }
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcasecmp(text, *words) == 0)
            return true;
    }
    return false;
}

static bool is_integer(const char *text)
{
    text += *text == '-' || *text == '+';
    if (strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0)
        return text[2] != '\0' && text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
    if (strncmp(text, "0o", 2) == 0)
        return text[2] != '\0' && text[2 + strspn(text + 2, "01234567")] == '\0';
    if (strncmp(text, "0b", 2) == 0)
        return text[2] != '\0' && text[2 + strspn(text + 2, "01")] == '\0';
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool is_float(const char *text)
{
    if (text[strspn(text, "0123456789.eE+-")] != '\0' || !strpbrk(text, "0123456789"))
        return false;
    char *end;
    strtod(text, &end);
    return *end == '\0';
}

enum yaml_type yaml_type(const struct yaml_node *scalar)
{
    static const char *const nulls[] = {"", "~", "null", NULL};
    static const char *const bools[] = {"true", "false", "yes", "no", "on", "off", NULL};
    if (scalar->quoted)
        return YAML_STRING;
    if (is_one_of(scalar->text, nulls))
        return YAML_NULL;
    if (is_one_of(scalar->text, bools))
        return YAML_BOOL;
    if (is_integer(scalar->text))
        return YAML_INTEGER;
    return is_float(scalar->text) ? YAML_FLOAT : YAML_STRING;
}

bool yaml_bool(const struct yaml_node *scalar)
{
    static const char *const yes[] = {"true", "yes", "on", NULL};
    return is_one_of(scalar->text, yes);
}

bool yaml_integer(const struct yaml_node *scalar, long long *value)
{
    const char *text = scalar->text;
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    int base = 10;
    if (text[0] == '0' && text[1] != '\0') {
        base = text[1] == 'x' || text[1] == 'X' ? 16 : text[1] == 'b' ? 2 : text[1] == 'o' ? 8 : 10;
        text += base == 10 ? 0 : 2;
    }
    errno = 0;
    long long magnitude = strtoll(text, NULL, base);
    *value = negative ? -magnitude : magnitude;
    return errno == 0;
}

double yaml_number(const struct yaml_node *scalar)
{
    long long value;
    if (yaml_type(scalar) == YAML_INTEGER && yaml_integer(scalar, &value))
        return (double)value;
    return strtod(scalar->text, NULL);
}
