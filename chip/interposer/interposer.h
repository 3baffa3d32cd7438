/* libhallmark-i2c.so: /dev/i2c-N for unmodified programs, with virtual chips behind it.
 *
 * Preloaded (LD_PRELOAD; the command hallmark-i2c does it), the library takes the place of a few functions of libc. A
 * program that opens /dev/i2c-N, where N is one of the virtual buses, gets a socket connected to hallmark-chip, and
 * ioctl, read and write on that descriptor become transfers (chip/bus_protocol.h).
 *
 * What a descriptor is. The socket is the descriptor, so closing, duplicating, inheriting across fork and exec and
 * passing it to another process work without our doing. Linux keeps the slave address and the PEC flag with the open
 * file; we keep them with the connection, at the server's end (a note), where every duplicate finds them. Which bus it
 * is stands in the socket's own name, an abstract one: "hallmark-i2c/1/...". So any process can tell such a descriptor
 * by asking the kernel, whatever became of it, and no table can go wrong. Answers come on a fresh socket for each
 * transfer, so threads and processes that share a descriptor never take each other's.
 *
 * What it costs others. read and write are called for every descriptor, so before the kernel is asked a bit a number
 * says whether it may be one of ours; it is set by open, dup and their like, never cleared, and believed only when it
 * says no. A descriptor that came by another way (SCM_RIGHTS) is recognised at its first I2C ioctl. While
 * no bit is set nothing is looked at but one flag.
 *
 * What it cannot do: static programs and those of other libcs, programs that call the kernel themselves (Go), a FILE
 * on /dev/i2c-N, poll (the descriptor never becomes readable; a character device always is).
 *
 *   buses.c         which buses there are, and their paths
 *   descriptors.c   opening and recognising descriptors
 *   i2c_dev.c       what ioctl, read and write do
 *   smbus.c         SMBus transactions made of I2C transfers
 *   listing.c       /sys/class/i2c-dev, for i2cdetect -l
 *   real.c          libc's own functions
 *   calls_*.c       the functions that take libc's place
 *   wrapper.c       the command hallmark-i2c
 *   program_file.c  whether a program can be interposed at all
 */
#ifndef CHIP_INTERPOSER_H
#define CHIP_INTERPOSER_H

#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

enum {
    I2C_MAJOR = 89, /* of /dev/i2c-N */
    BUS_NUMBER_MAX = 99999,
    NOT_OURS = -1,
};

/* ---- buses.c: HALLMARK_I2C is a line N=PATH for each bus, PATH a socket's. HALLMARK_I2C_NACK=EREMOTEIO changes what
 * a missing acknowledge is reported as; adapters differ (ENXIO is what the kernel's documentation asks for). */

#define BUSES_VARIABLE "HALLMARK_I2C"
#define NACK_VARIABLE  "HALLMARK_I2C_NACK"

/* The socket of bus `number`, its length in *length; NULL: not virtual. */
const char *buses_socket(int number, size_t *length);
/* The index-th virtual bus's number; -1 after the last. */
int buses_number(unsigned index);
/* ENXIO or EREMOTEIO. */
int buses_nack_error(void);

enum path_kind {
    PATH_OTHER,
    PATH_DEVICE,   /* /dev/i2c-N */
    PATH_CLASS,    /* /sys/class/i2c-dev */
    PATH_BUS,      /* /sys/class/i2c-dev/i2c-N */
    PATH_BUS_NAME, /* /sys/class/i2c-dev/i2c-N/name */
};

/* What `path`, relative to `folder` (a descriptor or AT_FDCWD), names; its bus in *number. Keeps errno. */
enum path_kind buses_path(int folder, const char *path, int *number);

/* ---- descriptors.c. All keep errno unless they fail. */

/* A new descriptor of the bus; -1 with errno. */
int descriptor_open(int number, int flags);
/* The bus of a descriptor, or NOT_OURS. */
int descriptor_bus(int fd);
/* The same, when only a few callers ask: sees descriptors that came by unknown ways too. */
int descriptor_bus_surely(int fd);
/* `copy` is a duplicate of `fd`. */
void descriptor_copied(int fd, int copy);

/* ---- i2c_dev.c: as Linux's i2c-dev does, errno included. */

int i2c_dev_ioctl(int fd, unsigned long request, void *argument);
ssize_t i2c_dev_read(int fd, void *bytes, size_t n);
ssize_t i2c_dev_write(int fd, const void *bytes, size_t n);
bool i2c_dev_knows(unsigned long request);

/* The registers of a connection. */
struct i2c_dev_state {
    uint8_t address;
    bool pec;
};

/* ---- smbus.c */

struct i2c_smbus_ioctl_data;
int smbus_transfer(int fd, const struct i2c_dev_state *state, const struct i2c_smbus_ioctl_data *request);

/* ---- listing.c */

DIR *listing_open(void);
bool listing_is(const DIR *folder);
struct dirent *listing_next(DIR *folder);
struct dirent64 *listing_next64(DIR *folder);
void listing_rewind(DIR *folder);
void listing_close(DIR *folder);
/* The file `name` of a bus: a descriptor, -1 with errno. */
int listing_open_name(int number, int flags);

/* ---- real.c */

struct real {
    int (*open)(const char *, int, ...);
    int (*open64)(const char *, int, ...);
    int (*openat)(int, const char *, int, ...);
    int (*openat64)(int, const char *, int, ...);
    FILE *(*fopen)(const char *, const char *);
    FILE *(*fopen64)(const char *, const char *);
    int (*ioctl)(int, unsigned long, ...);
    int (*fcntl)(int, int, ...);
    int (*fcntl64)(int, int, ...);
    int (*dup)(int);
    int (*dup2)(int, int);
    int (*dup3)(int, int, int);
    ssize_t (*read)(int, void *, size_t);
    ssize_t (*write)(int, const void *, size_t);
    ssize_t (*readv)(int, const struct iovec *, int);
    ssize_t (*writev)(int, const struct iovec *, int);
    int (*stat)(const char *, struct stat *);
    int (*lstat)(const char *, struct stat *);
    int (*fstat)(int, struct stat *);
    int (*fstatat)(int, const char *, struct stat *, int);
    int (*stat64)(const char *, struct stat64 *);
    int (*lstat64)(const char *, struct stat64 *);
    int (*fstat64)(int, struct stat64 *);
    int (*fstatat64)(int, const char *, struct stat64 *, int);
    int (*statx)(int, const char *, int, unsigned, struct statx *);
    int (*xstat)(int, const char *, struct stat *);
    int (*lxstat)(int, const char *, struct stat *);
    int (*fxstat)(int, int, struct stat *);
    int (*xstat64)(int, const char *, struct stat64 *);
    int (*lxstat64)(int, const char *, struct stat64 *);
    int (*fxstat64)(int, int, struct stat64 *);
    int (*fxstatat)(int, int, const char *, struct stat *, int);
    int (*fxstatat64)(int, int, const char *, struct stat64 *, int);
    int (*access)(const char *, int);
    int (*euidaccess)(const char *, int);
    int (*faccessat)(int, const char *, int, int);
    DIR *(*opendir)(const char *);
    struct dirent *(*readdir)(DIR *);
    struct dirent64 *(*readdir64)(DIR *);
    void (*rewinddir)(DIR *);
    int (*closedir)(DIR *);
};

/* libc's functions, or those of the next library that takes their place. Looked up when the library is loaded, or at
 * the first call if that comes earlier. */
const struct real *real_calls(void);

/* What the library puts in libc's place; everything else in it is hidden. */
#define INTERPOSED __attribute__((visibility("default")))

#endif
