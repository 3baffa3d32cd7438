/* MQTT 3.1.1 packets: what a client sends is encoded, what a broker sends is decoded. Pure: no state, no
 * allocation.
 *
 * Encoders return the length of the whole packet and write it when `size` suffices; call them with size 0 to
 * learn the length first. 0: the packet cannot be expressed (a string over 65535 bytes, a body over
 * 268435455). Decoders take a packet whose length the fixed header announced (reader.h) and trust none of it.
 * They return NULL, or a sentence without a full stop that says what rule the broker broke; strings of the
 * result point into the packet. "MQTT 2.2.3" is the section of the OASIS standard MQTT Version 3.1.1.
 */
#ifndef MQTT_PACKET_H
#define MQTT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mqtt_type {
    MQTT_CONNECT = 1,
    MQTT_CONNACK = 2,
    MQTT_PUBLISH = 3,
    MQTT_PUBACK = 4,
    MQTT_PUBREC = 5,
    MQTT_PUBREL = 6,
    MQTT_PUBCOMP = 7,
    MQTT_SUBSCRIBE = 8,
    MQTT_SUBACK = 9,
    MQTT_UNSUBSCRIBE = 10,
    MQTT_UNSUBACK = 11,
    MQTT_PINGREQ = 12,
    MQTT_PINGRESP = 13,
    MQTT_DISCONNECT = 14,
};

enum {
    MQTT_BODY_MAX = 268435455, /* MQTT 2.2.3 */
    MQTT_STRING_MAX = 65535,
    MQTT_ACK_SIZE = 4,   /* PUBACK, PUBREC, PUBREL, PUBCOMP */
    MQTT_EMPTY_SIZE = 2, /* PINGREQ, DISCONNECT */
    MQTT_SUBSCRIBE_REFUSED = 0x80,
};

enum { MQTT_FLAG_RETAIN = 0x01, MQTT_FLAG_DUP = 0x08 }; /* in the first byte of PUBLISH */

/* CONNECT. A NULL string is absent; the will needs both its strings, the password needs a user name
 * (MQTT 3.1.2.9). */
struct mqtt_connect {
    const char *client_id;
    const char *user, *pass;
    const char *will_topic, *will_message; /* QoS 0, mongoose-os.md 7.4 */
    bool will_retain;
    bool clean_session;
    uint16_t keep_alive; /* seconds */
};
size_t mqtt_encode_connect(const struct mqtt_connect *connect, uint8_t *out, size_t size);

struct mqtt_text {
    const char *text; /* no NUL at its end */
    size_t length;
};

struct mqtt_publish {
    struct mqtt_text topic;
    struct mqtt_text payload;
    uint16_t id; /* QoS 1 and 2 */
    uint8_t qos;
    bool dup, retain;
};
size_t mqtt_encode_publish(const struct mqtt_publish *publish, uint8_t *out, size_t size);

/* `type`: MQTT_PUBACK to MQTT_PUBCOMP. */
void mqtt_encode_ack(enum mqtt_type type, uint16_t id, uint8_t out[MQTT_ACK_SIZE]);
/* MQTT_PINGREQ, MQTT_DISCONNECT */
void mqtt_encode_empty(enum mqtt_type type, uint8_t out[MQTT_EMPTY_SIZE]);

/* MQTT_SUBSCRIBE with `qos`, or MQTT_UNSUBSCRIBE, of one topic filter. */
size_t mqtt_encode_topic_request(enum mqtt_type type, uint16_t id, const struct mqtt_text *filter,
                                 uint8_t qos, uint8_t *out, size_t size);

/* What a broker may send; which members mean something depends on `type`. */
struct mqtt_packet {
    enum mqtt_type type;
    uint16_t id;                 /* PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK */
    struct mqtt_publish publish; /* PUBLISH */
    bool session_present;        /* CONNACK */
    uint8_t return_code;         /* CONNACK: 0 accepted */
    const uint8_t *granted;      /* SUBACK: 0, 1, 2 or MQTT_SUBSCRIBE_REFUSED, one a topic filter */
    size_t granted_count;
};
/* `first` is the first byte of the packet, `body` what follows the remaining length. */
const char *mqtt_decode(uint8_t first, const uint8_t *body, size_t length, struct mqtt_packet *packet);

#endif
