/* open and its like, opendir, and copies of descriptors. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interposer.h"

/* A virtual file was meant, and *fd is the answer. */
static bool opened(int folder, const char *path, int flags, int *fd)
{
    int number;

    switch (buses_path(folder, path, &number)) {
    case PATH_DEVICE:
        *fd = descriptor_open(number, flags);
        return true;
    case PATH_BUS_NAME:
        *fd = listing_open_name(number, flags);
        return true;
    default:
        return false;
    }
}

static bool want_mode(int flags)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
}

/* The argument only some flags bring. */
static mode_t mode_of(int flags, va_list arguments)
{
    return want_mode(flags) ? va_arg(arguments, mode_t) : 0;
}

INTERPOSED int open(const char *path, int flags, ...)
{
    va_list arguments;
    int fd;

    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, &fd) ? fd : real_calls()->open(path, flags, mode);
}

INTERPOSED int open64(const char *path, int flags, ...)
{
    va_list arguments;
    int fd;

    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, &fd) ? fd : real_calls()->open64(path, flags, mode);
}

INTERPOSED int openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    int fd;

    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(folder, path, flags, &fd) ? fd : real_calls()->openat(folder, path, flags, mode);
}

INTERPOSED int openat64(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    int fd;

    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(folder, path, flags, &fd) ? fd : real_calls()->openat64(folder, path, flags, mode);
}

/* What programs compiled with _FORTIFY_SOURCE call when no mode is given. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);

/* The real ones end a program whose flags want a mode. */
static void check_no_mode(int flags)
{
    if (want_mode(flags))
        abort();
}

INTERPOSED int __open_2(const char *path, int flags)
{
    int fd;

    check_no_mode(flags);
    return opened(AT_FDCWD, path, flags, &fd) ? fd : real_calls()->open(path, flags, 0);
}

INTERPOSED int __open64_2(const char *path, int flags)
{
    int fd;

    check_no_mode(flags);
    return opened(AT_FDCWD, path, flags, &fd) ? fd : real_calls()->open64(path, flags, 0);
}

INTERPOSED int __openat_2(int folder, const char *path, int flags)
{
    int fd;

    check_no_mode(flags);
    return opened(folder, path, flags, &fd) ? fd : real_calls()->openat(folder, path, flags, 0);
}

INTERPOSED int __openat64_2(int folder, const char *path, int flags)
{
    int fd;

    check_no_mode(flags);
    return opened(folder, path, flags, &fd) ? fd : real_calls()->openat64(folder, path, flags, 0);
}

/* i2cdetect -l reads the names of buses so. */
static bool opened_stream(const char *path, const char *mode, FILE **stream)
{
    int number;

    if (!mode || mode[0] != 'r' || strchr(mode, '+') || buses_path(AT_FDCWD, path, &number) != PATH_BUS_NAME)
        return false;
    int fd = listing_open_name(number, strchr(mode, 'e') ? O_RDONLY | O_CLOEXEC : O_RDONLY);
    *stream = fd >= 0 ? fdopen(fd, mode) : NULL;
    if (!*stream && fd >= 0)
        close(fd);
    return true;
}

INTERPOSED FILE *fopen(const char *path, const char *mode)
{
    FILE *stream;

    return opened_stream(path, mode, &stream) ? stream : real_calls()->fopen(path, mode);
}

INTERPOSED FILE *fopen64(const char *path, const char *mode)
{
    FILE *stream;

    return opened_stream(path, mode, &stream) ? stream : real_calls()->fopen64(path, mode);
}

/* ---- folders ---------------------------------------------------------------------------------------- */

INTERPOSED DIR *opendir(const char *path)
{
    int number;

    return buses_path(AT_FDCWD, path, &number) == PATH_CLASS ? listing_open() : real_calls()->opendir(path);
}

INTERPOSED struct dirent *readdir(DIR *folder)
{
    return listing_is(folder) ? listing_next(folder) : real_calls()->readdir(folder);
}

INTERPOSED struct dirent64 *readdir64(DIR *folder)
{
    return listing_is(folder) ? listing_next64(folder) : real_calls()->readdir64(folder);
}

INTERPOSED void rewinddir(DIR *folder)
{
    if (listing_is(folder))
        listing_rewind(folder);
    else
        real_calls()->rewinddir(folder);
}

INTERPOSED int closedir(DIR *folder)
{
    if (!listing_is(folder))
        return real_calls()->closedir(folder);
    listing_close(folder);
    return 0;
}

/* ---- copies ----------------------------------------------------------------------------------------- */

INTERPOSED int dup(int fd)
{
    int copy = real_calls()->dup(fd);

    descriptor_copied(fd, copy);
    return copy;
}

INTERPOSED int dup2(int fd, int wanted)
{
    int copy = real_calls()->dup2(fd, wanted);

    descriptor_copied(fd, copy);
    return copy;
}

INTERPOSED int dup3(int fd, int wanted, int flags)
{
    int copy = real_calls()->dup3(fd, wanted, flags);

    descriptor_copied(fd, copy);
    return copy;
}

/* The argument is an int, a pointer or nothing; as in libc's own wrapper a pointer carries them all. */
INTERPOSED int fcntl(int fd, int command, ...)
{
    va_list arguments;

    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    int result = real_calls()->fcntl(fd, command, argument);
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        descriptor_copied(fd, result);
    return result;
}

INTERPOSED int fcntl64(int fd, int command, ...)
{
    va_list arguments;

    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    int result = real_calls()->fcntl64(fd, command, argument);
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        descriptor_copied(fd, result);
    return result;
}
