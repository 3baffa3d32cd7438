/* What the simulator itself can be asked: faults, the last trace, power (chip/bus_protocol.h, Control). */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

/* The answer under construction: what does not fit is cut. */
struct answer {
    char *text;
    size_t size, length;
};

__attribute__((format(printf, 2, 3))) static bool say(struct answer *answer, const char *format, ...)
{
    size_t room = answer->size - answer->length;
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(answer->text + answer->length, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        answer->length += (size_t)n < room ? (size_t)n : room - 1;
    return false; /* so that a refusal is one line */
}

static bool give_help(struct server *server, const char *words, struct answer *answer);

static bool add_faults(struct server *server, const char *words, struct answer *answer)
{
    char error[FAULT_ERROR_MAX];

    if (fault_rules_add(&server->faults, words, error) < 0)
        return say(answer, "%s\n", error);
    return true;
}

static bool clear_faults(struct server *server, const char *words, struct answer *answer)
{
    fault_rules_clear(&server->faults);
    server->stuck_until_us = 0;
    for (unsigned i = 0; i < server->chip_count; i++)
        chip_inject_selftest_failure(&server->chips[i].chip, 0);
    return true;
}

static const char *power_name(enum chip_power power)
{
    static const char *const names[] = {
        [CHIP_UNPOWERED] = "off", [CHIP_ASLEEP] = "asleep", [CHIP_IDLE] = "idle", [CHIP_AWAKE] = "awake"};

    return names[power];
}

static bool give_status(struct server *server, const char *words, struct answer *answer)
{
    unsigned pending = 0;

    for (unsigned i = 0; i < server->faults.count; i++)
        pending += !server->faults.rules[i].over;
    say(answer, "transfers %llu\nfaults pending %u\nfaults struck %u\n",
        (unsigned long long)server->transfers, pending, server->faults.struck);
    for (unsigned i = 0; i < server->chip_count; i++)
        say(answer, "chip %02X %s %s\n", server->chips[i].chip.address,
            power_name(server->chips[i].chip.power), server->chips[i].state.path);
    return true;
}

static bool give_trace(struct server *server, const char *words, struct answer *answer)
{
    const struct server_trace_ring *ring = &server->ring;
    unsigned kept = ring->count < SERVER_TRACE_LINES ? ring->count : SERVER_TRACE_LINES;
    char *end = NULL;
    unsigned long wanted = *words ? strtoul(words, &end, 10) : SERVER_TRACE_LINES;

    if (*words && (!isdigit((unsigned char)*words) || *end))
        return say(answer, "`trace` takes a number of lines, at most %d\n", SERVER_TRACE_LINES);
    if (wanted < kept)
        kept = (unsigned)wanted;
    for (unsigned i = ring->count - kept; i != ring->count; i++)
        say(answer, "%s\n", ring->lines[i % SERVER_TRACE_LINES]);
    return true;
}

static bool set_power(struct server *server, const char *words, struct answer *answer)
{
    bool cycle = strcmp(words, "cycle") == 0, off = strcmp(words, "off") == 0, on = strcmp(words, "on") == 0;

    if (!cycle && !off && !on)
        return say(answer, "`power` takes off, on or cycle\n");
    for (unsigned i = 0; i < server->chip_count; i++) {
        if (off || cycle)
            chip_power_off(&server->chips[i].chip);
        if (on || cycle)
            chip_power_on(&server->chips[i].chip);
    }
    server_note(server, "power %s", words);
    return true;
}

static const struct verb {
    const char *name;
    const char *usage;
    bool (*run)(struct server *server, const char *words, struct answer *answer);
    const char *help;
} verbs[] = {
    {"help", "help", give_help, "this"},
    {"trace", "trace [N]", give_trace, "the last N lines of the trace (64)"},
    {"fault", "fault RULE", add_faults, "let this go wrong from now on; several rules on as many lines"},
    {"clear", "clear", clear_faults, "take all faults back"},
    {"status", "status", give_status, "transfers so far, faults, chips"},
    {"power", "power off|on|cycle", set_power, "of all chips on the bus"},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

static bool give_help(struct server *server, const char *words, struct answer *answer)
{
    for (unsigned i = 0; i < VERBS; i++)
        say(answer, "%-20s %s\n", verbs[i].usage, verbs[i].help);
    say(answer,
        "\nA RULE is: at|every [transfer|read|write|wake|eeprom] K [address HEX] FAULT, FAULT being\n");
    for (const struct fault_kind_row *row = fault_kinds; row->name; row++)
        say(answer, "  %-26s %s\n", row->usage, row->help);
    return true;
}

bool server_control(struct server *server, const char *request, char *text, size_t size)
{
    struct answer answer = {.text = text, .size = size};
    size_t length = strcspn(request, " \t\n");
    const char *words = request + length + strspn(request + length, " \t\n");

    text[0] = '\0';
    for (unsigned i = 0; i < VERBS; i++) {
        if (strlen(verbs[i].name) == length && strncmp(verbs[i].name, request, length) == 0)
            return verbs[i].run(server, words, &answer);
    }
    return say(&answer, "there is no request \"%.*s\"; `help` lists them\n", (int)(length < 40 ? length : 40),
               request);
}
