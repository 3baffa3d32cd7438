/* Whether a program's file can be interposed: LD_PRELOAD is a matter of glibc's loader. */
#ifndef CHIP_PROGRAM_FILE_H
#define CHIP_PROGRAM_FILE_H

#include <stddef.h>

enum { PROGRAM_PATH_MAX = 4096 };

/* Finds `name` as execvp would. 0; -1: there is none. */
int program_find(const char *name, char path[PROGRAM_PATH_MAX]);

/* NULL: it can, as far as its file tells. Otherwise why not, the end of a sentence: "is linked statically: ...".
 * Of a script the interpreter is looked at. */
const char *program_obstacle(const char *path);

#endif
