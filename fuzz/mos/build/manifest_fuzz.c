/* mos.yml from anybody: parsed, decoded, its schema merged, its C written. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config_writer.h"
#include "manifest.h"

static void generate(struct arena *arena, const struct manifest *manifest, struct build_error *error)
{
    struct config_node *root = config_schema_new(arena);
    for (size_t i = 0; i < manifest->schema_count; i++) {
        if (!config_schema_add(arena, root, manifest->schemas[i], i == 0, error))
            return;
    }
    if (!config_schema_check(arena, root, error))
        return;
    FILE *out = fopen("/dev/null", "w");
    config_write_header(out, root);
    config_write_source(out, root);
    config_write_json(out, root);
    fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct build_error error = {{0}};
    struct variables variables = {.lenient = size % 2 == 0};
    struct manifest manifest;
    string_map_set(&arena, &variables.values, "mos.platform", "linux");
    string_map_set(&arena, &variables.values, "build_vars.A", "${build_vars.A}");
    struct yaml_node *root = yaml_parse(&arena, "mos.yml", (const char *)data, size, &error);
    if (root && manifest_decode(&arena, root, root, &variables, &manifest, &error))
        generate(&arena, &manifest, &error);
    else if (error.text[0] == '\0')
        __builtin_trap(); /* every refusal has a sentence */
    arena_release(&arena);
    return 0;
}
