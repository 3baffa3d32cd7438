/* Assignments to configuration values.  mongoose-os.md 3.9 */

#include "config_edit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *config_at(json_t *config, const char *path)
{
    while (path && *path && config) {
        size_t length = strcspn(path, ".");
        char name[128];

        if (length >= sizeof name)
            return NULL;
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        config = json_object_get(config, name);
        path += length;
        if (*path == '.' && !*++path)
            return NULL; /* "debug." */
    }
    return config;
}

static json_t *convert_number(const char *text, const char *path, char *why, size_t why_size)
{
    char *end;
    long long integer;
    double real;

    errno = 0;
    integer = strtoll(text, &end, 0); /* 0x60 too, which the original refuses (8.3 R9) */
    if (end != text && *end == '\0' && errno == 0)
        return json_integer(integer);
    real = strtod(text, &end);
    if (end != text && *end == '\0' && isfinite(real))
        return json_real(real);
    snprintf(why, why_size, "can't convert \"%s\" to a number, which is what \"%s\" holds", text, path);
    return NULL;
}

/* A new value of the type of the present one. NULL with a sentence in `why`. */
static json_t *convert(const json_t *present, const char *text, const char *path, char *why, size_t why_size)
{
    json_t *value;

    switch (json_typeof(present)) {
    case JSON_STRING:
        value = json_string(text);
        if (!value)
            snprintf(why, why_size, "the value of \"%s\" is no UTF-8 text", path);
        return value;
    case JSON_INTEGER:
    case JSON_REAL:
        return convert_number(text, path, why, why_size);
    case JSON_TRUE:
    case JSON_FALSE:
        if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
            return json_true();
        if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
            return json_false();
        snprintf(why, why_size, "can't convert \"%s\" to a boolean", text);
        return NULL;
    default:
        snprintf(why, why_size,
                 "only strings, numbers and booleans can be set, but path \"%s\" refers to an %s", path,
                 json_is_array(present) ? "array" : "object");
        return NULL;
    }
}

/* Puts `value` at `path`, making the objects on the way. Takes the reference. */
static int put_at(json_t *tree, const char *path, json_t *value)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        char name[128];
        json_t *below;

        snprintf(name, sizeof name, "%.*s", (int)length, path);
        if (path[length] == '\0')
            return json_object_set_new(tree, name, value);
        below = json_object_get(tree, name);
        if (!below) {
            below = json_object();
            if (json_object_set_new(tree, name, below)) {
                json_decref(value);
                return -1;
            }
        }
        tree = below;
        path += length + 1;
    }
}

int config_assign(json_t *config, json_t *changes, const char *assignment, char *why, size_t why_size)
{
    const char *equals = strchr(assignment, '='); /* a value may contain more of them */
    char path[256];
    json_t *present, *value;

    if (!equals) {
        snprintf(why, why_size, "missing value for \"%s\"", assignment);
        return -1;
    }
    snprintf(path, sizeof path, "%.*s", (int)(equals - assignment), assignment);
    present = (size_t)(equals - assignment) < sizeof path && *path ? config_at(config, path) : NULL;
    if (!present) {
        snprintf(why, why_size, "no config value at path \"%s\"", path);
        return -1;
    }
    value = convert(present, equals + 1, path, why, why_size);
    if (!value)
        return -1;
    if (put_at(changes, path, value)) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    return 0;
}
