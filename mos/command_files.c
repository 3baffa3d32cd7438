/* ls, get, put, rm: the board's files.  mongoose-os.md 2.4, 3.7 */

#include "base64.h"
#include "board_files.h"
#include "commands.h"
#include "device.h"
#include "fail.h"
#include "local_file.h"
#include "options.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A board has 4 MB of flash at most; this is only a guard against `mos put /dev/zero`. */
#define FILE_MAX ((size_t)16 << 20)

static int extra_arguments(void)
{
    return fail("extra arguments");
}

struct entry {
    const char *name;
    json_int_t size;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* FS.List gives names, FS.ListExt objects of name and size. -1: neither. */
static int read_entry(const json_t *value, struct entry *entry)
{
    if (json_is_object(value)) {
        entry->size = json_integer_value(json_object_get(value, "size"));
        value = json_object_get(value, "name");
    }
    entry->name = json_string_value(value);
    return entry->name ? 0 : -1;
}

static int print_list(const json_t *list, bool with_sizes)
{
    size_t count = json_array_size(list);
    struct entry *entries = calloc(count ? count : 1, sizeof *entries);

    if (!entries)
        return fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        if (read_entry(json_array_get(list, i), &entries[i])) {
            free(entries);
            return fail("the board's list of files has an entry without a name.");
        }
    }
    qsort(entries, count, sizeof *entries, by_name);
    for (size_t i = 0; i < count; i++) {
        if (with_sizes)
            printf("%s %lld\r\n", entries[i].name, (long long)entries[i].size);
        else
            printf("%s\r\n", entries[i].name);
    }
    free(entries);
    return 0;
}

int command_ls(struct device *device, const struct options *options, int argc, char **argv)
{
    struct reply reply;
    json_t *list;
    int status;

    if (argc > 1)
        return extra_arguments();
    device_call_json(device, options->long_list ? "FS.ListExt" : "FS.List",
                     json_pack("{s:s}", "path", argc ? argv[0] : "/"), 1, &reply);
    if (reply.status != CALL_OK) {
        status = reply_fail(&reply);
    } else {
        list = reply_json(&reply);
        status = json_is_array(list) ? print_list(list, options->long_list)
                                     : fail("the board's list of files is not a list: %s", reply.result);
        json_decref(list);
    }
    reply_free(&reply);
    return status;
}

/* The piece at `offset`. `*left`: bytes that follow it. Malloc'd, NULL after fail(). */
static uint8_t *get_piece(struct device *device, const struct options *options, const char *name,
                          size_t offset, size_t *size, json_int_t *left)
{
    struct reply reply;
    json_t *result, *left_value;
    const char *data;
    uint8_t *piece = NULL;

    device_call_json(device, "FS.Get",
                     json_pack("{s:s,s:i,s:I}", "filename", name, "len", options->chunk_size, "offset",
                               (json_int_t)offset),
                     options->fs_op_attempts, &reply);
    if (reply.status != CALL_OK) {
        reply_fail(&reply);
        reply_free(&reply);
        return NULL;
    }
    result = reply_json(&reply);
    data = json_string_value(json_object_get(result, "data"));
    left_value = json_object_get(result, "left");
    *left = json_integer_value(left_value);
    if (data && json_is_integer(left_value) && *left >= 0)
        piece = base64_decode(data, size);
    if (!piece)
        fail("the board's answer to FS.Get has no data, or does not say how much is left.");
    else if (*size == 0 && *left > 0) {
        fail("the board sent nothing of %s although %lld bytes are left.", name, (long long)*left);
        free(piece);
        piece = NULL;
    }
    json_decref(result);
    reply_free(&reply);
    return piece;
}

static int print_file(struct device *device, const struct options *options, const char *name)
{
    uint8_t *content = NULL;
    size_t total = 0;
    json_int_t left;
    int status = 0;

    do {
        size_t size;
        uint8_t *piece = get_piece(device, options, name, total, &size, &left), *bigger = NULL;

        if (piece && total + size <= FILE_MAX)
            bigger = realloc(content, total + size + 1);
        if (piece && !bigger)
            fail("%s is bigger than any board.", name);
        if (bigger) {
            content = bigger;
            memcpy(content + total, piece, size);
            total += size;
        } else {
            status = 1;
        }
        free(piece);
    } while (!status && left > 0);
    if (!status && fwrite(content, 1, total, stdout) != total)
        status = fail("cannot write to standard output.");
    free(content);
    return status;
}

int command_get(struct device *device, const struct options *options, int argc, char **argv)
{
    if (argc < 1)
        return fail("filename is required");
    if (argc > 1)
        return extra_arguments();
    return print_file(device, options, argv[0]);
}

int command_put(struct device *device, const struct options *options, int argc, char **argv)
{
    const char *path, *name, *slash;
    char *data;
    size_t size;
    int status;

    if (argc < 1)
        return fail("filename is required");
    if (argc > 2)
        return extra_arguments();
    path = argv[0];
    if (strstr(path, "://"))
        return fail("%s: fetch it first (curl -O), then put the file.", path);
    slash = strrchr(path, '/');
    name = argc > 1 ? argv[1] : slash ? slash + 1 : path;
    if (!*name)
        return fail("%s names a folder; give the name of a file.", path);
    data = local_file_read(path, FILE_MAX, &size);
    if (!data)
        return 1;
    status = board_file_put(device, options, name, data, size);
    free(data);
    return status;
}

int command_rm(struct device *device, const struct options *options, int argc, char **argv)
{
    struct reply reply;
    int status = 0;

    if (argc < 1)
        return fail("filename is required");
    if (argc > 1)
        return extra_arguments();
    if (device_call_json(device, "FS.Remove", json_pack("{s:s}", "filename", argv[0]), 1, &reply) != CALL_OK)
        status = reply_fail(&reply);
    reply_free(&reply);
    return status;
}
