/* The board's file system, over FS.*.  mongoose-os.md 2.4, 3.7 */
#ifndef MOS_BOARD_FILES_H
#define MOS_BOARD_FILES_H

#include <stddef.h>

struct device;
struct options;

/* Copies `size` bytes to the board's file `name`, in chunks of --chunk-size, each tried --fs-op-attempts
 * times. An empty file is made, too. A file of several chunks that the board has no room for, by its own
 * account, is refused before anything is sent; one that was new and of which only a part arrived is removed
 * again, if the board can still be reached. A board without FS.ListExt or Sys.GetInfo is not asked. From 16 KB
 * on, progress is shown if standard error is a terminal. 0, or 1 after fail(). */
int board_file_put(struct device *device, const struct options *options, const char *name, const void *data,
                   size_t size);

#endif
