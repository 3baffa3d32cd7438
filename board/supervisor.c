/* The loop that keeps a board: waits for signals, requests, bytes and deadlines, and serves them. */

#include "board.h"
#include "control.h"
#include "forwards.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

struct supervisor {
    struct board *board;
    struct control control;
    int folder; /* the board's folder; its lock says that a board lives here */
    int signals;
    bool stop;
};

static bool complain(const struct board *board, const char *what, int error)
{
    fprintf(stderr, "hallmark-board: cannot %s %s: %s.\n", what,
            board->path[0] ? board->path : board->settings.directory, strerror(error));
    return false;
}

static bool make_folder(const char *path)
{
    char *copy = strdup(path);
    for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0755);
        *slash = '/';
    }
    free(copy);
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* Makes the board's folder ours and the current one. */
static bool enter_folder(struct supervisor *supervisor)
{
    struct board *board = supervisor->board;
    if (!make_folder(board->settings.directory))
        return complain(board, "make", errno);
    /* For our files and the children's: logs and configurations hold passwords, the chip's state keys. */
    umask(0077);
    supervisor->folder = open(board->settings.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (supervisor->folder < 0 || !realpath(board->settings.directory, board->path))
        return complain(board, "open", errno);
    if (flock(supervisor->folder, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return complain(board, "lock", errno);
        fprintf(stderr,
                "hallmark-board: a board already runs in %s. See it with `hallmark-board status --dir %s`, "
                "or end it "
                "with `hallmark-board stop --dir %s`.\n",
                board->path, board->path, board->path);
        return false;
    }
    if (fchdir(supervisor->folder) < 0)
        return complain(board, "enter", errno);
    chmod("console.log.1", 0600); /* earlier boards were less careful */
    /* What a killed supervisor left behind. */
    unlink(BOARD_TTY);
    unlink(BOARD_CHIP_SOCK);
    if ((mkdir("flash", 0700) < 0 && errno != EEXIST) || (mkdir(BOARD_FS, 0700) < 0 && errno != EEXIST))
        return complain(board, "make the flash folder of", errno);
    return true;
}

/* The MAC and the ports of before, or new ones. */
static bool become_someone(struct board *board)
{
    struct identity before;
    if (!record_load(board, &before))
        return false;
    memcpy(board->mac, before.mac, sizeof board->mac);
    static const uint8_t nobody[6];
    if (board->settings.has_mac) {
        memcpy(board->mac, board->settings.mac, sizeof board->mac);
    } else if (memcmp(board->mac, nobody, sizeof nobody) == 0) {
        if (getrandom(board->mac, sizeof board->mac, 0) != (ssize_t)sizeof board->mac)
            return complain(board, "choose a MAC for", errno);
        board->mac[0] = (uint8_t)((board->mac[0] & 0xFC) | 0x02); /* locally administered, one station */
    }
    return forwards_reserve(&board->settings, before.forwards, before.forward_count);
}

static bool take_signals(struct supervisor *supervisor)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    supervisor->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return supervisor->signals >= 0 || complain(supervisor->board, "take signals for", errno);
}

static bool come_up(struct supervisor *supervisor)
{
    struct board *board = supervisor->board;
    if (!board->settings.no_chip && !chip_find_program(board))
        return false;
    if (!enter_folder(supervisor) || !become_someone(board) || !take_signals(supervisor))
        return false;
    int result = console_log_open(&board->log);
    if (result < 0)
        return complain(board, "write console.log in", -result);
    result = control_open(&supervisor->control, BOARD_CONTROL);
    if (result < 0)
        return complain(board, "listen for requests in", -result);
    char why[320];
    if (board_power_on(board, why, sizeof why)) {
        record_save(board);
        return true;
    }
    fprintf(stderr, "hallmark-board: %s.\n", why);
    return false;
}

static void go_down(struct supervisor *supervisor)
{
    struct board *board = supervisor->board;
    board_power_off(board);
    if (supervisor->control.listener >= 0) {
        record_save(board);
        unlink(BOARD_CONTROL);
    }
    console_log_close(&board->log);
    forwards_release(&board->settings);
    if (supervisor->signals >= 0)
        close(supervisor->signals);
    if (supervisor->folder >= 0)
        close(supervisor->folder);
    control_close(&supervisor->control); /* last: it tells who asked us to stop that all is gone */
}

static void take_waiting_signals(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;
    while (read(supervisor->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            supervisor->stop = true;
    }
}

static char *answer(void *user, const char *request)
{
    struct supervisor *supervisor = user;
    return board_answer(supervisor->board, request, &supervisor->stop);
}

static void wait_for_something(struct supervisor *supervisor)
{
    struct board *board = supervisor->board;
    struct pollfd polls[1 + CONTROL_POLLS + UART_POLLS];
    int64_t now = board_now_ms(), deadline = INT64_MAX;
    int count = 0;
    polls[count++] = (struct pollfd){.fd = supervisor->signals, .events = POLLIN};
    count += control_polls(&supervisor->control, polls + count);
    if (board->power)
        count += uart_polls(&board->uart, polls + count, now, &deadline);
    if (board->firmware_state == FIRMWARE_WAITING && board->restart_at < deadline)
        deadline = board->restart_at;

    int timeout = -1;
    if (deadline != INT64_MAX)
        timeout = deadline <= now ? 0 : (int)(deadline - now);
    poll(polls, (nfds_t)count, timeout);
}

static void announce(const struct board *board)
{
    printf("Board %02X%02X%02X%02X%02X%02X is on.\n", board->mac[0], board->mac[1], board->mac[2],
           board->mac[3], board->mac[4], board->mac[5]);
    printf("Port: %s/%s\n", board->path, BOARD_TTY);
    for (int i = 0; i < board->settings.forward_count; i++)
        printf("Its port %u is 127.0.0.1:%u\n", board->settings.forwards[i].port,
               board->settings.forwards[i].host_port);
    if (board->firmware_state == FIRMWARE_MISSING)
        printf("There is no firmware yet: mos flash --port %s/%s\n", board->path, BOARD_TTY);
    fflush(stdout);
    if (board->settings.ready_fd >= 0) {
        if (write(board->settings.ready_fd, "ready\n", 6) < 0)
            fprintf(stderr, "hallmark-board: nobody reads --ready-fd %d.\n", board->settings.ready_fd);
        close(board->settings.ready_fd);
    }
}

int board_run(struct board *board)
{
    struct supervisor supervisor = {.board = board, .folder = -1, .signals = -1, .control = {.listener = -1}};
    board->log.fd = -1;
    if (board->settings.ready_fd >= 0)
        fcntl(board->settings.ready_fd, F_SETFD, FD_CLOEXEC);
    if (!come_up(&supervisor)) {
        go_down(&supervisor);
        return 1;
    }
    announce(board);
    while (!supervisor.stop) {
        wait_for_something(&supervisor);
        int64_t now = board_now_ms();
        take_waiting_signals(&supervisor);
        if (board->power)
            uart_serve(&board->uart, now);
        firmware_watch(board, now);
        chip_watch(board);
        control_serve(&supervisor.control, answer, &supervisor);
    }
    go_down(&supervisor);
    return 0;
}
