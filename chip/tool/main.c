/* hallmark-chip-tool: the command line. Verbs are rows; help is made from the rows. */

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "make.h"
#include "rehearse.h"
#include "show.h"

static const char program[] = "hallmark-chip-tool";

__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s: ", program);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return EXIT_TROUBLE;
}

struct verb {
    const char *name;
    const char *arguments;
    const char *summary;
    const char *help; /* what it does, its options, examples */
    int (*run)(const struct verb *verb, int argc, char **argv);
};

static int misused(const struct verb *verb)
{
    return complain("usage: %s %s %s; `%s %s --help` tells more", program, verb->name, verb->arguments,
                    program, verb->name);
}

static int help(const struct verb *verb)
{
    printf("usage: %s %s %s\n\n%s\n", program, verb->name, verb->arguments, verb->help);
    return EXIT_FINE;
}

/* Parses the options; -1: go on with argv[optind]. `json` may be NULL. */
static int look_options(const struct verb *verb, int argc, char **argv, bool *json)
{
    static const struct option with_json[] = {
        {"help", no_argument, NULL, 'h'}, {"json", no_argument, NULL, 'j'}, {0}};
    static const struct option without[] = {{"help", no_argument, NULL, 'h'}, {0}};

    for (int option; (option = getopt_long(argc, argv, "h", json ? with_json : without, NULL)) != -1;) {
        if (option == 'h')
            return help(verb);
        if (option != 'j')
            return misused(verb);
        *json = true;
    }
    return -1;
}

/* ---- make ---------------------------------------------------------------------------------------------- */

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

/* A whole number up to `most`, with nothing after it; -1 otherwise. */
static long parse_number(const char *text, int base, long most)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, base);
    return errno || end == text || *end || value < 0 || value > most ? -1 : value;
}

/* "10=device.cert" */
static bool parse_data(const char *text, struct make_order *order)
{
    char number[4] = "";
    const char *equals = strchr(text, '=');

    if (!equals || equals == text || equals - text > 2 || !equals[1] || order->data_count == MAKE_DATA_MAX)
        return false;
    memcpy(number, text, (size_t)(equals - text));
    long slot = parse_number(number, 10, CHIP_SLOTS - 1);
    if (slot < 0)
        return false;
    order->data[order->data_count++] = (struct make_data){(unsigned)slot, equals + 1};
    return true;
}

static bool take_make_option(struct make_order *order, int option)
{
    long number;

    switch (option) {
    case 'p':
        order->profile = chip_profile_find(optarg);
        if (!order->profile)
            complain("there is no profile %s; `%s make --help` lists them", optarg, program);
        return order->profile;
    case 'n':
        order->has_serial = parse_serial(optarg, order->serial);
        if (!order->has_serial)
            complain("a serial number is 18 hexadecimal digits, and \"%s\" is not", optarg);
        return order->has_serial;
    case 'a':
        number = parse_number(optarg, 16, 0x77);
        order->address = number < 8 ? 0 : (uint8_t)number;
        if (!order->address)
            complain("a 7-bit I2C address is 08 to 77 in hexadecimal, and \"%s\" is not", optarg);
        return order->address;
    case 'd':
        if (parse_data(optarg, order))
            return true;
        complain("--data takes a slot and a file, as in 10=device.cert, and \"%s\" is not that", optarg);
        return false;
    case '5':
        return order->as_508 = true;
    case 'u':
        return order->unprovisioned = true;
    default:
        return false;
    }
}

static int run_make(const struct verb *verb, int argc, char **argv)
{
    static const struct option options[] = {
        {"profile", required_argument, NULL, 'p'}, {"serial", required_argument, NULL, 'n'},
        {"address", required_argument, NULL, 'a'}, {"data", required_argument, NULL, 'd'},
        {"508", no_argument, NULL, '5'},           {"unprovisioned", no_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},          {0}};
    struct make_order order = {.path = NULL};
    char error[MAKE_ERROR_MAX];

    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (option == 'h') {
            help(verb);
            puts("\nprofiles, each explained in docs/chip-tool.md:");
            for (const struct chip_profile *profile = chip_profiles; profile->name; profile++)
                printf("  %-18s %s\n", profile->name, profile->summary);
            return EXIT_FINE;
        }
        if (!take_make_option(&order, option))
            return option == '?' ? misused(verb) : EXIT_TROUBLE;
    }
    if (optind != argc - 1 || !order.profile)
        return misused(verb);
    order.path = argv[optind];
    if (make(stdout, &order, error) < 0)
        return complain("%s", error);
    return EXIT_FINE;
}

/* ---- show, diff, check, rehearse
 * ------------------------------------------------------------------------ */

/* A study is 200 KB; the caller frees it with forget(). NULL: has complained. */
static struct study *load(const char *path)
{
    char error[SPECIMEN_ERROR_MAX];
    struct study *study = malloc(sizeof *study);

    if (study && study_load(path, study, error) == 0)
        return study;
    complain("%s", study ? error : "there is no memory for 200 KB");
    free(study);
    return NULL;
}

static void forget(struct study *study)
{
    if (study)
        study_wipe(study);
    free(study);
}

static int run_show(const struct verb *verb, int argc, char **argv)
{
    bool json = false;

    int code = look_options(verb, argc, argv, &json);
    if (code >= 0)
        return code;
    if (optind != argc - 1)
        return misused(verb);
    struct study *study = load(argv[optind]);
    if (!study)
        return EXIT_TROUBLE;
    if (json)
        show_json(stdout, argv[optind], study);
    else
        show_text(stdout, argv[optind], study);
    forget(study);
    return EXIT_FINE;
}

static int run_diff(const struct verb *verb, int argc, char **argv)
{
    int code = look_options(verb, argc, argv, NULL);
    if (code >= 0)
        return code;
    if (optind != argc - 2)
        return misused(verb);
    struct study *a = load(argv[optind]);
    struct study *b = a ? load(argv[optind + 1]) : NULL;
    code = b ? diff_print(stdout, argv[optind], a, argv[optind + 1], b) : EXIT_TROUBLE;
    forget(a);
    forget(b);
    return code;
}

static int run_check(const struct verb *verb, int argc, char **argv)
{
    bool json = false;

    int code = look_options(verb, argc, argv, &json);
    if (code >= 0)
        return code;
    if (optind != argc - 1)
        return misused(verb);
    struct study *study = load(argv[optind]);
    if (!study)
        return EXIT_TROUBLE;
    code = json ? check_print_json(stdout, argv[optind], study) : check_print(stdout, argv[optind], study);
    forget(study);
    return code;
}

static int run_rehearse(const struct verb *verb, int argc, char **argv)
{
    static const char *const targets[] = {"config", "data", "slot"};
    unsigned target = 0;
    long slot = 0;

    int code = look_options(verb, argc, argv, NULL);
    if (code >= 0)
        return code;
    if (argc - optind < 2)
        return misused(verb);
    while (target < 3 && strcmp(argv[optind + 1], targets[target]) != 0)
        target++;
    if (target == 3 || argc - optind != (target == LOCK_ONE_SLOT ? 3 : 2))
        return misused(verb);
    if (target == LOCK_ONE_SLOT && (slot = parse_number(argv[optind + 2], 10, CHIP_SLOTS - 1)) < 0)
        return complain("slots are numbered 0 to 15, and \"%s\" is none", argv[optind + 2]);
    struct study *study = load(argv[optind]);
    if (!study)
        return EXIT_TROUBLE;
    code = rehearse(stdout, argv[optind], study, target, (unsigned)slot);
    forget(study);
    return code;
}

/* ---- The verbs
 * ------------------------------------------------------------------------------------------- */

static const struct verb verbs[] = {
    {"make", "FILE --profile NAME [options]", "make a new virtual chip",
     "Makes FILE, the state of a new virtual chip; hallmark-chip --state FILE serves it. A FILE that exists "
     "is left\n"
     "alone. Profiles whose factory makes keys come with their private keys made in the chip, their public "
     "keys printed,\n"
     "and both zones locked.\n\n"
     "  --profile NAME      the configuration, see below\n"
     "  --serial HEX18      serial number; default 0123, random, EE\n"
     "  --address HEX       7-bit I2C address; default the profile's\n"
     "  --data SLOT=FILE    write FILE into the slot before the data zone is locked; may be repeated\n"
     "  --unprovisioned     stop after the configuration lock, as hallmark-chip --profile does\n"
     "  --508               an ATECC508A\n\n"
     "examples:\n"
     "  hallmark-chip-tool make chip.state --profile mongoose\n"
     "  hallmark-chip-tool make tls.state --profile tls-only --data 8=device.der > tls.pub.pem\n"
     "  hallmark-chip-tool make old.state --profile blank --508 --serial 0123456789ABCDEFEE",
     run_make},
    {"show", "FILE [--json]", "tell a chip's configuration in words",
     "Tells what each slot is, what it may do, who may read and write it and what stops it. Nothing is "
     "guessed from bits\n"
     "that can be tried: the commands are sent to a machine with this configuration.\n\n"
     "  --json              the same for programs\n\n"
     "examples:\n"
     "  hallmark-chip-tool show chip.state\n"
     "  mos atca-get-config chip.hex && hallmark-chip-tool show chip.hex\n"
     "  hallmark-chip-tool show chip.state --json | jq '.slots[0].\"can when locked\"'",
     run_show},
    {"diff", "A B", "tell how two configurations differ",
     "Tells the differences in words, with the bytes in brackets. Serial numbers and what is in the slots "
     "are not compared.\n"
     "Exit status 1 when they differ.\n\n"
     "examples:\n"
     "  hallmark-chip-tool diff planned.state chip.hex\n"
     "  hallmark-chip-tool diff before.hex after.hex || echo \"the configuration changed\"",
     run_diff},
    {"check", "FILE [--json]", "find dangers before the configuration is locked",
     "Each finding is a sentence with its bits and a remedy, and is a danger (a key that protects nothing, a "
     "slot that can\n"
     "never serve), a warning or a note. Exit status 1 when there is a danger.\n\n"
     "  --json              the same for programs\n\n"
     "examples:\n"
     "  hallmark-chip-tool check planned.bin\n"
     "  hallmark-chip-tool check chip.state && mos atca-lock-zone config --dry-run=false",
     run_check},
    {"rehearse", "FILE config|data|slot N", "perform a lock on a copy and tell what follows",
     "The lock is performed by the real machine on a copy: the CRC to send, what becomes possible, what is "
     "lost for ever,\n"
     "which slots would be left empty with nothing to fill them. Nothing is written. Exit status 1 when the "
     "lock would be\n"
     "refused or would strand a slot.\n\n"
     "examples:\n"
     "  hallmark-chip-tool rehearse chip.state config\n"
     "  hallmark-chip-tool rehearse chip.state data\n"
     "  hallmark-chip-tool rehearse chip.state slot 8",
     run_rehearse},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

static int print_help(void)
{
    printf("%s - the configuration of an ATECC508A or ATECC608, from the drawing board to the last lock\n\n"
           "usage: %s VERB ARGUMENTS\n\n",
           program, program);
    for (unsigned i = 0; i < VERBS; i++)
        printf("  %-9s %-32s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].summary);
    printf("\nFILE is the state of a virtual chip, or a configuration zone: 128 bytes as they are, or in "
           "hexadecimal, as\n"
           "`mos atca-get-config FILE` writes it. That is also the way to look at a chip in a board: this "
           "program never\n"
           "touches a bus. - is standard input.\n\n"
           "`%s VERB --help` explains a verb, with examples.\n\n"
           "exit status: 0 fine; 1 they differ, there is a danger, the lock would be refused or strand a "
           "slot; 2 wrong\n"
           "usage, or a file that cannot be read or written.\n",
           program);
    return EXIT_FINE;
}

int main(int argc, char **argv)
{
    opterr = 1;
    if (argc >= 2 &&
        (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0))
        return print_help();
    for (unsigned i = 0; argc >= 2 && i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        int code = verbs[i].run(&verbs[i], argc - 1, argv + 1);
        if (fflush(stdout) != 0 || ferror(stdout))
            return complain("cannot write the answer: %s", strerror(errno));
        return code;
    }
    if (argc < 2)
        return complain("a verb is needed; --help lists them");
    return complain("there is no verb \"%s\"; --help lists them", argv[1]);
}
