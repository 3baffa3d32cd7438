/* build/build.log: what happened, in order. Shown on stderr as it comes with --verbose, and on stdout when
 * the build failed. */
#ifndef MOS_BUILD_BUILD_LOG_H
#define MOS_BUILD_BUILD_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "build_error.h"

struct build_log {
    FILE *file;
    const char *path;
    bool verbose;
};

/* Begins it anew. `path` must live as long. */
bool build_log_open(struct build_log *log, const char *path, bool verbose, struct build_error *error);
/* One line, newline added. */
void build_log_line(struct build_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes as another program printed them. */
void build_log_bytes(void *log, const char *bytes, size_t length);
/* Copies all of it to standard output, unless --verbose has shown it already. */
void build_log_show(struct build_log *log);
void build_log_close(struct build_log *log);

#endif
