/* Where the log and printed text go. os/include/mgos_debug.h */

#include "mgos_debug.h"

#include "board.h"
#include "console.h"
#include "loop.h"
#include "mgos_event.h"

static struct {
    int stdout_uart, stderr_uart;
    bool in_hook; /* a handler of MGOS_EVENT_LOG runs */
} debug;

static void write_level(int fd, enum cs_log_level level, const void *data, size_t len)
{
    int uart = fd == 1 ? debug.stdout_uart : debug.stderr_uart;

    if (uart >= 0)
        console_write(data, len);
    if (debug.in_hook)
        return;
    debug.in_hook = true;
    struct mgos_debug_hook_arg arg = {fd, level, data, len};
    mgos_event_trigger(MGOS_EVENT_LOG, &arg);
    debug.in_hook = false;
}

void mgos_debug_write(int fd, const void *data, size_t len)
{
    write_level(fd, LL_ERROR, data, len);
}

void mgos_debug_log_line(enum cs_log_level level, const char *line, size_t len)
{
    write_level(2, level, line, len);
}

void mgos_debug_flush(void)
{
    console_flush();
}

static bool set(int *which, int uart_no)
{
    if (uart_no >= BOARD_UARTS)
        return false;
    *which = uart_no < 0 ? -1 : uart_no;
    return true;
}

bool mgos_set_stdout_uart(int uart_no)
{
    return set(&debug.stdout_uart, uart_no);
}

bool mgos_set_stderr_uart(int uart_no)
{
    return set(&debug.stderr_uart, uart_no);
}

int mgos_get_stdout_uart(void)
{
    return debug.stdout_uart;
}

int mgos_get_stderr_uart(void)
{
    return debug.stderr_uart;
}

void debug_forget_all(void)
{
    debug.stdout_uart = debug.stderr_uart = 0;
    debug.in_hook = false;
}
