/* Makes the socket of hallmark-chip. */

#include "server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int give_up(int fd, char error[STATE_ERROR_MAX], const char *what, const char *path, const char *why)
{
    snprintf(error, STATE_ERROR_MAX, "%s %s: %s", what, path, why);
    if (fd >= 0)
        close(fd);
    return -1;
}

/* What lies at `path` is a socket nobody listens on: left by a killed server. */
static bool is_stale(const struct sockaddr_un *address)
{
    struct stat file;

    if (lstat(address->sun_path, &file) < 0 || !S_ISSOCK(file.st_mode))
        return false;
    int probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return false;
    bool refused =
        connect(probe, (const struct sockaddr *)address, sizeof *address) < 0 && errno == ECONNREFUSED;
    close(probe);
    return refused;
}

static int bind_private(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(0177);
    int result = bind(fd, (const struct sockaddr *)address, sizeof *address);
    int problem = errno;

    umask(before);
    errno = problem;
    return result;
}

int server_listen(const char *path, char error[STATE_ERROR_MAX])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return give_up(-1, error, "cannot listen at", path, "the path of a socket has at most 107 bytes");
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return give_up(fd, error, "cannot make the socket", path, strerror(errno));

    int result = bind_private(fd, &address);
    if (result < 0 && errno == EADDRINUSE && is_stale(&address)) {
        unlink(path);
        result = bind_private(fd, &address);
    }
    if (result < 0 && errno == EADDRINUSE)
        return give_up(fd, error, "cannot listen at", path,
                       "another server listens there, or something that is not a socket lies there");
    if (result < 0)
        return give_up(fd, error, "cannot listen at", path, strerror(errno));
    if (listen(fd, SERVER_CLIENTS) < 0) {
        unlink(path);
        return give_up(fd, error, "cannot listen at", path, strerror(errno));
    }
    return fd;
}
