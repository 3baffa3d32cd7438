/* The bounded capture of the UART. */

#include "console_log.h"

#include "private_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

int console_log_open(struct console_log *log)
{
    int fd = private_file_open("console.log");
    log->fd = fd;
    if (fd < 0)
        return fd;
    struct stat info;
    log->size = fstat(log->fd, &info) == 0 ? (size_t)info.st_size : 0;
    return 0;
}

void console_log_append(struct console_log *log, const void *bytes, size_t length)
{
    if (log->size + length > PRIVATE_FILE_LIMIT && private_file_put_aside("console.log")) {
        console_log_close(log);
        console_log_open(log);
    }
    if (log->fd < 0)
        return;
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = write(log->fd, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        next += written;
        length -= (size_t)written;
        log->size += (size_t)written;
    }
}

void console_log_close(struct console_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
    log->size = 0;
}
