/* build.ninja: how sources become fw.elf. ninja knows headers from the compiler, so only what changed is
 * compiled again. */
#ifndef MOS_BUILD_NINJA_FILE_H
#define MOS_BUILD_NINJA_FILE_H

#include <stdio.h>

#include "composition.h"

struct ninja_plan {
    const struct composition *composition;
    const char *build_dir, *gen_dir;      /* absolute */
    struct string_list sources, includes; /* absolute */
    struct string_list cflags_extra;
};

void ninja_write(FILE *out, const struct ninja_plan *plan);

#endif
