/* fork, exec, and what comes out. */

#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(const char *dir, char *const argv[], int out, bool with_errors)
{
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(with_errors ? out : null, STDERR_FILENO) < 0 || chdir(dir) < 0)
        _exit(127);
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return 127;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(const char *dir, char *const argv[], bool with_errors,
               void (*output)(void *user, const char *bytes, size_t length), void *user)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return 127;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        become(dir, argv, ends[1], with_errors);
    close(ends[1]);
    char bytes[4096];
    for (ssize_t got;
         pid > 0 && ((got = read(ends[0], bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR));) {
        if (got > 0 && output)
            output(user, bytes, (size_t)got);
    }
    close(ends[0]);
    return pid > 0 ? wait_for(pid) : 127;
}

int program_run(const char *dir, char *const argv[],
                void (*output)(void *user, const char *bytes, size_t length), void *user)
{
    return run(dir, argv, true, output, user);
}

struct first_line {
    char text[512];
    size_t length;
    bool whole;
};

static void keep_first_line(void *user, const char *bytes, size_t length)
{
    struct first_line *line = user;
    for (size_t i = 0; i < length && !line->whole; i++) {
        if (bytes[i] == '\n')
            line->whole = true;
        else if (line->length < sizeof line->text - 1)
            line->text[line->length++] = bytes[i];
    }
}

char *program_first_line(struct arena *arena, const char *dir, char *const argv[])
{
    struct first_line line = {.length = 0};
    if (run(dir, argv, false, keep_first_line, &line) != 0 || line.length == 0)
        return NULL;
    return arena_copy(arena, line.text, line.length);
}
