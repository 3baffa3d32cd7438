/* Files of this machine: read whole, written whole or not at all. */

#include "local_file.h"

#include "fail.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *local_file_read(const char *path, size_t limit, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    char *data = NULL;
    size_t room = 0, used = 0;

    if (!file) {
        fail("cannot read %s: %s.", path, strerror(errno));
        return NULL;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        fail("cannot read %s: it is a folder.", path);
        fclose(file);
        return NULL;
    }
    setvbuf(file, NULL, _IONBF, 0); /* no second copy of a key in a buffer */
    for (;;) {
        if (used + 1 >= room) { /* room for the zero, too */
            size_t more = room ? room * 2 : 4096;
            char *bigger = malloc(more);

            if (!bigger)
                break;
            if (data) {
                memcpy(bigger, data, used);
                OPENSSL_cleanse(data, used);
                free(data);
            }
            data = bigger;
            room = more;
        }
        size_t count = fread(data + used, 1, room - 1 - used, file);
        if (count == 0 || used + count > limit) {
            used += count;
            break;
        }
        used += count;
    }
    if (!data || ferror(file) || used > limit) {
        if (!data)
            fail("out of memory while reading %s.", path);
        else if (used > limit)
            fail("%s is too big: %zu bytes at most are expected.", path, limit);
        else
            fail("cannot read %s: %s.", path, strerror(errno));
        free(data);
        fclose(file);
        return NULL;
    }
    fclose(file);
    data[used] = '\0';
    *size = used;
    return data;
}

static int open_temporary(struct output_file *output, mode_t mode)
{
    size_t size = strlen(output->path) + sizeof ".XXXXXX";
    mode_t mask = umask(0);
    int fd;

    umask(mask);
    output->temporary = malloc(size);
    if (!output->temporary) {
        fail("out of memory");
        return -1;
    }
    snprintf(output->temporary, size, "%s.XXXXXX", output->path);
    fd = mkstemp(output->temporary);
    if (fd >= 0 && fchmod(fd, mode & ~mask) == 0)
        output->file = fdopen(fd, "wb");
    if (!output->file) {
        fail("cannot write %s: %s.", output->path, strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(output->temporary);
        }
        free(output->temporary);
        output->temporary = NULL;
        return -1;
    }
    return 0;
}

int output_open(struct output_file *output, const char *path, mode_t mode)
{
    struct stat status;

    memset(output, 0, sizeof *output);
    if (!path || strcmp(path, "-") == 0) {
        output->file = stdout;
        return 0;
    }
    if (strcmp(path, "--") == 0) {
        output->file = stderr;
        return 0;
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        fail("cannot write %s: it is a folder.", path);
        return -1;
    }
    output->path = path;
    if (stat(path, &status) == 0 &&
        !S_ISREG(status.st_mode)) { /* /dev/null, /dev/stdout, a pipe: no replacing those */
        output->file = fopen(path, "wb");
        if (!output->file)
            fail("cannot write %s: %s.", path, strerror(errno));
        return output->file ? 0 : -1;
    }
    return open_temporary(output, mode);
}

static int finish(struct output_file *output)
{
    if (!output->path)
        return fflush(output->file);
    if (fflush(output->file) || (output->temporary && fsync(fileno(output->file))))
        return -1;
    if (fclose(output->file)) {
        output->file = NULL;
        return -1;
    }
    output->file = NULL;
    return output->temporary ? rename(output->temporary, output->path) : 0;
}

void output_keep(struct output_file *output, const char *what)
{
    if (!output->temporary)
        return;
    report("%s is in %s.", what, output->temporary);
    free(output->temporary);
    output->temporary = NULL;
}

int output_commit(struct output_file *output, int keep_on_error)
{
    int error = ferror(output->file) ? -1 : finish(output);

    if (error) {
        fail("cannot write %s: %s.", output->path ? output->path : "the result", strerror(errno));
        if (keep_on_error)
            output_keep(output, "What was to be in it");
        output_abandon(output);
        return -1;
    }
    free(output->temporary);
    memset(output, 0, sizeof *output);
    return 0;
}

void output_abandon(struct output_file *output)
{
    if (output->file && output->path)
        fclose(output->file);
    if (output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    memset(output, 0, sizeof *output);
}
