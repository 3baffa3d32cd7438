/* The packet ids of QoS 2 messages that were delivered and not yet released: who is in it must not be
 * delivered again (MQTT 4.3.3, method B). It outlives the connection, not the session. */
#ifndef MQTT_RECEIVED_IDS_H
#define MQTT_RECEIVED_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A broker with more messages in flight than this is refused; mosquitto has 20 at most unless told otherwise.
 */
enum { MQTT_RECEIVED_IDS_MAX = 256 };

struct mqtt_received_ids {
    uint16_t *ids;
    uint16_t count, room;
};

enum mqtt_received { MQTT_RECEIVED_NEW, MQTT_RECEIVED_AGAIN, MQTT_RECEIVED_FULL };
/* MQTT_RECEIVED_FULL: too many of them, or no memory; `id` is not kept. */
enum mqtt_received mqtt_received_ids_add(struct mqtt_received_ids *received, uint16_t id);
void mqtt_received_ids_remove(struct mqtt_received_ids *received, uint16_t id);
void mqtt_received_ids_clear(struct mqtt_received_ids *received);

#endif
