/* Decoding mos.yml. One row a key. */

#include "manifest.h"

#include <string.h>

struct decoder {
    struct arena *arena;
    const struct variables *variables;
    struct manifest *manifest;
    struct build_error *error;
};

static bool decode_map(struct decoder *decoder, const struct yaml_node *map);

static bool wrong(struct decoder *decoder, const struct yaml_node *node, const char *key,
                  const char *expected)
{
    return build_fail(decoder->error, "%s:%u: `%s` must be %s", node->file, node->line, key, expected);
}

static const char *expand(struct decoder *decoder, const struct yaml_node *node)
{
    return variables_expand(decoder->arena, decoder->variables, node, decoder->error);
}

static bool take_text(struct decoder *decoder, const char *key, const struct yaml_node *node,
                      const char **out)
{
    if (node->kind != YAML_SCALAR)
        return wrong(decoder, node, key, "a text");
    *out = expand(decoder, node);
    return *out != NULL;
}

static bool take_texts(struct decoder *decoder, const char *key, const struct yaml_node *node,
                       struct string_list *out)
{
    if (node->kind == YAML_SCALAR && yaml_type(node) == YAML_NULL)
        return true;
    if (node->kind != YAML_LIST)
        return wrong(decoder, node, key, "a list");
    for (size_t i = 0; i < node->count; i++) {
        const char *text = NULL;
        if (!take_text(decoder, key, node->items[i], &text))
            return false;
        string_list_add(decoder->arena, out, text);
    }
    return true;
}

static bool take_map(struct decoder *decoder, const char *key, const struct yaml_node *node,
                     struct string_map *out)
{
    if (node->kind == YAML_SCALAR && yaml_type(node) == YAML_NULL)
        return true;
    if (node->kind != YAML_MAP)
        return wrong(decoder, node, key, "a map of names to values");
    for (size_t i = 0; i < node->count; i++) {
        const char *text = NULL;
        if (!take_text(decoder, key, node->items[i], &text))
            return false;
        string_map_set(decoder->arena, out, node->keys[i], text);
    }
    return true;
}

/* --- libraries
 * ------------------------------------------------------------------------------------------------- */

const char *library_name_of(struct arena *arena, const char *location)
{
    size_t length = strlen(location);
    while (length > 0 && location[length - 1] == '/')
        length--;
    if (length > 4 && strncmp(location + length - 4, ".git", 4) == 0)
        length -= 4;
    size_t start = length;
    while (start > 0 && location[start - 1] != '/' && location[start - 1] != ':')
        start--;
    return arena_copy(arena, location + start, length - start);
}

static bool is_plain_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == '\0';
}

static bool take_library(struct decoder *decoder, const struct yaml_node *node)
{
    struct library_reference *library = &decoder->manifest->libs[decoder->manifest->lib_count];
    const struct yaml_node *location = node; /* a bare text is a location, too */
    const struct yaml_node *name = NULL;
    if (node->kind == YAML_MAP) {
        location = yaml_get(node, "location") ? yaml_get(node, "location") : yaml_get(node, "origin");
        name = yaml_get(node, "name");
    }
    if (node->kind == YAML_LIST || (!location && !name))
        return wrong(decoder, node, "libs", "a list of `location: URL`");
    *library = (struct library_reference){.location = "", .file = node->file, .line = node->line};
    if (location && !take_text(decoder, "location", location, &library->location))
        return false;
    library->name = library_name_of(decoder->arena, library->location);
    if (name && !take_text(decoder, "name", name, &library->name))
        return false;
    if (!is_plain_name(library->name))
        return build_fail(decoder->error, "%s:%u: `%s` is no name for a library", node->file, node->line,
                          library->name);
    decoder->manifest->lib_count++;
    return true;
}

static bool take_libraries(struct decoder *decoder, const char *key, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR && yaml_type(node) == YAML_NULL)
        return true;
    if (node->kind != YAML_LIST)
        return wrong(decoder, node, key, "a list");
    struct manifest *manifest = decoder->manifest;
    struct library_reference *libs =
        arena_alloc(decoder->arena, (manifest->lib_count + node->count) * sizeof *libs + 1);
    if (manifest->lib_count > 0)
        memcpy(libs, manifest->libs, manifest->lib_count * sizeof *libs);
    manifest->libs = libs;
    for (size_t i = 0; i < node->count; i++) {
        if (!take_library(decoder, node->items[i]))
            return false;
    }
    return true;
}

/* --- the rest
 * -------------------------------------------------------------------------------------------------- */

static bool take_filters(struct decoder *decoder, const char *key, const struct yaml_node *node)
{
    if (node->kind != YAML_LIST)
        return wrong(decoder, node, key, "a list of `include: PATTERN` and `exclude: PATTERN`");
    struct manifest *manifest = decoder->manifest;
    struct file_filter *filters =
        arena_alloc(decoder->arena, (manifest->filter_count + node->count) * sizeof *filters + 1);
    if (manifest->filter_count > 0)
        memcpy(filters, manifest->filters, manifest->filter_count * sizeof *filters);
    manifest->filters = filters;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *include = yaml_get(node->items[i], "include");
        const struct yaml_node *pattern = include ? include : yaml_get(node->items[i], "exclude");
        if (!pattern)
            return wrong(decoder, node->items[i], key, "a list of `include: PATTERN` and `exclude: PATTERN`");
        struct file_filter *filter = &filters[manifest->filter_count++];
        filter->include = include != NULL;
        if (!take_text(decoder, key, pattern, &filter->pattern))
            return false;
    }
    return true;
}

static bool take_schema(struct decoder *decoder, const char *key, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR && yaml_type(node) == YAML_NULL)
        return true;
    if (node->kind != YAML_LIST)
        return wrong(decoder, node, key, "a list of entries such as [\"debug.level\", 3]");
    struct manifest *manifest = decoder->manifest;
    struct yaml_node **schemas = arena_alloc(decoder->arena, (manifest->schema_count + 1) * sizeof *schemas);
    if (manifest->schema_count > 0)
        memcpy(schemas, manifest->schemas, manifest->schema_count * sizeof *schemas);
    schemas[manifest->schema_count++] = (struct yaml_node *)node;
    manifest->schemas = schemas;
    return true;
}

static bool take_version_of_format(struct decoder *decoder, const char *key, const struct yaml_node *node)
{
    static const char oldest[] = "2017-03-17", latest[] = "2020-08-02";
    if (node->kind != YAML_SCALAR)
        return wrong(decoder, node, key, "a date");
    if (strcmp(node->text, oldest) < 0)
        return build_fail(decoder->error,
                          "too old manifest_version \"%s\" in \"%s\" (oldest supported is \"%s\")",
                          node->text, node->file, oldest);
    if (strcmp(node->text, latest) > 0)
        return build_fail(decoder->error,
                          "too new manifest_version \"%s\" in \"%s\" (latest supported is \"%s\"). Please "
                          "run \"mos update\".",
                          node->text, node->file, latest);
    return true;
}

static bool take_conditions(struct decoder *decoder, const char *key, const struct yaml_node *node)
{
    if (node->kind != YAML_LIST)
        return wrong(decoder, node, key, "a list of `when`, `apply` and `error`");
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *when = yaml_get(node->items[i], "when");
        const struct yaml_node *apply = yaml_get(node->items[i], "apply");
        const struct yaml_node *refusal = yaml_get(node->items[i], "error");
        if (!when)
            return wrong(decoder, node->items[i], key, "a list of `when`, `apply` and `error`");
        bool holds = variables_hold(decoder->arena, decoder->variables, when, decoder->error);
        if (decoder->error->text[0] != '\0')
            return false;
        if (!holds)
            continue;
        if (refusal && !take_text(decoder, "error", refusal, &decoder->manifest->refusal))
            return false;
        if (apply && !decode_map(decoder, apply))
            return false;
    }
    return true;
}

static bool take_warning(struct decoder *decoder, const struct yaml_node *node)
{
    const char *text = NULL;
    if (!take_text(decoder, "warning", node, &text))
        return false;
    string_list_add(decoder->arena, &decoder->manifest->warnings, text);
    return true;
}

/* Keys that are fine and change nothing here. */
static bool is_ignored(const char *key)
{
    static const char *const ignored[] = {
        "author",
        "tags",
        "summary",
        "libs_version",
        "modules_version",
        "mongoose_os_version",
        "modules",
        "cxxflags",
        "tests",
        "extra_files",
        "ffi_symbols",
        "binary_libs",
        "license",
        "skeleton_version",
        "libs_handled",
        "docs",
        NULL,
    };
    for (const char *const *name = ignored; *name; name++) {
        if (strcmp(*name, key) == 0)
            return true;
    }
    return false;
}

static bool decode_key(struct decoder *decoder, const char *key, const struct yaml_node *node)
{
    struct manifest *manifest = decoder->manifest;
    const struct {
        const char *key;
        const char **text;
    } texts[] = {
        {"name", &manifest->name},         {"type", &manifest->type},
        {"version", &manifest->version},   {"description", &manifest->description},
        {"platform", &manifest->platform}, {"arch", &manifest->platform},
        {"error", &manifest->refusal},
    };
    const struct {
        const char *key;
        struct string_list *list;
    } lists[] = {
        {"platforms", &manifest->platforms},     {"sources", &manifest->sources},
        {"includes", &manifest->includes},       {"filesystem", &manifest->filesystem},
        {"cflags", &manifest->cflags},           {"init_after", &manifest->init_after},
        {"init_before", &manifest->init_before},
    };
    const struct {
        const char *key;
        bool (*take)(struct decoder *decoder, const char *key, const struct yaml_node *node);
    } others[] = {
        {"libs", take_libraries},       {"fs_filters", take_filters},
        {"config_schema", take_schema}, {"manifest_version", take_version_of_format},
        {"conds", take_conditions},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(texts[i].key, key) == 0)
            return take_text(decoder, key, node, texts[i].text);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].key, key) == 0)
            return take_texts(decoder, key, node, lists[i].list);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].key, key) == 0)
            return others[i].take(decoder, key, node);
    }
    if (strcmp(key, "build_vars") == 0)
        return take_map(decoder, key, node, &manifest->build_vars);
    if (strcmp(key, "cdefs") == 0)
        return take_map(decoder, key, node, &manifest->cdefs);
    if (strcmp(key, "warning") == 0)
        return take_warning(decoder, node);
    if (strcmp(key, "no_implicit_init_deps") == 0) {
        manifest->no_implicit_init_deps = node->kind == YAML_SCALAR && yaml_bool(node);
        return true;
    }
    if (!is_ignored(key))
        string_list_add(decoder->arena, &manifest->warnings,
                        arena_format(decoder->arena, "%s:%u: the key `%s` is unknown and ignored", node->file,
                                     node->line, key));
    return true;
}

static bool decode_map(struct decoder *decoder, const struct yaml_node *map)
{
    if (map->kind != YAML_MAP)
        return build_fail(decoder->error, "%s:%u: a manifest is a map of keys (`name: …`)", map->file,
                          map->line);
    for (size_t i = 0; i < map->count; i++) {
        if (!decode_key(decoder, map->keys[i], map->items[i]))
            return false;
    }
    return true;
}

bool manifest_decode(struct arena *arena, const struct yaml_node *root, const struct yaml_node *platform_root,
                     const struct variables *variables, struct manifest *manifest, struct build_error *error)
{
    struct decoder decoder = {arena, variables, manifest, error};
    *manifest = (struct manifest){.type = "app"};
    if (!decode_map(&decoder, root))
        return false;
    if (!yaml_get(root, "manifest_version"))
        return build_fail(error, "%s: manifest_version is missing; add `manifest_version: 2017-09-29`",
                          root->file);
    return !platform_root || decode_map(&decoder, platform_root);
}
