/* hallmark-board: a board without hardware. One verb a row; the rows make the help. */

#include "board.h"
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char start_help[] =
    "Usage: hallmark-board start --dir DIR [options]\n"
    "\n"
    "Powers a virtual board and keeps it, in the foreground, until it is told to stop (`hallmark-board "
    "stop`, Ctrl-C).\n"
    "DIR holds all it is, and is made if need be:\n"
    "  ttyUSB0      its serial port, for `mos --port DIR/ttyUSB0`\n"
    "  control      the socket for reset, power and the chip\n"
    "  flash/       the firmware and its files, written by `mos flash`\n"
    "  chip.state   the secure element's memory\n"
    "  chip.trace   what it was asked (from 1 MB on the next start of the chip makes it chip.trace.1)\n"
    "  console.log  all that left the serial port (1 MB, then console.log.1)\n"
    "  board.json   MAC, ports, process ids\n"
    "\n"
    "  --forward PORT[=HOSTPORT]  the firmware's PORT is reached at 127.0.0.1:HOSTPORT, or at a free one "
    "that stays\n"
    "                             the same (default: 80 and 443; may be repeated)\n"
    "  --chip-profile NAME        how a new chip is configured (see hallmark-chip --help)\n"
    "  --fast                     the chip does not take the time a real one does\n"
    "  --no-chip                  a board without secure element\n"
    "  --chip PATH                the chip's program (default: hallmark-chip beside this one)\n"
    "  --heap BYTES               the firmware's memory (default 53600, as on the ESP8266)\n"
    "  --dns IP:PORT              the firmware's name server (default: this machine's)\n"
    "  --mac AABBCCDDEEFF         (default: a random one, kept in board.json)\n"
    "  --ready-fd N               writes a line to descriptor N when the board is on\n"
    "\n"
    "Examples:\n"
    "  hallmark-board start --dir ~/board\n"
    "  hallmark-board start --dir ./b --forward 443=8443 --fast\n"
    "  MOS_PORT=~/board/ttyUSB0 mos flash && MOS_PORT=~/board/ttyUSB0 mos console\n";

static const struct verb {
    const char *name;
    const char *request; /* NULL: its own function */
    const char *summary;
    const char *help;
    const char *example;
} verbs[] = {
    {"start", NULL, "powers a board and keeps it until told to stop", start_help, NULL},
    {"status", NULL, "tells how the board is",
     "Tells whether the board is on, what it runs, whether its chip is plugged in, and where its ports are.\n"
     "With --json: the same as one line of JSON.",
     "hallmark-board status --dir ~/board --json | jq -r '.forwards[\"443\"]'"},
    {"reset", "reset", "presses and releases the reset button",
     "Restarts the firmware; memory is lost, the flash and the chip are not.",
     "hallmark-board reset --dir ~/board"},
    {"hold", "reset hold", "keeps the reset button pressed",
     "Stops the firmware until `run` or `reset`. The flash may be changed meanwhile.",
     "hallmark-board hold --dir ~/board"},
    {"run", "reset run", "releases the reset button", "Starts the firmware that `hold` stopped.",
     "hallmark-board run --dir ~/board"},
    {"chip-unplug", "chip-unplug", "takes the secure element off its wires",
     "The chip loses power, hence TempKey and all it had in RAM; what it stores stays. The firmware goes on.",
     "hallmark-board chip-unplug --dir ~/board"},
    {"chip-plug", "chip-plug", "puts the secure element back", "The same chip, with what it had stored.",
     "hallmark-board chip-plug --dir ~/board"},
    {"power-off", "power-off", "switches the board off",
     "Firmware and chip lose power, the serial port disappears. The board still answers to `power-on`, "
     "`status`, `stop`.",
     "hallmark-board power-off --dir ~/board"},
    {"power-on", "power-on", "switches the board on again",
     "The firmware boots with reset cause 0 (power on).", "hallmark-board power-on --dir ~/board"},
    {"stop", "stop", "switches the board off and ends `start`",
     "Ends every process of the board. The folder keeps flash, chip and MAC for the next `start`.",
     "hallmark-board stop --dir ~/board"},
};

enum { VERBS = sizeof verbs / sizeof *verbs };

static void print_help(FILE *out)
{
    fprintf(out, "Usage: hallmark-board VERB --dir DIR [options]\n\nA virtual board: power, reset, a serial "
                 "port, a secure "
                 "element, and a firmware process.\n\n");
    for (int i = 0; i < VERBS; i++)
        fprintf(out, "  %-12s %s\n", verbs[i].name, verbs[i].summary);
    fprintf(out, "\n`hallmark-board VERB --help` tells more, with examples.\n");
}

static int print_verb_help(const struct verb *verb)
{
    if (!verb->example)
        fputs(verb->help, stdout);
    else
        printf("Usage: hallmark-board %s --dir DIR%s\n\n%s\n\nExample:\n  %s\n", verb->name,
               verb->request ? "" : " [--json]", verb->help, verb->example);
    return 0;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

static int start(int argc, char **argv)
{
    struct board *board = calloc(1, sizeof *board);
    int status = 2;
    if (board && settings_parse(&board->settings, argc, argv))
        status = board_run(board);
    free(board);
    return status;
}

static int ask(const struct verb *verb, int argc, char **argv)
{
    const char *directory = NULL;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) {
            directory = argv[++i];
        } else if (strncmp(argv[i], "--dir=", 6) == 0) {
            directory = argv[i] + 6;
        } else if (strcmp(argv[i], "--json") == 0 && !verb->request) {
            json = true;
        } else {
            fprintf(stderr,
                    "hallmark-board: `%s` is not an option of `%s`. See `hallmark-board %s --help`.\n",
                    argv[i], verb->name, verb->name);
            return 2;
        }
    }
    if (!directory) {
        fprintf(stderr, "hallmark-board: --dir is required: the folder the board was started with.\n");
        return 2;
    }
    return verb->request ? client_ask(directory, verb->request) : client_status(directory, json);
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "help") == 0 || argv[1][0] == '-') {
        bool asked = argc > 1 && (strcmp(argv[1], "help") == 0 || wants_help(argc, argv));
        print_help(asked ? stdout : stderr);
        return asked ? 0 : 2;
    }
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        if (wants_help(argc - 2, argv + 2))
            return print_verb_help(&verbs[i]);
        return i == 0 ? start(argc - 1, argv + 1) : ask(&verbs[i], argc - 1, argv + 1);
    }
    fprintf(stderr, "hallmark-board: there is no verb `%s`. See `hallmark-board --help`.\n", argv[1]);
    return 2;
}
