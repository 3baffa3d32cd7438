/* stat, access and their like: /dev/i2c-N is a character device that is there. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "interposer.h"

/* The kind of file a virtual path is, with its permissions; 0: not virtual. */
static mode_t mode_of(int folder, const char *path, int *number)
{
    switch (buses_path(folder, path, number)) {
    case PATH_DEVICE:
        return S_IFCHR | 0600;
    case PATH_CLASS:
    case PATH_BUS:
        return S_IFDIR | 0555;
    case PATH_BUS_NAME:
        return S_IFREG | 0444;
    default:
        return 0;
    }
}

static dev_t device_of(mode_t mode, int number)
{
    return S_ISCHR(mode) ? makedev(I2C_MAJOR, (unsigned)number) : 0;
}

/* struct stat and struct stat64 are two types with the same members. */
#define DESCRIBE(status, mode, number)                                                                       \
    do {                                                                                                     \
        memset((status), 0, sizeof *(status));                                                               \
        (status)->st_mode = (mode);                                                                          \
        (status)->st_rdev = device_of((mode), (number));                                                     \
        (status)->st_nlink = 1;                                                                              \
        (status)->st_uid = geteuid();                                                                        \
        (status)->st_gid = getegid();                                                                        \
        (status)->st_blksize = 4096;                                                                         \
        (status)->st_ino = (ino_t)(number) + 1;                                                              \
    } while (0)

/* A path of ours is described and the function done; otherwise it goes on to libc's. */
#define DESCRIBE_PATH(folder, path, status)                                                                  \
    do {                                                                                                     \
        int number_ = 0;                                                                                     \
        mode_t mode_ = mode_of((folder), (path), &number_);                                                  \
        if (mode_) {                                                                                         \
            DESCRIBE((status), mode_, number_);                                                              \
            return 0;                                                                                        \
        }                                                                                                    \
    } while (0)

#define DESCRIBE_DESCRIPTOR(fd, status)                                                                      \
    do {                                                                                                     \
        int number_ = descriptor_bus(fd);                                                                    \
        if (number_ != NOT_OURS) {                                                                           \
            DESCRIBE((status), S_IFCHR | 0600, number_);                                                     \
            return 0;                                                                                        \
        }                                                                                                    \
    } while (0)

/* Apart, because libc's prototypes promise that no path is NULL, and callers do not keep to it. */
__attribute__((noinline)) static bool means_the_descriptor(const char *path, int flags)
{
    return flags & AT_EMPTY_PATH && path && !*path;
}

INTERPOSED int stat(const char *path, struct stat *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->stat(path, status);
}

INTERPOSED int lstat(const char *path, struct stat *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->lstat(path, status);
}

INTERPOSED int fstat(int fd, struct stat *status)
{
    DESCRIBE_DESCRIPTOR(fd, status);
    return real_calls()->fstat(fd, status);
}

INTERPOSED int fstatat(int folder, const char *path, struct stat *status, int flags)
{
    if (means_the_descriptor(path, flags))
        DESCRIBE_DESCRIPTOR(folder, status);
    DESCRIBE_PATH(folder, path, status);
    return real_calls()->fstatat(folder, path, status, flags);
}

INTERPOSED int stat64(const char *path, struct stat64 *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->stat64(path, status);
}

INTERPOSED int lstat64(const char *path, struct stat64 *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->lstat64(path, status);
}

INTERPOSED int fstat64(int fd, struct stat64 *status)
{
    DESCRIBE_DESCRIPTOR(fd, status);
    return real_calls()->fstat64(fd, status);
}

INTERPOSED int fstatat64(int folder, const char *path, struct stat64 *status, int flags)
{
    if (means_the_descriptor(path, flags))
        DESCRIBE_DESCRIPTOR(folder, status);
    DESCRIBE_PATH(folder, path, status);
    return real_calls()->fstatat64(folder, path, status, flags);
}

INTERPOSED int statx(int folder, const char *restrict path, int flags, unsigned wanted,
                     struct statx *restrict status)
{
    int number = 0;
    bool descriptor = means_the_descriptor(path, flags);
    mode_t mode = descriptor ? 0 : mode_of(folder, path, &number);

    if (descriptor && (number = descriptor_bus(folder)) != NOT_OURS)
        mode = S_IFCHR | 0600;
    if (!mode)
        return real_calls()->statx(folder, path, flags, wanted, status);
    *status = (struct statx){
        .stx_mask = STATX_BASIC_STATS,
        .stx_mode = (uint16_t)mode,
        .stx_nlink = 1,
        .stx_uid = geteuid(),
        .stx_gid = getegid(),
        .stx_blksize = 4096,
        .stx_ino = (uint64_t)number + 1,
        .stx_rdev_major = S_ISCHR(mode) ? I2C_MAJOR : 0,
        .stx_rdev_minor = S_ISCHR(mode) ? (unsigned)number : 0,
    };
    return 0;
}

/* What programs linked with a glibc before 2.33 call. */
int __xstat(int version, const char *path, struct stat *status);
int __lxstat(int version, const char *path, struct stat *status);
int __fxstat(int version, int fd, struct stat *status);
int __xstat64(int version, const char *path, struct stat64 *status);
int __lxstat64(int version, const char *path, struct stat64 *status);
int __fxstat64(int version, int fd, struct stat64 *status);
int __fxstatat(int version, int folder, const char *path, struct stat *status, int flags);
int __fxstatat64(int version, int folder, const char *path, struct stat64 *status, int flags);

INTERPOSED int __xstat(int version, const char *path, struct stat *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->xstat(version, path, status);
}

INTERPOSED int __lxstat(int version, const char *path, struct stat *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->lxstat(version, path, status);
}

INTERPOSED int __fxstat(int version, int fd, struct stat *status)
{
    DESCRIBE_DESCRIPTOR(fd, status);
    return real_calls()->fxstat(version, fd, status);
}

INTERPOSED int __xstat64(int version, const char *path, struct stat64 *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->xstat64(version, path, status);
}

INTERPOSED int __lxstat64(int version, const char *path, struct stat64 *status)
{
    DESCRIBE_PATH(AT_FDCWD, path, status);
    return real_calls()->lxstat64(version, path, status);
}

INTERPOSED int __fxstat64(int version, int fd, struct stat64 *status)
{
    DESCRIBE_DESCRIPTOR(fd, status);
    return real_calls()->fxstat64(version, fd, status);
}

INTERPOSED int __fxstatat(int version, int folder, const char *path, struct stat *status, int flags)
{
    if (means_the_descriptor(path, flags))
        DESCRIBE_DESCRIPTOR(folder, status);
    DESCRIBE_PATH(folder, path, status);
    return real_calls()->fxstatat(version, folder, path, status, flags);
}

INTERPOSED int __fxstatat64(int version, int folder, const char *path, struct stat64 *status, int flags)
{
    if (means_the_descriptor(path, flags))
        DESCRIBE_DESCRIPTOR(folder, status);
    DESCRIBE_PATH(folder, path, status);
    return real_calls()->fxstatat64(version, folder, path, status, flags);
}

/* Readable; a device writable too; a folder searchable. */
static int allow(mode_t mode, int wanted)
{
    bool denied = (wanted & W_OK && !S_ISCHR(mode)) || (wanted & X_OK && !S_ISDIR(mode));

    if (denied)
        errno = EACCES;
    return denied ? -1 : 0;
}

INTERPOSED int access(const char *path, int wanted)
{
    int number;
    mode_t mode = mode_of(AT_FDCWD, path, &number);

    return mode ? allow(mode, wanted) : real_calls()->access(path, wanted);
}

INTERPOSED int euidaccess(const char *path, int wanted)
{
    int number;
    mode_t mode = mode_of(AT_FDCWD, path, &number);

    return mode ? allow(mode, wanted) : real_calls()->euidaccess(path, wanted);
}

INTERPOSED int eaccess(const char *path, int wanted)
{
    return euidaccess(path, wanted);
}

INTERPOSED int faccessat(int folder, const char *path, int wanted, int flags)
{
    int number;
    mode_t mode = mode_of(folder, path, &number);

    return mode ? allow(mode, wanted) : real_calls()->faccessat(folder, path, wanted, flags);
}
