/* MQTT for applications: mgos_mqtt.h, on the one connection.  mongoose-os.md 6.7 */

#include "mgos_mqtt.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "frozen.h"
#include "heap.h"
#include "mgos_mqtt_global.h"

/* The interface has no handle: one connection a board. */
static struct mqtt_conn *global;

struct mqtt_conn *mgos_mqtt_global(void)
{
    return global;
}

void mgos_mqtt_set_global(struct mqtt_conn *conn)
{
    global = conn;
}

static struct mqtt_text text_of(const char *text)
{
    return (struct mqtt_text){.text = text, .length = strlen(text)};
}

uint16_t mgos_mqtt_pub(const char *topic, const void *message, size_t len, int qos, bool retain)
{
    struct mqtt_publish publish = {
        .topic = text_of(topic),
        .payload = {.text = message, .length = len},
        .qos = (uint8_t)(qos < 0   ? 0
                         : qos > 2 ? 2
                                   : qos),
        .retain = retain,
    };

    return global != NULL ? mqtt_conn_publish(global, &publish) : 0;
}

uint16_t mgos_mqtt_pubv(const char *topic, int qos, bool retain, const char *json_fmt, va_list ap)
{
    uint16_t id;
    char *message;

    if (global == NULL)
        return 0;
    message = json_vasprintf(json_fmt, ap);
    if (message == NULL) {
        LOG(LL_ERROR, ("MQTT0 a message to %s is refused: out of memory", topic));
        return 0;
    }
    id = mgos_mqtt_pub(topic, message, strlen(message), qos, retain);
    heap_free(message);
    return id;
}

uint16_t mgos_mqtt_pubf(const char *topic, int qos, bool retain, const char *json_fmt, ...)
{
    uint16_t id;
    va_list ap;

    va_start(ap, json_fmt);
    id = mgos_mqtt_pubv(topic, qos, retain, json_fmt, ap);
    va_end(ap);
    return id;
}

void mgos_mqtt_sub(const char *topic, sub_handler_t handler, void *ud)
{
    struct mqtt_text text = text_of(topic);

    if (global != NULL)
        mqtt_conn_subscribe(global, &text, 1, handler, ud); /* mongoose-os.md 7.4 */
    else
        LOG(LL_DEBUG, ("sub %s: MQTT is not enabled", topic));
}

bool mgos_mqtt_unsub(const char *topic)
{
    struct mqtt_text text = text_of(topic);

    return global != NULL && mqtt_conn_unsubscribe(global, &text);
}

bool mgos_mqtt_global_is_connected(void)
{
    return global != NULL && mqtt_conn_is_connected(global);
}

bool mgos_mqtt_global_connect(void)
{
    if (global == NULL)
        return false;
    mqtt_conn_start(global);
    return true;
}

void mgos_mqtt_global_disconnect(void)
{
    if (global != NULL)
        mqtt_conn_stop(global);
}

uint16_t mgos_mqtt_get_packet_id(void)
{
    return global != NULL ? mqtt_conn_next_id(global) : 0;
}

size_t mgos_mqtt_num_unsent_bytes(void)
{
    return global != NULL ? mqtt_conn_unsent(global) : 0;
}

void mgos_mqtt_set_max_qos(int qos)
{
    if (global != NULL)
        mqtt_conn_set_max_qos(global, qos);
}
