/* The host tool: reads the line, opens the board if the command needs it, runs the command.  mongoose-os.md 3
 */

#include "command.h"
#include "commands.h"
#include "device.h"
#include "fail.h"
#include "options.h"
#include "wiping_heap.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int run(const struct command *command, const struct options *options, int argc, char **argv)
{
    struct device *device = NULL;
    int status;

    if (command->needs_device) {
        device = device_open(options);
        if (!device)
            return 1;
    }
    status = command->run(device, options, argc, argv);
    device_close(device);
    return status;
}

static int dispatch(const struct options *options, int argc, char **argv)
{
    const struct command *command;
    int status;

    if (options->chdir && chdir(options->chdir))
        return fail("cannot enter the folder %s: %s.", options->chdir, strerror(errno));
    if (argc == 0) {
        help_print(options->full);
        return 0;
    }
    command = command_find(argv[0]);
    if (!command) {
        fprintf(stderr, "Unknown command: %s. Run \"mos help\"\n", argv[0]);
        return 1;
    }
    if (options->help) {
        help_print_command(command);
        return 0;
    }
    status = run(command, options, argc - 1, argv + 1);
    if (fflush(stdout) && !status)
        status = fail("cannot write to standard output: %s.", strerror(errno));
    if (status)
        fail("%s failed", command->name);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    char **positional = calloc((size_t)argc + 1, sizeof *positional);
    int count, status = 1;

    if (!positional)
        return fail("out of memory");
    wiping_heap_install();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of a write, with its sentence */
    if (!options_parse(&options, argc, argv, positional, &count))
        status = dispatch(&options, count, positional);
    options_free(&options);
    free(positional);
    return status;
}
