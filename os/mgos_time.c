/* Time. os/include/mgos_time.h */

#include "mgos_time.h"

#include <time.h>

#include "board.h"
#include "mgos_event.h"

/* What mgos_settimeofday() added to the board's own clock. */
static int64_t correction_us;

int64_t mgos_uptime_micros(void)
{
    return (int64_t)board_uptime_us();
}

double mgos_uptime(void)
{
    return (double)mgos_uptime_micros() / 1e6;
}

static int64_t board_clock(void)
{
    int64_t now = board_time_us();

    return now != 0 ? now : mgos_uptime_micros();
}

int64_t mgos_time_micros(void)
{
    return board_clock() + correction_us;
}

double mg_time(void)
{
    return (double)mgos_time_micros() / 1e6;
}

int mgos_settimeofday(double time, struct timezone *tz)
{
    int64_t before = mgos_time_micros();

    correction_us = (int64_t)(time * 1e6) - board_clock();
    struct mgos_time_changed_arg arg = {(double)(mgos_time_micros() - before) / 1e6};
    mgos_event_trigger(MGOS_EVENT_TIME_CHANGED, &arg);
    return 0;
}

int mgos_strftime(char *s, int size, const char *fmt, int time)
{
    time_t seconds = time;
    const struct tm *parts = gmtime(&seconds);

    return size > 0 && parts ? (int)strftime(s, (size_t)size, fmt, parts) : 0;
}
