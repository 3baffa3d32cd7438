/* mos.yml, decoded: what an application or a library says of itself.  mongoose-os.md 5.1 */
#ifndef MOS_BUILD_MANIFEST_H
#define MOS_BUILD_MANIFEST_H

#include "variables.h"

struct library_reference {
    const char *name;     /* of the folder: `name`, else the last path component of the location */
    const char *location; /* as written; "" when there was only a name */
    const char *file;
    unsigned line;
};

struct file_filter {
    bool include;
    const char *pattern;
};

struct manifest {
    const char *name, *type, *version, *platform, *description;
    struct string_list platforms, sources, includes, filesystem, cflags, init_after, init_before;
    struct string_map build_vars, cdefs;
    bool no_implicit_init_deps;
    struct library_reference *libs;
    size_t lib_count;
    struct file_filter *filters;
    size_t filter_count;
    struct yaml_node **schemas; /* `config_schema` lists, in order */
    size_t schema_count;
    struct string_list warnings; /* `warning:`, and keys nobody knows */
    const char *refusal;         /* `error:`; NULL */
};

/* Decodes `root` (and `platform_root`, the mos_<platform>.yml beside it, or NULL) after deciding its
 * conditions. Everything in `manifest` lives as long as the arena and the tree. */
bool manifest_decode(struct arena *arena, const struct yaml_node *root, const struct yaml_node *platform_root,
                     const struct variables *variables, struct manifest *manifest, struct build_error *error);

/* "https://github.com/mongoose-os-libs/boards.git" -> "boards" */
const char *library_name_of(struct arena *arena, const char *location);

#endif
