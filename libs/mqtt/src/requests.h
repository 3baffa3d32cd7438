/* Subscriptions, and the SUBSCRIBE and UNSUBSCRIBE packets that tell the broker of them, in the order they
 * were asked for.
 *
 * A subscription stays, with its packet, until it is ended: it is sent again on every connection. An
 * UNSUBSCRIBE leaves when the broker has acknowledged it, or when the broker has no session that it could
 * change. Subscriptions may be added and ended while a message is being delivered to them.
 */
#ifndef MQTT_REQUESTS_H
#define MQTT_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mgos_mqtt.h"
#include "packet.h"

enum mqtt_request_state { MQTT_REQUEST_TO_SEND, MQTT_REQUEST_SENT, MQTT_REQUEST_ANSWERED };

struct mqtt_request {
    struct mqtt_request *next;
    enum mqtt_type type; /* MQTT_SUBSCRIBE or MQTT_UNSUBSCRIBE */
    enum mqtt_request_state state;
    bool ended; /* it goes as soon as nobody looks at it */
    uint16_t id;
    sub_handler_t handler;
    void *user;
    struct mqtt_text topic; /* within the packet */
    uint8_t qos;
    size_t length;
    uint8_t packet[];
};

struct mqtt_requests {
    struct mqtt_request *first;
    const struct mqtt_request *being_sent; /* the owner sets it while it holds on to a packet */
    unsigned delivering;
};

/* False: out of memory. */
bool mqtt_requests_add(struct mqtt_requests *requests, enum mqtt_type type, uint16_t id,
                       const struct mqtt_text *topic, uint8_t qos, sub_handler_t handler, void *user);
/* Ends the subscriptions of this topic; how many there were. */
unsigned mqtt_requests_end(struct mqtt_requests *requests, const struct mqtt_text *topic);

bool mqtt_requests_use(const struct mqtt_requests *requests, uint16_t id);
struct mqtt_request *mqtt_requests_to_send(const struct mqtt_requests *requests);
/* SUBACK or UNSUBACK: marks the request answered. NULL: none of that kind waits under this id. The request
 * lives until the next call. */
const struct mqtt_request *mqtt_requests_answered(struct mqtt_requests *requests, enum mqtt_type type,
                                                  uint16_t id);

/* The connection has ended: everything is to be sent again. */
void mqtt_requests_rewind(struct mqtt_requests *requests);
/* The broker has no session of ours: nothing is left to unsubscribe from. */
void mqtt_requests_new_session(struct mqtt_requests *requests);

/* Calls the handlers whose topic matches; how many. */
unsigned mqtt_requests_deliver(struct mqtt_requests *requests, const struct mqtt_publish *publish);

/* Frees what has ended and is not in use. */
void mqtt_requests_sweep(struct mqtt_requests *requests);
void mqtt_requests_clear(struct mqtt_requests *requests);

#endif
