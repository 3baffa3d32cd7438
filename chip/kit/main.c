/* hallmark-kit: the chips of a hallmark-chip, as a Microchip kit on a serial port. */

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "kit.h"

enum exit_code { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct options {
    const char *socket;
    const char *link;
    int ready_fd; /* -1: none */
};

static const char help[] =
    "hallmark-kit - virtual chips as a Microchip kit on a serial port (the kit protocol, a line a "
    "request)\n\n"
    "usage: hallmark-kit --socket PATH --link PATH [--ready-fd N]\n\n"
    "  --socket PATH    the bus socket of hallmark-chip\n"
    "  --link PATH      the serial port: a symbolic link to a pty, 115200 8N1 by nature; removed at the end\n"
    "  --ready-fd N     write \"ready\\n\" to this descriptor once the link is there\n"
    "  --help           print this\n\n"
    "requests: board:version(), board:firmware(), board:device(00), e:physical:select(C0), e:wake(), "
    "e:idle(),\n"
    "e:sleep(), e:talk(HEX); names may be cut short: e:w(), e:t(0730000000035D). A failure is answered "
    "XX().\n\n"
    "example:\n"
    "  hallmark-kit --socket bus.sock --link kit &\n"
    "  exec 3<>kit; echo 'board:device(00)' >&3; read -r answer <&3; echo \"$answer\"\n"
    "      ECC608A TWI 00(C0)\n\n"
    "The chips are looked for at the start and at board:device(00). SIGTERM and SIGINT end it.";

__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...)
{
    va_list arguments;

    fputs("hallmark-kit: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static bool parse_descriptor(const char *text, int *fd)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, 10);
    *fd = (int)value;
    return !errno && end != text && !*end && value >= 0 && value <= 65535;
}

/* -1: go on; otherwise the exit code. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option longs[] = {{"socket", required_argument, NULL, 's'},
                                          {"link", required_argument, NULL, 'l'},
                                          {"ready-fd", required_argument, NULL, 'r'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};

    *options = (struct options){.ready_fd = -1};
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        switch (option) {
        case 's':
            options->socket = optarg;
            break;
        case 'l':
            options->link = optarg;
            break;
        case 'r':
            if (parse_descriptor(optarg, &options->ready_fd))
                break;
            complain("--ready-fd takes the number of an open descriptor, and \"%s\" is not", optarg);
            return EXIT_USAGE;
        case 'h':
            puts(help);
            return EXIT_OK;
        default:
            return EXIT_USAGE;
        }
    }
    if (options->socket && options->link && optind == argc)
        return -1;
    complain("--socket and --link are needed, and nothing else; --help shows the usage");
    return EXIT_USAGE;
}

static int catch_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

/* A reply nobody takes from a full line is lost, as on a wire. */
static void say(int terminal, const char *answer, size_t n)
{
    if (n > 0 && write(terminal, answer, n) != (ssize_t)n)
        complain("a reply was lost: nobody reads the line");
}

static void serve_bytes(struct kit *kit, int terminal)
{
    char bytes[256], answer[KIT_ANSWER_MAX];
    ssize_t n = read(terminal, bytes, sizeof bytes);

    for (ssize_t i = 0; i < n; i++)
        say(terminal, answer, kit_feed(kit, bytes[i], answer));
    explicit_bzero(bytes, sizeof bytes);
    explicit_bzero(answer, sizeof answer);
}

static int serve(struct kit *kit, int terminal, int signals)
{
    struct pollfd polled[] = {{.fd = signals, .events = POLLIN}, {.fd = terminal, .events = POLLIN}};

    for (;;) {
        if (poll(polled, 2, -1) < 0 && errno != EINTR) {
            complain("cannot wait for requests: %s", strerror(errno));
            return EXIT_FAILED;
        }
        if (polled[0].revents)
            return EXIT_OK;
        if (polled[1].revents)
            serve_bytes(kit, terminal);
    }
}

static bool announce(int fd)
{
    static const char ready[] = "ready\n";

    if (fd < 0)
        return true;
    ssize_t n = write(fd, ready, sizeof ready - 1);
    if (n < 0)
        complain("cannot write to descriptor %d of --ready-fd: %s", fd, strerror(errno));
    if (fd > STDERR_FILENO)
        close(fd);
    return n >= 0;
}

int main(int argc, char **argv)
{
    struct options options;
    struct kit_terminal terminal;
    struct kit_bus bus;
    struct kit kit;
    char error[256];

    int code = parse_options(argc, argv, &options);
    if (code >= 0)
        return code;
    int signals = catch_signals();
    kit_bus_open(&bus, options.socket);
    kit_start(&kit, &bus.wires);
    if (kit.device_count == 0)
        complain("no chip answers at %s yet; board:device(00) looks again", options.socket);
    if (signals < 0 || kit_terminal_open(&terminal, options.link, error) < 0) {
        complain("%s", signals < 0 ? strerror(errno) : error);
        return EXIT_FAILED;
    }
    code = announce(options.ready_fd) ? serve(&kit, terminal.master, signals) : EXIT_FAILED;
    kit_terminal_close(&terminal, options.link);
    kit_bus_close(&bus);
    return code;
}
