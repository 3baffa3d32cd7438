/* Copying a file to the board: is there room, its pieces, and what to do about half of one.
 * mongoose-os.md 2.4, 3.7 */

#include "board_files.h"

#include "base64.h"
#include "device.h"
#include "fail.h"
#include "options.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_ROOM_FROM ((size_t)16 << 10) /* a smaller file is sent sooner than it is asked for */
#define PROGRESS_FROM ((size_t)16 << 10)

struct transfer {
    struct device *device;
    const struct options *options;
    const char *name;
    const uint8_t *data;
    size_t size, sent;
    enum { OLD_UNKNOWN, OLD_NONE, OLD_PRESENT } old; /* the file it replaces */
    json_int_t old_size;
    bool shows_progress;
};

/* `*result`: what a call without which the transfer can do has brought, NULL if the board does not know it.
 * 1 after fail(): it does not answer at all. */
static int ask(const struct transfer *transfer, const char *method, json_t *params, json_t **result)
{
    struct reply reply;
    int status = 0;

    device_call_json(transfer->device, method, params, transfer->options->fs_op_attempts, &reply);
    *result = reply.status == CALL_OK ? reply_json(&reply) : NULL;
    if (reply.status != CALL_OK && reply.status != CALL_REFUSED)
        status = reply_fail(&reply);
    reply_free(&reply);
    return status;
}

static int find_old_file(struct transfer *transfer)
{
    const char *name = transfer->name[0] == '/' ? transfer->name + 1 : transfer->name;
    json_t *list, *entry;
    size_t index;

    if (ask(transfer, "FS.ListExt", json_pack("{s:s}", "path", "/"), &list))
        return 1;
    if (json_is_array(list))
        transfer->old = OLD_NONE;
    json_array_foreach(list, index, entry)
    {
        const char *entry_name = json_string_value(json_object_get(entry, "name"));

        if (!entry_name || strcmp(entry_name, name) != 0)
            continue;
        transfer->old = OLD_PRESENT;
        transfer->old_size = json_integer_value(json_object_get(entry, "size"));
    }
    json_decref(list);
    return 0;
}

/* 1 after fail(): there is none, or no answer. The first piece empties the old file, so that its room counts. */
static int check_room(const struct transfer *transfer)
{
    json_t *info, *value;
    json_int_t free_bytes, room;
    bool known;

    if (ask(transfer, "Sys.GetInfo", json_object(), &info))
        return 1;
    value = json_object_get(info, "fs_free");
    room = free_bytes = json_integer_value(value);
    known = json_is_integer(value) && free_bytes >= 0;
    json_decref(info);
    if (transfer->old == OLD_PRESENT && transfer->old_size > 0)
        room += transfer->old_size;
    if (!known || transfer->size <= (size_t)room)
        return 0;
    if (room > free_bytes)
        return fail("%s has %zu bytes, and the board has room for %lld, the old %s counted in: nothing was "
                    "sent. \"mos ls -l\" shows what could go.",
                    transfer->name, transfer->size, (long long)room, transfer->name);
    return fail(
        "%s has %zu bytes, and the board has room for %lld: nothing was sent. \"mos ls -l\" shows what "
        "could go.",
        transfer->name, transfer->size, (long long)room);
}

static void show_progress(const struct transfer *transfer)
{
    if (transfer->shows_progress)
        fprintf(stderr, "\r%zu of %zu bytes, %d %%", transfer->sent, transfer->size,
                (int)(transfer->sent * 100 / transfer->size));
}

static void end_progress(const struct transfer *transfer)
{
    if (transfer->shows_progress)
        fputc('\n', stderr);
}

/* Says what became of a file that did not arrive whole. `broken`: the board cannot be reached. */
static void clean_up(const struct transfer *transfer, bool broken)
{
    struct reply reply;
    bool removed = false;

    if (transfer->old == OLD_NONE && !broken) {
        removed = device_call_json(transfer->device, "FS.Remove",
                                   json_pack("{s:s}", "filename", transfer->name), 1, &reply) == CALL_OK;
        reply_free(&reply);
    }
    if (removed)
        fail("What had arrived of %s was removed from the board again.", transfer->name);
    else if (transfer->sent > 0)
        fail("%s is on the board in part, %zu bytes of it: put it again, or remove it with \"mos rm %s\".",
             transfer->name, transfer->sent, transfer->name);
}

static int put_piece(struct transfer *transfer, size_t size)
{
    char *text = base64_encode(transfer->data + transfer->sent, size);
    struct reply reply;
    int status = 0;

    if (!text)
        return fail("out of memory");
    /* With an offset above 0 the board seeks, so that trying a piece again does not write it twice (2.4). */
    device_call_json(transfer->device, "FS.Put",
                     json_pack("{s:s,s:I,s:b,s:s}", "filename", transfer->name, "offset",
                               (json_int_t)transfer->sent, "append", transfer->sent > 0, "data", text),
                     transfer->options->fs_op_attempts, &reply);
    free(text);
    if (reply.status != CALL_OK) {
        end_progress(transfer);
        status = reply_fail(&reply);
        clean_up(transfer, reply.status == CALL_BROKEN);
    }
    reply_free(&reply);
    return status;
}

int board_file_put(struct device *device, const struct options *options, const char *name, const void *data,
                   size_t size)
{
    struct transfer transfer = {
        .device = device, .options = options, .name = name, .data = data, .size = size};
    size_t chunk = (size_t)options->chunk_size;

    if (size > chunk && find_old_file(&transfer))
        return 1;
    if (size > ASK_ROOM_FROM && check_room(&transfer))
        return 1;
    transfer.shows_progress = size > PROGRESS_FROM && isatty(STDERR_FILENO);
    do {
        size_t piece = size - transfer.sent < chunk ? size - transfer.sent : chunk;

        show_progress(&transfer);
        if (put_piece(&transfer, piece))
            return 1;
        transfer.sent += piece;
    } while (transfer.sent < size);
    show_progress(&transfer);
    end_progress(&transfer);
    return 0;
}
