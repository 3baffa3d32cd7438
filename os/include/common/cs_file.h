/* Whole files of the board. */
#ifndef CS_FILE_H
#define CS_FILE_H

#include <stddef.h>

/* The file, NUL-terminated, on the heap (heap_free it); NULL when it is not there or memory is out. */
char *cs_read_file(const char *path, size_t *size);

#endif
