/* The console: where the log and what the application prints leave the board: UART 0.
 *
 * rpc-uart shares that UART. While it sends a frame it suspends the console, so that frame and text never
 * mix. Text of that time is kept, up to CONSOLE_PENDING_MAX bytes, and follows when the console is resumed;
 * what exceeded the limit is lost on the UART, and a line says how much. (Mongoose OS loses all of it:
 * mongoose-os.md 1.5.4.)
 *
 * A line never begins with '{' or '"': a space is put before, because the other end takes such lines for
 * frames.
 */
#ifndef OS_CONSOLE_H
#define OS_CONSOLE_H

#include <stddef.h>

enum { CONSOLE_PENDING_MAX = 1024 };

void console_write(const void *text, size_t length);
/* Calls count: resumed when as many resumes as suspends have come. */
void console_suspend(void);
void console_resume(void);
/* Waits until all text has left. */
void console_flush(void);

#endif
