/* A YAML document as a tree that remembers its lines, so that complaints can point at them.
 *
 * Anchors, aliases, several documents, duplicate keys, keys that are no plain words and nesting beyond 32
 * levels are refused: no manifest needs them, and every one of them has been somebody's way to surprise a
 * parser.
 */
#ifndef MOS_BUILD_YAML_TREE_H
#define MOS_BUILD_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "build_error.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    const char *file;
    unsigned line;
    const char *text;         /* scalars, as written */
    bool quoted;              /* scalars: certainly a string */
    const char **keys;        /* maps */
    struct yaml_node **items; /* lists and maps */
    size_t count;
};

/* NULL after an error. An empty document is an empty map. `name` is what complaints call it. */
struct yaml_node *yaml_parse(struct arena *arena, const char *name, const char *text, size_t length,
                             struct build_error *error);
struct yaml_node *yaml_read(struct arena *arena, const char *path, struct build_error *error);

/* The member of a map; NULL if there is none (or it is no map). */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* What a scalar is by the rules of YAML: quoted ones and the rest are strings. */
enum yaml_type { YAML_STRING, YAML_NULL, YAML_BOOL, YAML_INTEGER, YAML_FLOAT };
enum yaml_type yaml_type(const struct yaml_node *scalar);
bool yaml_bool(const struct yaml_node *scalar);
/* Decimal, 0x, 0o and 0b. False: does not fit. */
bool yaml_integer(const struct yaml_node *scalar, long long *value);
double yaml_number(const struct yaml_node *scalar);

#endif
