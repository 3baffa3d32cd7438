/* The file that keeps a virtual chip's EEPROM: format, locking, atomic replacement. */

#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"

enum {
    VERSION = 1,
    HEADER = 16,
    PAYLOAD = CHIP_CONFIG_SIZE + CHIP_DATA_SIZE + CHIP_OTP_SIZE,
    CHECKSUM = 32,
};

_Static_assert(HEADER + PAYLOAD + CHECKSUM == STATE_FILE_SIZE,
               "the size in the header is the sum of the parts");

static const char magic[8] = {'A', 'T', 'E', 'C', 'C', 'E', 'E', 'P'};

static void put_le32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_le32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void checksum(const uint8_t *bytes, size_t n, uint8_t digest[CHECKSUM])
{
    struct chip_sha256 sha;

    chip_sha256_start(&sha);
    chip_sha256_update(&sha, bytes, n);
    chip_sha256_finish(&sha, digest);
}

void state_encode(const struct chip_eeprom *eeprom, uint8_t bytes[STATE_FILE_SIZE])
{
    uint8_t *at = bytes + HEADER;

    memcpy(bytes, magic, sizeof magic);
    put_le32(bytes + 8, VERSION);
    put_le32(bytes + 12, PAYLOAD);
    memcpy(at, eeprom->config, CHIP_CONFIG_SIZE);
    memcpy(at + CHIP_CONFIG_SIZE, eeprom->data, CHIP_DATA_SIZE);
    memcpy(at + CHIP_CONFIG_SIZE + CHIP_DATA_SIZE, eeprom->otp, CHIP_OTP_SIZE);
    checksum(bytes, HEADER + PAYLOAD, bytes + HEADER + PAYLOAD);
}

const char *state_decode(const uint8_t *bytes, size_t n, struct chip_eeprom *eeprom)
{
    const uint8_t *at = bytes + HEADER;
    uint8_t digest[CHECKSUM];

    if (n < HEADER || memcmp(bytes, magic, sizeof magic) != 0)
        return "it is not the state of a virtual chip";
    if (get_le32(bytes + 8) > VERSION)
        return "it was written by a newer version of this program";
    if (get_le32(bytes + 8) != VERSION)
        return "its version number is none that ever existed";
    if (get_le32(bytes + 12) != PAYLOAD || n != STATE_FILE_SIZE)
        return "it is damaged: its length is wrong";
    checksum(bytes, HEADER + PAYLOAD, digest);
    if (memcmp(digest, bytes + HEADER + PAYLOAD, CHECKSUM) != 0)
        return "it is damaged: its checksum is wrong";

    memcpy(eeprom->config, at, CHIP_CONFIG_SIZE);
    memcpy(eeprom->data, at + CHIP_CONFIG_SIZE, CHIP_DATA_SIZE);
    memcpy(eeprom->otp, at + CHIP_CONFIG_SIZE + CHIP_DATA_SIZE, CHIP_OTP_SIZE);
    return NULL;
}

__attribute__((format(printf, 2, 3))) static int fail(char error[STATE_ERROR_MAX], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, STATE_ERROR_MAX, format, arguments);
    va_end(arguments);
    return -1;
}

/* The path with a suffix; paths are checked for length in state_open(). */
static void beside(const struct state_file *file, const char *suffix, char path[STATE_PATH_MAX + 8])
{
    snprintf(path, STATE_PATH_MAX + 8, "%s%s", file->path, suffix);
}

/* A symbolic link is followed once, here, so that saving replaces the file it names and two names share one
 * lock. */
static int resolve(struct state_file *file, const char *path, char error[STATE_ERROR_MAX])
{
    char *real = realpath(path, NULL);

    if (!real && errno != ENOENT)
        return fail(error, "cannot open the chip's state %s: %s", path, strerror(errno));
    int n = snprintf(file->path, sizeof file->path, "%s", real ? real : path);
    free(real);
    if (n <= 0 || (size_t)n >= sizeof file->path)
        return fail(error, "the path of the chip's state is empty or longer than %zu bytes",
                    sizeof file->path - 1);
    return 0;
}

int state_open(struct state_file *file, const char *path, char error[STATE_ERROR_MAX])
{
    char lock_path[STATE_PATH_MAX + 8];

    file->lock = -1;
    if (resolve(file, path, error) < 0)
        return -1;
    beside(file, ".lock", lock_path);
    file->lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file->lock < 0)
        return fail(error, "cannot create the lock %s: %s; the folder must exist and be writable", lock_path,
                    strerror(errno));
    if (flock(file->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    state_close(file);
    return fail(error, "the chip's state %s is in use by another hallmark-chip; stop that one first", path);
}

void state_close(struct state_file *file)
{
    if (file->lock >= 0)
        close(file->lock);
    file->lock = -1;
}

static ssize_t read_all(int fd, uint8_t *bytes, size_t most)
{
    size_t n = 0;

    while (n < most) {
        ssize_t got = read(fd, bytes + n, most - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

static int write_all(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes += put;
        n -= (size_t)put;
    }
    return 0;
}

int state_load(const struct state_file *file, struct chip_eeprom *eeprom, char error[STATE_ERROR_MAX])
{
    uint8_t bytes[STATE_FILE_SIZE + 1]; /* one more shows that a file is too long */

    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 1;
    ssize_t n = fd < 0 ? -1 : read_all(fd, bytes, sizeof bytes);
    int problem = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return fail(error, "cannot read the chip's state %s: %s", file->path, strerror(problem));

    const char *wrong = state_decode(bytes, (size_t)n, eeprom);
    chip_wipe(bytes, sizeof bytes);
    if (wrong)
        return fail(
            error,
            "cannot use the chip's state %s: %s. It was left as it is; restore a copy, or name another file",
            file->path, wrong);
    return 0;
}

static int write_new_file(const char *path, const uint8_t bytes[STATE_FILE_SIZE])
{
    unlink(path); /* left by a killed run; the lock says nobody else is writing it */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -1;
    int result = write_all(fd, bytes, STATE_FILE_SIZE);
    if (result == 0)
        result = fsync(fd);
    int problem = errno;
    if (close(fd) < 0 && result == 0)
        return -1;
    errno = problem;
    return result;
}

static int sync_directory(const char *path)
{
    char copy[STATE_PATH_MAX + 8];

    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = fsync(fd);
    int problem = errno;
    close(fd);
    errno = problem;
    return result;
}

int state_save(const struct state_file *file, const struct chip_eeprom *eeprom, char error[STATE_ERROR_MAX])
{
    uint8_t bytes[STATE_FILE_SIZE];
    char new_path[STATE_PATH_MAX + 8];

    beside(file, ".new", new_path);
    state_encode(eeprom, bytes);
    int result = write_new_file(new_path, bytes);
    chip_wipe(bytes, sizeof bytes);
    if (result < 0) {
        int problem = errno;
        unlink(new_path);
        return fail(error, "cannot write the chip's state to %s: %s", new_path, strerror(problem));
    }
    if (rename(new_path, file->path) < 0)
        return fail(error, "cannot replace the chip's state %s: %s", file->path, strerror(errno));
    if (sync_directory(file->path) < 0)
        return fail(error, "cannot make the new chip state %s permanent: %s", file->path, strerror(errno));
    return 0;
}
