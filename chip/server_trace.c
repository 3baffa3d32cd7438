/* One line a chip event, for people:
 *
 *      0.001612  wake
 *      0.004121  Sign         slot 7   P1=A0 P2=0007  execution error     1.0 ms  Sign refused: slot 7 allows
 * ...
 *
 * Seconds since the server started, command, slot, parameters, result, how long the part stays busy, and why
 * when it refused. With several chips on the bus the chip's address follows the time. Parameters are modes, addresses
 * and CRCs, never key material. The last 64 lines are kept, to be asked for after the fact.
 */

#include <string.h>

#include "server.h"

static const char *const power_events[] = {
    [CHIP_EVENT_WAKE] = "wake",
    [CHIP_EVENT_IDLE] = "idle",
    [CHIP_EVENT_SLEEP] = "sleep",
    [CHIP_EVENT_WATCHDOG] = "watchdog: asleep, all volatile state lost",
};

/* The line under construction: what does not fit is cut. */
struct line {
    char text[SERVER_TRACE_WIDTH];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    size_t room = sizeof line->text - line->length;
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        line->length += (size_t)n < room ? (size_t)n : room - 1;
}

static void add_time(struct line *line, const struct server *server, uint64_t at_us)
{
    uint64_t at = at_us > server->started_us ? at_us - server->started_us : 0;

    add(line, "%5u.%06u  ", (unsigned)(at / 1000000), (unsigned)(at % 1000000));
}

static void add_command(struct line *line, const struct chip_trace *trace)
{
    char slot[16] = "-";

    if (trace->slot >= 0)
        snprintf(slot, sizeof slot, "slot %d", trace->slot);
    add(line, "%-12s %-8s P1=%02X P2=%04X  %-16s %6u.%u ms", trace->command, slot, trace->param1,
        trace->param2, chip_status_name(trace->status), (unsigned)(trace->duration_us / 1000),
        (unsigned)(trace->duration_us / 100 % 10));
    if (trace->reason[0])
        add(line, "  %s", trace->reason);
}

static void keep(struct server *server, const struct line *line)
{
    struct server_trace_ring *ring = &server->ring;

    memcpy(ring->lines[ring->count++ % SERVER_TRACE_LINES], line->text, line->length + 1);
    if (server->trace)
        fprintf(server->trace, "%s\n", line->text);
}

void server_trace(void *context, const struct chip_trace *trace)
{
    const struct server_chip *self = context;
    struct line line = {.length = 0};

    add_time(&line, self->server, trace->at_us);
    if (self->server->chip_count > 1)
        add(&line, "%02X  ", self->chip.address);
    if (trace->event == CHIP_EVENT_COMMAND)
        add_command(&line, trace);
    else
        add(&line, "%s", power_events[trace->event]);
    keep(self->server, &line);
}

void server_note(struct server *server, const char *format, ...)
{
    struct line line = {.length = 0};
    char text[SERVER_TRACE_WIDTH];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_time(&line, server, server_now_us());
    add(&line, "%s", text);
    keep(server, &line);
}
