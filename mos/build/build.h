/* Building a firmware: what is asked, and the parts of the answer.  mongoose-os.md 5.3
 *
 *   mos.yml ─ manifest ─> composition (the application, its libraries in order, the platform)
 *           ─ config_schema ─> build/gen/mgos_config.[ch] …
 *           ─ ninja ─> build/objs/fw.elf
 *           ─ bundle ─> build/fw.zip
 */
#ifndef MOS_BUILD_BUILD_H
#define MOS_BUILD_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "build_error.h"

struct build_request {
    const char *app_dir;   /* holds mos.yml */
    const char *repo;      /* the tree with os/ and libs/; NULL: found */
    const char *platform;  /* NULL: the manifest's */
    const char *board;     /* build variable BOARD; NULL */
    const char *build_dir; /* NULL: "build" in app_dir */
    const char *gen_dir;   /* NULL: "gen" in the build folder */
    const char *libs_dir;  /* searched before the tree's libs/; NULL */
    const char *const *build_vars, *const *cdefs, *const *libs, *const *cflags_extra, *const *lib_extra;
    size_t build_var_count, cdef_count, lib_count, cflags_extra_count, lib_extra_count;
    int parallelism; /* 0: one job a processor */
    bool clean, verbose, dry_run, no_platform_check;
};

/* Builds. Progress goes to standard error, a failed compiler's log to standard output. */
bool build_run(const struct build_request *request, struct build_error *error);

#endif
