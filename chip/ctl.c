/* hallmark-chip-ctl: asks a running hallmark-chip for its last trace, gives it faults, switches its power. */

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus_client.h"

enum exit_code { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const char help[] =
    "hallmark-chip-ctl - asks a running hallmark-chip about itself\n\n"
    "usage: hallmark-chip-ctl --socket PATH REQUEST...\n\n"
    "  --socket PATH    the bus socket of the chip\n"
    "  --help           print this\n\n"
    "`help` as the request lists what the chip can be asked. `faults FILE` is this program's own: it gives "
    "the rules\n"
    "of a file, all or none; - is standard input.\n\n"
    "examples:\n"
    "  hallmark-chip-ctl --socket bus.sock trace 5\n"
    "      the last five lines of the trace: why was that command refused?\n"
    "  hallmark-chip-ctl --socket bus.sock fault at read 2 flip 9\n"
    "      from now on, the second read arrives with a flipped bit\n"
    "  hallmark-chip-ctl --socket bus.sock fault at eeprom 1 power-loss before\n"
    "      power fails just before the next change of the EEPROM is kept\n"
    "  hallmark-chip-ctl --socket bus.sock clear; hallmark-chip-ctl --socket bus.sock power cycle\n"
    "      all is well again, with the volatile state lost\n\n"
    "Exit status: 0 done, 1 refused or no chip there, 2 usage.";

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "hallmark-chip-ctl: %s: %s\n", what, why);
    return EXIT_FAILED;
}

static int join_words(char **words, char *request, size_t size)
{
    size_t length = 0;

    for (; *words; words++) {
        int n = snprintf(request + length, size - length, "%s%s", length ? " " : "", *words);
        if (n < 0 || (size_t)n >= size - length)
            return complain(*words, "the request is too long");
        length += (size_t)n;
    }
    return EXIT_OK;
}

static int read_faults(const char *name, char *request, size_t size)
{
    static const char verb[] = "fault ";
    size_t room = size - sizeof verb;
    bool from_stdin = strcmp(name, "-") == 0;
    FILE *in = from_stdin ? stdin : fopen(name, "re");

    if (!in)
        return complain(name, strerror(errno));
    memcpy(request, verb, sizeof verb);
    size_t n = fread(request + sizeof verb - 1, 1, room, in);
    bool whole = n < room && !ferror(in) && memchr(request, '\0', sizeof verb - 1 + n) == NULL;
    if (!from_stdin)
        fclose(in);
    if (!whole)
        return complain(name, "not a file of at most 8 kB of text");
    request[sizeof verb - 1 + n] = '\0';
    return EXIT_OK;
}

static int ask(const char *socket_path, const char *request)
{
    static char answer[BUS_CONTROL_ANSWER_MAX];

    int fd = bus_client_connect(socket_path, SOCK_CLOEXEC);
    if (fd < 0)
        return complain(socket_path, errno == ENODEV ? "no hallmark-chip listens there" : strerror(errno));
    int result = bus_client_control(fd, request, answer, sizeof answer);
    close(fd);
    if (result < 0)
        return complain(socket_path, strerror(errno));
    fputs(answer, result ? stdout : stderr);
    return result ? EXIT_OK : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"socket", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    char request[BUS_CONTROL_MAX + 1];
    const char *socket_path = NULL;

    /* + : what follows the request's first word is the request's */
    for (int option; (option = getopt_long(argc, argv, "+h", longs, NULL)) != -1;) {
        if (option == 'h') {
            puts(help);
            return EXIT_OK;
        }
        if (option != 's')
            return EXIT_USAGE;
        socket_path = optarg;
    }
    char **words = argv + optind;
    bool from_file = words[0] && strcmp(words[0], "faults") == 0;
    if (!socket_path || !words[0] || (from_file && (!words[1] || words[2]))) {
        fputs("usage: hallmark-chip-ctl --socket PATH REQUEST...; --help explains\n", stderr);
        return EXIT_USAGE;
    }
    int code = from_file ? read_faults(words[1], request, sizeof request)
                         : join_words(words, request, sizeof request);
    return code == EXIT_OK ? ask(socket_path, request) : code;
}
