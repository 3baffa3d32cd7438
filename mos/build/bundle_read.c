/* Reading fw.zip, which anybody may have made. */

#include "bundle.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "digest.h"
#include "generated_file.h"
#include "source_files.h"

enum {
    MAX_ARCHIVE = 128 * 1024 * 1024,
    MAX_PART = 64 * 1024 * 1024,
    MAX_MANIFEST = 1024 * 1024,
    MAX_PARTS = 1024
};

struct unpacker {
    zip_t *zip;
    struct arena *arena;
    const char *archive;
    const char *folder;
    size_t total; /* bytes unpacked so far: small archives may hold large parts */
    struct build_error *error;
};

static bool refuse(struct unpacker *unpacker, const char *why)
{
    return build_fail(unpacker->error, "%s is no firmware: %s", unpacker->archive, why);
}

/* NULL after an error. */
static uint8_t *unpack(struct unpacker *unpacker, const char *member, size_t limit, size_t *length)
{
    struct zip_stat info;
    if (zip_stat(unpacker->zip, member, 0, &info) < 0 || !(info.valid & ZIP_STAT_SIZE)) {
        build_fail(unpacker->error, "%s is no firmware: %s is missing", unpacker->archive, member);
        return NULL;
    }
    if (info.size > limit || unpacker->total + info.size > MAX_ARCHIVE) {
        build_fail(unpacker->error, "%s is no firmware: %s is too large", unpacker->archive, member);
        return NULL;
    }
    uint8_t *bytes = arena_alloc(unpacker->arena, info.size + 1);
    zip_file_t *file = zip_fopen(unpacker->zip, member, 0);
    zip_int64_t got = file ? zip_fread(file, bytes, info.size) : -1;
    /* One read more makes libzip compare the member's CRC. */
    bool whole = got == (zip_int64_t)info.size && zip_fread(file, bytes + got, 1) == 0;
    if (file)
        zip_fclose(file);
    if (!whole) {
        build_fail(unpacker->error, "%s is damaged: %s cannot be read in full", unpacker->archive, member);
        return NULL;
    }
    unpacker->total += info.size;
    *length = info.size;
    return bytes;
}

/* The one folder of the archive. */
static bool find_folder(struct unpacker *unpacker)
{
    zip_int64_t count = zip_get_num_entries(unpacker->zip, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(unpacker->zip, (zip_uint64_t)i, 0);
        const char *slash = name ? strchr(name, '/') : NULL;
        if (slash && strcmp(slash, "/manifest.json") == 0) {
            unpacker->folder = arena_copy(unpacker->arena, name, (size_t)(slash - name));
            return true;
        }
    }
    return refuse(unpacker, "there is no manifest.json in its folder");
}

static const char *text(struct unpacker *unpacker, json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? arena_string(unpacker->arena, value) : NULL;
}

static bool check_digests(struct unpacker *unpacker, json_t *object, const struct bundle_part *part)
{
    char sha1[SHA1_TEXT], sha256[SHA256_TEXT];
    const char *wanted1 = text(unpacker, object, "cs_sha1"), *wanted256 = text(unpacker, object, "cs_sha256");
    if (!wanted1 && !wanted256)
        return build_fail(unpacker->error, "%s is no firmware: part %s has no checksum", unpacker->archive,
                          part->key);
    if (!digest_sha1(part->bytes, part->length, sha1) || !digest_sha256(part->bytes, part->length, sha256))
        return build_fail(unpacker->error, "cannot compute the digest of part %s", part->key);
    if ((!wanted1 || strcmp(wanted1, sha1) == 0) && (!wanted256 || strcmp(wanted256, sha256) == 0))
        return true;
    return build_fail(unpacker->error,
                      "%s is damaged: the checksum of part %s (%s) is wrong. Build it again.",
                      unpacker->archive, part->key, part->src);
}

static bool read_part(struct unpacker *unpacker, const char *key, json_t *object, struct bundle_part *part)
{
    *part = (struct bundle_part){.key = arena_string(unpacker->arena, key)};
    part->type = text(unpacker, object, "type");
    part->name = text(unpacker, object, "name");
    part->src = text(unpacker, object, "src");
    if (!part->src)
        return build_fail(unpacker->error, "%s is no firmware for this board: part %s has no file",
                          unpacker->archive, key);
    if (!part->type)
        part->type = "";
    if (strcmp(part->type, "fs") == 0 && (!part->name || !is_storage_name(part->name)))
        return build_fail(unpacker->error,
                          "%s is refused: part %s wants to be a file named \"%s\", and the board's file "
                          "system has no such names",
                          unpacker->archive, key, part->name ? part->name : "");
    part->bytes = unpack(unpacker, arena_format(unpacker->arena, "%s/%s", unpacker->folder, part->src),
                         MAX_PART, &part->length);
    return part->bytes && check_digests(unpacker, object, part);
}

static bool read_parts(struct unpacker *unpacker, json_t *parts, struct bundle *bundle)
{
    if (!json_is_object(parts) || json_object_size(parts) == 0 || json_object_size(parts) > MAX_PARTS)
        return refuse(unpacker, "its manifest.json has no parts, or far too many");
    bundle->parts = arena_alloc(unpacker->arena, json_object_size(parts) * sizeof *bundle->parts);
    const char *key;
    json_t *part;
    json_object_foreach(parts, key, part)
    {
        if (!read_part(unpacker, key, part, &bundle->parts[bundle->part_count++]))
            return false;
    }
    return true;
}

static bool read_manifest(struct unpacker *unpacker, struct bundle *bundle)
{
    size_t length;
    json_error_t why;
    const uint8_t *bytes = unpack(
        unpacker, arena_format(unpacker->arena, "%s/manifest.json", unpacker->folder), MAX_MANIFEST, &length);
    if (!bytes)
        return false;
    bundle->manifest = (const char *)bytes;
    json_t *manifest = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, &why);
    if (!manifest)
        return build_fail(unpacker->error, "%s is no firmware: manifest.json, line %d: %s", unpacker->archive,
                          why.line, why.text);
    bundle->name = text(unpacker, manifest, "name");
    bundle->platform = text(unpacker, manifest, "platform");
    bundle->version = text(unpacker, manifest, "version");
    bundle->build_id = text(unpacker, manifest, "build_id");
    bundle->build_timestamp = text(unpacker, manifest, "build_timestamp");
    bool good = bundle->name && bundle->platform && bundle->version && bundle->build_id
                    ? read_parts(unpacker, json_object_get(manifest, "parts"), bundle)
                    : refuse(unpacker, "its manifest.json lacks name, platform, version or build_id");
    json_decref(manifest);
    return good;
}

bool bundle_parse(struct arena *arena, const char *name, const void *bytes, size_t length,
                  struct bundle *bundle, struct build_error *error)
{
    struct unpacker unpacker = {.arena = arena, .archive = name, .error = error};
    *bundle = (struct bundle){0};
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &why);
    unpacker.zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why) : NULL;
    if (!unpacker.zip) {
        build_fail(error, "%s is no firmware: it is no whole zip archive (%s)", name,
                   zip_error_strerror(&why));
        zip_source_free(source);
        zip_error_fini(&why);
        return false;
    }
    zip_error_fini(&why);
    bool good = find_folder(&unpacker) && read_manifest(&unpacker, bundle);
    zip_discard(unpacker.zip);
    return good;
}

bool bundle_read(struct arena *arena, const char *path, struct bundle *bundle, struct build_error *error)
{
    size_t length;
    char *bytes = read_whole_file(path, MAX_ARCHIVE, &length, error);
    bool good = bytes && bundle_parse(arena, path, bytes, length, bundle, error);
    free(bytes);
    return good;
}

const struct bundle_part *bundle_find(const struct bundle *bundle, const char *key)
{
    for (size_t i = 0; i < bundle->part_count; i++) {
        if (strcmp(bundle->parts[i].key, key) == 0)
            return &bundle->parts[i];
    }
    return NULL;
}
