/* Error and progress lines on stderr.  mongoose-os.md 3.1 */

#include "fail.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static void line(const char *prefix, const char *format, va_list arguments)
{
    fflush(stdout);
    fputs(prefix, stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    fflush(stderr);
}

int fail(const char *format, ...)
{
    static bool failed_before; /* one process runs one command: its trace has one first line */
    va_list arguments;

    va_start(arguments, format);
    line(failed_before ? "" : "Error: ", format, arguments);
    va_end(arguments);
    failed_before = true;
    return 1;
}

void report(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    line("", format, arguments);
    va_end(arguments);
}
