/* An MQTT 3.1.1 client without a socket and without a clock: the protocol's state, told of time and bytes.
 *
 * Its owner has the transport:
 *
 *     when it opens      mqtt_session_open(), then as below until it ends
 *     bytes to read      while ((n = mqtt_session_want(s, &into)) > 0 && (n = read(into, n)) > 0)
 *                            mqtt_session_received(s, n, now);
 *     room to write      while ((n = mqtt_session_output(s, &data)) > 0)
 *                            mqtt_session_sent(s, write(data, n), now);
 *     every second       mqtt_session_tick(), for keep-alive and patience
 *     when it ends       mqtt_session_lost()
 *
 * After a call that may have produced output (received, tick, publish, subscribe, unsubscribe, disconnect)
 * the owner looks at mqtt_session_output() again. A function that returns false has found a reason to end the
 * connection: mqtt_session_error() is a sentence, and the owner closes the transport.
 *
 * Messages and subscriptions belong to the session, not to the connection: they may be added at any time, and
 * wait. Between connections it keeps what MQTT 4.1 calls session state; it does not survive a restart.
 *
 * Memory: messages, subscriptions, one incoming packet over 16 bytes, CONNECT while it is being sent; all
 * from os/heap.h. Times are microseconds of a clock that never goes back.
 */
#ifndef MQTT_SESSION_H
#define MQTT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outbox.h"
#include "packet.h"
#include "reader.h"
#include "received_ids.h"
#include "requests.h"

enum { MQTT_CONNACK_SECONDS = 30, MQTT_ACKS_ROW = 16 * MQTT_ACK_SIZE };

struct mqtt_session_options {
    struct mqtt_connect connect; /* its strings stay the caller's, in place; keep_alive 0 is replaced by 60 */
    uint32_t packet_limit;       /* bytes of an incoming packet */
    unsigned queue_limit;        /* messages of QoS 1 and 2 that wait; and of QoS 0 that have not left */
    uint8_t max_qos;
};

/* What the owner is told; from within the functions below. */
struct mqtt_session_events {
    void (*connack)(void *user, uint8_t code); /* 0: connected */
    void (*sending)(void *user, const struct mqtt_publish *publish);
    void (*subscribing)(void *user, enum mqtt_type type, const struct mqtt_text *topic, uint8_t qos);
    void (*refused)(void *user, const struct mqtt_text *topic);  /* a subscription */
    void (*acknowledged)(void *user, uint16_t id, bool drained); /* a message is done; the outbox is empty */
    /* The broker lost a message of QoS 2 together with its session: it may not have been delivered. */
    void (*abandoned)(void *user, uint16_t id);
    void (*unexpected)(void *user, enum mqtt_type type, uint16_t id); /* an acknowledgement of nothing */
};

enum mqtt_session_state {
    MQTT_SESSION_CLOSED,
    MQTT_SESSION_CONNECTING, /* CONNACK is missing */
    MQTT_SESSION_READY,
    MQTT_SESSION_LEAVING, /* only the way to DISCONNECT is left */
    MQTT_SESSION_FAILED,
};

struct mqtt_session {
    struct mqtt_session_options options;
    const struct mqtt_session_events *events;
    void *user;

    enum mqtt_session_state state;
    unsigned epoch;      /* counts connections */
    bool delivering;     /* a handler looks at the packet in the reader */
    bool limit_exceeded; /* the error is the packet limit's */
    char error[128];
    uint16_t last_id;
    uint64_t opened_at, sent_at, received_at, pinged_at; /* pinged_at 0: no PINGREQ waits for an answer */

    struct mqtt_reader reader;
    struct mqtt_outbox outbox;
    struct mqtt_requests requests;
    struct mqtt_received_ids received;

    /* What is being sent: one packet, or a row of small ones. */
    struct {
        enum {
            MQTT_SENDING_NOTHING,
            MQTT_SENDING_CONNECT,
            MQTT_SENDING_ACKS,
            MQTT_SENDING_REQUEST,
            MQTT_SENDING_MESSAGE
        } what;
        const uint8_t *data;
        size_t length, offset;
        struct mqtt_request *request;
        struct mqtt_message *message;
    } sending;
    uint8_t *connect; /* the packet; wiped when it has left */
    size_t connect_length;
    uint8_t acks[MQTT_ACKS_ROW + MQTT_EMPTY_SIZE]; /* and PINGREQ; DISCONNECT always finds its place */
    size_t acks_length;
};

/* `first_id`: where packet ids begin; a number that differs from boot to boot, because the broker may
 * remember the last session. `events` and the strings of `options` must outlive the session. */
void mqtt_session_init(struct mqtt_session *s, const struct mqtt_session_options *options,
                       const struct mqtt_session_events *events, void *user, uint16_t first_id);
/* Other options, between connections. */
void mqtt_session_set_options(struct mqtt_session *s, const struct mqtt_session_options *options);
/* Frees everything; the session is as after init. */
void mqtt_session_free(struct mqtt_session *s);

bool mqtt_session_open(struct mqtt_session *s, uint64_t now);
void mqtt_session_lost(struct mqtt_session *s);
bool mqtt_session_is_ready(const struct mqtt_session *s);
const char *mqtt_session_error(const struct mqtt_session *s);

/* How many bytes are wanted and where; 0: none now. Room comes back when output has left. */
size_t mqtt_session_want(struct mqtt_session *s, uint8_t **into);
bool mqtt_session_received(struct mqtt_session *s, size_t count, uint64_t now);
size_t mqtt_session_output(struct mqtt_session *s, const uint8_t **data);
void mqtt_session_sent(struct mqtt_session *s, size_t count, uint64_t now);
bool mqtt_session_tick(struct mqtt_session *s, uint64_t now);

enum mqtt_publish_error {
    MQTT_PUBLISH_OK,
    MQTT_PUBLISH_BAD_TOPIC,
    MQTT_PUBLISH_OFFLINE,    /* QoS 0 without a connection */
    MQTT_PUBLISH_QUEUE_FULL, /* options.queue_limit messages wait */
    MQTT_PUBLISH_TOO_LARGE,
    MQTT_PUBLISH_NO_MEMORY,
};
const char *mqtt_publish_strerror(enum mqtt_publish_error error);
/* The packet id (any number but 0 for QoS 0), or 0 and `*error`. A message that got an id is kept until the
 * broker has it. */
uint16_t mqtt_session_publish(struct mqtt_session *s, const struct mqtt_publish *publish,
                              enum mqtt_publish_error *error);
/* NULL, or why it was refused. */
const char *mqtt_session_subscribe(struct mqtt_session *s, const struct mqtt_text *topic, uint8_t qos,
                                   sub_handler_t handler, void *user);
bool mqtt_session_unsubscribe(struct mqtt_session *s, const struct mqtt_text *topic);
/* The last output is DISCONNECT, unless a packet is only half sent: then there is none. */
void mqtt_session_disconnect(struct mqtt_session *s);

uint16_t mqtt_session_next_id(struct mqtt_session *s);
size_t mqtt_session_unsent(const struct mqtt_session *s);

#endif
