/* What a firmware is made of: a platform, libraries in the order of their initialisation, and an application.
 */
#ifndef MOS_BUILD_COMPOSITION_H
#define MOS_BUILD_COMPOSITION_H

#include "build.h"
#include "manifest.h"

/* An application or a library. */
struct module {
    const char *name;
    const char *dir; /* absolute */
    struct yaml_node *root, *platform_root;
    struct manifest manifest;
    struct module **needs; /* must be initialised before */
    size_t need_count;
    enum { MODULE_NEW, MODULE_VISITING, MODULE_DONE } visit;
};

/* os/boards/<name>/platform.yml (docs/design.md) */
struct platform {
    const char *name;
    const char *compiler;
    struct string_list sources, includes, cflags, ldflags, libs;
    struct yaml_node *schema; /* the core's; NULL: none */
};

struct composition {
    const char *repo; /* absolute */
    struct platform platform;
    struct module *app;
    struct module **libs; /* dependencies first */
    size_t lib_count;
    struct variables variables;
    struct string_map cdefs, build_vars;
};

/* Reads everything, resolves `libs:` and puts them in order. */
bool compose(struct arena *arena, const struct build_request *request, struct composition *composition,
             struct build_error *error);

/* The tree that holds os/boards and libs: `wanted`, else an ancestor of this program, else ../share/hallmark
 * beside it, else where it was compiled. NULL after an error. */
const char *find_repository(struct arena *arena, const char *wanted, struct build_error *error);
/* Folders of `dir` that hold `file`, sorted: "libs" that hold "mos.yml". */
struct string_list folders_with(struct arena *arena, const char *dir, const char *file);
/* Reads platform.yml. The error text lists what there is. */
bool platform_read(struct arena *arena, const char *repo, const char *name, struct platform *platform,
                   struct build_error *error);

#endif
