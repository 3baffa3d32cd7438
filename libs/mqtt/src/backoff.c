/* How long to wait before the next attempt to connect.  mongoose-os.md 7.4 */

#include "backoff.h"

static uint32_t within(uint32_t value, uint32_t low, uint32_t high)
{
    return value < low ? low : value > high ? high : value;
}

void mqtt_backoff_init(struct mqtt_backoff *backoff, uint32_t min_ms, uint32_t max_ms)
{
    backoff->min_ms = within(min_ms, MQTT_BACKOFF_FLOOR_MS, MQTT_BACKOFF_CEILING_MS);
    backoff->max_ms = within(max_ms, backoff->min_ms, MQTT_BACKOFF_CEILING_MS);
    backoff->last_ms = 0;
}

void mqtt_backoff_reset(struct mqtt_backoff *backoff)
{
    backoff->last_ms = 0;
}

uint32_t mqtt_backoff_next(struct mqtt_backoff *backoff, uint32_t random)
{
    uint32_t delay =
        backoff->last_ms == 0 ? backoff->min_ms : within(backoff->last_ms * 2, 0, backoff->max_ms);

    backoff->last_ms = delay;
    /* 900 to 1100 thousandths; an hour of them is below 2^32. */
    return delay * (900 + random % 201) / 1000;
}
