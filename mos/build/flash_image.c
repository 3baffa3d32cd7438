/* flash/ of a virtual board. */

#include "flash_image.h"

#include <errno.h>
#include <fcntl.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "generated_file.h"
#include "source_files.h"

enum { MAX_FILE = 64 * 1024 * 1024 };

#define FLASH     "flash"
#define FLASH_NEW "flash.new"

struct writer {
    struct arena *arena;
    const char *board; /* a path of the board's folder that is short: /proc/self/fd/N */
    size_t bytes;
    struct build_error *error;
};

/* --- is it for us
 * ---------------------------------------------------------------------------------------------- */

/* The first bytes of an ELF file say for which processor it is. */
static bool runs_here(const struct bundle_part *program)
{
    unsigned char ours[20];
    FILE *self = fopen("/proc/self/exe", "re");
    bool have_ours = self && fread(ours, 1, sizeof ours, self) == sizeof ours;
    if (self)
        fclose(self);
    return !have_ours ||
           (program->bytes[EI_CLASS] == ours[EI_CLASS] && memcmp(program->bytes + 18, ours + 18, 2) == 0);
}

bool flash_image_check(const struct bundle *bundle, struct build_error *error)
{
    if (strcmp(bundle->platform, "linux") != 0)
        return build_fail(
            error, "this firmware is for %s, and the board is a linux one: build it with --platform linux",
            bundle->platform);
    const struct bundle_part *program = bundle_find(bundle, "fw");
    if (!program || strcmp(program->type, "elf") != 0)
        return build_fail(error, "this firmware has no program: part `fw` of type elf is missing");
    if (program->length < 20 || memcmp(program->bytes, ELFMAG, SELFMAG) != 0)
        return build_fail(error, "this firmware's program (%s) is no ELF file", program->src);
    if (!runs_here(program))
        return build_fail(
            error, "this firmware's program is for another processor than this machine's: build it here");
    return true;
}

/* --- writing
 * --------------------------------------------------------------------------------------------------- */

static bool write_file(struct writer *writer, const char *name, const void *bytes, size_t length, mode_t mode)
{
    const char *path = arena_format(writer->arena, "%s/%s/%s", writer->board, FLASH_NEW, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    bool written = fd >= 0 && fchmod(fd, mode) == 0 && write_whole(fd, bytes, length) && fsync(fd) == 0;
    if (fd >= 0 && close(fd) < 0)
        written = false;
    if (!written)
        return build_fail(writer->error, "cannot write %s into the board's flash: %s", name, strerror(errno));
    writer->bytes += length;
    return true;
}

static bool is_file_part(const struct bundle_part *part)
{
    return strcmp(part->type, "fs") == 0;
}

/* The name of a part within the flash folder; NULL: not for this board. */
static const char *file_of(struct writer *writer, const struct bundle_part *part)
{
    if (strcmp(part->key, "fw") == 0)
        return "fw.elf";
    return is_file_part(part) ? arena_format(writer->arena, "fs/%s", part->name) : NULL;
}

static bool write_parts(struct writer *writer, const struct bundle *bundle,
                        const struct flash_options *options)
{
    for (size_t i = 0; i < bundle->part_count; i++) {
        const struct bundle_part *part = &bundle->parts[i];
        const char *name = file_of(writer, part);
        if (!name || (options->keep_fs && is_file_part(part)))
            continue;
        report("  %7zu @ %s", part->length, name);
        if (!write_file(writer, name, part->bytes, part->length, is_file_part(part) ? 0644 : 0755))
            return false;
    }
    return write_file(writer, "manifest.json", bundle->manifest, strlen(bundle->manifest), 0644);
}

/* --keep-fs: the files that are on the board go along. */
static bool copy_old_files(struct writer *writer)
{
    const char *old = arena_format(writer->arena, "%s/%s/fs", writer->board, FLASH);
    struct string_list names = files_of_folder(writer->arena, old);
    for (size_t i = 0; i < names.count; i++) {
        size_t length;
        char *bytes = read_whole_file(arena_format(writer->arena, "%s/%s", old, names.items[i]), MAX_FILE,
                                      &length, writer->error);
        bool copied = bytes && write_file(writer, arena_format(writer->arena, "fs/%s", names.items[i]), bytes,
                                          length, 0644);
        free(bytes);
        if (!copied)
            return false;
    }
    return true;
}

/* For its owner only: with --keep-fs the configuration's passwords come along. */
static bool prepare_folder(struct writer *writer)
{
    const char *path = arena_format(writer->arena, "%s/%s", writer->board, FLASH_NEW);
    if (!remove_folder(path, writer->error) || !make_folder(path, writer->error))
        return false;
    if (chmod(path, 0700) < 0)
        return build_fail(writer->error, "cannot make the board's new flash private: %s", strerror(errno));
    return make_folder(arena_format(writer->arena, "%s/fs", path), writer->error);
}

static bool verify(struct writer *writer, const struct bundle *bundle, const struct flash_options *options)
{
    for (size_t i = 0; i < bundle->part_count; i++) {
        const struct bundle_part *part = &bundle->parts[i];
        const char *name = file_of(writer, part);
        if (!name || (options->keep_fs && is_file_part(part)))
            continue;
        report("  %7zu @ %s", part->length, name);
        size_t length;
        char *bytes = read_whole_file(arena_format(writer->arena, "%s/%s/%s", writer->board, FLASH_NEW, name),
                                      MAX_FILE, &length, writer->error);
        bool same = bytes && length == part->length && memcmp(bytes, part->bytes, length) == 0;
        free(bytes);
        if (!same)
            return build_fail(
                writer->error,
                "%s reads back differently from what was written; the board keeps its old firmware", name);
    }
    return true;
}

static bool swap(struct writer *writer, int board_folder)
{
    if (renameat2(board_folder, FLASH_NEW, board_folder, FLASH, RENAME_EXCHANGE) < 0) {
        /* No old one, or a file system without exchange. */
        if (errno != ENOENT &&
            !remove_folder(arena_format(writer->arena, "%s/%s", writer->board, FLASH), writer->error))
            return false;
        if (renameat(board_folder, FLASH_NEW, board_folder, FLASH) < 0)
            return build_fail(writer->error, "cannot put the new flash content in its place: %s",
                              strerror(errno));
    }
    fsync(board_folder);
    return remove_folder(arena_format(writer->arena, "%s/%s", writer->board, FLASH_NEW), writer->error);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool write_and_verify(struct writer *writer, const struct bundle *bundle,
                             const struct flash_options *options)
{
    double start = seconds();
    report("Writing...");
    if (!prepare_folder(writer) || (options->keep_fs && !copy_old_files(writer)) ||
        !write_parts(writer, bundle, options))
        return false;
    double took = seconds() - start;
    report("Wrote %zu bytes in %.2f seconds (%.2f KBit/sec)", writer->bytes, took,
           took > 0 ? (double)writer->bytes * 8 / 1024 / took : 0);
    if (options->no_verify)
        return true;
    report("Verifying...");
    return verify(writer, bundle, options);
}

bool flash_image_write(struct arena *arena, const struct bundle *bundle, int board_folder,
                       const struct flash_options *options, struct build_error *error)
{
    struct writer writer = {
        .arena = arena, .board = arena_format(arena, "/proc/self/fd/%d", board_folder), .error = error};
    struct build_error ignored = {{0}};
    if (write_and_verify(&writer, bundle, options))
        return swap(&writer, board_folder);
    remove_folder(arena_format(arena, "%s/%s", writer.board, FLASH_NEW),
                  &ignored); /* room for a next attempt */
    return false;
}
