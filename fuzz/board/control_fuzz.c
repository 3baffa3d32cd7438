/* What a client writes to the control socket, in pieces of any size: every line gets one answer line, the board
 * stays what a board can be, and nothing else happens. The board's parts are stand-ins that only keep its
 * state. */

#include "board.h"
#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct board board;
static size_t answers;

void firmware_start(struct board *one, enum reset_cause cause)
{
    one->firmware_state = one->settings.has_mac ? FIRMWARE_RUNNING : FIRMWARE_MISSING;
}

void firmware_stop(struct board *one, enum firmware_state afterwards)
{
    one->firmware_state = afterwards;
}

bool chip_start(struct board *one)
{
    one->chip_state = one->settings.chip_fast ? CHIP_PLUGGED : CHIP_FAILED;
    return one->settings.chip_fast;
}

void chip_stop(struct board *one, enum chip_state afterwards)
{
    one->chip_state = afterwards;
}

bool board_power_on(struct board *one, char *why, int why_size)
{
    snprintf(why, (size_t)why_size, "no reason");
    return one->power = one->settings.chip_fast;
}

void board_power_off(struct board *one)
{
    one->power = false;
    one->firmware_state = FIRMWARE_OFF;
}

char *record_line(const struct board *one)
{
    return strdup("{}");
}

void record_save(const struct board *one)
{
}

static char *answer(void *user, const char *request)
{
    bool stop = false;
    char *line = board_answer(&board, request, &stop);

    if (strlen(request) >= CONTROL_LINE || strchr(request, '\n'))
        abort();
    if (stop != (strcmp(request, "stop") == 0))
        abort();
    if (!line || strchr(line, '\n') ||
        (strcmp(line, "ok") != 0 && strncmp(line, "ok ", 3) != 0 && strncmp(line, "error ", 6) != 0))
        abort();
    answers++;
    return line;
}

/* The lines that came back. */
static size_t take_lines(int fd)
{
    char bytes[4096];
    size_t lines = 0;
    ssize_t got;

    while ((got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            lines += bytes[i] == '\n';
    }
    return lines;
}

/* The first byte sets the board up, the second one cuts the rest into pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct control control;
    size_t lines = 0, piece, cut_off = 0;
    int line[2];

    if (size < 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, line) < 0)
        return 0;
    memset(&board, 0, sizeof board);
    board.power = data[0] & 1;
    board.settings.has_mac = data[0] & 2;
    board.settings.chip_fast = data[0] & 4;
    board.chip_state = data[0] & 8 ? CHIP_NONE : CHIP_PLUGGED;
    board.firmware_state = board.power ? FIRMWARE_RUNNING : FIRMWARE_OFF;
    piece = (size_t)data[1] + 1;
    control.listener = -1;
    for (int i = 0; i < CONTROL_CLIENTS; i++)
        control.clients[i] = (struct control_client){.fd = -1};
    control.clients[0].fd = line[0];
    answers = 0;
    for (size_t at = 2; at < size && control.clients[0].fd >= 0; at += piece) {
        size_t length = size - at < piece ? size - at : piece;

        if (send(line[1], data + at, length, MSG_NOSIGNAL) != (ssize_t)length)
            abort();
        control_serve(&control, answer, NULL);
        lines += take_lines(line[1]);
    }
    cut_off = control.clients[0].fd < 0; /* the line was too long, and this was said */
    if (lines != answers + cut_off)
        abort();
    control_close(&control);
    if (!cut_off)
        close(line[0]);
    close(line[1]);
    return 0;
}
