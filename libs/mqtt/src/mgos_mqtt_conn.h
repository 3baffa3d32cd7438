/* The connection to the broker: TCP or TLS below, an MQTT session above, and the patience to come back.
 *
 * It lives as long as the firmware, through any number of connections. Messages and subscriptions are given
 * to it at any time; they are sent as soon as there is a broker. Log lines and events are those of
 * mongoose-os.md 7.4 and 6.4.
 */
#ifndef MGOS_MQTT_CONN_H
#define MGOS_MQTT_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mgos_mqtt.h"
#include "packet.h"

/* mqtt.* of mongoose-os.md 4.9; strings may be NULL. */
struct mqtt_conn_options {
    const char *server;
    const char *client_id, *user, *pass;
    const char *will_topic, *will_message;
    const char *ssl_cert, *ssl_key, *ssl_ca_cert;
    bool will_retain, clean_session, require_time, cloud_events;
    int keep_alive, max_qos, recv_mbuf_limit, max_queue_length;
    uint32_t reconnect_min_ms, reconnect_max_ms;
};

struct mqtt_conn;

/* Copies the options. NULL: refused (logged) or out of memory. Nothing happens before mqtt_conn_start(). */
struct mqtt_conn *mqtt_conn_create(const struct mqtt_conn_options *options);
void mqtt_conn_free(struct mqtt_conn *conn);
/* Other options, from the next connection on. False: refused (logged) or out of memory; the old ones stay. */
bool mqtt_conn_configure(struct mqtt_conn *conn, const struct mqtt_conn_options *options);

/* Connects now, unless it is connected or connecting, and from now on whenever the connection ends. */
void mqtt_conn_start(struct mqtt_conn *conn);
/* As mqtt_conn_start(), unless mqtt_conn_stop() was the last that was asked for: the board has an address. */
void mqtt_conn_network_up(struct mqtt_conn *conn);
/* Says goodbye and stays away. */
void mqtt_conn_stop(struct mqtt_conn *conn);
bool mqtt_conn_is_connected(const struct mqtt_conn *conn);

/* The packet id, any number but 0 for QoS 0; 0: refused, and the log says why. */
uint16_t mqtt_conn_publish(struct mqtt_conn *conn, const struct mqtt_publish *publish);
void mqtt_conn_subscribe(struct mqtt_conn *conn, const struct mqtt_text *topic, uint8_t qos,
                         sub_handler_t handler, void *user);
bool mqtt_conn_unsubscribe(struct mqtt_conn *conn, const struct mqtt_text *topic);

uint16_t mqtt_conn_next_id(struct mqtt_conn *conn);
size_t mqtt_conn_unsent(const struct mqtt_conn *conn);
void mqtt_conn_set_max_qos(struct mqtt_conn *conn, int qos);

#endif
