/* What a piece of code says on stderr. */

#include "captured_stderr.h"

#include <stdio.h>
#include <unistd.h>

static FILE *capture;
static int real_stderr;
static char text[16384];

void capture_stderr(void)
{
    fflush(stderr);
    capture = tmpfile();
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
}

const char *captured_stderr(void)
{
    size_t length;

    fflush(stderr);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    rewind(capture);
    length = fread(text, 1, sizeof text - 1, capture);
    text[length] = '\0';
    fclose(capture);
    return text;
}
