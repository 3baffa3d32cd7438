/* Whole files of the board. os/include/common/cs_file.h */

#include "common/cs_file.h"

#include "frozen.h"
#include "heap.h"
#include "storage.h"

char *cs_read_file(const char *path, size_t *size)
{
    int32_t length = storage_size(path);

    if (length < 0)
        return NULL;
    char *text = heap_alloc((size_t)length + 1);
    if (!text)
        return NULL;
    int32_t got = storage_read(path, 0, text, (size_t)length);
    if (got != length) {
        heap_free_secret(text);
        return NULL;
    }
    text[length] = '\0';
    if (size)
        *size = (size_t)length;
    return text;
}

char *json_fread(const char *path)
{
    return cs_read_file(path, NULL);
}
