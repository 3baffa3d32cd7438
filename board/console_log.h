/* console.log: all that left the UART, and the supervisor's own remarks. For its owner only, and bounded
 * (private_file.h): at 1 MB it becomes console.log.1. */
#ifndef BOARD_CONSOLE_LOG_H
#define BOARD_CONSOLE_LOG_H

#include <stddef.h>

struct console_log {
    int fd;
    size_t size;
};

/* Opens (appends to) console.log in the current folder. 0 or -errno. */
int console_log_open(struct console_log *log);
/* Failures to write are ignored: a full disk must not stop the board. */
void console_log_append(struct console_log *log, const void *bytes, size_t length);
void console_log_close(struct console_log *log);

#endif
