/* help, version: what the tables say, for people.  mongoose-os.md 3.1, 3.15 */

#include "command.h"
#include "commands.h"
#include "fail.h"
#include "flags.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

static bool names(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool talks_to_board(const struct command *command)
{
    return command->needs_device || strcmp(command->name, "console") == 0 || strcmp(command->name, "flash") == 0;
}

static void print_flag(const struct flag *flag)
{
    char name[64];

    snprintf(name, sizeof name, "%s%c%s--%s%s", flag->letter ? "-" : " ", flag->letter ? flag->letter : ' ',
             flag->letter ? ", " : "  ", flag->name, flag->bare ? "" : "=VALUE");
    printf("  %-34s %s", name, flag->summary);
    if (flag->initial && strcmp(flag->initial, "-1") != 0)
        printf(" [%s]", flag->initial);
    putchar('\n');
}

/* Flags whose `commands` is `group` if given, else those that belong to `command`. */
static void print_flags(const char *title, const char *group, const struct command *command)
{
    bool titled = false;

    for (size_t i = 0; i < mos_flag_count; i++) {
        const struct flag *flag = &mos_flags[i];
        bool wanted;

        if (!flag->summary)
            continue;
        if (command)
            wanted = flag->commands && names(flag->commands, command->name);
        else if (group)
            wanted = flag->commands && strcmp(flag->commands, group) == 0;
        else
            wanted = !flag->commands;
        if (!wanted)
            continue;
        if (!titled)
            printf("\n%s\n", title);
        titled = true;
        print_flag(flag);
    }
}

void help_print(int full)
{
    printf("The Mongoose OS command line tool, Hallmark's.\n\n"
           "Usage: mos [flags] COMMAND [arguments] [flags]\n\n"
           "Commands:\n");
    for (size_t i = 0; i < mos_command_count; i++) {
        if (full || !mos_commands[i].extended)
            printf("  %-18s %s\n", mos_commands[i].name, mos_commands[i].summary);
    }
    print_flags("Flags of all commands:", NULL, NULL);
    print_flags("Flags of commands that talk to a board:", "*", NULL);
    printf("\nAny flag can be given in the environment: MOS_PORT=/dev/ttyUSB1 is --port=/dev/ttyUSB1.\n"
           "\"mos COMMAND --help\" tells more about a command, with examples.\n");
    if (!full)
        printf("\"mos help --full\" lists the commands for the secure element too.\n");
}

void help_print_command(const struct command *command)
{
    printf("mos %s%s%s: %s\n\n%s", command->name, *command->arguments ? " " : "", command->arguments,
           command->summary, command->help);
    print_flags("Flags:", NULL, command);
    if (talks_to_board(command))
        print_flags("Flags of the connection:", "*", NULL);
    print_flags("Flags of all commands:", NULL, NULL);
}

int command_help(struct device *device, const struct options *options, int argc, char **argv)
{
    const struct command *command;

    if (argc == 0) {
        help_print(options->full);
        return 0;
    }
    command = command_find(argv[0]);
    if (!command)
        return fail("there is no command %s; \"mos help --full\" lists them.", argv[0]);
    help_print_command(command);
    return 0;
}

int command_version(struct device *device, const struct options *options, int argc, char **argv)
{
    printf("The Mongoose OS command line tool\nVersion: %s\nBuild ID: %s\nUpdate channel: release\n", MOS_VERSION,
           "hallmark-" MOS_VERSION);
    return 0;
}
