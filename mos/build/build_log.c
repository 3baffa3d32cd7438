/* The log of a build. */

#include "build_log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

bool build_log_open(struct build_log *log, const char *path, bool verbose, struct build_error *error)
{
    *log = (struct build_log){.file = fopen(path, "w+e"), .path = path, .verbose = verbose};
    return log->file || build_fail(error, "cannot write %s: %s", path, strerror(errno));
}

void build_log_line(struct build_log *log, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    vfprintf(log->file, format, arguments);
    fputc('\n', log->file);
    if (log->verbose) {
        vfprintf(stderr, format, again);
        fputc('\n', stderr);
    }
    va_end(again);
    va_end(arguments);
}

void build_log_bytes(void *user, const char *bytes, size_t length)
{
    struct build_log *log = user;
    fwrite(bytes, 1, length, log->file);
    if (log->verbose)
        fwrite(bytes, 1, length, stderr);
}

void build_log_show(struct build_log *log)
{
    if (log->verbose)
        return;
    char bytes[4096];
    rewind(log->file);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, log->file)) > 0;)
        fwrite(bytes, 1, got, stdout);
    fflush(stdout);
}

void build_log_close(struct build_log *log)
{
    if (log->file)
        fclose(log->file);
    log->file = NULL;
}
