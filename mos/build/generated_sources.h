/* The small generated files: mgos_deps_init.c, build_info.c and .json, mos_final.yml.  mongoose-os.md 5.3 */
#ifndef MOS_BUILD_GENERATED_SOURCES_H
#define MOS_BUILD_GENERATED_SOURCES_H

#include <stdio.h>

#include "build_version.h"
#include "composition.h"

/* mgos_deps_init(): calls the init function of every library that has sources. */
void write_deps_init(FILE *out, const struct composition *composition);
/* The values that os/include/build_info.h declares. */
void write_build_info(FILE *out, const struct composition *composition, const struct build_version *version);
bool write_build_info_json(FILE *out, const struct build_version *version);
/* What was built in the end, after conditions and variables; for people. */
void write_final_manifest(FILE *out, const struct composition *composition,
                          const struct build_version *version);

/* "rpc-uart" -> "rpc_uart" */
char *c_name_of_library(struct arena *arena, const char *name);

#endif
