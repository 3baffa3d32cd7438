/* Writing, reading and removing the files of a build. */

#include "generated_file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void generated_file_begin(struct generated_file *file)
{
    file->stream = open_memstream(&file->text, &file->length);
    if (!file->stream) {
        fputs("Error: out of memory\n", stderr);
        exit(1);
    }
}

bool generated_file_end(struct generated_file *file, const char *path, struct build_error *error)
{
    bool whole = fclose(file->stream) == 0;
    bool written = whole ? write_file_if_changed(path, file->text, file->length, error)
                         : build_fail(error, "cannot write %s: out of memory", path);
    free(file->text);
    return written;
}

static bool is_the_same(const char *path, const void *bytes, size_t length)
{
    struct build_error ignored = {0};
    size_t old_length;
    char *old = read_whole_file(path, length, &old_length, &ignored);
    bool same = old && old_length == length && memcmp(old, bytes, length) == 0;
    free(old);
    return same;
}

bool write_whole(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = write(fd, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        next += written;
        length -= (size_t)written;
    }
    return true;
}

bool write_file_if_changed(const char *path, const void *bytes, size_t length, struct build_error *error)
{
    if (is_the_same(path, bytes, length))
        return true;
    char *temporary;
    if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
        return build_fail(error, "cannot write %s: out of memory", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool written = fd >= 0 && fchmod(fd, 0644) == 0 && write_whole(fd, bytes, length);
    if (fd >= 0 && close(fd) < 0)
        written = false;
    written = written && rename(temporary, path) == 0;
    if (!written) {
        build_fail(error, "cannot write %s: %s", path, strerror(errno));
        unlink(temporary);
    }
    free(temporary);
    return written;
}

char *read_whole_file(const char *path, size_t limit, size_t *length, struct build_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    char *bytes = NULL;
    *length = 0;
    if (fd < 0 || fstat(fd, &info) < 0) {
        build_fail(error, "cannot read %s: %s", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        build_fail(error, "cannot read %s: it is not a file", path);
    } else if ((unsigned long long)info.st_size > limit) {
        build_fail(error, "cannot read %s: it is larger than %zu bytes", path, limit);
    } else if ((bytes = malloc((size_t)info.st_size + 1)) == NULL) {
        build_fail(error, "cannot read %s: out of memory", path);
    } else {
        ssize_t got;
        while (*length < (size_t)info.st_size &&
               (got = read(fd, bytes + *length, (size_t)info.st_size - *length)) > 0)
            *length += (size_t)got;
        bytes[*length] = '\0';
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}

bool make_folder(const char *path, struct build_error *error)
{
    char *copy = strdup(path);
    for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0755);
        *slash = '/';
    }
    free(copy);
    struct stat info;
    if (mkdir(path, 0755) == 0 || (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)))
        return true;
    return build_fail(error, "cannot make the folder %s: %s", path, strerror(errno));
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    return remove(path);
}

bool remove_folder(const char *path, struct build_error *error)
{
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return true;
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0)
        return true;
    return build_fail(error, "cannot remove %s: %s", path, strerror(errno));
}
