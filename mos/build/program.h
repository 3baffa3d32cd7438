/* Running other programs: git for the build id, ninja for the work. */
#ifndef MOS_BUILD_PROGRAM_H
#define MOS_BUILD_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>

#include "arena.h"

/* Runs argv[0] (looked up in PATH) with `dir` as current folder, and passes what it prints on both streams to
 * `output`, if not NULL, as it comes. The exit status; 127 when it could not be started, 128 + N after signal
 * N. */
int program_run(const char *dir, char *const argv[],
                void (*output)(void *user, const char *bytes, size_t length), void *user);

/* The first line of what it prints; NULL when it fails or prints nothing. Its complaints are not shown. */
char *program_first_line(struct arena *arena, const char *dir, char *const argv[]);

#endif
