/* A serial line on POSIX: tty, pty, or a TCP bridge to one.  mongoose-os.md 1.5.1, 1.5.5, 1.9 */

#include "serial.h"

#include "fail.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const struct {
    int baud;
    speed_t speed;
} speeds[] = {
    {1200, B1200},       {2400, B2400},       {4800, B4800},       {9600, B9600},       {19200, B19200},
    {38400, B38400},     {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},
    {500000, B500000},   {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {4000000, B4000000},
};

static int find_speed(int baud, speed_t *speed)
{
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        if (speeds[i].baud == baud) {
            *speed = speeds[i].speed;
            return 0;
        }
    }
    return -1;
}

static int fail_open(const char *port)
{
    int error = errno;
    struct stat status;
    struct group *group;

    if (error != EACCES && error != EPERM) {
        fail("cannot open %s: %s.%s", port, strerror(error),
             error == ENOENT ? " Is the board plugged in? \"mos ports\" lists the serial ports." : "");
        return -1;
    }
    group = stat(port, &status) == 0 ? getgrgid(status.st_gid) : NULL;
    fail("cannot open %s: permission denied. It belongs to the group %s; join it and log in again:\n"
         "  sudo usermod -aG %s $USER",
         port, group ? group->gr_name : "dialout", group ? group->gr_name : "dialout");
    return -1;
}

static int make_raw(int fd, const char *port, const struct options *options)
{
    struct termios line;
    speed_t speed;

    if (find_speed(options->baud_rate, &speed)) {
        fail("--baud-rate=%d: this system has no such speed; the usual one is 115200.", options->baud_rate);
        return -1;
    }
    if (tcgetattr(fd, &line)) {
        fail("%s is not a serial port: %s.", port, strerror(errno));
        return -1;
    }
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cflag &= ~(tcflag_t)(CSTOPB | PARENB | HUPCL);
    if (options->hw_flow_control)
        line.c_cflag |= CRTSCTS;
    else
        line.c_cflag &= ~(tcflag_t)CRTSCTS;
    line.c_cc[VMIN] = 0;
    line.c_cc[VTIME] = 0;
    cfsetispeed(&line, speed);
    cfsetospeed(&line, speed);
    if (tcsetattr(fd, TCSANOW, &line)) {
        fail("cannot set %s to %d baud: %s.", port, options->baud_rate, strerror(errno));
        return -1;
    }
    return 0;
}

/* DTR and RTS off: on most boards they hold reset and the boot pin. A pty has none, which is no error. */
static bool release_control_lines(int fd, const struct options *options)
{
    int lines;

    if (ioctl(fd, TIOCMGET, &lines))
        return false;
    if (options->set_control_lines) {
        if (options->inverted_control_lines)
            lines |= TIOCM_DTR | TIOCM_RTS;
        else
            lines &= ~(TIOCM_DTR | TIOCM_RTS);
        ioctl(fd, TIOCMSET, &lines);
    }
    return true;
}

static int open_tty(struct serial *line, const char *port, const struct options *options)
{
    int fd = open(port, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return fail_open(port);
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        fail("%s is in use by another mos (a console?): close it first, two readers of one port each get "
             "half.",
             port);
        close(fd);
        return -1;
    }
    if (make_raw(fd, port, options)) {
        close(fd);
        return -1;
    }
    line->is_modem = release_control_lines(fd, options);
    line->fd = fd;
    return 0;
}

static int open_tcp(struct serial *line, const char *port)
{
    char host[256];
    const char *address = port + strlen("tcp://");
    const char *colon = strrchr(address, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found, *at;
    int error, fd = -1;

    if (!colon || colon == address || !colon[1] || (size_t)(colon - address) >= sizeof host) {
        fail("--port=%s: expected tcp://host:port.", port);
        return -1;
    }
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error) {
        fail("cannot find the host %s of --port=%s: %s.", host, port, gai_strerror(error));
        return -1;
    }
    for (at = found; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen)) {
            error = errno;
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0) {
        fail("cannot connect to %s: %s.", port, strerror(error));
        return -1;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    line->fd = fd;
    line->is_tcp = true;
    return 0;
}

int serial_open(struct serial *line, const char *port, const struct options *options)
{
    *line = (struct serial){.fd = -1, .port = port};
    if (strncmp(port, "tcp://", 6) == 0)
        return open_tcp(line, port);
    if (strstr(port, "://")) {
        fail("--port=%s: only serial ports and tcp://host:port are supported.", port);
        return -1;
    }
    return open_tty(line, port, options);
}

void serial_discard_input(struct serial *line)
{
    if (!line->is_tcp)
        tcflush(line->fd, TCIFLUSH);
}

int serial_wait(struct serial *line, int timeout_ms)
{
    struct pollfd wait = {.fd = line->fd, .events = POLLIN};
    int ready = poll(&wait, 1, timeout_ms);

    if (ready < 0)
        return errno == EINTR ? 0 : -1;
    return ready;
}

int serial_read(struct serial *line, void *data, size_t size)
{
    ssize_t count = read(line->fd, data, size);
    struct pollfd look = {.fd = line->fd, .events = POLLIN};

    if (count > 0)
        return (int)count;
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (count < 0)
        return -1;
    errno = 0;
    if (line->is_tcp)
        return -1;
    /* VMIN 0: no data also reads as 0; a port that was pulled out says so to poll */
    if (poll(&look, 1, 0) > 0 && (look.revents & (POLLHUP | POLLERR | POLLNVAL)))
        return -1;
    return 0;
}

int serial_write(struct serial *line, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t count = write(line->fd, at, size);
        struct pollfd wait = {.fd = line->fd, .events = POLLOUT};

        if (count >= 0) {
            at += count;
            size -= (size_t)count;
        } else if (errno == EAGAIN) {
            int ready = poll(&wait, 1, 10000);
            if (ready == 0)
                errno = ETIMEDOUT; /* nobody takes the bytes out of the other end */
            if (ready == 0 || (ready < 0 && errno != EINTR))
                return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

void serial_close(struct serial *line)
{
    struct timespec pause = {0, 500 * 1000 * 1000};

    if (line->fd < 0)
        return;
    close(line->fd);
    line->fd = -1;
    if (line->is_modem)
        nanosleep(&pause, NULL);
}
