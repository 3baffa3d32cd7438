/* Memory, lists and maps of one build. */

#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

enum { BLOCK_SIZE = 64 * 1024 };

static _Noreturn void out_of_memory(void)
{
    fputs("Error: out of memory\n", stderr);
    exit(1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct arena_block *block = arena->blocks;
    if (!block || block->size - block->used < size) {
        size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        block = calloc(1, sizeof *block + capacity);
        if (!block)
            out_of_memory();
        block->size = capacity;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        out_of_memory();
    char *copy = arena_copy(arena, text, (size_t)length);
    free(text);
    return copy;
}

void arena_release(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}

/* Room for one more item of `size` bytes. */
static void grow(struct arena *arena, void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return;
    *capacity = *capacity ? 2 * *capacity : 8;
    void *larger = arena_alloc(arena, *capacity * size);
    if (count > 0)
        memcpy(larger, *items, count * size);
    *items = larger;
}

void string_list_add(struct arena *arena, struct string_list *list, const char *text)
{
    void *items = list->items;
    grow(arena, &items, list->count, &list->capacity, sizeof *list->items);
    list->items = items;
    list->items[list->count++] = text;
}

int string_list_find(const struct string_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0)
            return (int)i;
    }
    return -1;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void string_list_sort(struct string_list *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, by_bytes);
}

char *string_list_join(struct arena *arena, const struct string_list *list, const char *separator)
{
    size_t length = 0;
    for (size_t i = 0; i < list->count; i++)
        length += strlen(list->items[i]) + strlen(separator);
    char *text = arena_alloc(arena, length + 1), *end = text;
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            end = stpcpy(end, separator);
        end = stpcpy(end, list->items[i]);
    }
    return text;
}

void string_map_set(struct arena *arena, struct string_map *map, const char *name, const char *value)
{
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->items[i].name, name) == 0) {
            map->items[i].value = value;
            return;
        }
    }
    void *items = map->items;
    grow(arena, &items, map->count, &map->capacity, sizeof *map->items);
    map->items = items;
    map->items[map->count++] = (struct string_pair){name, value};
}

const char *string_map_get(const struct string_map *map, const char *name)
{
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->items[i].name, name) == 0)
            return map->items[i].value;
    }
    return NULL;
}
