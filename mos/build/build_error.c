/* The sentence of a failed build. */

#include "build_error.h"

#include <stdarg.h>
#include <stdio.h>

bool build_fail(struct build_error *error, const char *format, ...)
{
    if (error->text[0] != '\0')
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}
