/* From the application's manifest to the ordered list of everything it needs.
 *
 * Conditions may depend on build variables that other manifests set, and may add libraries, which set more.
 * So manifests are decoded again and again with what is known, until nothing changes.
 */

#include "composition.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef HALLMARK_VERSION
#define HALLMARK_VERSION "0"
#endif

enum { MAX_ROUNDS = 10, MAX_MODULES = 256 };

struct composer {
    struct arena *arena;
    const struct build_request *request;
    struct composition *composition;
    struct build_error *error;
    struct module *modules[MAX_MODULES]; /* the application first, then in order of discovery */
    size_t count;
};

/* "name:rest" or "name=rest" -> true */
static bool split_pair(struct arena *arena, const char *text, const char *separators, const char **name,
                       const char **value)
{
    size_t length = strcspn(text, separators);
    if (length == 0 || text[length] == '\0')
        return false;
    *name = arena_copy(arena, text, length);
    *value = text + length + 1;
    return true;
}

static const char *absolute(struct arena *arena, const char *path)
{
    char resolved[PATH_MAX];
    return realpath(path, resolved) ? arena_string(arena, resolved) : NULL;
}

/* --- finding and reading modules
 * ------------------------------------------------------------------------------- */

static bool read_module(struct composer *composer, const char *name, const char *dir, struct module **out)
{
    struct arena *arena = composer->arena;
    if (composer->count == MAX_MODULES)
        return build_fail(composer->error, "more than %d libraries", MAX_MODULES - 1);
    struct module *module = arena_alloc(arena, sizeof *module);
    module->name = name;
    module->dir = dir;
    module->root = yaml_read(arena, arena_format(arena, "%s/mos.yml", dir), composer->error);
    if (!module->root)
        return false;
    const char *platform_file =
        arena_format(arena, "%s/mos_%s.yml", dir, composer->composition->platform.name);
    if (access(platform_file, F_OK) == 0) {
        module->platform_root = yaml_read(arena, platform_file, composer->error);
        if (!module->platform_root)
            return false;
    }
    composer->modules[composer->count++] = module;
    *out = module;
    return true;
}

static struct module *known_module(const struct composer *composer, const char *name)
{
    for (size_t i = 1; i < composer->count; i++) {
        if (strcmp(composer->modules[i]->name, name) == 0)
            return composer->modules[i];
    }
    return NULL;
}

static const char *folder_with_manifest(struct arena *arena, const char *dir)
{
    return access(arena_format(arena, "%s/mos.yml", dir), F_OK) == 0 ? absolute(arena, dir) : NULL;
}

/* --lib, then a location that is a path, then --libs-dir, then the tree. NULL: nowhere, or after an error. */
static const char *find_library(struct composer *composer, const struct library_reference *reference,
                                const char *from_dir)
{
    struct arena *arena = composer->arena;
    const struct build_request *request = composer->request;
    for (size_t i = 0; i < request->lib_count; i++) {
        const char *name, *path;
        if (!split_pair(arena, request->libs[i], ":", &name, &path)) {
            build_fail(composer->error, "--lib %s: expected NAME:PATH", request->libs[i]);
            return NULL;
        }
        if (strcmp(name, reference->name) != 0)
            continue;
        const char *dir = folder_with_manifest(arena, path);
        if (!dir)
            build_fail(composer->error, "--lib %s: there is no %s/mos.yml", request->libs[i], path);
        return dir;
    }
    const char *location = reference->location, *dir;
    if (location[0] == '/' || strncmp(location, "./", 2) == 0 || strncmp(location, "../", 3) == 0) {
        const char *path = location[0] == '/' ? location : arena_format(arena, "%s/%s", from_dir, location);
        if ((dir = folder_with_manifest(arena, path)) != NULL)
            return dir;
    }
    if (request->libs_dir &&
        (dir = folder_with_manifest(
             arena, arena_format(arena, "%s/%s", request->libs_dir, reference->name))) != NULL)
        return dir;
    return folder_with_manifest(
        arena, arena_format(arena, "%s/libs/%s", composer->composition->repo, reference->name));
}

static bool unknown_library(struct composer *composer, const struct library_reference *reference)
{
    struct arena *arena = composer->arena;
    struct string_list known =
        folders_with(arena, arena_format(arena, "%s/libs", composer->composition->repo), "mos.yml");
    return build_fail(composer->error,
                      "%s:%u: there is no library `%s`. This tree has: %s. For another one, name its folder: "
                      "--lib %s:/path/to/it",
                      reference->file, reference->line, reference->name,
                      string_list_join(arena, &known, ", "), reference->name);
}

static bool find_libraries_of(struct composer *composer, struct module *module)
{
    for (size_t i = 0; i < module->manifest.lib_count; i++) {
        const struct library_reference *reference = &module->manifest.libs[i];
        if (strcmp(reference->name, "core") == 0 || known_module(composer, reference->name))
            continue;
        const char *dir = find_library(composer, reference, module->dir);
        struct module *library;
        if (!dir)
            return unknown_library(composer, reference);
        if (!read_module(composer, reference->name, dir, &library))
            return false;
    }
    return true;
}

/* --- variables
 * ------------------------------------------------------------------------------------------------- */

static void set_build_var(struct composer *composer, struct composition *composition, const char *name,
                          const char *value)
{
    struct arena *arena = composer->arena;
    string_map_set(arena, &composition->build_vars, name, value);
    string_map_set(arena, &composition->variables.values, arena_format(arena, "build_vars.%s", name), value);
}

/* "rpc-uart" -> "MGOS_HAVE_RPC_UART" */
static char *have_macro(struct arena *arena, const char *name)
{
    char *macro = arena_format(arena, "MGOS_HAVE_%s", name);
    for (char *c = macro; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c == '-' || *c == '.' ? '_' : *c;
    return macro;
}

static void merge_maps_of(struct composer *composer, const struct manifest *manifest)
{
    struct composition *composition = composer->composition;
    for (size_t i = 0; i < manifest->build_vars.count; i++)
        set_build_var(composer, composition, manifest->build_vars.items[i].name,
                      manifest->build_vars.items[i].value);
    for (size_t i = 0; i < manifest->cdefs.count; i++)
        string_map_set(composer->arena, &composition->cdefs, manifest->cdefs.items[i].name,
                       manifest->cdefs.items[i].value);
}

/* Everything that may stand between `${` and `}` now: libraries, then the application, then the command line.
 */
static bool merge_variables(struct composer *composer)
{
    struct arena *arena = composer->arena;
    const struct build_request *request = composer->request;
    struct composition *composition = composer->composition;
    composition->variables.values = composition->build_vars = composition->cdefs = (struct string_map){0};
    struct string_map *values = &composition->variables.values;
    string_map_set(arena, values, "mos.version", HALLMARK_VERSION);
    string_map_set(arena, values, "mos.platform", composition->platform.name);
    string_map_set(arena, values, "platform", composition->platform.name);
    for (size_t i = 1; i < composer->count; i++)
        string_map_set(arena, values, arena_format(arena, "mos.libs.%s.path", composer->modules[i]->name),
                       composer->modules[i]->dir);

    string_map_set(arena, &composition->cdefs, "MGOS_HAVE_CORE", "1");
    for (size_t i = 1; i < composer->count; i++) {
        char *macro = have_macro(arena, composer->modules[i]->name);
        set_build_var(composer, composition, macro, "1");
        string_map_set(arena, &composition->cdefs, macro, "1");
        merge_maps_of(composer, &composer->modules[i]->manifest);
    }
    merge_maps_of(composer, &composer->modules[0]->manifest);

    if (request->board)
        set_build_var(composer, composition, "BOARD", request->board);
    const char *name, *value;
    for (size_t i = 0; i < request->build_var_count; i++) {
        if (!split_pair(arena, request->build_vars[i], "=:", &name, &value))
            return build_fail(composer->error, "--build-var %s: expected NAME=VALUE", request->build_vars[i]);
        set_build_var(composer, composition, name, value);
    }
    for (size_t i = 0; i < request->cdef_count; i++) {
        if (!split_pair(arena, request->cdefs[i], "=:", &name, &value))
            return build_fail(composer->error, "--cdef %s: expected NAME=VALUE", request->cdefs[i]);
        string_map_set(arena, &composition->cdefs, name, value);
    }
    return true;
}

static bool same_maps(const struct string_map *a, const struct string_map *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const char *other = string_map_get(b, a->items[i].name);
        if (!other || strcmp(other, a->items[i].value) != 0)
            return false;
    }
    return true;
}

static bool add_extra_libraries(struct composer *composer, struct manifest *manifest)
{
    const struct build_request *request = composer->request;
    struct arena *arena = composer->arena;
    size_t count = manifest->lib_count + request->lib_extra_count;
    struct library_reference *libs = arena_alloc(arena, count * sizeof *libs + 1);
    if (manifest->lib_count > 0)
        memcpy(libs, manifest->libs, manifest->lib_count * sizeof *libs);
    for (size_t i = 0; i < request->lib_extra_count; i++)
        libs[manifest->lib_count++] =
            (struct library_reference){library_name_of(arena, request->lib_extra[i]), request->lib_extra[i],
                                       "--lib-extra", (unsigned)i + 1};
    manifest->libs = libs;
    return true;
}

static bool decode_all(struct composer *composer, bool lenient)
{
    composer->composition->variables.lenient = lenient;
    for (size_t i = 0; i < composer->count; i++) { /* grows while we walk */
        struct module *module = composer->modules[i];
        if (!manifest_decode(composer->arena, module->root, module->platform_root,
                             &composer->composition->variables, &module->manifest, composer->error))
            return false;
        if (i == 0)
            add_extra_libraries(composer, &module->manifest);
        if (!find_libraries_of(composer, module))
            return false;
    }
    return true;
}

static bool settle(struct composer *composer)
{
    if (!merge_variables(composer))
        return false;
    for (int round = 0; round < MAX_ROUNDS; round++) {
        struct string_map before = composer->composition->variables.values;
        if (!decode_all(composer, true) || !merge_variables(composer))
            return false;
        if (same_maps(&before, &composer->composition->variables.values))
            return decode_all(composer, false);
    }
    return build_fail(composer->error,
                      "%s: its conditions and build_vars contradict each other: they never settle",
                      composer->modules[0]->root->file);
}

/* --- order
 * ----------------------------------------------------------------------------------------------------- */

static void add_need(struct composer *composer, struct module *module, struct module *need)
{
    if (!need || need == module)
        return;
    struct module **needs = arena_alloc(composer->arena, (module->need_count + 1) * sizeof *needs);
    if (module->need_count > 0)
        memcpy(needs, module->needs, module->need_count * sizeof *needs);
    needs[module->need_count++] = need;
    module->needs = needs;
}

static void collect_needs(struct composer *composer, struct module *module)
{
    const struct manifest *manifest = &module->manifest;
    for (size_t i = 0; i < manifest->lib_count && !manifest->no_implicit_init_deps; i++)
        add_need(composer, module, known_module(composer, manifest->libs[i].name));
    for (size_t other = 1; other < composer->count; other++) {
        for (size_t i = 0; i < manifest->init_after.count; i++) {
            if (fnmatch(manifest->init_after.items[i], composer->modules[other]->name, 0) == 0)
                add_need(composer, module, composer->modules[other]);
        }
        for (size_t i = 0; i < manifest->init_before.count; i++) {
            if (fnmatch(manifest->init_before.items[i], composer->modules[other]->name, 0) == 0)
                add_need(composer, composer->modules[other], module);
        }
    }
}

static bool place(struct composer *composer, struct module *module)
{
    if (module->visit == MODULE_DONE)
        return true;
    if (module->visit == MODULE_VISITING)
        return build_fail(composer->error,
                          "the library `%s` needs itself (%s/mos.yml and the libraries it names)",
                          module->name, module->dir);
    module->visit = MODULE_VISITING;
    for (size_t i = 0; i < module->need_count; i++) {
        if (!place(composer, module->needs[i]))
            return false;
    }
    module->visit = MODULE_DONE;
    composer->composition->libs[composer->composition->lib_count++] = module;
    return true;
}

/* Dependencies first, otherwise as named; `boards` last, because its overrides come last
 * (mongoose-os.md 5.1). */
static bool order(struct composer *composer)
{
    composer->composition->libs = arena_alloc(composer->arena, composer->count * sizeof(struct module *));
    for (size_t i = 1; i < composer->count; i++)
        collect_needs(composer, composer->modules[i]);
    for (int last = 0; last <= 1; last++) {
        for (size_t i = 1; i < composer->count; i++) {
            bool is_boards = strcmp(composer->modules[i]->name, "boards") == 0;
            if (is_boards == (last == 1) && !place(composer, composer->modules[i]))
                return false;
        }
    }
    return true;
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------- */

static bool refused(struct composer *composer)
{
    for (size_t i = 0; i < composer->count; i++) {
        const struct module *module = composer->modules[i];
        if (module->manifest.refusal)
            return !build_fail(composer->error, "%s: %s", module->root->file, module->manifest.refusal);
        if (i > 0 && strcmp(module->manifest.type, "lib") != 0)
            return !build_fail(composer->error, "%s: `%s` is used as a library, but its type is `%s`",
                               module->root->file, module->name, module->manifest.type);
    }
    return false;
}

static bool supports_platform(struct composer *composer)
{
    const struct string_list *supported = &composer->modules[0]->manifest.platforms;
    const char *platform = composer->composition->platform.name;
    if (supported->count == 0 || composer->request->no_platform_check ||
        string_list_find(supported, platform) >= 0)
        return true;
    return build_fail(composer->error,
                      "can't build for the platform %s; supported platforms are: [%s] (use "
                      "--no-platform-check to override)",
                      platform, string_list_join(composer->arena, supported, " "));
}

static bool choose_platform(struct composer *composer, const char *app_dir)
{
    struct arena *arena = composer->arena;
    const char *name = composer->request->platform;
    struct yaml_node *root = yaml_read(arena, arena_format(arena, "%s/mos.yml", app_dir), composer->error);
    if (!root)
        return false;
    const struct yaml_node *node =
        yaml_get(root, "platform") ? yaml_get(root, "platform") : yaml_get(root, "arch");
    if (!name && node && node->kind == YAML_SCALAR)
        name = node->text;
    if (!name)
        return build_fail(composer->error,
                          "--platform must be specified or mos.yml should contain a platform key");
    return platform_read(arena, composer->composition->repo, name, &composer->composition->platform,
                         composer->error);
}

bool compose(struct arena *arena, const struct build_request *request, struct composition *composition,
             struct build_error *error)
{
    struct composer composer = {
        .arena = arena, .request = request, .composition = composition, .error = error};
    *composition = (struct composition){0};
    const char *app_dir = folder_with_manifest(arena, request->app_dir);
    if (!app_dir)
        return build_fail(error, "No mos.yml file in %s",
                          strcmp(request->app_dir, ".") == 0 ? "this folder" : request->app_dir);
    composition->repo = find_repository(arena, request->repo, error);
    if (!composition->repo || !choose_platform(&composer, app_dir) ||
        !read_module(&composer, library_name_of(arena, app_dir), app_dir, &composition->app) ||
        !settle(&composer) || refused(&composer) || !supports_platform(&composer) || !order(&composer))
        return false;
    if (composition->app->manifest.name)
        composition->app->name = composition->app->manifest.name;
    return true;
}
