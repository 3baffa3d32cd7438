/* Messages on their way to the broker, in the order they were accepted, until their last acknowledgement.
 *
 * A message is kept encoded, in one block of the heap. QoS 0 leaves when it is sent; QoS 1 when PUBACK comes;
 * QoS 2 gives up its contents at PUBREC and leaves when PUBCOMP comes (MQTT 4.3). When the connection ends,
 * what is not acknowledged waits for the next one and is sent again in the same order, with DUP if it had
 * been sent (MQTT 4.4); unsent QoS 0 is forgotten. The outbox knows neither time nor transport: it is told
 * what happened and asked what to send next.
 */
#ifndef MQTT_OUTBOX_H
#define MQTT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

enum mqtt_message_state {
    MQTT_MESSAGE_TO_SEND,
    MQTT_MESSAGE_SENT,            /* waits for PUBACK or PUBREC */
    MQTT_MESSAGE_RELEASE_TO_SEND, /* PUBREL is next */
    MQTT_MESSAGE_RELEASED,        /* waits for PUBCOMP */
};

struct mqtt_message {
    struct mqtt_message *next;
    enum mqtt_message_state state;
    uint16_t id;
    uint8_t qos;
    bool tried;     /* its PUBLISH, or a part of it, has left: the next is a DUP */
    uint8_t answer; /* the acknowledgement that came while it was being sent once more, or 0 */
    uint64_t sent_at;
    size_t length;
    uint8_t packet[]; /* PUBLISH; from PUBREC on PUBREL */
};

struct mqtt_outbox {
    struct mqtt_message *first;
    unsigned limit;         /* most messages of QoS 1 and 2, and most of QoS 0 */
    unsigned kept, passing; /* how many there are of QoS 1 and 2, of QoS 0 */
};

enum mqtt_outbox_result { MQTT_OUTBOX_OK, MQTT_OUTBOX_FULL, MQTT_OUTBOX_TOO_LARGE, MQTT_OUTBOX_NO_MEMORY };
enum mqtt_outbox_result mqtt_outbox_add(struct mqtt_outbox *outbox, const struct mqtt_publish *publish);

bool mqtt_outbox_uses(const struct mqtt_outbox *outbox, uint16_t id);
struct mqtt_message *mqtt_outbox_find(const struct mqtt_outbox *outbox, uint16_t id);

/* The first that has something to send, or NULL. */
struct mqtt_message *mqtt_outbox_to_send(const struct mqtt_outbox *outbox);
/* Its first bytes leave now. */
void mqtt_outbox_sending(struct mqtt_message *message);
/* What an acknowledgement did to a message. */
enum mqtt_outbox_step {
    MQTT_OUTBOX_IGNORED, /* it does not fit the message's state */
    MQTT_OUTBOX_GOES_ON,
    MQTT_OUTBOX_DONE, /* the message is gone */
};
/* Its last byte has left. */
enum mqtt_outbox_step mqtt_outbox_sent(struct mqtt_outbox *outbox, struct mqtt_message *message,
                                       uint64_t now);
/* PUBACK, PUBREC or PUBCOMP came. `being_sent`: a part of its packet has left; the step is taken when the
 * rest has. */
enum mqtt_outbox_step mqtt_outbox_answered(struct mqtt_outbox *outbox, struct mqtt_message *message,
                                           enum mqtt_type answer, bool being_sent);
/* Forgets it. */
void mqtt_outbox_remove(struct mqtt_outbox *outbox, struct mqtt_message *message);

/* The connection has ended: everything that is not acknowledged is to be sent again. */
void mqtt_outbox_rewind(struct mqtt_outbox *outbox);
/* What was sent before `time` and never acknowledged is to be sent again. */
void mqtt_outbox_resend(struct mqtt_outbox *outbox, uint64_t time);
/* Earliest time at which something unacknowledged was sent; UINT64_MAX: there is nothing. */
uint64_t mqtt_outbox_waits_since(const struct mqtt_outbox *outbox);
/* The first message that waits for PUBCOMP or is to be released, or NULL. */
struct mqtt_message *mqtt_outbox_released(const struct mqtt_outbox *outbox);

/* Bytes that have not left. */
size_t mqtt_outbox_unsent(const struct mqtt_outbox *outbox);
void mqtt_outbox_clear(struct mqtt_outbox *outbox);

#endif
