/* fw.zip: a firmware as one file.  mongoose-os.md 5.5
 *
 * All members are stored, in one folder `<app>-<version>/`: manifest.json, and one file a part. For the linux
 * platform the parts are `fw` (the program, type "elf") and one `fs/<name>` for each file of the file system
 * (type "fs", `name` is the file's name on the board): a board without flash sectors has no use for an image
 * of them.
 *
 *   {
 *     "build_id": "20240101-120000",
 *     "build_timestamp": "2024-01-01T12:00:00Z",
 *     "name": "my-app",
 *     "parts": {
 *       "fs/index.html": {
 *         "cs_sha1": "…", "cs_sha256": "…", "name": "index.html", "src": "fs/index.html", "type": "fs"
 *       },
 *       "fw": {"cs_sha1": "…", "cs_sha256": "…", "src": "fw.elf", "type": "elf"}
 *     },
 *     "platform": "linux",
 *     "version": "1.0"
 *   }
 */
#ifndef MOS_BUILD_BUNDLE_H
#define MOS_BUILD_BUNDLE_H

#include <stdint.h>

#include "arena.h"
#include "build_error.h"
#include "build_version.h"

struct bundle_part {
    const char *key;  /* "fw", "fs/index.html" */
    const char *type; /* "elf", "fs" */
    const char *name; /* of the file on the board; NULL */
    const char *src;  /* member of the archive, below its folder */
    const uint8_t *bytes;
    size_t length;
};

struct bundle {
    const char *name, *platform, *version, *build_id, *build_timestamp;
    struct bundle_part *parts;
    size_t part_count;
    const char *manifest; /* its text, when it was read from an archive */
};

/* Packs `elf` and the files in the folder `fs` (may be NULL: none) into `path`, atomically. */
bool bundle_write(const char *path, const char *app, const char *platform,
                  const struct build_version *version, const char *elf, const char *fs,
                  struct build_error *error);

/* Reads an archive and believes nothing it says: every part is there and has the digest that the manifest
 * tells, every name is one the board's storage takes. Everything lives in the arena. */
bool bundle_read(struct arena *arena, const char *path, struct bundle *bundle, struct build_error *error);
/* The same for an archive in memory; `name` is what complaints call it. */
bool bundle_parse(struct arena *arena, const char *name, const void *bytes, size_t length,
                  struct bundle *bundle, struct build_error *error);

const struct bundle_part *bundle_find(const struct bundle *bundle, const char *key);

#endif
