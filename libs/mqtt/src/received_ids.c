/* The packet ids of QoS 2 messages that were delivered and not yet released.  MQTT 4.3.3 */

#include "received_ids.h"

#include "heap.h"

enum { ROOM_STEP = 16 };

static bool make_room(struct mqtt_received_ids *received)
{
    uint16_t *ids;

    if (received->count < received->room)
        return true;
    if (received->room >= MQTT_RECEIVED_IDS_MAX)
        return false;
    ids = heap_realloc(received->ids, (received->room + ROOM_STEP) * sizeof(*ids));
    if (ids == NULL)
        return false;
    received->ids = ids;
    received->room += ROOM_STEP;
    return true;
}

enum mqtt_received mqtt_received_ids_add(struct mqtt_received_ids *received, uint16_t id)
{
    for (unsigned i = 0; i < received->count; i++) {
        if (received->ids[i] == id)
            return MQTT_RECEIVED_AGAIN;
    }
    if (!make_room(received))
        return MQTT_RECEIVED_FULL;
    received->ids[received->count++] = id;
    return MQTT_RECEIVED_NEW;
}

void mqtt_received_ids_remove(struct mqtt_received_ids *received, uint16_t id)
{
    for (unsigned i = 0; i < received->count; i++) {
        if (received->ids[i] == id) {
            received->ids[i] = received->ids[--received->count];
            return;
        }
    }
}

void mqtt_received_ids_clear(struct mqtt_received_ids *received)
{
    heap_free(received->ids);
    received->ids = NULL;
    received->count = received->room = 0;
}
