/* The console, which shares its UART with RPC frames. os/console.h */

#include "console.h"

#include <stdbool.h>
#include <stdio.h>

#include "loop.h"
#include "mbuf.h"
#include "mgos_uart.h"

enum { CONSOLE_UART = 0 };

static struct {
    int suspended;
    bool in_line;        /* the last character written was not a newline */
    struct mbuf pending; /* written while suspended */
    size_t lost;
} console;

static void emit(const char *text, size_t length)
{
    if (length == 0)
        return;
    if (!console.suspended) {
        mgos_uart_write(CONSOLE_UART, text, length);
        return;
    }
    size_t room = console.pending.len < CONSOLE_PENDING_MAX ? CONSOLE_PENDING_MAX - console.pending.len : 0;
    size_t kept = mbuf_append(&console.pending, text, length < room ? length : room);
    console.lost += length - kept;
}

void console_write(const void *text, size_t length)
{
    const char *s = text;
    size_t from = 0;

    for (size_t i = 0; i < length; i++) {
        if (!console.in_line && (s[i] == '{' || s[i] == '"')) {
            emit(s + from, i - from);
            emit(" ", 1);
            from = i;
        }
        console.in_line = s[i] != '\n';
    }
    emit(s + from, length - from);
}

void console_suspend(void)
{
    console.suspended++;
}

void console_resume(void)
{
    if (console.suspended == 0 || --console.suspended > 0)
        return;
    if (console.pending.len > 0)
        mgos_uart_write(CONSOLE_UART, console.pending.buf, console.pending.len);
    mbuf_free(&console.pending);
    if (console.lost == 0)
        return;
    char note[64];
    int n = snprintf(note, sizeof(note), "%s(%u bytes of log lost)\n", console.in_line ? "\n" : "",
                     (unsigned)console.lost);
    console.lost = 0;
    console.in_line = false;
    mgos_uart_write(CONSOLE_UART, note, (size_t)n);
}

void console_flush(void)
{
    mgos_uart_flush(CONSOLE_UART);
}

void console_forget_all(void)
{
    console.suspended = 0;
    console.in_line = false;
    console.pending = (struct mbuf){0};
    console.lost = 0;
}
