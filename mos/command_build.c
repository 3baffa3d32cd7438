/* `mos build`  mongoose-os.md 3.11, 5.3 */

#include "command.h"
#include "commands.h"

#include "build/build.h"
#include "fail.h"
#include "options.h"

int command_build(struct device *device, const struct options *options, int argc, char **argv)
{
    if (argc > 0)
        return fail(
            "`%s`: build takes no arguments; it builds the application in this folder, or in that of -C DIR",
            argv[0]);
    /* --local is how every build is; --no-libs-update is how libraries are, they come with the tree. */
    const struct build_request request = {
        .app_dir = ".",
        .repo = options->repo,
        .platform = options->platform,
        .board = options->board,
        .build_dir = options->build_dir,
        .gen_dir = options->gen_dir,
        .libs_dir = options->libs_dir,
        .build_vars = options->build_vars.items,
        .build_var_count = options->build_vars.count,
        .cdefs = options->cdefs.items,
        .cdef_count = options->cdefs.count,
        .libs = options->libs.items,
        .lib_count = options->libs.count,
        .cflags_extra = options->cflags_extra.items,
        .cflags_extra_count = options->cflags_extra.count,
        .lib_extra = options->lib_extra.items,
        .lib_extra_count = options->lib_extra.count,
        .parallelism = options->build_parallelism,
        .clean = options->clean,
        .verbose = options->verbose,
        .dry_run = options->build_dry_run,
        .no_platform_check = options->no_platform_check,
    };
    struct build_error error = {{0}};
    return build_run(&request, &error) ? 0 : fail("%s", error.text);
}
