/* Starting, watching and ending child processes. */

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In the child, between fork and exec: only system calls. */
static _Noreturn void become(char *const argv[], int fd, int complaints, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); /* the parent died before prctl() */

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0); /* Ctrl-C in the terminal is for the supervisor, which then ends us */

    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (complaints >= 0) {
        dup2(complaints, STDOUT_FILENO);
        dup2(complaints, STDERR_FILENO);
    }
    if (fd == PROCESS_FD)
        fcntl(fd, F_SETFD, 0);
    else if (fd >= 0)
        dup2(fd, PROCESS_FD);
    execv(argv[0], argv);
    dprintf(STDERR_FILENO, "hallmark-board: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

int process_start(struct process *process, char *const argv[], int fd, int complaints)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        become(argv, fd, complaints, parent);
    process->pid = pid;
    return 0;
}

bool process_ended(struct process *process, int *status)
{
    if (process->pid == 0)
        return false;
    if (waitpid(process->pid, status, WNOHANG) != process->pid)
        return false;
    process->pid = 0;
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for the end until `deadline`. SIGCHLD is blocked in the supervisor (it reads a signalfd). */
static bool ended_by(struct process *process, int64_t deadline)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        int status;
        if (process_ended(process, &status))
            return true;
        int64_t left = deadline - now_ms();
        if (left <= 0)
            return false;
        struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        sigtimedwait(&child, NULL, &timeout);
    }
}

void process_stop(struct process *process, int grace_ms)
{
    if (process->pid == 0)
        return;
    kill(process->pid, SIGTERM);
    if (ended_by(process, now_ms() + grace_ms))
        return;
    kill(process->pid, SIGKILL);
    int status;
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        ;
    process->pid = 0;
}

void process_describe(int status, char *out, int size)
{
    if (WIFSIGNALED(status))
        snprintf(out, size, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(out, size, "exit status %d", WEXITSTATUS(status));
}
