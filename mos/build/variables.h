/* `${name}` in manifests, and the conditions of `conds`.  mongoose-os.md 5.1 */
#ifndef MOS_BUILD_VARIABLES_H
#define MOS_BUILD_VARIABLES_H

#include "arena.h"
#include "build_error.h"
#include "yaml_tree.h"

struct variables {
    struct string_map values; /* "mos.platform", "build_vars.BOARD", … */
    bool lenient;             /* unknown names stay as they are: not all manifests have been read yet */
};

/* The text of `scalar` with every `${name}` replaced. NULL after an error that names the variable. */
const char *variables_expand(struct arena *arena, const struct variables *variables,
                             const struct yaml_node *scalar, struct build_error *error);

/* `defined(x)`, `a == "b"`, `a != "b"`, or a single value that is neither empty, "0" nor "false". False after
 * an error, too; then `error` has it. */
bool variables_hold(struct arena *arena, const struct variables *variables, const struct yaml_node *condition,
                    struct build_error *error);

#endif
