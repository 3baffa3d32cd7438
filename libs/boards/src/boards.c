/* The library is its configuration schema; there is nothing to start. */

#include <stdbool.h>

bool mgos_boards_init(void);

bool mgos_boards_init(void)
{
    return true;
}
