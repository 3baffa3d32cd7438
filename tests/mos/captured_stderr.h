/* What a piece of code says on stderr, for tests of its sentences. */
#ifndef TESTS_CAPTURED_STDERR_H
#define TESTS_CAPTURED_STDERR_H

void capture_stderr(void);

/* Ends the capture. The text is valid until the next one. */
const char *captured_stderr(void);

#endif
