/* The linux board's entry point: everything the board gives the firmware comes as arguments
 * (docs/design.md). */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "port.h"

static const char help[] =
    "Runs a Hallmark firmware as a process.\n"
    "\n"
    "  --fs DIR            file system: a folder of files (default ./fs)\n"
    "  --fs-size BYTES     its capacity (default 1048576)\n"
    "  --i2c WHERE         unix:PATH of a virtual chip, or /dev/i2c-N (default: no I2C bus)\n"
    "  --uart-fd N         bidirectional descriptor of UART0 (default: standard input and output)\n"
    "  --mac AABBCCDDEEFF  (default: derived from the machine)\n"
    "  --heap BYTES        memory of the firmware (default 53600)\n"
    "  --forward P=A:P     listening on port P really listens on address A, port P; may be repeated\n"
    "  --dns A:P           resolver (default: the host's)\n"
    "  --reset-cause N     as on the ESP8266: 0 power on, 4 soft reset, ... (default 0)\n"
    "\n"
    "Exit status: 64 asks to be started again; 65 after an abort, 66 after the watchdog; 0 when the power "
    "was switched off\n"
    "(SIGTERM).\n";

struct settings {
    const char *fs, *mac;
    const char *complaint; /* NULL: none so far */
    unsigned long fs_size;
    int uart_fd;
};

enum option_name { FS, FS_SIZE, I2C, UART_FD, MAC, HEAP, FORWARD, DNS, RESET_CAUSE, HELP };

static const struct option options[] = {
    {"fs", required_argument, NULL, FS},
    {"fs-size", required_argument, NULL, FS_SIZE},
    {"i2c", required_argument, NULL, I2C},
    {"uart-fd", required_argument, NULL, UART_FD},
    {"mac", required_argument, NULL, MAC},
    {"heap", required_argument, NULL, HEAP},
    {"forward", required_argument, NULL, FORWARD},
    {"dns", required_argument, NULL, DNS},
    {"reset-cause", required_argument, NULL, RESET_CAUSE},
    {"help", no_argument, NULL, HELP},
    {0},
};

static unsigned long number(struct settings *s, const char *what, const char *text, unsigned long low,
                            unsigned long high)
{
    static char why[120];
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && value >= low && value <= high)
        return value;
    snprintf(why, sizeof(why), "--%s %.40s: expected a number from %lu to %lu", what, text, low, high);
    s->complaint = why;
    return low;
}

static void take(struct settings *s, enum option_name name, const char *value)
{
    switch (name) {
    case FS:
        s->fs = value;
        break;
    case FS_SIZE:
        s->fs_size = number(s, "fs-size", value, 4096, INT32_MAX);
        break;
    case I2C:
        s->complaint = i2c_start(value);
        break;
    case UART_FD:
        s->uart_fd = (int)number(s, "uart-fd", value, 0, 255);
        break;
    case MAC:
        s->mac = value;
        break;
    case HEAP:
        arena_set_size(number(s, "heap", value, 4096, 256ul << 20));
        break;
    case FORWARD:
        s->complaint = net_add_forward(value);
        break;
    case DNS:
        s->complaint = resolver_set_server(value);
        break;
    case RESET_CAUSE:
        identity_set_reset_cause((int)number(s, "reset-cause", value, 0, 6));
        break;
    case HELP:
        fputs(help, stdout);
        exit(0);
    }
}

static _Noreturn void refuse(const char *program, const char *complaint)
{
    fprintf(stderr, "%s: %s (--help lists the options)\n", program, complaint);
    exit(2);
}

static void parse(int argc, char **argv, struct settings *s)
{
    int name;

    while ((name = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (name == '?')
            exit(2); /* getopt has said why */
        take(s, (enum option_name)name, optarg);
        if (s->complaint)
            refuse(argv[0], s->complaint);
    }
    if (optind < argc)
        refuse(argv[0], "takes options only");
}

int main(int argc, char **argv)
{
    struct settings s = {.fs = "fs", .fs_size = 1048576, .uart_fd = -1};

    parse(argc, argv, &s);
    if (!identity_set_mac(s.mac))
        refuse(argv[0], "--mac: expected 12 hex digits, for example 5CCF7FA1B2C3");
    s.complaint = storage_start(s.fs, (uint32_t)s.fs_size);
    if (s.complaint)
        refuse(argv[0], s.complaint);
    life_start();
    uart_start(s.uart_fd >= 0 ? s.uart_fd : STDIN_FILENO, s.uart_fd >= 0 ? s.uart_fd : STDOUT_FILENO,
               s.uart_fd >= 0);
    printing_start();

    mgos_start();
    for (;;)
        mgos_poll();
}
