/* Packing fw.zip. */

#include "bundle.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "digest.h"
#include "generated_file.h"

enum { MAX_PART = 64 * 1024 * 1024 };

struct packer {
    zip_t *zip;
    const char *folder; /* "my-app-1.0" */
    json_t *parts;
    time_t time;
    struct arena *arena;
    struct build_error *error;
};

/* Stores bytes that must live until the archive is closed. */
static bool store(struct packer *packer, const char *name, const void *bytes, size_t length)
{
    const char *member = arena_format(packer->arena, "%s/%s", packer->folder, name);
    zip_source_t *source = zip_source_buffer(packer->zip, bytes, length, 0);
    zip_int64_t index = source ? zip_file_add(packer->zip, member, source, ZIP_FL_ENC_UTF_8) : -1;
    if (source && index < 0)
        zip_source_free(source);
    if (index < 0 || zip_set_file_compression(packer->zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) < 0)
        return build_fail(packer->error, "cannot pack %s: %s", member, zip_strerror(packer->zip));
    zip_file_set_mtime(packer->zip, (zip_uint64_t)index, packer->time, 0);
    return true;
}

/* `name` is the file's name on the board, or NULL. */
static bool add_part(struct packer *packer, const char *key, const char *type, const char *name,
                     const char *src, const char *path)
{
    size_t length;
    char sha1[SHA1_TEXT], sha256[SHA256_TEXT];
    char *bytes = read_whole_file(path, MAX_PART, &length, packer->error);
    if (!bytes)
        return false;
    char *kept = arena_copy(packer->arena, bytes, length);
    free(bytes);
    if (!digest_sha1(kept, length, sha1) || !digest_sha256(kept, length, sha256))
        return build_fail(packer->error, "cannot compute the digest of %s", path);
    json_t *part =
        json_pack("{s:s,s:s,s:s,s:s}", "type", type, "src", src, "cs_sha1", sha1, "cs_sha256", sha256);
    if (name)
        json_object_set_new(part, "name", json_string(name));
    if (!part || json_object_set_new(packer->parts, key, part) < 0)
        return build_fail(packer->error, "cannot describe %s: its name is no UTF-8", path);
    return store(packer, src, kept, length);
}

static bool add_files(struct packer *packer, const char *fs)
{
    struct string_list names = {0};
    DIR *stream = opendir(fs);
    if (!stream)
        return build_fail(packer->error, "cannot read the folder %s: %s", fs, strerror(errno));
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            string_list_add(packer->arena, &names, arena_string(packer->arena, entry->d_name));
    }
    closedir(stream);
    string_list_sort(&names);
    for (size_t i = 0; i < names.count; i++) {
        const char *key = arena_format(packer->arena, "fs/%s", names.items[i]);
        if (!add_part(packer, key, "fs", names.items[i], key,
                      arena_format(packer->arena, "%s/%s", fs, names.items[i])))
            return false;
    }
    return true;
}

static bool add_manifest(struct packer *packer, const char *app, const char *platform,
                         const struct build_version *version)
{
    json_t *manifest =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:O}", "name", app, "platform", platform, "version", version->version,
                  "build_id", version->id, "build_timestamp", version->timestamp, "parts", packer->parts);
    struct generated_file text;
    generated_file_begin(&text);
    bool written = manifest && json_dumpf(manifest, text.stream, JSON_INDENT(2) | JSON_SORT_KEYS) == 0;
    json_decref(manifest);
    fputc('\n', text.stream);
    fclose(text.stream);
    const char *kept = arena_copy(packer->arena, text.text, text.length);
    free(text.text);
    if (!written)
        return build_fail(packer->error, "cannot write manifest.json: out of memory");
    return store(packer, "manifest.json", kept, strlen(kept));
}

bool bundle_write(const char *path, const char *app, const char *platform,
                  const struct build_version *version, const char *elf, const char *fs,
                  struct build_error *error)
{
    struct arena arena = {0};
    struct packer packer = {.time = version->time, .arena = &arena, .error = error};
    int code;
    const char *temporary = arena_format(&arena, "%s.new", path);
    unlink(temporary);
    packer.folder = arena_format(&arena, "%s-%s", app, version->version);
    packer.parts = json_object();
    packer.zip = zip_open(temporary, ZIP_CREATE | ZIP_TRUNCATE, &code);
    bool packed = packer.zip || build_fail(error, "cannot write %s: zip error %d", temporary, code);
    packed = packed && add_part(&packer, "fw", "elf", NULL, "fw.elf", elf) &&
             (!fs || add_files(&packer, fs)) && add_manifest(&packer, app, platform, version);
    if (packed && zip_close(packer.zip) < 0) {
        packed = build_fail(error, "cannot write %s: %s", temporary, zip_strerror(packer.zip));
        zip_discard(packer.zip);
    } else if (!packed && packer.zip) {
        zip_discard(packer.zip);
    }
    if (packed && rename(temporary, path) < 0)
        packed = build_fail(error, "cannot write %s: %s", path, strerror(errno));
    if (!packed)
        unlink(temporary);
    json_decref(packer.parts);
    arena_release(&arena);
    return packed;
}
