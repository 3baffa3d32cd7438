/* hallmark-i2c: starts a program for which /dev/i2c-N is a virtual bus. */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../bus_client.h"
#include "interposer.h"
#include "program_file.h"

/* As shells and env have them. */
enum exit_code { EXIT_OK = 0, EXIT_USAGE = 125, EXIT_CANNOT = 126, EXIT_NOT_FOUND = 127 };

enum { SETTINGS_MAX = 8192 };

#define LIBRARY "libhallmark-i2c.so"

static const char help[] =
    "hallmark-i2c - starts a program for which /dev/i2c-N is a virtual bus\n\n"
    "usage: hallmark-i2c --bus N=unix:PATH [--bus N=unix:PATH]... [options] -- PROGRAM [ARGUMENT]...\n\n"
    "  --bus N=unix:PATH   /dev/i2c-N is the bus at hallmark-chip's socket PATH\n"
    "  --nack ERROR        what a missing acknowledge is reported as: ENXIO (default) or EREMOTEIO, as on a "
    "Raspberry "
    "Pi\n"
    "  --library FILE      " LIBRARY " lies here; default: beside this command, or in ../lib\n"
    "  --help              print this\n\n"
    "examples:\n"
    "  hallmark-i2c --bus 1=unix:bus.sock -- i2cdetect -l\n"
    "      the virtual bus in the list\n"
    "  hallmark-i2c --bus 1=unix:bus.sock -- sh -c 'i2ctransfer -y -a 1 w1@0 0; i2cdetect -y 1'\n"
    "      wakes the chips and scans: a chip answers while it is awake, 1.3 seconds\n"
    "  hallmark-i2c --bus 1=unix:a.sock --bus 7=unix:b.sock -- your-program\n"
    "      two buses\n\n"
    "Other /dev/i2c-N, and all other files, are what they are. The program's children see the buses too. "
    "Programs\n"
    "that are linked statically or with musl, that have more rights than you, or that call the kernel "
    "without libc (Go)\n"
    "cannot be served, and are not started.\n"
    "Exit status: the program's; 125 usage, 126 cannot be served, 127 not found.";

__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...)
{
    va_list arguments;

    fputs("hallmark-i2c: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* ---- buses ------------------------------------------------------------------------------------------ */

/* The program may change its folder, so the path is made absolute; the socket need not be there yet. */
static bool make_absolute(const char *path, char whole[PATH_MAX])
{
    char folder[PATH_MAX];
    int n;

    if (path[0] == '/')
        n = snprintf(whole, PATH_MAX, "%s", path);
    else if (getcwd(folder, sizeof folder))
        n = snprintf(whole, PATH_MAX, "%s/%s", folder, path);
    else
        return false;
    return (size_t)n < sizeof((struct sockaddr_un *)0)->sun_path;
}

static void warn_if_absent(int number, const char *path)
{
    int fd = bus_client_connect(path, SOCK_CLOEXEC);

    if (fd >= 0)
        close(fd);
    else
        complain("bus %d: no hallmark-chip listens at %s yet; opening /dev/i2c-%d will fail until one does",
                 number, path, number);
}

static bool add_bus(const char *text, char settings[SETTINGS_MAX])
{
    static const char prefix[] = "=unix:";
    char path[PATH_MAX];
    char *end;

    errno = 0;
    long number = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;
    if (errno || number < 0 || number > BUS_NUMBER_MAX || strncmp(end, prefix, sizeof prefix - 1) != 0) {
        complain("--bus takes N=unix:PATH, like 1=unix:bus.sock, and \"%s\" is not", text);
        return false;
    }
    const char *socket_path = end + sizeof prefix - 1;
    if (!*socket_path || strchr(socket_path, '\n') || !make_absolute(socket_path, path)) {
        complain("bus %ld: a socket's whole path has 1 to 107 bytes, and \"%s\" has not", number,
                 socket_path);
        return false;
    }
    size_t length = strlen(settings);
    int n = snprintf(settings + length, SETTINGS_MAX - length, "%s%ld=%s", length ? "\n" : "", number, path);
    if (n < 0 || (size_t)n >= SETTINGS_MAX - length) {
        complain("too many buses");
        return false;
    }
    warn_if_absent((int)number, path);
    return true;
}

/* ---- the library ------------------------------------------------------------------------------------ */

/* LD_PRELOAD is split at spaces and colons, LD_LIBRARY_PATH at colons and semicolons: a path with a space goes in as a name
 * and a folder. */
static bool can_be_preloaded(const char *path)
{
    return access(path, R_OK) == 0 && !strpbrk(path, ":;");
}

static bool find_library(const char *given, char library[PATH_MAX])
{
    static const char *const places[] = {"", "/../lib", "/../lib/hallmark"};
    char own[PATH_MAX];

    if (given)
        return realpath(given, library) && can_be_preloaded(library);
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0)
        return false;
    own[n] = '\0';
    *strrchr(own, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char candidate[PATH_MAX + 64];
        snprintf(candidate, sizeof candidate, "%s%s/" LIBRARY, own, places[i]);
        if (realpath(candidate, library) && can_be_preloaded(library))
            return true;
    }
    return false;
}

static bool prepend(const char *variable, const char *value)
{
    const char *before = getenv(variable);
    char *both;

    if (!before || !*before)
        return setenv(variable, value, 1) == 0;
    if (asprintf(&both, "%s:%s", value, before) < 0)
        return false;
    bool done = setenv(variable, both, 1) == 0;
    free(both);
    return done;
}

static bool preload(char *library)
{
    char *name = strrchr(library, '/');

    if (!strchr(library, ' '))
        return prepend("LD_PRELOAD", library);
    *name = '\0';
    return prepend("LD_LIBRARY_PATH", library) && prepend("LD_PRELOAD", name + 1);
}

/* ---- the program ------------------------------------------------------------------------------------ */

static int start(char **words, const char *settings, const char *nack, char *library)
{
    char path[PROGRAM_PATH_MAX];

    if (program_find(words[0], path) < 0) {
        complain("there is no program %s", words[0]);
        return EXIT_NOT_FOUND;
    }
    const char *obstacle = program_obstacle(path);
    if (obstacle) {
        complain("%s %s", path, obstacle);
        return EXIT_CANNOT;
    }
    if (setenv(BUSES_VARIABLE, settings, 1) < 0 || (nack && setenv(NACK_VARIABLE, nack, 1) < 0) ||
        !preload(library)) {
        complain("no memory");
        return EXIT_CANNOT;
    }
    execv(path, words);
    complain("cannot start %s: %s", path, strerror(errno));
    return EXIT_CANNOT;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {{"bus", required_argument, NULL, 'b'},
                                          {"nack", required_argument, NULL, 'n'},
                                          {"library", required_argument, NULL, 'l'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    char settings[SETTINGS_MAX] = "", library[PATH_MAX];
    const char *nack = NULL, *given = NULL;

    /* + : what follows the program's name is the program's */
    for (int option; (option = getopt_long(argc, argv, "+h", longs, NULL)) != -1;) {
        switch (option) {
        case 'b':
            if (!add_bus(optarg, settings))
                return EXIT_USAGE;
            break;
        case 'n':
            nack = optarg;
            break;
        case 'l':
            given = optarg;
            break;
        case 'h':
            puts(help);
            return EXIT_OK;
        default:
            return EXIT_USAGE;
        }
    }
    if (!settings[0] || !argv[optind]) {
        complain("--bus and a program are needed; --help shows the usage");
        return EXIT_USAGE;
    }
    if (nack && strcmp(nack, "ENXIO") != 0 && strcmp(nack, "EREMOTEIO") != 0) {
        complain("--nack takes ENXIO or EREMOTEIO, and \"%s\" is neither", nack);
        return EXIT_USAGE;
    }
    if (!find_library(given, library)) {
        complain("cannot find " LIBRARY
                 "%s%s; a path with a colon or a semicolon cannot be preloaded either. Name it with "
                 "--library",
                 given ? " at " : " beside this command or in ../lib", given ? given : "");
        return EXIT_CANNOT;
    }
    return start(argv + optind, settings, nack, library);
}
