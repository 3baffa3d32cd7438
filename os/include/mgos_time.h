/* Time (mongoose-os.md 6.2). */
#ifndef MGOS_TIME_H
#define MGOS_TIME_H

#include <stdint.h>

/* Since boot. */
double mgos_uptime(void); /* seconds */
int64_t mgos_uptime_micros(void);

/* Since 1970 UTC; counts from 0 at boot when the board does not know. */
int64_t mgos_time_micros(void);
double mg_time(void); /* seconds */

struct timezone;
/* Sets the clock to `time` seconds since 1970 and triggers MGOS_EVENT_TIME_CHANGED. 0. `tz` is ignored. */
int mgos_settimeofday(double time, struct timezone *tz);

/* strftime() of `time`, seconds since 1970, in UTC. Characters written, 0 when `size` does not suffice. */
int mgos_strftime(char *s, int size, const char *fmt, int time);

/* Of MGOS_EVENT_TIME_CHANGED: seconds added to the clock. */
struct mgos_time_changed_arg {
    double delta;
};

#endif
