/* Which buses are virtual, and which paths are theirs. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interposer.h"

static const char class_folder[] = "/sys/class/i2c-dev";

/* A number without sign, blanks or leading zeros, as device names have; its end in *end. -1: none. */
static int parse_number(const char *text, const char **end)
{
    size_t digits = strspn(text, "0123456789");
    int number = 0;

    if (digits == 0 || digits > 5 || (text[0] == '0' && digits > 1))
        return -1;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (text[i] - '0');
    *end = text + digits;
    return number;
}

/* Copied when the library is loaded: a program may change or clear its environment later. */
static const char *settings;
static int nack_error = ENXIO;
static pthread_once_t have_read = PTHREAD_ONCE_INIT;

static void read_settings(void)
{
    const char *buses = getenv(BUSES_VARIABLE);
    const char *nack = getenv(NACK_VARIABLE);

    settings = buses ? strdup(buses) : NULL;
    if (nack && strcmp(nack, "EREMOTEIO") == 0)
        nack_error = EREMOTEIO;
}

static const char *lines(void)
{
    pthread_once(&have_read, read_settings);
    return settings;
}

/* One line: N=PATH; the number is -1 if it is not that. Returns the next line, or NULL. */
static const char *parse_line(const char *line, int *number, const char **path, size_t *length)
{
    const char *equals = line;

    *number = parse_number(line, &equals);
    *length = strcspn(line, "\n");
    *path = equals + 1;
    const char *next = line[*length] ? line + *length + 1 : NULL;
    if (*number < 0 || *equals != '=')
        *number = -1;
    else
        *length -= (size_t)(*path - line);
    return next;
}

const char *buses_socket(int wanted, size_t *length)
{
    const char *path;
    int number;

    for (const char *line = lines(); line && *line;) {
        line = parse_line(line, &number, &path, length);
        if (number == wanted)
            return path;
    }
    return NULL;
}

int buses_number(unsigned index)
{
    const char *path;
    size_t length;
    int number = -1;

    for (const char *line = lines(); line && *line;) {
        line = parse_line(line, &number, &path, &length);
        if (number >= 0 && index-- == 0)
            return number;
    }
    return -1;
}

int buses_nack_error(void)
{
    lines();
    return nack_error;
}

/* "i2c-N", N virtual, then `rest`. */
static bool is_bus(const char *name, int *number, const char **rest)
{
    size_t length;

    if (strncmp(name, "i2c-", 4) != 0)
        return false;
    *number = parse_number(name + 4, rest);
    return *number >= 0 && buses_socket(*number, &length);
}

/* Is the folder part of `path`, which ends at `base`, /dev? It may be written in many ways. */
static bool is_in_dev(int folder, const char *path, const char *base)
{
    char name[PATH_MAX], whole[PATH_MAX];
    size_t length = (size_t)(base - path);

    if (length == 5 && memcmp(path, "/dev/", 5) == 0)
        return true;
    if (length >= sizeof name - 40)
        return false;
    if (path[0] == '/')
        snprintf(name, sizeof name, "%.*s", (int)length, path);
    else if (folder == AT_FDCWD)
        snprintf(name, sizeof name, "./%.*s", (int)length, path);
    else
        snprintf(name, sizeof name, "/proc/self/fd/%d/%.*s", folder, (int)length, path);
    return realpath(name, whole) && strcmp(whole, "/dev") == 0;
}

static enum path_kind class_path(const char *path, int *number)
{
    const char *rest = path + sizeof class_folder - 1;

    rest += strspn(rest, "/");
    if (*rest == '\0')
        return PATH_CLASS;
    if (rest == path + sizeof class_folder - 1 || !is_bus(rest, number, &rest))
        return PATH_OTHER;
    if (rest[strspn(rest, "/")] == '\0')
        return PATH_BUS;
    return strcmp(rest, "/name") == 0 ? PATH_BUS_NAME : PATH_OTHER;
}

enum path_kind buses_path(int folder, const char *path, int *number)
{
    const char *rest;
    int before = errno;

    if (!path)
        return PATH_OTHER;
    if (strncmp(path, class_folder, sizeof class_folder - 1) == 0)
        return buses_number(0) >= 0 ? class_path(path, number) : PATH_OTHER;
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    bool device = is_bus(base, number, &rest) && *rest == '\0' && is_in_dev(folder, path, base);
    errno = before;
    return device ? PATH_DEVICE : PATH_OTHER;
}

__attribute__((constructor)) static void read_early(void)
{
    lines();
}
