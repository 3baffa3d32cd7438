/* JSON as text.  mongoose-os.md 1.10, 3.8, 3.9 */

#include "json_text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool json_text_check(const char *text, size_t length, char *why, size_t why_size)
{
    json_error_t error;
    json_t *value;

    if (memchr(text, '\0', length)) { /* jansson overlooks one behind true, false and null */
        if (why)
            snprintf(why, why_size, "it has a zero byte");
        return false;
    }
    value = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!value && why)
        snprintf(why, why_size, "%s", error.text);
    json_decref(value);
    return value != NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(const char *text, size_t length, size_t at)
{
    while (at < length && is_space(text[at]))
        at++;
    return at;
}

/* `at` is the opening quote; returns the place after the closing one. */
static size_t skip_string(const char *text, size_t length, size_t at)
{
    for (at++; at < length && text[at] != '"'; at++) {
        if (text[at] == '\\')
            at++;
    }
    return at < length ? at + 1 : length;
}

static size_t skip_value(const char *text, size_t length, size_t at)
{
    size_t depth = 0;

    while (at < length) {
        char c = text[at];

        if (c == '"') {
            at = skip_string(text, length, at);
            if (depth == 0)
                return at;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_space(c)))
            return at;
        if (c == '{' || c == '[')
            depth++;
        at++;
        if ((c == '}' || c == ']') && --depth == 0)
            return at;
    }
    return at;
}

bool json_text_member(const char *text, size_t length, const char *name, const char **value,
                      size_t *value_length)
{
    size_t at = skip_space(text, length, 0);
    bool found = false;

    if (at >= length || text[at] != '{')
        return false;
    at = skip_space(text, length, at + 1);
    while (at < length && text[at] == '"') {
        size_t key = at + 1, key_end, start;

        at = skip_string(text, length, at);
        key_end = at - 1;
        at = skip_space(text, length, at);
        start = skip_space(text, length, at + 1); /* after the colon */
        at = skip_value(text, length, start);
        if (key_end - key == strlen(name) && memcmp(text + key, name, key_end - key) == 0) {
            *value = text + start;
            *value_length = at - start;
            found = true; /* the last one of a name wins, as with every parser */
        }
        at = skip_space(text, length, at);
        if (at < length && text[at] == ',')
            at = skip_space(text, length, at + 1);
    }
    return found;
}

/* The code point that starts at `text[at]`, checked UTF-8; moves past it. */
static uint32_t decode_utf8(const char *text, size_t length, size_t *at)
{
    uint8_t lead = (uint8_t)text[*at];
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    uint32_t point = lead & (0x3fu >> more);

    for ((*at)++; more > 0 && *at < length; more--, (*at)++)
        point = point << 6 | ((uint8_t)text[*at] & 0x3f);
    return point;
}

char *json_text_compact(const char *text, size_t length)
{
    char *out = malloc(length * 6 + 1); /* a byte becomes \uXXXX at worst */
    size_t at = 0, used = 0;
    bool in_string = false;

    if (!out)
        return NULL;
    while (at < length) {
        char c = text[at];

        if ((uint8_t)c >= 0x80) {
            uint32_t point = decode_utf8(text, length, &at);

            if (point >= 0x10000) {
                point -= 0x10000;
                used += (size_t)sprintf(out + used, "\\u%04x\\u%04x", 0xd800 + (point >> 10),
                                        0xdc00 + (point & 0x3ff));
            } else {
                used += (size_t)sprintf(out + used, "\\u%04x", point);
            }
            continue;
        }
        at++;
        if (!in_string && is_space(c))
            continue;
        out[used++] = c;
        if (in_string && c == '\\' && at < length)
            out[used++] = text[at++];
        else if (c == '"')
            in_string = !in_string;
    }
    out[used] = '\0';
    return out;
}

static void new_line(FILE *file, size_t depth)
{
    fputc('\n', file);
    while (depth-- > 0)
        fputs("  ", file);
}

static void print_string(FILE *file, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '<' || text[i] == '>' || text[i] == '&')
            fprintf(file, "\\u%04x", text[i]);
        else
            fputc(text[i], file);
    }
}

void json_text_print_indented(FILE *file, const char *text, size_t length)
{
    size_t depth = 0;

    for (size_t at = skip_space(text, length, 0); at < length; at = skip_space(text, length, at)) {
        char c = text[at];
        size_t end = at + 1, after;

        switch (c) {
        case '"':
            end = skip_string(text, length, at);
            print_string(file, text + at, end - at);
            break;
        case '{':
        case '[':
            fputc(c, file);
            after = skip_space(text, length, end);
            if (after < length && (text[after] == '}' || text[after] == ']')) {
                fputc(text[after], file);
                end = after + 1;
                break;
            }
            new_line(file, ++depth);
            break;
        case '}':
        case ']':
            if (depth > 0)
                depth--;
            new_line(file, depth);
            fputc(c, file);
            break;
        case ',':
            fputc(c, file);
            new_line(file, depth);
            break;
        case ':':
            fputs(": ", file);
            break;
        default:
            fputc(c, file);
        }
        at = end;
    }
}

static void print_real(FILE *file, double number)
{
    char text[40];

    if (number == floor(number) && fabs(number) < 1e15) {
        fprintf(file, "%.0f", number);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fputs(text, file);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void print_sorted(FILE *file, const json_t *value, size_t depth);

static void print_name(FILE *file, const char *name)
{
    json_t *string = json_string(name);

    json_dumpf(string, file, JSON_ENCODE_ANY);
    json_decref(string);
}

static void print_object(FILE *file, json_t *object, size_t depth)
{
    size_t count = json_object_size(object), i = 0;
    const char **names = calloc(count ? count : 1, sizeof *names);
    const char *name;
    json_t *member;

    if (!names)
        return;
    json_object_foreach(object, name, member) names[i++] = name;
    qsort(names, count, sizeof *names, by_name);
    fputc('{', file);
    for (i = 0; i < count; i++) {
        new_line(file, depth + 1);
        print_name(file, names[i]);
        fputs(": ", file);
        print_sorted(file, json_object_get(object, names[i]), depth + 1);
        if (i + 1 < count)
            fputc(',', file);
    }
    if (count)
        new_line(file, depth);
    fputc('}', file);
    free(names);
}

static void print_array(FILE *file, const json_t *array, size_t depth)
{
    size_t count = json_array_size(array);

    fputc('[', file);
    for (size_t i = 0; i < count; i++) {
        new_line(file, depth + 1);
        print_sorted(file, json_array_get(array, i), depth + 1);
        if (i + 1 < count)
            fputc(',', file);
    }
    if (count)
        new_line(file, depth);
    fputc(']', file);
}

static void print_sorted(FILE *file, const json_t *value, size_t depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        print_object(file, (json_t *)value, depth);
        break;
    case JSON_ARRAY:
        print_array(file, value, depth);
        break;
    case JSON_REAL:
        print_real(file, json_real_value(value));
        break;
    default:
        json_dumpf(value, file, JSON_ENCODE_ANY);
    }
}

void json_value_print_sorted(FILE *file, const json_t *value)
{
    if (json_is_string(value))
        fputs(json_string_value(value), file);
    else
        print_sorted(file, value, 0);
}
