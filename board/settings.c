/* The command line of `hallmark-board start`. */

#include "settings.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_number(const char *text, unsigned long max, unsigned long *out)
{
    char *end;
    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *out <= max;
}

bool settings_parse_port(const char *text, uint16_t *port)
{
    unsigned long number;
    if (!parse_number(text, 65535, &number) || number == 0)
        return false;
    *port = (uint16_t)number;
    return true;
}

bool settings_parse_mac(const char *text, uint8_t mac[6])
{
    for (int i = 0; i < 6; i++) {
        if (i > 0 && *text == ':')
            text++;
        unsigned value;
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
            sscanf(text, "%2x", &value) != 1)
            return false;
        mac[i] = (uint8_t)value;
        text += 2;
    }
    return *text == '\0';
}

/* "443", "443=8443" or "443=127.0.0.1:8443". */
static bool add_forward(struct settings *settings, const char *text)
{
    char copy[64];
    if (settings->forward_count == BOARD_FORWARDS || strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    char *host = strchr(copy, '=');
    if (host)
        *host++ = '\0';
    if (host && strncmp(host, "127.0.0.1:", 10) == 0)
        host += 10;

    unsigned long host_port = 0;
    struct forward forward = {.reservation = -1};
    if (!settings_parse_port(copy, &forward.port) || (host && !parse_number(host, 65535, &host_port)))
        return false;
    forward.host_port = (uint16_t)host_port;
    settings->forwards[settings->forward_count++] = forward;
    return true;
}

static bool is_address_and_port(const char *text)
{
    char copy[64];
    const char *colon = strrchr(text, ':');
    uint16_t port;
    struct in_addr address;
    if (!colon || (size_t)(colon - text) >= sizeof copy || !settings_parse_port(colon + 1, &port))
        return false;
    memcpy(copy, text, (size_t)(colon - text));
    copy[colon - text] = '\0';
    return inet_pton(AF_INET, copy, &address) == 1;
}

static bool refuse(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "hallmark-board: --%s %s: expected %s. See `hallmark-board start --help`.\n", option,
            value, expected);
    return false;
}

enum { DIR_OPTION = 256, PROFILE, FAST, NO_CHIP, HEAP, DNS, FORWARD, CHIP, MAC, READY_FD };

static const struct option long_options[] = {
    {"dir", required_argument, NULL, DIR_OPTION},
    {"chip-profile", required_argument, NULL, PROFILE},
    {"fast", no_argument, NULL, FAST},
    {"no-chip", no_argument, NULL, NO_CHIP},
    {"heap", required_argument, NULL, HEAP},
    {"dns", required_argument, NULL, DNS},
    {"forward", required_argument, NULL, FORWARD},
    {"chip", required_argument, NULL, CHIP},
    {"mac", required_argument, NULL, MAC},
    {"ready-fd", required_argument, NULL, READY_FD},
    {0},
};

static bool take(struct settings *settings, int option, const char *value)
{
    unsigned long number;
    switch (option) {
    case DIR_OPTION:
        settings->directory = value;
        return true;
    case PROFILE:
        settings->chip_profile = value;
        return true;
    case FAST:
        return settings->chip_fast = true;
    case NO_CHIP:
        return settings->no_chip = true;
    case CHIP:
        settings->chip_program = value;
        return true;
    case HEAP:
        settings->heap = value;
        return parse_number(value, 1ul << 30, &number) || refuse("heap", value, "a number of bytes");
    case DNS:
        settings->dns = value;
        return is_address_and_port(value) ||
               refuse("dns", value, "an IPv4 address and a port, 127.0.0.1:5353");
    case FORWARD:
        return add_forward(settings, value) ||
               refuse("forward", value, "PORT or PORT=127.0.0.1:PORT (8 at most)");
    case MAC:
        settings->has_mac = settings_parse_mac(value, settings->mac) && (settings->mac[0] & 1) == 0;
        return settings->has_mac ||
               refuse("mac", value, "12 hexadecimal digits that are no multicast address");
    case READY_FD:
        if (!parse_number(value, 1023, &number))
            return refuse("ready-fd", value, "the number of an open descriptor");
        settings->ready_fd = (int)number;
        return true;
    default:
        return false; /* getopt has said why */
    }
}

bool settings_parse(struct settings *settings, int argc, char **argv)
{
    *settings = (struct settings){.ready_fd = -1};
    optind = 0;
    int option;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!take(settings, option, optarg))
            return false;
    }
    if (optind != argc) {
        fprintf(stderr, "hallmark-board: `%s` is not an option. See `hallmark-board start --help`.\n",
                argv[optind]);
        return false;
    }
    if (!settings->directory) {
        fprintf(
            stderr,
            "hallmark-board: --dir is required: the folder that holds the board's flash, chip and port.\n");
        return false;
    }
    if (settings->forward_count == 0) {
        add_forward(settings, "80");
        add_forward(settings, "443");
    }
    return true;
}
