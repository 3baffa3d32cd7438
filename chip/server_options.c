/* The command line of hallmark-chip. */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"
#include "server.h"

static const struct option_row {
    struct option option;
    const char *argument;
    const char *help;
} option_rows[] = {
    {{"socket", required_argument, NULL, 's'}, "PATH", "serve the I2C bus at this Unix socket (required)"},
    {{"state", required_argument, NULL, 'f'},
     "FILE",
     "keep a chip's EEPROM here, private keys included (required); made if missing; each further --state "
     "puts "
     "another chip on the bus"},
    {{"profile", required_argument, NULL, 'p'},
     "NAME",
     "configuration of a new chip, see below; default mongoose"},
    {{"serial", required_argument, NULL, 'n'},
     "HEX18",
     "serial number of a new chip; default 0123, random, EE"},
    {{"address", required_argument, NULL, 'a'}, "HEX", "7-bit I2C address of a new chip; default 60"},
    {{"fast", no_argument, NULL, 'q'}, NULL, "commands take no time; default: the times of the part"},
    {{"trace", required_argument, NULL, 't'},
     "FILE",
     "append a line for every command; - is standard output"},
    {{"faults", required_argument, NULL, 'F'}, "FILE", "let these things go wrong, see below"},
    {{"ready-fd", required_argument, NULL, 'r'},
     "N",
     "write \"ready\\n\" to this descriptor once the socket listens"},
    {{"help", no_argument, NULL, 'h'}, NULL, "print this"},
};

enum { OPTION_ROWS = sizeof option_rows / sizeof option_rows[0] };

static void print_help(void)
{
    puts("hallmark-chip - virtual ATECC608As on a virtual I2C bus\n\n"
         "usage: hallmark-chip --socket PATH --state FILE [options] [--state FILE [options]]...\n");
    for (unsigned i = 0; i < OPTION_ROWS; i++) {
        char left[32];
        snprintf(left, sizeof left, "--%s %s", option_rows[i].option.name,
                 option_rows[i].argument ? option_rows[i].argument : "");
        printf("  %-18s %s\n", left, option_rows[i].help);
    }
    puts("\n--profile, --serial and --address are about the chip of the --state before them; before the "
         "first --state,\n"
         "about that one.\n"
         "\nprofiles:");
    for (const struct chip_profile *profile = chip_profiles; profile->name; profile++)
        printf("  %-18s %s\n", profile->name, profile->summary);
    puts("\nfaults, one a line: at|every [transfer|read|write|wake|eeprom] K [address HEX] FAULT, counted "
         "from 1, FAULT "
         "being");
    for (const struct fault_kind_row *row = fault_kinds; row->name; row++)
        printf("  %-26s %s\n", row->usage, row->help);
    puts("\nexamples:\n"
         "  hallmark-chip --socket bus.sock --state chip.state --trace -\n"
         "      a locked chip with the Mongoose OS configuration; watch what it is asked to do\n"
         "  hallmark-chip --socket bus.sock --state new.state --profile blank --serial 0123456789ABCDEFEE\n"
         "      a factory-fresh part with a known serial number, to be configured and locked\n"
         "  hallmark-chip --socket bus.sock --state test.state --fast\n"
         "      no waiting, for tests\n"
         "  hallmark-chip --socket bus.sock --state a.state --state b.state --profile blank --address 35\n"
         "      two chips: one at address 60, one at 35\n"
         "  echo 'at read 2 flip 9' >faults; hallmark-chip --socket bus.sock --state chip.state --faults "
         "faults\n"
         "      the second read arrives with bit 1 of its second byte flipped\n\n"
         "hallmark-chip-ctl asks a running server for its last trace, and gives it faults. hallmark-i2c "
         "starts a\n"
         "program that sees the bus as /dev/i2c-N; hallmark-kit offers it as a Microchip kit on a serial "
         "port.\n"
         "SIGTERM and SIGINT switch the chips off and remove the socket. Who can connect to the socket can "
         "use the\n"
         "keys; who can read a state file has them: both are made for their owner only (0600).");
}

void server_complain(const char *format, ...)
{
    va_list arguments;

    fputs("hallmark-chip: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* A whole number up to `most`, with nothing after it; -1 otherwise. */
static long parse_number(const char *text, int base, long most)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, base);
    return errno || end == text || *end || value < 0 || value > most ? -1 : value;
}

static bool parse_serial(const char *text, uint8_t serial[CHIP_SERIAL_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(text) != 2 * CHIP_SERIAL_SIZE ||
        strspn(text, "0123456789abcdefABCDEF") != 2 * CHIP_SERIAL_SIZE)
        return false;
    for (unsigned i = 0; i < 2 * CHIP_SERIAL_SIZE; i++) {
        const char *digit = strchr(digits, text[i] | 0x20);
        serial[i / 2] = (uint8_t)(serial[i / 2] << 4 | (digit - digits));
    }
    return true;
}

/* chips[0] collects what comes before the first --state too. */
static struct chip_options *current_chip(struct server_options *options)
{
    return &options->chips[options->chip_count > 0 ? options->chip_count - 1 : 0];
}

static bool take_state(struct server_options *options)
{
    if (options->chip_count == SERVER_CHIPS) {
        server_complain("a bus has at most %d chips", SERVER_CHIPS);
        return false;
    }
    options->chips[options->chip_count++].state = optarg;
    return true;
}

static bool take_chip_option(struct chip_options *chip, int option)
{
    long number;

    switch (option) {
    case 'p':
        chip->profile = chip_profile_find(optarg);
        if (!chip->profile)
            server_complain("there is no profile %s; --help lists them", optarg);
        return chip->profile;
    case 'n':
        chip->has_serial = parse_serial(optarg, chip->serial);
        if (!chip->has_serial)
            server_complain("a serial number is 18 hexadecimal digits, and \"%s\" is not", optarg);
        return chip->has_serial;
    default:
        number = parse_number(optarg, 16, 0x77);
        chip->address = number < 8 ? 0 : (uint8_t)number;
        if (!chip->address)
            server_complain("a 7-bit I2C address is 08 to 77 in hexadecimal, and \"%s\" is not", optarg);
        return chip->address;
    }
}

static bool take_option(struct server_options *options, int option)
{
    long number;

    switch (option) {
    case 's':
        options->socket = optarg;
        return true;
    case 'f':
        return take_state(options);
    case 'p':
    case 'n':
    case 'a':
        return take_chip_option(current_chip(options), option);
    case 'q':
        options->fast = true;
        return true;
    case 't':
        options->trace = optarg;
        return true;
    case 'F':
        options->faults = optarg;
        return true;
    case 'r':
        number = parse_number(optarg, 10, 65535);
        options->ready_fd = (int)number;
        if (number < 0)
            server_complain("--ready-fd takes the number of an open descriptor, and \"%s\" is not", optarg);
        return number >= 0;
    default:
        return false; /* getopt has said what is wrong */
    }
}

int server_options_parse(int argc, char **argv, struct server_options *options)
{
    struct option longs[OPTION_ROWS + 1] = {{0}};

    *options = (struct server_options){.ready_fd = -1};
    for (unsigned i = 0; i < OPTION_ROWS; i++)
        longs[i] = option_rows[i].option;
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (option == 'h') {
            print_help();
            return EXIT_OK;
        }
        if (!take_option(options, option))
            return EXIT_USAGE;
    }
    if (optind < argc) {
        server_complain("\"%s\" was not expected; --help shows the usage", argv[optind]);
        return EXIT_USAGE;
    }
    if (!options->socket || options->chip_count == 0) {
        server_complain("--socket and --state are needed; --help shows the usage");
        return EXIT_USAGE;
    }
    return -1;
}
