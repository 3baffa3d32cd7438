/* `mos flash`: onto the virtual board.  mongoose-os.md 3.12, docs/design.md "The virtual board" */

#include "command.h"
#include "commands.h"

#include <sys/stat.h>
#include <unistd.h>

#include "build/board_control.h"
#include "build/bundle.h"
#include "build/flash_image.h"
#include "fail.h"
#include "options.h"
#include "ports.h"

/* A file is one; a folder is that of an application, or of a build. */
static const char *find_archive(struct arena *arena, const char *given)
{
    struct stat info;
    if (!given)
        return "build/fw.zip";
    if (stat(given, &info) < 0 || !S_ISDIR(info.st_mode))
        return given;
    const char *in_build = arena_format(arena, "%s/build/fw.zip", given);
    return access(in_build, F_OK) == 0 ? in_build : arena_format(arena, "%s/fw.zip", given);
}

/* The board is held in reset from here on, and let go at the end in any case: what it then has in its flash
 * is the old firmware or the new one, whole. */
static bool write_held_board(struct arena *arena, const struct options *options, const struct bundle *bundle,
                             struct board_control *board, struct build_error *error)
{
    const struct flash_options flash = {.keep_fs = options->keep_fs && !options->esp_erase_chip,
                                        .no_verify = options->no_verify};
    struct build_error ignored = {{0}};
    if (!board_control_ask(arena, board, "reset hold", NULL, error))
        return false;
    report("  Connected, the board is held in reset");
    if (!flash_image_write(arena, bundle, board->folder, &flash, error)) {
        board_control_ask(arena, board, "reset run", NULL, &ignored);
        return false;
    }
    report("Booting firmware...");
    return board_control_ask(arena, board, "reset run", NULL, error);
}

static bool flash(struct arena *arena, const struct options *options, const char *given,
                  struct build_error *error)
{
    const char *archive = find_archive(arena, given);
    struct bundle bundle;
    if (!given && access(archive, F_OK) < 0)
        return build_fail(error, "there is no %s: build it with `mos build --platform linux`, or name a file",
                          archive);
    if (!bundle_read(arena, archive, &bundle, error))
        return false;
    report("Loaded %s/%s version %s (%s)", bundle.name, bundle.platform, bundle.version, bundle.build_id);

    const char *port = port_choose(options);
    struct board_control board;
    if (!port)
        return false;
    if (!flash_image_check(&bundle, error) || !board_control_open(arena, port, &board, error))
        return false;
    report("Connecting to the virtual board...");
    bool written = write_held_board(arena, options, &bundle, &board, error);
    board_control_close(&board);
    if (written)
        report("All done!");
    return written;
}

int command_flash(struct device *device, const struct options *options, int argc, char **argv)
{
    if (argc > 1)
        return fail("extra arguments: flash takes one file, the firmware");
    struct arena arena = {0};
    struct build_error error = {{0}};
    bool flashed = flash(&arena, options, argc == 1 ? argv[0] : options->firmware, &error);
    if (!flashed && error.text[0] != '\0') /* else port_choose() has said it */
        fail("%s", error.text);
    arena_release(&arena);
    return flashed ? 0 : 1;
}
