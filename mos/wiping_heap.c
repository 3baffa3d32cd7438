/* Memory for JSON values, wiped when released. */

#include "wiping_heap.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <stddef.h>
#include <stdlib.h>

/* In front of each block, so that free() knows how much there is to wipe. */
union header {
    size_t size;
    max_align_t alignment;
};

static void *wiping_malloc(size_t size)
{
    union header *header = malloc(sizeof *header + size);

    if (!header)
        return NULL;
    header->size = size;
    return header + 1;
}

static void wiping_free(void *block)
{
    union header *header = block;

    if (!block)
        return;
    header--;
    OPENSSL_cleanse(block, header->size);
    free(header);
}

void wiping_heap_install(void)
{
    json_set_alloc_funcs(wiping_malloc, wiping_free);
}
