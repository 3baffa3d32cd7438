/* What the control socket can be asked: one row a request.
 *
 * A request is a line; its answer is one line: "ok", "ok TEXT" or "error SENTENCE".
 */

#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *say(const char *text)
{
    return strdup(text);
}

static char *no_power(void)
{
    return say("error The board has no power: `hallmark-board power-on` switches it on.");
}

static char *no_firmware(void)
{
    return say("error The board's flash holds no firmware: `mos flash` puts one there.");
}

static char *start_firmware(struct board *board)
{
    firmware_start(board, RESET_PIN);
    return board->firmware_state == FIRMWARE_MISSING ? no_firmware() : say("ok");
}

static char *answer_status(struct board *board, bool *stop)
{
    char *line = record_line(board), *answer = NULL;
    if (!line || asprintf(&answer, "ok %s", line) < 0)
        answer = NULL;
    free(line);
    return answer;
}

static char *answer_hold(struct board *board, bool *stop)
{
    if (!board->power)
        return no_power();
    firmware_stop(board, FIRMWARE_HELD);
    return say("ok");
}

static char *answer_run(struct board *board, bool *stop)
{
    if (!board->power)
        return no_power();
    if (board->firmware_state == FIRMWARE_RUNNING || board->firmware_state == FIRMWARE_WAITING)
        return say("ok It runs already.");
    return start_firmware(board);
}

static char *answer_reset(struct board *board, bool *stop)
{
    if (!board->power)
        return no_power();
    firmware_stop(board, FIRMWARE_HELD);
    return start_firmware(board);
}

static char *answer_chip_unplug(struct board *board, bool *stop)
{
    if (!board->power)
        return no_power();
    if (board->chip_state == CHIP_NONE)
        return say("error The board has no chip: it was started with --no-chip.");
    chip_stop(board, CHIP_UNPLUGGED);
    return say("ok");
}

static char *answer_chip_plug(struct board *board, bool *stop)
{
    if (!board->power)
        return no_power();
    if (board->chip_state == CHIP_NONE)
        return say("error The board has no place for a chip: it was started with --no-chip.");
    if (board->chip_state == CHIP_PLUGGED)
        return say("ok It is plugged in already.");
    if (chip_start(board))
        return say("ok");
    char *answer;
    return asprintf(&answer, "error The chip does not start: %s.", board->chip_failure) < 0 ? NULL : answer;
}

static char *answer_power_off(struct board *board, bool *stop)
{
    board_power_off(board);
    return say("ok");
}

static char *answer_power_on(struct board *board, bool *stop)
{
    char why[320], *answer;
    if (board_power_on(board, why, sizeof why))
        return say("ok");
    return asprintf(&answer, "error The board stays off: %s.", why) < 0 ? NULL : answer;
}

static char *answer_stop(struct board *board, bool *stop)
{
    *stop = true;
    return say("ok");
}

static const struct request {
    const char *words;
    bool changes; /* board.json is written anew */
    char *(*answer)(struct board *board, bool *stop);
} requests[] = {
    {"status", false, answer_status},
    {"reset", true, answer_reset},
    {"reset hold", true, answer_hold},
    {"reset run", true, answer_run},
    {"chip-unplug", true, answer_chip_unplug},
    {"chip-plug", true, answer_chip_plug},
    {"power-off", true, answer_power_off},
    {"power-on", true, answer_power_on},
    {"stop", false, answer_stop},
};

char *board_answer(struct board *board, const char *request, bool *stop)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (strcmp(request, requests[i].words) != 0)
            continue;
        char *answer = requests[i].answer(board, stop);
        if (requests[i].changes)
            record_save(board);
        return answer;
    }
    return say(
        "error No such request. The board understands status, reset, reset hold, reset run, chip-unplug, "
        "chip-plug, power-off, power-on and stop.");
}
