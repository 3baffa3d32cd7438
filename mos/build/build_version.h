/* Version and build id of a firmware.  mongoose-os.md 5.4 */
#ifndef MOS_BUILD_BUILD_VERSION_H
#define MOS_BUILD_BUILD_VERSION_H

#include <time.h>

#include "arena.h"

struct build_version {
    const char *version;   /* the manifest's, else the time of the commit or of now */
    const char *id;        /* "20190127-051234/2.0.0-gc2393b3-master-dirty" */
    const char *timestamp; /* "2019-01-27T05:12:34Z" */
    time_t time;
};

/* `manifest_version` may be NULL. SOURCE_DATE_EPOCH, when set, is the time, so that builds can be reproduced.
 */
struct build_version build_version_of(struct arena *arena, const char *dir, const char *manifest_version);

#endif
