/* A certificate from a peer, walked to its extended key usage: at once and byte by byte, which must agree.
 */

#include <stdlib.h>
#include <string.h>

#include "tls_purpose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tls_purpose fast, slow;

    tls_purpose_start(&fast, (uint32_t)size);
    tls_purpose_push(&fast, data, size);
    tls_purpose_start(&slow, (uint32_t)size);
    for (size_t i = 0; i < size; i++)
        tls_purpose_push(&slow, data + i, 1);
    if (memcmp(&fast, &slow, sizeof fast) != 0)
        abort();
    for (int level = 0; level < TLS_PURPOSE_LEVELS; level++)
        if (fast.left[level] > size)
            abort();
    if (!fast.limited && (fast.for_servers || fast.for_clients))
        abort();
    return 0;
}
