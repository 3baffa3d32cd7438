/* Memory of one build: everything allocated here lives until the whole is released. Running out ends the
 * program. */
#ifndef MOS_BUILD_ARENA_H
#define MOS_BUILD_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks;
};

void *arena_alloc(struct arena *arena, size_t size); /* zeroed */
char *arena_copy(struct arena *arena, const char *text, size_t length);
char *arena_string(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *arena);

/* A growing list of strings. */
struct string_list {
    const char **items;
    size_t count, capacity;
};

void string_list_add(struct arena *arena, struct string_list *list, const char *text);
int string_list_find(const struct string_list *list, const char *text); /* index, or -1 */
void string_list_sort(struct string_list *list);
/* "a, b, c" */
char *string_list_join(struct arena *arena, const struct string_list *list, const char *separator);

/* A growing map from names to strings, in order of first appearance. */
struct string_map {
    struct string_pair {
        const char *name, *value;
    } * items;
    size_t count, capacity;
};

void string_map_set(struct arena *arena, struct string_map *map, const char *name, const char *value);
const char *string_map_get(const struct string_map *map, const char *name); /* NULL: not there */

#endif
