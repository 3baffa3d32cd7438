/* The processor: starts the firmware, and again when it restarts or crashes, as a reset vector does. */

#include "board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

/* Exit statuses of the firmware process (docs/design.md). */
enum { STATUS_RESTART = 64, STATUS_ABORT = 65, STATUS_WATCHDOG = 66 };

enum {
    STOP_GRACE_MS = 300,
    BACK_OFF_FIRST_MS = 500,
    BACK_OFF_MAX_MS = 5000,
    HEALTHY_RUN_MS = 10000, /* who lived that long starts with a short back-off again */
    HASTY_RUN_MS = 200,     /* who restarts sooner than that spins */
};

const char *firmware_state_name(enum firmware_state state)
{
    static const char *const names[] = {"off", "missing", "held", "waiting", "running"};
    return names[state];
}

const char *reset_cause_name(enum reset_cause cause)
{
    switch (cause) {
    case RESET_POWER_ON:
        return "power on";
    case RESET_EXCEPTION:
        return "exception";
    case RESET_SW_WDT:
        return "watchdog";
    case RESET_SOFT:
        return "soft reset";
    case RESET_PIN:
        return "reset pin";
    }
    return "unknown";
}

struct arguments {
    char *words[32 + 2 * BOARD_FORWARDS];
    int count;
};

static void add(struct arguments *arguments, const char *option, const char *value)
{
    arguments->words[arguments->count++] = (char *)option;
    if (value)
        arguments->words[arguments->count++] = (char *)value;
    arguments->words[arguments->count] = NULL;
}

/* docs/design.md, "The linux board's firmware process". */
static int launch(struct board *board, int uart, int complaints)
{
    const struct settings *settings = &board->settings;
    const uint8_t *mac = board->mac;
    char mac_text[16], cause_text[16], fd_text[16], forwards[BOARD_FORWARDS][48];
    snprintf(mac_text, sizeof mac_text, "%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    snprintf(cause_text, sizeof cause_text, "%d", board->next_cause);
    snprintf(fd_text, sizeof fd_text, "%d", PROCESS_FD);

    struct arguments arguments = {.count = 0};
    add(&arguments, "./" BOARD_FIRMWARE, NULL);
    add(&arguments, "--fs", BOARD_FS);
    if (!settings->no_chip)
        add(&arguments, "--i2c", "unix:" BOARD_CHIP_SOCK);
    add(&arguments, "--uart-fd", fd_text);
    add(&arguments, "--mac", mac_text);
    if (settings->heap)
        add(&arguments, "--heap", settings->heap);
    for (int i = 0; i < settings->forward_count; i++) {
        snprintf(forwards[i], sizeof forwards[i], "%u=127.0.0.1:%u", settings->forwards[i].port,
                 settings->forwards[i].host_port);
        add(&arguments, "--forward", forwards[i]);
    }
    if (settings->dns)
        add(&arguments, "--dns", settings->dns);
    add(&arguments, "--reset-cause", cause_text);
    return process_start(&board->firmware, arguments.words, uart, complaints);
}

/* Tries again later: at once the first time, then ever slower. */
static void wait_before_restart(struct board *board, bool at_once)
{
    if (at_once)
        board->back_off_ms = 0;
    else if (board->back_off_ms == 0)
        board->back_off_ms = BACK_OFF_FIRST_MS;
    else if ((board->back_off_ms *= 2) > BACK_OFF_MAX_MS)
        board->back_off_ms = BACK_OFF_MAX_MS;
    board->restart_at = board_now_ms() + board->back_off_ms;
    board->firmware_state = FIRMWARE_WAITING;
}

static void cannot_start(struct board *board, int error)
{
    char remark[160];
    snprintf(remark, sizeof remark, "cannot start the firmware: %s; trying again.", strerror(-error));
    uart_remark(&board->uart, remark);
    wait_before_restart(board, false);
}

static bool make_descriptors(int uart[2], int complaints[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, uart) < 0)
        return false;
    if (pipe2(complaints, O_CLOEXEC) == 0)
        return true;
    close(uart[0]);
    close(uart[1]);
    return false;
}

void firmware_start(struct board *board, enum reset_cause cause)
{
    if (access(BOARD_FIRMWARE, F_OK) < 0) {
        board->firmware_state = FIRMWARE_MISSING;
        return;
    }
    int uart[2], complaints[2];
    board->next_cause = cause;
    if (!make_descriptors(uart, complaints)) {
        cannot_start(board, -errno);
        return;
    }
    uart_connect(&board->uart, uart[0], complaints[0]);
    int result = launch(board, uart[1], complaints[1]);
    close(uart[1]);
    close(complaints[1]);
    if (result < 0) {
        uart_disconnect(&board->uart);
        cannot_start(board, result);
        return;
    }
    board->firmware_state = FIRMWARE_RUNNING;
    board->started_at = board_now_ms();
    board->boots++;
}

void firmware_stop(struct board *board, enum firmware_state afterwards)
{
    process_stop(&board->firmware, STOP_GRACE_MS);
    uart_disconnect(&board->uart);
    board->firmware_state = afterwards;
    board->back_off_ms = 0;
}

static void note_crash(struct board *board, int status)
{
    char how[80], remark[200];
    process_describe(status, how, sizeof how);
    snprintf(remark, sizeof remark, "the firmware crashed (%s) after %.1f s; it starts again in %.1f s.", how,
             (double)(board_now_ms() - board->started_at) / 1000, (double)board->back_off_ms / 1000);
    uart_remark(&board->uart, remark);
}

static void firmware_ended(struct board *board, int status)
{
    uart_disconnect(&board->uart);
    int64_t lived = board_now_ms() - board->started_at;
    if (lived >= HEALTHY_RUN_MS)
        board->back_off_ms = 0;

    bool restarts = WIFEXITED(status) && WEXITSTATUS(status) == STATUS_RESTART;
    bool starved = WIFEXITED(status) && WEXITSTATUS(status) == STATUS_WATCHDOG;
    wait_before_restart(board, restarts && lived >= HASTY_RUN_MS);
    board->next_cause = restarts ? RESET_SOFT : starved ? RESET_SW_WDT : RESET_EXCEPTION;
    if (!restarts)
        note_crash(board, status);
}

void firmware_watch(struct board *board, int64_t now)
{
    int status;
    if (process_ended(&board->firmware, &status)) {
        firmware_ended(board, status);
        record_save(board);
    }
    if (board->firmware_state == FIRMWARE_WAITING && now >= board->restart_at) {
        firmware_start(board, board->next_cause);
        record_save(board);
    }
}
