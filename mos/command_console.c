/* console: what the board says, line by line, and what is typed to it.  mongoose-os.md 3.10 */

#include "commands.h"
#include "fail.h"
#include "options.h"
#include "ports.h"
#include "serial.h"
#include "timestamp.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

struct console {
    const struct options *options;
    struct serial line;
    bool in_line;    /* the last byte printed was no line feed */
    bool input_seen; /* standard input has given something */
    int input, signals;
    bool is_terminal;
    struct termios terminal; /* as it was found */
};

static void print_prefix(const struct options *options)
{
    struct timespec now;
    char text[128];

    clock_gettime(CLOCK_REALTIME, &now);
    if (timestamp_format(text, sizeof text, options->timestamp, now) > 0)
        printf("[%s] ", text);
}

/* Partial lines are printed as they arrive; the prefix stands before the first piece of a line. */
static void print_text(struct console *console, const char *data, size_t size)
{
    while (size > 0) {
        const char *end = memchr(data, '\n', size);
        size_t length = end ? (size_t)(end - data) + 1 : size;

        if (!console->in_line)
            print_prefix(console->options);
        fwrite(data, 1, length, stdout);
        console->in_line = !end;
        data += length;
        size -= length;
    }
}

static void print_hex(const uint8_t *data, size_t size, size_t per_line)
{
    for (size_t at = 0; at < size; at += per_line) {
        size_t count = size - at < per_line ? size - at : per_line;

        printf("%08zx ", at);
        for (size_t i = 0; i < per_line; i++)
            printf(i < count ? " %02x" : "   ", i < count ? data[at + i] : 0);
        fputs("  |", stdout);
        for (size_t i = 0; i < count; i++)
            putchar(data[at + i] < 0x80 && isprint(data[at + i]) ? data[at + i] : '.');
        fputs("|\n", stdout);
    }
}

/* False: the port has gone. */
static bool take_output(struct console *console)
{
    uint8_t data[4096];
    int count = serial_read(&console->line, data, sizeof data);

    if (count < 0) {
        report("read err %s: %s has gone. Was the board unplugged or switched off?",
               errno ? strerror(errno) : "EOF", console->line.port);
        return false;
    }
    if (console->options->hexdump)
        print_hex(data, (size_t)count, (size_t)console->options->hexdump);
    else
        print_text(console, (const char *)data, (size_t)count);
    return true;
}

/* False: end of input. When it ends before it gave anything, and is no terminal (/dev/null), only printing
 * goes on. */
static bool take_input(struct console *console)
{
    char data[256];
    ssize_t count = read(console->input, data, sizeof data);

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (count <= 0) {
        bool over = console->input_seen || console->is_terminal;

        console->input = -1;
        return !over;
    }
    console->input_seen = true;
    if (serial_write(&console->line, data, (size_t)count))
        report("write err %s", strerror(errno));
    return true;
}

static int run(struct console *console)
{
    for (;;) {
        struct pollfd wait[3] = {
            {.fd = console->line.fd, .events = POLLIN},
            {.fd = console->signals, .events = POLLIN},
            {.fd = console->input, .events = POLLIN},
        };

        if (poll(wait, 3, -1) < 0 && errno != EINTR)
            return fail("cannot wait for the port: %s.", strerror(errno));
        if (wait[1].revents)
            return 0;
        if (wait[0].revents && !take_output(console))
            return 0;
        if (fflush(stdout) || ferror(stdout))
            return 0; /* the reader of a pipe has seen enough */
        if (wait[2].revents && !take_input(console))
            return 0;
    }
}

/* Typed bytes go out one by one and unchanged; Ctrl-C still ends. The board echoes if it wants to. */
static void take_terminal(struct console *console)
{
    struct termios raw;

    if (console->input < 0 || !isatty(console->input) || tcgetattr(console->input, &console->terminal))
        return;
    console->is_terminal = true;
    raw = console->terminal;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(console->input, TCSANOW, &raw);
}

int command_console(struct device *device, const struct options *options, int argc, char **argv)
{
    struct console console = {
        .options = options, .input = options->no_input ? -1 : STDIN_FILENO, .signals = -1};
    const char *port;
    sigset_t ending;
    int status;

    if (argc > 0)
        return fail("extra arguments");
    port = port_choose(options);
    if (!port || serial_open(&console.line, port, options))
        return 1;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    console.signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    take_terminal(&console);
    status = run(&console);
    if (console.is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &console.terminal);
    if (console.in_line && !options->hexdump)
        putchar('\n');
    close(console.signals);
    serial_close(&console.line);
    return status;
}
