/* Pause (01), 508A: of several parts on one wire all go idle but the one whose Selector is named.
 * atecc608.md 3.23 */

#include "command.h"

#include "memory.h"

enum chip_status chip_command_pause(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p2 != 0)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000, and is %04X", call->p2);
    call->goes_idle = call->p1 != chip->eeprom.config[CONFIG_SELECTOR];
    return CHIP_SUCCESS;
}
