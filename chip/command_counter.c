/* Counter (24): reads or increments a monotonic counter.  atecc608.md 3.15 */

#include "command.h"

#include "counter_field.h"
#include "guesses.h"

enum { COUNTER_READ = 0, COUNTER_INCREMENT = 1 };

enum chip_status chip_command_counter(struct chip *chip, struct chip_call *call)
{
    enum chip_status status = chip_check_length(call, 0);
    if (status != CHIP_SUCCESS)
        return status;
    if (call->p1 > COUNTER_INCREMENT)
        return chip_refuse(call, CHIP_PARSE, "mode %02X does not exist (Param1 is 00 or 01)", call->p1);
    if (call->p2 > 1)
        return chip_refuse(call, CHIP_PARSE, "there are counters 0 and 1, and Param2 is %04X", call->p2);

    if (call->p1 == COUNTER_INCREMENT) {
        if (chip_counter_read(chip, call->p2) >= COUNTER_MAX)
            return chip_refuse(call, (enum chip_status)GUESS_68_COUNTER_AT_MAXIMUM,
                               "counter %u is at its maximum (%d)", call->p2, COUNTER_MAX);
        chip_counter_increment(chip, call->p2);
    }
    uint32_t count = chip_counter_read(chip, call->p2);
    for (unsigned i = 0; i < 4; i++)
        call->answer[i] = (uint8_t)(count >> 8 * i);
    call->answer_length = 4;
    return CHIP_SUCCESS;
}
