/* Globs, folders and files of a manifest. */

#include "source_files.h"

#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generated_file.h"

enum { MAX_FS_FILE = 16 * 1024 * 1024, STORAGE_NAME_MAX = 47 };

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Paths of the regular files in a folder, sorted. Hidden ones are left out. */
static struct string_list files_in(struct arena *arena, const char *folder)
{
    struct string_list files = {0}, names = files_of_folder(arena, folder);
    for (size_t i = 0; i < names.count; i++) {
        if (names.items[i][0] != '.')
            string_list_add(arena, &files, arena_format(arena, "%s/%s", folder, names.items[i]));
    }
    return files;
}

static const char *suffix_of(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    return dot && (!slash || dot > slash) ? dot : "";
}

static bool is_source(const char *path)
{
    const char *suffix = suffix_of(path);
    return strcmp(suffix, ".c") == 0 || strcmp(suffix, ".S") == 0 || strcmp(suffix, ".s") == 0;
}

static bool is_cpp(const char *path)
{
    const char *suffix = suffix_of(path);
    return strcmp(suffix, ".cpp") == 0 || strcmp(suffix, ".cc") == 0 || strcmp(suffix, ".cxx") == 0;
}

/* Without "..": objects are placed by the paths of their sources. */
static const char *without_detours(struct arena *arena, const char *path)
{
    char resolved[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || !realpath(arena_copy(arena, path, (size_t)(slash - path)), resolved))
        return arena_string(arena, path);
    return arena_format(arena, "%s%s", resolved, slash);
}

static struct string_list glob_files(struct arena *arena, const char *pattern)
{
    struct string_list files = {0};
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            if (is_folder(found.gl_pathv[i])) {
                struct string_list inner = files_in(arena, without_detours(arena, found.gl_pathv[i]));
                for (size_t j = 0; j < inner.count; j++)
                    string_list_add(arena, &files, inner.items[j]);
            } else {
                string_list_add(arena, &files, without_detours(arena, found.gl_pathv[i]));
            }
        }
        globfree(&found);
    }
    return files;
}

static void remove_files(struct string_list *files, const struct string_list *gone)
{
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++) {
        if (string_list_find(gone, files->items[i]) < 0)
            files->items[kept++] = files->items[i];
    }
    files->count = kept;
}

static bool add_source(struct arena *arena, const char *path, bool by_name, struct string_list *files,
                       struct build_error *error)
{
    if (is_cpp(path))
        return build_fail(error, "%s: C++ sources are not supported", path);
    if (!is_source(path))
        return !by_name || build_fail(error, "%s is no C or assembler source", path);
    if (string_list_find(files, path) < 0)
        string_list_add(arena, files, path);
    return true;
}

bool source_files(struct arena *arena, const char *dir, const struct string_list *entries,
                  struct string_list *files, struct build_error *error)
{
    for (size_t i = 0; i < entries->count; i++) {
        const char *entry = entries->items[i];
        bool removes = entry[0] == '-';
        entry += entry[0] == '-' || entry[0] == '+';
        const char *path = entry[0] == '/' ? entry : arena_format(arena, "%s/%s", dir, entry);
        bool is_pattern = strpbrk(entry, "*?[") != NULL;
        if (!is_pattern && !removes && access(path, F_OK) < 0)
            return build_fail(error, "%s: `sources` names %s, which is not there", dir, entry);
        struct string_list found = glob_files(arena, path);
        if (removes) {
            remove_files(files, &found);
            continue;
        }
        for (size_t j = 0; j < found.count; j++) {
            if (!add_source(arena, found.items[j], !is_pattern && !is_folder(path), files, error))
                return false;
        }
    }
    return true;
}

struct string_list files_of_folder(struct arena *arena, const char *folder)
{
    struct string_list names = {0};
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream)) != NULL;) {
        struct stat info;
        if (stat(arena_format(arena, "%s/%s", folder, entry->d_name), &info) == 0 && S_ISREG(info.st_mode))
            string_list_add(arena, &names, arena_string(arena, entry->d_name));
    }
    if (stream)
        closedir(stream);
    string_list_sort(&names);
    return names;
}

/* --- the file system
 * ------------------------------------------------------------------------------------------- */

bool is_storage_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > STORAGE_NAME_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (const char *c = name; *c; c++) {
        if (*c == '/' || (unsigned char)*c < 0x20 || *c == 0x7F)
            return false;
    }
    return true;
}

static bool passes_filters(const struct manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->filter_count; i++) {
        if (fnmatch(manifest->filters[i].pattern, name, 0) == 0)
            return manifest->filters[i].include;
    }
    return true;
}

static bool stage_file(const char *path, const char *name, struct arena *arena, const char *staging,
                       struct build_error *error)
{
    if (!is_storage_name(name))
        return build_fail(error,
                          "%s cannot go into the board's file system: a name there has 1 to %d characters",
                          path, STORAGE_NAME_MAX);
    size_t length;
    char *bytes = read_whole_file(path, MAX_FS_FILE, &length, error);
    bool staged =
        bytes && write_file_if_changed(arena_format(arena, "%s/%s", staging, name), bytes, length, error);
    free(bytes);
    return staged;
}

/* `filters` are the application's. */
static bool stage_module(struct arena *arena, const struct module *module, const struct manifest *filters,
                         const char *staging, struct build_error *error)
{
    const struct string_list *entries = &module->manifest.filesystem;
    for (size_t i = 0; i < entries->count; i++) {
        const char *entry = entries->items[i];
        const char *path = entry[0] == '/' ? entry : arena_format(arena, "%s/%s", module->dir, entry);
        /* An empty folder does not survive git, so one that is not there is as good as empty. */
        struct string_list found = glob_files(arena, path);
        for (size_t j = 0; j < found.count; j++) {
            const char *name = strrchr(found.items[j], '/') + 1;
            if (passes_filters(filters, name) && !stage_file(found.items[j], name, arena, staging, error))
                return false;
        }
    }
    return true;
}

bool stage_filesystem(struct arena *arena, const struct composition *composition, const char *staging,
                      struct build_error *error)
{
    if (!remove_folder(staging, error) || !make_folder(staging, error))
        return false;
    /* A placeholder, as in the original: defaults are compiled in (mongoose-os.md 4.3, layer 0). */
    if (!write_file_if_changed(arena_format(arena, "%s/conf0.json", staging), "{}\n", 3, error))
        return false;
    for (size_t i = 0; i < composition->lib_count; i++) {
        if (!stage_module(arena, composition->libs[i], &composition->app->manifest, staging, error))
            return false;
    }
    return stage_module(arena, composition->app, &composition->app->manifest, staging, error);
}
