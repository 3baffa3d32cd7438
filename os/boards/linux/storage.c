/* Storage of the linux board: a folder, its regular files. os/storage.h */

#include "storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port.h"

/* A new content is written here first. Too long for a name of the board, so it never hides a file and is
 * not listed. */
#define NEW_CONTENT ".new-content-of-a-file-until-it-is-complete-on-the-medium"

static struct {
    int folder;
    uint32_t capacity;
} storage = {.folder = -1};

static bool is_listed(const char *name)
{
    return strlen(name) <= STORAGE_NAME_MAX && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The name without its leading '/'; NULL when it is none. */
static const char *checked(const char *name)
{
    name += name[0] == '/';
    return name[0] && is_listed(name) && !strchr(name, '/') ? name : NULL;
}

static int error_of(int error)
{
    switch (error) {
    case ENOENT:
        return STORAGE_ERROR_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STORAGE_ERROR_FULL;
    case ENAMETOOLONG:
        return STORAGE_ERROR_NAME;
    default:
        return STORAGE_ERROR_IO;
    }
}

const char *storage_start(const char *folder, uint32_t capacity)
{
    static char why[200];

    storage.capacity = capacity;
    storage.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (storage.folder < 0) {
        snprintf(why, sizeof(why), "--fs %s: %s; give a folder that exists", folder, strerror(errno));
        return why;
    }
    unlinkat(storage.folder, NEW_CONTENT, 0); /* power failed while it was written */
    return NULL;
}

/* Only regular files are the board's: a link could lead out of the folder. */
static int open_file(const char *name, int flags)
{
    const char *plain = checked(name);
    struct stat status;

    if (!plain)
        return STORAGE_ERROR_NAME;
    int fd = openat(storage.folder, plain, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_of(errno);
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fd;
    close(fd);
    return STORAGE_ERROR_NOT_FOUND;
}

static int32_t size_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) < 0 || status.st_size > INT32_MAX ? STORAGE_ERROR_IO : (int32_t)status.st_size;
}

int32_t storage_size(const char *name)
{
    int fd = open_file(name, O_RDONLY);

    if (fd < 0)
        return fd;
    int32_t size = size_of(fd);
    close(fd);
    return size;
}

int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size)
{
    char *bytes = out;
    size_t total = 0;
    ssize_t n = 1;

    int fd = open_file(name, O_RDONLY);
    if (fd < 0)
        return fd;
    while (total < size && (n = pread(fd, bytes + total, size - total, (off_t)(offset + total))) > 0)
        total += (size_t)n;
    close(fd);
    return n < 0 ? STORAGE_ERROR_IO : (int32_t)total;
}

/* --- space -------------------------------------------------------------------------------------------- */

static bool add_size(const char *name, uint32_t size, void *user)
{
    *(uint64_t *)user += size;
    return true;
}

void storage_space(uint32_t *size, uint32_t *free_bytes)
{
    uint64_t used = 0;

    storage_list(add_size, &used);
    *size = storage.capacity;
    *free_bytes = used < storage.capacity ? storage.capacity - (uint32_t)used : 0;
}

static bool fits(uint64_t more, uint64_t less)
{
    uint32_t size, free_bytes;

    storage_space(&size, &free_bytes);
    return more <= free_bytes + less;
}

/* --- writing ------------------------------------------------------------------------------------------ */

static int write_all(int fd, const void *data, size_t length, uint32_t offset)
{
    const char *bytes = data;

    for (size_t done = 0; done < length;) {
        ssize_t n = pwrite(fd, bytes + done, length - done, (off_t)(offset + done));
        if (n < 0 && errno != EINTR)
            return error_of(errno);
        done += n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) < 0 ? error_of(errno) : 0;
}

int storage_create(const char *name)
{
    int fd = open_file(name, O_WRONLY | O_CREAT | O_TRUNC);

    if (fd < 0)
        return fd;
    int err = fsync(fd) < 0 || fsync(storage.folder) < 0 ? error_of(errno) : 0;
    close(fd);
    return err;
}

static int write_at(int fd, uint32_t offset, const void *data, size_t length)
{
    int32_t size = size_of(fd);

    if (size < 0)
        return size;
    if (offset > (uint32_t)size)
        return STORAGE_ERROR_OFFSET;
    uint64_t end = (uint64_t)offset + length;
    if (end > INT32_MAX || (end > (uint32_t)size && !fits(end - (uint32_t)size, 0)))
        return STORAGE_ERROR_FULL;
    return write_all(fd, data, length, offset);
}

int storage_write(const char *name, uint32_t offset, const void *data, size_t length)
{
    bool is_new = offset == 0 && storage_size(name) == STORAGE_ERROR_NOT_FOUND;
    int fd = open_file(name, O_WRONLY | (offset == 0 ? O_CREAT : 0));

    if (fd < 0)
        return fd;
    int err = write_at(fd, offset, data, length);
    close(fd);
    if (!err && is_new && fsync(storage.folder) < 0)
        return STORAGE_ERROR_IO;
    return err;
}

static int write_new_content(const void *data, size_t length)
{
    int fd = openat(storage.folder, NEW_CONTENT, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_of(errno);
    int err = write_all(fd, data, length, 0);
    close(fd);
    return err;
}

int storage_replace(const char *name, const void *data, size_t length)
{
    const char *plain = checked(name);
    int32_t old = storage_size(name);

    if (!plain)
        return STORAGE_ERROR_NAME;
    if (!fits(length, old > 0 ? (uint32_t)old : 0))
        return STORAGE_ERROR_FULL;
    int err = write_new_content(data, length);
    if (!err && renameat(storage.folder, NEW_CONTENT, storage.folder, plain) < 0)
        err = error_of(errno);
    if (!err && fsync(storage.folder) < 0)
        err = STORAGE_ERROR_IO;
    if (err)
        unlinkat(storage.folder, NEW_CONTENT, 0);
    return err;
}

int storage_remove(const char *name)
{
    int32_t size = storage_size(name);

    if (size < 0)
        return size;
    if (unlinkat(storage.folder, checked(name), 0) < 0)
        return error_of(errno);
    return fsync(storage.folder) < 0 ? STORAGE_ERROR_IO : 0;
}

int storage_rename(const char *from, const char *to)
{
    int32_t size = storage_size(from);

    if (!checked(to))
        return STORAGE_ERROR_NAME;
    if (size < 0)
        return size;
    if (renameat(storage.folder, checked(from), storage.folder, checked(to)) < 0)
        return error_of(errno);
    return fsync(storage.folder) < 0 ? STORAGE_ERROR_IO : 0;
}

int storage_list(bool (*each)(const char *name, uint32_t size, void *user), void *user)
{
    int fd = openat(storage.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    bool more = true;

    if (!folder) {
        if (fd >= 0)
            close(fd);
        return STORAGE_ERROR_IO;
    }
    while (more && (entry = readdir(folder)) != NULL) {
        int32_t size = is_listed(entry->d_name) ? storage_size(entry->d_name) : -1;
        if (size >= 0)
            more = each(entry->d_name, (uint32_t)size, user);
    }
    closedir(folder);
    return 0;
}
