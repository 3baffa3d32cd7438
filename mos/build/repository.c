/* Finding the tree that every firmware is built from, and the platforms it has. */

#include "composition.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef HALLMARK_SOURCE_ROOT
#define HALLMARK_SOURCE_ROOT ""
#endif

static bool is_repository(struct arena *arena, const char *path)
{
    return path[0] != '\0' && access(arena_format(arena, "%s/os/boards", path), F_OK) == 0 &&
           access(arena_format(arena, "%s/libs", path), F_OK) == 0;
}

static const char *absolute(struct arena *arena, const char *path)
{
    char resolved[PATH_MAX];
    return realpath(path, resolved) ? arena_string(arena, resolved) : path;
}

/* This program's folder, or one above it. */
static const char *above_this_program(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    for (char *slash; (slash = strrchr(path, '/')) != NULL && slash != path;) {
        *slash = '\0';
        if (is_repository(arena, path))
            return arena_string(arena, path);
        const char *shared = arena_format(arena, "%s/share/hallmark", path);
        if (is_repository(arena, shared))
            return shared;
    }
    return NULL;
}

const char *find_repository(struct arena *arena, const char *wanted, struct build_error *error)
{
    if (wanted) {
        if (is_repository(arena, wanted))
            return absolute(arena, wanted);
        build_fail(
            error,
            "%s is not the Hallmark tree: it has no os/boards and libs (given with --repo or MOS_REPO)",
            wanted);
        return NULL;
    }
    const char *found = above_this_program(arena);
    if (found)
        return absolute(arena, found);
    if (is_repository(arena, HALLMARK_SOURCE_ROOT))
        return HALLMARK_SOURCE_ROOT;
    build_fail(
        error,
        "cannot find the Hallmark tree (os/, libs/) near this program; name it with --repo DIR or MOS_REPO");
    return NULL;
}

struct string_list folders_with(struct arena *arena, const char *dir, const char *file)
{
    struct string_list folders = {0};
    DIR *stream = opendir(dir);
    if (!stream)
        return folders;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] != '.' &&
            access(arena_format(arena, "%s/%s/%s", dir, entry->d_name, file), F_OK) == 0)
            string_list_add(arena, &folders, arena_string(arena, entry->d_name));
    }
    closedir(stream);
    string_list_sort(&folders);
    return folders;
}

/* --- platform.yml
 * ---------------------------------------------------------------------------------------------- */

static bool take_list(struct arena *arena, const struct yaml_node *root, const char *key,
                      struct string_list *list, struct build_error *error)
{
    const struct yaml_node *node = yaml_get(root, key);
    if (!node)
        return true;
    if (node->kind != YAML_LIST)
        return build_fail(error, "%s:%u: `%s` must be a list", node->file, node->line, key);
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i]->kind != YAML_SCALAR)
            return build_fail(error, "%s:%u: `%s` must be a list of texts", node->file, node->line, key);
        string_list_add(arena, list, node->items[i]->text);
    }
    return true;
}

static bool no_such_platform(struct arena *arena, const char *repo, const char *name,
                             struct build_error *error)
{
    struct string_list known = folders_with(arena, arena_format(arena, "%s/os/boards", repo), "platform.yml");
    const char *list = string_list_join(arena, &known, " ");
    if (strcmp(name, "esp8266") == 0)
        return build_fail(error,
                          "can't build for the platform esp8266 yet: os/boards has [%s]. Build for a virtual "
                          "board or a gateway with "
                          "--platform linux",
                          list);
    return build_fail(error, "can't build for the platform %s; supported platforms are: [%s]", name, list);
}

bool platform_read(struct arena *arena, const char *repo, const char *name, struct platform *platform,
                   struct build_error *error)
{
    const char *path = arena_format(arena, "%s/os/boards/%s/platform.yml", repo, name);
    if (strchr(name, '/') || access(path, F_OK) < 0)
        return no_such_platform(arena, repo, name, error);
    struct yaml_node *root = yaml_read(arena, path, error);
    if (!root)
        return false;
    *platform = (struct platform){.name = name, .compiler = "cc"};
    const struct yaml_node *compiler = yaml_get(root, "compiler");
    if (compiler && compiler->kind == YAML_SCALAR)
        platform->compiler = compiler->text;
    platform->schema = yaml_get(root, "config_schema");
    return take_list(arena, root, "sources", &platform->sources, error) &&
           take_list(arena, root, "includes", &platform->includes, error) &&
           take_list(arena, root, "cflags", &platform->cflags, error) &&
           take_list(arena, root, "ldflags", &platform->ldflags, error) &&
           take_list(arena, root, "libs", &platform->libs, error);
}
