/* The secure element: a process of its own behind chip.sock, so that it can be unplugged. */

#include "board.h"
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READY_TIMEOUT_MS = 5000, STOP_GRACE_MS = 2000 };

const char *chip_state_name(enum chip_state state)
{
    static const char *const names[] = {"none", "off", "unplugged", "failed", "plugged"};
    return names[state];
}

/* Beside our own executable, or at ../chip/ of it in a build tree. */
bool chip_find_program(struct board *board)
{
    const char *given = board->settings.chip_program;
    if (given) {
        if (realpath(given, board->chip_program) && access(board->chip_program, X_OK) == 0)
            return true;
        fprintf(stderr, "hallmark-board: --chip %s cannot be run: %s.\n", given, strerror(errno));
        return false;
    }
    char self[4000];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        self[length] = '\0';
        *strrchr(self, '/') = '\0';
        static const char *const places[] = {"hallmark-chip", "../chip/hallmark-chip",
                                             "../libexec/hallmark-chip"};
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            snprintf(board->chip_program, sizeof board->chip_program, "%s/%s", self, places[i]);
            if (access(board->chip_program, X_OK) == 0)
                return true;
        }
    }
    fprintf(stderr, "hallmark-board: hallmark-chip is neither beside this program nor in ../chip. "
                    "Build it, or name it with --chip PATH, or start a board without one (--no-chip).\n");
    return false;
}

/* The chip writes to its ready descriptor when it listens; ending closes it. */
static bool wait_until_ready(int ready)
{
    struct pollfd wait = {.fd = ready, .events = POLLIN};
    int64_t deadline = board_now_ms() + READY_TIMEOUT_MS;
    for (;;) {
        int64_t left = deadline - board_now_ms();
        int count = poll(&wait, 1, left > 0 ? (int)left : 0);
        if (count < 0 && errno == EINTR)
            continue;
        char byte;
        return count > 0 && read(ready, &byte, 1) == 1;
    }
}

static int launch(struct board *board, int ready)
{
    const struct settings *settings = &board->settings;
    char *argv[16];
    int count = 0;
    argv[count++] = board->chip_program;
    argv[count++] = "--socket";
    argv[count++] = BOARD_CHIP_SOCK;
    argv[count++] = "--state";
    argv[count++] = BOARD_CHIP_STATE;
    if (settings->chip_profile) {
        argv[count++] = "--profile";
        argv[count++] = (char *)settings->chip_profile;
    }
    if (settings->chip_fast)
        argv[count++] = "--fast";
    argv[count++] = "--trace";
    argv[count++] = BOARD_CHIP_TRACE;
    argv[count++] = "--ready-fd";
    argv[count++] = "3";
    argv[count] = NULL;
    return process_start(&board->chip, argv, ready, -1);
}

static bool failed(struct board *board, const char *why)
{
    process_stop(&board->chip, STOP_GRACE_MS);
    snprintf(board->chip_failure, sizeof board->chip_failure, "%s", why);
    unlink(BOARD_CHIP_SOCK);
    board->chip_state = CHIP_FAILED;
    return false;
}

bool chip_start(struct board *board)
{
    if (board->settings.no_chip) {
        board->chip_state = CHIP_NONE;
        return true;
    }
    int ready[2];
    unlink(BOARD_CHIP_SOCK);
    int prepared = private_file_prepare(BOARD_CHIP_TRACE);
    if (prepared < 0)
        return failed(board, strerror(-prepared));
    if (pipe2(ready, O_CLOEXEC) < 0)
        return failed(board, strerror(errno));
    int result = launch(board, ready[1]);
    close(ready[1]);
    bool listening = result == 0 && wait_until_ready(ready[0]);
    close(ready[0]);
    if (result < 0)
        return failed(board, strerror(-result));
    if (!listening)
        return failed(board, "the chip's program did not become ready; what it said is on the standard error "
                             "of hallmark-board");
    board->chip_state = CHIP_PLUGGED;
    return true;
}

void chip_stop(struct board *board, enum chip_state afterwards)
{
    process_stop(&board->chip, STOP_GRACE_MS);
    unlink(BOARD_CHIP_SOCK);
    board->chip_state = board->settings.no_chip ? CHIP_NONE : afterwards;
}

void chip_watch(struct board *board)
{
    int status;
    if (!process_ended(&board->chip, &status))
        return;
    char how[80], remark[320];
    process_describe(status, how, sizeof how);
    snprintf(board->chip_failure, sizeof board->chip_failure, "the chip's program ended by itself: %s", how);
    snprintf(remark, sizeof remark, "%s. `hallmark-board chip-plug` starts it again.", board->chip_failure);
    uart_remark(&board->uart, remark);
    unlink(BOARD_CHIP_SOCK);
    board->chip_state = CHIP_FAILED;
    record_save(board);
}
