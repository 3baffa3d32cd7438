/* Key files: any text is a key or is refused with a sentence. */

#include "atca/key_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t key[CHIP_KEY_SIZE], bytes[416];
    const char *kind;
    char why[200];
    size_t count;

    why[0] = '\0';
    if (key_text_parse_ecc((const char *)data, size, key, &kind, why, sizeof why) && !why[0])
        abort();
    why[0] = '\0';
    if (key_text_parse_hex((const char *)data, size, bytes, sizeof bytes, &count, why, sizeof why)
            ? !why[0]
            : count > sizeof bytes)
        abort();
    return 0;
}
