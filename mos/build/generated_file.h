/* Files that a build writes: whole or not at all, and untouched when nothing changed, so that nothing is
 * compiled again.
 *
 *   struct generated_file file;
 *   generated_file_begin(&file);
 *   fprintf(file.stream, …);
 *   generated_file_end(&file, path, &error);
 */
#ifndef MOS_BUILD_GENERATED_FILE_H
#define MOS_BUILD_GENERATED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "build_error.h"

struct generated_file {
    FILE *stream;
    char *text;
    size_t length;
};

/* `file` must stay where it is until the end. */
void generated_file_begin(struct generated_file *file);
bool generated_file_end(struct generated_file *file, const char *path, struct build_error *error);
/* The same for bytes that are there already. */
bool write_file_if_changed(const char *path, const void *bytes, size_t length, struct build_error *error);
/* All of it. False: errno says why not. */
bool write_whole(int fd, const void *bytes, size_t length);
/* The whole file; `*length` bytes and a NUL, to be freed. NULL after an error. */
char *read_whole_file(const char *path, size_t limit, size_t *length, struct build_error *error);
/* With its parents. */
bool make_folder(const char *path, struct build_error *error);
/* A folder and what is in it. Symbolic links are removed, not followed. What is not there is fine. */
bool remove_folder(const char *path, struct build_error *error);

#endif
