/* Logs of what passed on the board's wires: passwords may be among it, so they are for their owner only,
 * whatever the folder's permissions are; and they are bounded: at 1 MB FILE becomes FILE.1. */
#ifndef BOARD_PRIVATE_FILE_H
#define BOARD_PRIVATE_FILE_H

#include <stdbool.h>

enum { PRIVATE_FILE_LIMIT = 1024 * 1024 };

/* Opens a file of the current folder to append to it, makes it if need be. The descriptor, or -errno. */
int private_file_open(const char *name);
/* FILE becomes FILE.1, whatever was that before. */
bool private_file_put_aside(const char *name);
/* The same, if the file has reached its limit: for one that another process is about to append to, which then
 * finds a file with the right permissions. 0 or -errno. */
int private_file_prepare(const char *name);

#endif
