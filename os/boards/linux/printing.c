/* printf() of the application leaves by the console, as on any Mongoose OS board (mongoose-os.md 6.3). */

#include <stdio.h>

#include "mgos_debug.h"
#include "port.h"

static ssize_t to_console(void *cookie, const char *text, size_t length)
{
    mgos_debug_write(cookie ? 2 : 1, text, length);
    return (ssize_t)length;
}

static FILE *open_stream(void *cookie)
{
    FILE *stream = fopencookie(cookie, "w", (cookie_io_functions_t){.write = to_console});

    if (stream)
        setvbuf(stream, NULL, _IOLBF, 256);
    return stream;
}

void printing_start(void)
{
    static char is_stderr;
    FILE *out = open_stream(NULL), *err = open_stream(&is_stderr);

    if (out)
        stdout = out;
    if (err)
        stderr = err;
}
