/* Which files an entry of `sources:` or `filesystem:` means.  mongoose-os.md 5.1 */
#ifndef MOS_BUILD_SOURCE_FILES_H
#define MOS_BUILD_SOURCE_FILES_H

#include "composition.h"

/* The C and assembler files of `entries` (files, globs, folders; `-x` removes, `+x` adds), as absolute paths
 * in a stable order. A file or folder that is not there is an error, a glob that matches nothing is not. */
bool source_files(struct arena *arena, const char *dir, const struct string_list *entries,
                  struct string_list *files, struct build_error *error);

/* Names of the regular files in a folder, sorted; none when there is no such folder. */
struct string_list files_of_folder(struct arena *arena, const char *folder);

/* Copies the files of `filesystem:` of all libraries and the application into `staging`, flat; the
 * application's win. */
bool stage_filesystem(struct arena *arena, const struct composition *composition, const char *staging,
                      struct build_error *error);

/* A name the firmware's storage takes: 1 to 47 printable bytes without '/', not beginning with a dot alone
 * (os/storage.h). */
bool is_storage_name(const char *name);

#endif
