/* Texts made by printf on the heap. os/include/common/str_util.h */

#include "common/str_util.h"

#include <stdio.h>

#include "heap.h"

int mg_avprintf(char **buf, size_t size, const char *fmt, va_list ap)
{
    va_list copy;

    va_copy(copy, ap);
    int length = vsnprintf(*buf, size, fmt, copy);
    va_end(copy);
    if (length >= 0 && (size_t)length < size)
        return length;
    *buf = length < 0 ? NULL : heap_alloc((size_t)length + 1);
    if (!*buf)
        return -1;
    return vsnprintf(*buf, (size_t)length + 1, fmt, ap);
}

int mg_asprintf(char **buf, size_t size, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int length = mg_avprintf(buf, size, fmt, ap);
    va_end(ap);
    return length;
}
