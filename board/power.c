/* The power switch: what comes up with it, in which order, and goes down again. */

#include "board.h"

#include <stdio.h>
#include <string.h>

bool board_power_on(struct board *board, char *why, int why_size)
{
    if (board->power)
        return true;
    int result = uart_open(&board->uart, BOARD_TTY, &board->log);
    if (result < 0) {
        snprintf(why, (size_t)why_size, "cannot make the board's serial port: %s", strerror(-result));
        return false;
    }
    if (!chip_start(board)) {
        snprintf(why, (size_t)why_size, "cannot start the chip: %s", board->chip_failure);
        uart_close(&board->uart, BOARD_TTY);
        return false;
    }
    board->power = true;
    firmware_start(board, RESET_POWER_ON);
    return true;
}

void board_power_off(struct board *board)
{
    if (!board->power)
        return;
    firmware_stop(board, FIRMWARE_OFF);
    chip_stop(board, CHIP_OFF);
    uart_close(&board->uart, BOARD_TTY);
    board->power = false;
}
