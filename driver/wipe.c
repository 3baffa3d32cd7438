/* Wiping secrets, so that no compiler takes it for a dead store: firmware has no explicit_bzero. */

#include "atecc_internal.h"

void atecc_wipe(void *data, size_t length)
{
    volatile uint8_t *byte = data;

    while (length--)
        *byte++ = 0;
}
