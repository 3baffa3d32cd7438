/* The lab's application: a Tick and a Tock a second, readings over MQTT, and a command topic.
 *
 *   devices/<id>/events    published every `app.period` seconds, QoS 1:  {"uptime": 12, "ram_free": 40960, "seq": 3}
 *   devices/<id>/command   {"led": true} or {"period": 5}
 *   devices/<id>/state     the answer to a command, QoS 1:  {"led": true, "period": 5}
 *
 * <id> is device.id, or app.name where that is set: the broker's ACL knows a device by its certificate's common name.
 */
#include "mgos.h"
#include "mgos_mqtt.h"

static struct {
    unsigned seq;
    bool led;
    int period;
    mgos_timer_id report_timer;
} app;

static const char *device_name(void)
{
    const char *name = mgos_sys_config_get_app_name();
    return name != NULL ? name : mgos_sys_config_get_device_id();
}

static void topic(char *out, size_t size, const char *leaf)
{
    snprintf(out, size, "devices/%s/%s", device_name(), leaf);
}

static void tick(void *arg)
{
    static bool tock;

    LOG(LL_INFO, ("%s uptime: %.2lf, RAM: %lu, %lu free", tock ? "Tick" : "Tock", mgos_uptime(),
                  (unsigned long) mgos_get_heap_size(), (unsigned long) mgos_get_free_heap_size()));
    tock = !tock;
    (void) arg;
}

static void report(void *arg)
{
    char name[96];

    /* Also while the link is down: what the queue accepts is delivered later, what it refuses is not counted. */
    topic(name, sizeof(name), "events");
    if (mgos_mqtt_pubf(name, 1, false, "{uptime: %d, ram_free: %lu, seq: %u}", (int) mgos_uptime(),
                       (unsigned long) mgos_get_free_heap_size(), app.seq) != 0)
        app.seq++;
    (void) arg;
}

static void set_period(int seconds)
{
    mgos_clear_timer(app.report_timer);
    app.period = seconds;
    app.report_timer = mgos_set_timer(seconds * 1000, MGOS_TIMER_REPEAT, report, NULL);
}

static void obey(struct mg_connection *nc, const char *from, int from_len, const char *msg, int msg_len, void *arg)
{
    bool led = app.led;
    int period = app.period;
    char name[96];

    LOG(LL_INFO, ("Command: %.*s", msg_len, msg));
    if (json_scanf(msg, msg_len, "{led: %B, period: %d}", &led, &period) <= 0 || period < 1 || period > 3600) {
        LOG(LL_ERROR, ("Command refused: expected {\"led\": true} or {\"period\": 1..3600}"));
        return;
    }
    app.led = led;
    if (period != app.period)
        set_period(period);
    topic(name, sizeof(name), "state");
    mgos_mqtt_pubf(name, 1, false, "{led: %B, period: %d}", (int) app.led, app.period);
    (void) nc;
    (void) from;
    (void) from_len;
    (void) arg;
}

enum mgos_app_init_result mgos_app_init(void)
{
    char name[96];

    mgos_set_timer(1000, MGOS_TIMER_REPEAT, tick, NULL);
    set_period(mgos_sys_config_get_app_period());
    topic(name, sizeof(name), "command");
    mgos_mqtt_sub(name, obey, NULL);
    return MGOS_APP_INIT_SUCCESS;
}
