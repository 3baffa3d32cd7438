/* The C of a configuration: mgos_config.h, mgos_config.c, mgos_config_schema.json.  mongoose-os.md 4.2 */
#ifndef MOS_BUILD_CONFIG_WRITER_H
#define MOS_BUILD_CONFIG_WRITER_H

#include <stdio.h>

#include "config_schema.h"

void config_write_header(FILE *out, const struct config_node *root);
void config_write_source(FILE *out, const struct config_node *root);
/* A list of [path, type, default, {params}] in order. False: out of memory. */
bool config_write_json(FILE *out, const struct config_node *root);

/* A C string literal, with its quotes. */
void c_write_string(FILE *out, const char *text);

#endif
