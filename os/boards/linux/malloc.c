/* malloc() of the application is the board's heap: the linker option --wrap (platform.yml) leads the
 * firmware's calls here. Shared libraries of the host keep the host's malloc(); what they hand over is
 * given back to it. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

void __real_free(void *p);
void *__real_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    return heap_alloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    size_t total;

    return __builtin_mul_overflow(count, size, &total) ? NULL : heap_zalloc(total);
}

void *__wrap_realloc(void *p, size_t size)
{
    return p && !heap_owns(p) ? __real_realloc(p, size) : heap_realloc(p, size);
}

void __wrap_free(void *p)
{
    if (heap_owns(p))
        heap_free(p);
    else
        __real_free(p);
}

char *__wrap_strdup(const char *text)
{
    return heap_strdup(text);
}
