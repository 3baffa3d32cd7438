/* Turns `path.to.key=value` into the JSON of Config.Set, with the types of the present configuration.
 * mongoose-os.md 3.9 */
#ifndef MOS_CONFIG_EDIT_H
#define MOS_CONFIG_EDIT_H

#include <jansson.h>
#include <stddef.h>

/* The value at `path` ("" or NULL: the whole). Borrowed; NULL if there is none. */
json_t *config_at(json_t *config, const char *path);

/* Adds the assignment to `changes`, an object that mirrors the tree of `config` but holds only what changes.
 * 0, or -1 with a sentence in `why`. */
int config_assign(json_t *config, json_t *changes, const char *assignment, char *why, size_t why_size);

#endif
