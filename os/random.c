/* Numbers by chance, not for secrets. os/include/mgos_utils.h */

#include "board.h"
#include "mgos_utils.h"

float mgos_rand_range(float from, float to)
{
    uint32_t r;

    board_random(&r, sizeof(r));
    return from + (float)(r >> 8) / 16777216.0f * (to - from);
}
