/* Files of this machine: read whole, written whole or not at all. */
#ifndef MOS_LOCAL_FILE_H
#define MOS_LOCAL_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Reads a file of at most `limit` bytes. A malloc'd buffer with a zero behind it, NULL after fail(). */
char *local_file_read(const char *path, size_t limit, size_t *size);

/* A file on its way: what is written goes beside the target and takes its place at the end, so that the
 * target is the old file or the whole new one. Opened before the work that makes its content, it proves that
 * there will be a place to put it. The paths `-` and NULL mean standard output, `--` standard error
 * (mongoose-os.md 3.13). */
struct output_file {
    FILE *file;
    const char *path; /* NULL: a standard stream */
    char *temporary;
};

/* 0, or -1 after fail(). `mode`: permissions of the new file, 0600 for keys. */
int output_open(struct output_file *output, const char *path, mode_t mode);

/* Puts the file in place. 0, or -1 after fail(); then the content, if it could be written at all, stays in
 * the temporary file, which the message names when `keep_on_error` is set. */
int output_commit(struct output_file *output, int keep_on_error);

/* Leaves the temporary file where it is and reports its name: "`what` is in ...". */
void output_keep(struct output_file *output, const char *what);

/* Forgets the file; does nothing after output_commit(). */
void output_abandon(struct output_file *output);

#endif
