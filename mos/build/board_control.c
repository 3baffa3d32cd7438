/* Talking to a virtual board's supervisor. */

#include "board_control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_TIMEOUT_MS = 15000, ANSWER_MAX = 8192 };

static bool no_board(const char *port, int why, struct build_error *error)
{
    if (why == ENOENT || why == ENOTDIR)
        return build_fail(error,
                          "%s is not the port of a virtual board (there is no socket `control` beside it), "
                          "and flashing a real ESP8266 "
                          "is not supported yet. Start a board with `hallmark-board start --dir DIR` and use "
                          "--port DIR/ttyUSB0",
                          port);
    if (why == ECONNREFUSED)
        return build_fail(
            error, "the virtual board of %s is gone: start it again with `hallmark-board start`", port);
    return build_fail(error, "cannot reach the virtual board of %s: %s", port, strerror(why));
}

bool board_control_open(struct arena *arena, const char *port, struct board_control *control,
                        struct build_error *error)
{
    const char *slash = strrchr(port, '/');
    *control = (struct board_control){.fd = -1};
    control->path = slash == port ? "/" : slash ? arena_copy(arena, port, (size_t)(slash - port)) : ".";
    control->folder = open(control->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (control->folder < 0)
        return no_board(port, errno, error);

    /* By way of the descriptor: the folder's own path may be longer than a socket's may. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", control->folder);
    control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (control->fd >= 0 && connect(control->fd, (struct sockaddr *)&address, sizeof address) == 0)
        return true;
    int why = errno;
    board_control_close(control);
    return no_board(port, why, error);
}

/* One line, without its end. False: the board said nothing in time, or hung up. */
static bool read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (length < size - 1) {
        int ready = poll(&wait, 1, ANSWER_TIMEOUT_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || read(fd, line + length, 1) != 1)
            return false;
        if (line[length] == '\n') {
            line[length] = '\0';
            return true;
        }
        length++;
    }
    return false;
}

bool board_control_ask(struct arena *arena, struct board_control *control, const char *request,
                       const char **answer, struct build_error *error)
{
    char line[ANSWER_MAX];
    int length = snprintf(line, sizeof line, "%s\n", request);
    if (send(control->fd, line, (size_t)length, MSG_NOSIGNAL) != length ||
        !read_line(control->fd, line, sizeof line))
        return build_fail(error, "the virtual board in %s does not answer to `%s`", control->path, request);
    if (strncmp(line, "ok", 2) == 0 && (line[2] == '\0' || line[2] == ' ')) {
        if (answer)
            *answer = arena_string(arena, line[2] ? line + 3 : "");
        return true;
    }
    return build_fail(error, "the virtual board in %s answers to `%s`: %s", control->path, request,
                      strncmp(line, "error ", 6) == 0 ? line + 6 : line);
}

void board_control_close(struct board_control *control)
{
    if (control->fd >= 0)
        close(control->fd);
    if (control->folder >= 0)
        close(control->folder);
    control->fd = control->folder = -1;
}
