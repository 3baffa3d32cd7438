/* A command of the tool: one row of the table in main.c, one file command_<name>.c (or a small family of them).
 * The table makes dispatch, `mos help`, and the tests.
 */
#ifndef MOS_COMMAND_H
#define MOS_COMMAND_H

#include <stdbool.h>

struct options;   /* options.h: every flag of mongoose-os.md 3.6 we support, decoded */
struct device;    /* device.h: an open connection to a board, NULL for commands that need none */

struct command {
    const char *name;
    const char *arguments;     /* "SLOT FILE" */
    const char *summary;       /* one line for `mos help` */
    const char *help;          /* `mos NAME --help`: what it does, examples */
    bool needs_device;         /* opened before `run` */
    bool extended;             /* only in `mos help --full` */
    /* `argc`/`argv`: positional arguments after the command's name. Returns the exit status; has printed its errors with
     * fail() (mos/fail.h). */
    int (*run)(struct device *device, const struct options *options, int argc, char **argv);
};

#endif
