/* How long to wait before the next attempt to connect: doubling between two bounds, 10 % more or less, so
 * that a thousand boards do not come back at the same moment. Integer milliseconds.  mongoose-os.md 7.4 */
#ifndef MQTT_BACKOFF_H
#define MQTT_BACKOFF_H

#include <stdint.h>

enum { MQTT_BACKOFF_FLOOR_MS = 2000, MQTT_BACKOFF_CEILING_MS = 3600000 };

struct mqtt_backoff {
    uint32_t min_ms, max_ms;
    uint32_t last_ms; /* without the random part; 0: the next is the first */
};

/* The first delay is the greater of 2 s and `min_ms`, the last `max_ms` (or the first, if that is greater);
 * an hour at most. */
void mqtt_backoff_init(struct mqtt_backoff *backoff, uint32_t min_ms, uint32_t max_ms);
/* The next delay; `random` is any number. */
uint32_t mqtt_backoff_next(struct mqtt_backoff *backoff, uint32_t random);
/* Connected: the next delay is the first again. */
void mqtt_backoff_reset(struct mqtt_backoff *backoff);

#endif
