/* A file of the board's, looked through for keys before it is served. The first byte says how much a read gives,
 * which must not matter; and a marker put behind it must be found.
 */

#include <stdlib.h>
#include <string.h>

#include "http_key_file.h"
#include "storage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    const uint8_t *data;
    size_t length, step;
} file;

int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size)
{
    if (offset >= file.length)
        return 0;
    if (size > file.step)
        size = file.step;
    if (size > file.length - offset)
        size = file.length - offset;
    memcpy(out, file.data + offset, size);
    return (int32_t)size;
}

static bool look(const uint8_t *data, size_t length, size_t step)
{
    file.data = data;
    file.length = length;
    file.step = step;
    return http_file_holds_a_key("file", (uint32_t)length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char marker[] = "PRIVATE KEY-----";
    uint8_t *marked;

    if (size == 0)
        return 0;
    look(data + 1, size - 1, SIZE_MAX);
    marked = malloc(size - 1 + sizeof marker - 1);
    memcpy(marked, data + 1, size - 1);
    memcpy(marked + size - 1, marker, sizeof marker - 1);
    if (!look(marked, size - 1 + sizeof marker - 1, data[0] + 1u))
        abort();
    free(marked);
    return 0;
}
