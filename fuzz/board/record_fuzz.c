/* A board.json that somebody has edited: what is taken from it is a MAC and ports, or a reason not to. */

#include "board.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct identity identity;
    char why[160] = "";

    if (!record_parse((const char *)data, size, &identity, why, sizeof why)) {
        if (why[0] == '\0' || strlen(why) >= sizeof why)
            abort();
        return 0;
    }
    if (identity.forward_count < 0 || identity.forward_count > BOARD_FORWARDS)
        abort();
    for (int i = 0; i < identity.forward_count; i++) {
        if (identity.forwards[i].port == 0 || identity.forwards[i].host_port == 0 ||
            identity.forwards[i].reservation != -1)
            abort();
    }
    return 0;
}
