/* MQTT for applications: one connection to the broker of the configuration (mongoose-os.md 6.7, 7.4).
 *
 * Configuration: mqtt.* (mos.yml). With mqtt.enable the library connects as soon as the board has an address,
 * and again, after 2 to 60 seconds, whenever the connection ends.
 *
 * Delivery.  A message of QoS 1 or 2 that was accepted (its packet id is not 0) is kept in memory until the
 * broker has acknowledged it, whatever happens to the connection in between; it does not survive a restart of
 * the board. The queue is bounded (mqtt.max_queue_length): when it is full, the new message is refused and
 * the log has an ERROR, where Mongoose OS drops the oldest silently accepted one (mongoose-os.md 7.4). QoS 0
 * is sent when there is a connection, else refused. QoS 2 is delivered exactly once as long as the broker
 * keeps the session: set mqtt.clean_session to false.
 *
 * Not here: mgos_mqtt_global_subscribe, mgos_mqtt_add_global_handler, mgos_mqtt_get_global_conn,
 * mgos_mqtt_set_connect_fn, which hand out the network library's own structures; programs that use them do
 * not compile.
 */
#ifndef MGOS_MQTT_H
#define MGOS_MQTT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Publishes; `qos` is lowered to mqtt.max_qos. The message is copied.
 * The packet id (for QoS 0 any number but 0), or 0: refused, and the log says why; QoS 0 without a
 * connection, which is no surprise, at DEBUG. */
uint16_t mgos_mqtt_pub(const char *topic, const void *message, size_t len, int qos, bool retain);
/* The same with a message made by the JSON printer (frozen.h). */
uint16_t mgos_mqtt_pubf(const char *topic, int qos, bool retain, const char *json_fmt, ...);
uint16_t mgos_mqtt_pubv(const char *topic, int qos, bool retain, const char *json_fmt, va_list ap);

/* Incomplete, and `nc` always NULL: there for the sake of the signature. */
struct mg_connection;
/* Topic and message are not NUL-terminated and live until the handler returns. */
typedef void (*sub_handler_t)(struct mg_connection *nc, const char *topic, int topic_len, const char *msg,
                              int msg_len, void *ud);
/* Subscribes with QoS 1 (or mqtt.max_qos, if that is 0), now and after every reconnection. `topic` may have
 * the wildcards + and #. A handler may publish, subscribe and unsubscribe. What the broker refuses is logged.
 */
void mgos_mqtt_sub(const char *topic, sub_handler_t handler, void *ud);
/* Ends all subscriptions of exactly this topic; false: there was none. */
bool mgos_mqtt_unsub(const char *topic);

/* The broker has accepted us and the connection stands. */
bool mgos_mqtt_global_is_connected(void);
/* Connects now, also after mgos_mqtt_global_disconnect(). False: MQTT is not enabled. */
bool mgos_mqtt_global_connect(void);
/* Says goodbye, and stays disconnected. Messages and subscriptions are kept. */
void mgos_mqtt_global_disconnect(void);

/* A packet id that is not in use; 0 when MQTT is not enabled. */
uint16_t mgos_mqtt_get_packet_id(void);
/* Bytes of messages that have not left the board. */
size_t mgos_mqtt_num_unsent_bytes(void);
/* For messages and subscriptions from now on. */
void mgos_mqtt_set_max_qos(int qos);

struct mgos_config_mqtt;
/* Other settings than those of the configuration (only the library's own object is known: `mqtt`); they hold
 * from the next connection. False: MQTT is not enabled, they are refused (the log says why), or memory is
 * out. */
bool mgos_mqtt_set_config(const struct mgos_config_mqtt *cfg);

#endif
