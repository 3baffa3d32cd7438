/* The one thing of a board that os/heap.c needs. */

#include <stdlib.h>

#include "board.h"

_Noreturn void board_abort(const char *why)
{
    abort();
}
