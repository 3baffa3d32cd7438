/* What os/ asks of its board, on the host's malloc, so that the sanitizers see every byte; and a silent log.
 */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "storage.h"

void *heap_alloc(size_t size)
{
    return malloc(size > 0 ? size : 1);
}

void *heap_zalloc(size_t size)
{
    return calloc(1, size > 0 ? size : 1);
}

void *heap_realloc(void *p, size_t size)
{
    return realloc(p, size > 0 ? size : 1);
}

void heap_free(void *p)
{
    free(p);
}

void heap_free_secret(void *p)
{
    free(p);
}

char *heap_strdup(const char *text)
{
    return strdup(text);
}

void wipe(void *p, size_t length)
{
    if (length > 0)
        memset(p, 0, length);
}

void board_random(void *out, size_t length)
{
    memset(out, 0, length);
}

int32_t storage_size(const char *name)
{
    (void)name;
    return STORAGE_ERROR_NOT_FOUND;
}

int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size)
{
    (void)name;
    (void)offset;
    (void)out;
    (void)size;
    return STORAGE_ERROR_NOT_FOUND;
}

int cs_log_print_prefix(enum cs_log_level level, const char *file, int line)
{
    (void)level;
    (void)file;
    (void)line;
    return 0;
}

void cs_log_printf(const char *fmt, ...)
{
    (void)fmt;
}
