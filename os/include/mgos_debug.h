/* Where the log goes (mongoose-os.md 6.3). */
#ifndef MGOS_DEBUG_H
#define MGOS_DEBUG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cs_dbg.h"

/* Of MGOS_EVENT_LOG: one line of the log, or one piece of what the application printed, on its way to the
 * console. What a handler logs itself goes to the console only. */
struct mgos_debug_hook_arg {
    int fd;                  /* 1: printed by the application; 2: log */
    enum cs_log_level level; /* 0 for fd 1 */
    const void *data;
    size_t len;
};

/* Text to the console, no prefix, no newline added. */
void mgos_debug_write(int fd, const void *data, size_t len);
/* As above for a line of the log. */
void mgos_debug_log_line(enum cs_log_level level, const char *line, size_t len);
/* Waits until the console has sent everything. */
void mgos_debug_flush(void);
/* Which UART shows what the application prints, which the log; -1: none. False: no such UART. */
bool mgos_set_stdout_uart(int uart_no);
bool mgos_set_stderr_uart(int uart_no);
int mgos_get_stdout_uart(void);
int mgos_get_stderr_uart(void);

#endif
