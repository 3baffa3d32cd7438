/* The kit's serial line: a pty, and a symbolic link to it. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "kit.h"

/* No echo, no line editing, no newline translation: bytes, 115200 8N1 (6.1). */
static int make_raw(int fd)
{
    struct termios settings;

    if (tcgetattr(fd, &settings) < 0)
        return -1;
    cfmakeraw(&settings);
    cfsetspeed(&settings, B115200);
    return tcsetattr(fd, TCSANOW, &settings);
}

static int open_pty(struct kit_terminal *terminal)
{
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal->master < 0 || grantpt(terminal->master) < 0 || unlockpt(terminal->master) < 0)
        return -1;
    errno = ptsname_r(terminal->master, terminal->name, sizeof terminal->name);
    if (errno)
        return -1;
    terminal->slave = open(terminal->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return terminal->slave < 0 ? -1 : make_raw(terminal->slave);
}

/* In one step, over an older link but over nothing else. */
static int point_link(const char *link, const char *target)
{
    char temporary[1024];
    struct stat status;

    if (lstat(link, &status) == 0 && !S_ISLNK(status.st_mode)) {
        errno = EEXIST;
        return -1;
    }
    if (snprintf(temporary, sizeof temporary, "%s.new", link) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return -1;
    }
    unlink(temporary);
    return symlink(target, temporary) < 0 || rename(temporary, link) < 0 ? -1 : 0;
}

static void close_both(struct kit_terminal *terminal)
{
    if (terminal->slave >= 0)
        close(terminal->slave);
    if (terminal->master >= 0)
        close(terminal->master);
    terminal->master = terminal->slave = -1;
}

int kit_terminal_open(struct kit_terminal *terminal, const char *link, char error[256])
{
    *terminal = (struct kit_terminal){.master = -1, .slave = -1};
    if (open_pty(terminal) < 0) {
        snprintf(error, 256, "cannot make a pty: %s", strerror(errno));
    } else if (point_link(link, terminal->name) < 0) {
        snprintf(error, 256, "cannot make the link %.150s: %s", link,
                 errno == EEXIST ? "something that is no symbolic link lies there" : strerror(errno));
    } else {
        return 0;
    }
    close_both(terminal);
    return -1;
}

/* The link goes if it is still ours. */
void kit_terminal_close(struct kit_terminal *terminal, const char *link)
{
    char target[sizeof terminal->name];
    ssize_t n = readlink(link, target, sizeof target - 1);

    if (n > 0) {
        target[n] = '\0';
        if (strcmp(target, terminal->name) == 0)
            unlink(link);
    }
    close_both(terminal);
}
