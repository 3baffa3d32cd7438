/* Random (1B): 32 bytes from the generator.  atecc608.md 3.2 */

#include "command.h"

enum chip_status chip_command_random(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 > 1)
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist (Param1 is 00 or 01)", call->p1);
    if (call->p2 != 0)
        return chip_refuse(call, CHIP_PARSE, "Param2 must be 0000, and is %04X", call->p2); /* GUESS 71 */

    call->answer_length = 32;
    return chip_random(chip, call, call->answer, 32);
}
