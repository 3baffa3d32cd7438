/* The board's file system: a flat set of named files, as on the ESP8266 (mongoose-os.md 5.5). Implemented by
 * the port.
 *
 * Names are 1 to 47 bytes without '/' (a leading '/' is accepted and dropped); "." and ".." are refused. A
 * write that returned 0 is on the medium. storage_replace() is atomic: after a power loss at any moment the
 * file is the old or the new one. Functions return 0 or a byte count, or a negative enum storage_error.
 */
#ifndef OS_STORAGE_H
#define OS_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum storage_error {
    STORAGE_ERROR_NOT_FOUND = -1,
    STORAGE_ERROR_NAME = -2,   /* too long, empty, with '/' */
    STORAGE_ERROR_FULL = -3,
    STORAGE_ERROR_IO = -4,
    STORAGE_ERROR_OFFSET = -5, /* a write beyond the end */
};
const char *storage_strerror(int error);

enum { STORAGE_NAME_MAX = 47 };

/* Size of the file in bytes. */
int32_t storage_size(const char *name);
/* Reads up to `size` bytes at `offset`; bytes read, 0 at the end. */
int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size);
/* Creates or empties the file. */
int storage_create(const char *name);
/* Writes within or at the end of an existing file (creating it at offset 0). Not atomic. */
int storage_write(const char *name, uint32_t offset, const void *data, size_t length);
/* Creates or replaces the whole file, atomically. */
int storage_replace(const char *name, const void *data, size_t length);
int storage_remove(const char *name);
int storage_rename(const char *from, const char *to);
/* Calls `each` for every file, in any order, until it returns false. */
int storage_list(bool (*each)(const char *name, uint32_t size, void *user), void *user);
/* Capacity and free space in bytes. */
void storage_space(uint32_t *size, uint32_t *free_bytes);

#endif
