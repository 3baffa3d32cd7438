/* An MQTT 3.1.1 client's connection, what it sends, and its sense of time.  MQTT 3.1, 3.12, 4.4, 4.6 */

#include "session_internal.h"

#include <stdio.h>
#include <string.h>

#include "heap.h"
#include "topic.h"

enum { SECOND = 1000000, DEFAULT_KEEP_ALIVE = 60 };

bool mqtt_session_fail(struct mqtt_session *s, const char *why)
{
    if (why != s->error)
        snprintf(s->error, sizeof(s->error), "%s", why);
    s->state = MQTT_SESSION_FAILED;
    return false;
}

void mqtt_session_init(struct mqtt_session *s, const struct mqtt_session_options *options,
                       const struct mqtt_session_events *events, void *user, uint16_t first_id)
{
    memset(s, 0, sizeof(*s));
    s->events = events;
    s->user = user;
    s->last_id = first_id - 1;
    mqtt_session_set_options(s, options);
}

void mqtt_session_set_options(struct mqtt_session *s, const struct mqtt_session_options *options)
{
    s->options = *options;
    if (s->options.connect.keep_alive == 0)
        s->options.connect.keep_alive = DEFAULT_KEEP_ALIVE;
    s->reader.limit = options->packet_limit;
    s->outbox.limit = options->queue_limit;
}

static void forget_connect(struct mqtt_session *s)
{
    heap_free_secret(s->connect);
    s->connect = NULL;
    s->connect_length = 0;
}

static void reset_connection(struct mqtt_session *s)
{
    forget_connect(s);
    memset(&s->sending, 0, sizeof(s->sending));
    s->acks_length = 0;
    s->pinged_at = 0;
    if (!s->delivering) /* else the handler's packet; received() does it when the handler has returned */
        mqtt_reader_next(&s->reader);
    mqtt_outbox_rewind(&s->outbox);
    mqtt_requests_rewind(&s->requests);
}

void mqtt_session_free(struct mqtt_session *s)
{
    mqtt_session_lost(s);
    mqtt_outbox_clear(&s->outbox);
    mqtt_requests_clear(&s->requests);
    mqtt_received_ids_clear(&s->received);
}

bool mqtt_session_open(struct mqtt_session *s, uint64_t now)
{
    const struct mqtt_connect *connect = &s->options.connect;

    reset_connection(s);
    s->epoch++;
    s->limit_exceeded = false;
    s->error[0] = '\0';
    s->opened_at = s->sent_at = s->received_at = now;
    s->connect_length = mqtt_encode_connect(connect, NULL, 0);
    if (s->connect_length == 0)
        return mqtt_session_fail(s, "a setting of CONNECT is longer than 65535 bytes");
    s->connect = heap_alloc(s->connect_length);
    if (s->connect == NULL)
        return mqtt_session_fail(s, "out of memory for CONNECT");
    mqtt_encode_connect(connect, s->connect, s->connect_length);
    s->state = MQTT_SESSION_CONNECTING;
    return true;
}

void mqtt_session_lost(struct mqtt_session *s)
{
    reset_connection(s);
    s->state = MQTT_SESSION_CLOSED;
}

bool mqtt_session_is_open(const struct mqtt_session *s)
{
    return s->state == MQTT_SESSION_CONNECTING || s->state == MQTT_SESSION_READY;
}

bool mqtt_session_is_ready(const struct mqtt_session *s)
{
    return s->state == MQTT_SESSION_READY;
}

const char *mqtt_session_error(const struct mqtt_session *s)
{
    return s->error;
}

/* --- outgoing
 * ------------------------------------------------------------------------------------------------------ */

static bool begin_sending(struct mqtt_session *s, int what, const uint8_t *data, size_t length)
{
    s->sending.what = what;
    s->sending.data = data;
    s->sending.length = length;
    s->sending.offset = 0;
    return true;
}

static void tell_sending(struct mqtt_session *s, const struct mqtt_message *message)
{
    struct mqtt_packet packet;
    size_t header = 2;

    if (message->state != MQTT_MESSAGE_TO_SEND)
        return;
    while (message->packet[header - 1] & 0x80)
        header++;
    if (mqtt_decode(message->packet[0], message->packet + header, message->length - header, &packet) == NULL)
        s->events->sending(s->user, &packet.publish);
}

/* Acknowledgements first: they are what the other side waits for. Subscriptions before messages, so that who
 * subscribes and publishes hears himself. */
static bool choose_output(struct mqtt_session *s)
{
    struct mqtt_message *message;
    struct mqtt_request *request;

    if (s->state == MQTT_SESSION_CONNECTING && s->connect != NULL)
        return begin_sending(s, MQTT_SENDING_CONNECT, s->connect, s->connect_length);
    if ((s->state == MQTT_SESSION_READY || s->state == MQTT_SESSION_LEAVING) && s->acks_length > 0)
        return begin_sending(s, MQTT_SENDING_ACKS, s->acks, s->acks_length);
    if (s->state != MQTT_SESSION_READY)
        return false;
    request = mqtt_requests_to_send(&s->requests);
    if (request != NULL) {
        s->sending.request = request;
        s->requests.being_sent = request;
        s->events->subscribing(s->user, request->type, &request->topic, request->qos);
        return begin_sending(s, MQTT_SENDING_REQUEST, request->packet, request->length);
    }
    message = mqtt_outbox_to_send(&s->outbox);
    if (message == NULL)
        return false;
    mqtt_outbox_sending(message);
    tell_sending(s, message);
    s->sending.message = message;
    return begin_sending(s, MQTT_SENDING_MESSAGE, message->packet, message->length);
}

size_t mqtt_session_output(struct mqtt_session *s, const uint8_t **data)
{
    if (!mqtt_session_is_open(s) && s->state != MQTT_SESSION_LEAVING)
        return 0;
    if (s->sending.what == MQTT_SENDING_NOTHING && !choose_output(s))
        return 0;
    *data = s->sending.data + s->sending.offset;
    return s->sending.length - s->sending.offset;
}

static void sent_message(struct mqtt_session *s, struct mqtt_message *message, uint64_t now)
{
    uint16_t id = message->id;
    bool kept = message->qos > 0;

    if (mqtt_outbox_sent(&s->outbox, message, now) == MQTT_OUTBOX_DONE && kept)
        s->events->acknowledged(s->user, id, s->outbox.first == NULL);
}

void mqtt_session_sent(struct mqtt_session *s, size_t count, uint64_t now)
{
    struct mqtt_message *message = s->sending.message;
    struct mqtt_request *request = s->sending.request;
    size_t length = s->sending.length;
    int what = s->sending.what;

    if (what == MQTT_SENDING_NOTHING || count == 0)
        return;
    s->sending.offset += count;
    if (s->sending.offset < length)
        return;
    memset(&s->sending, 0, sizeof(s->sending));
    s->sent_at = now;
    switch (what) {
    case MQTT_SENDING_CONNECT:
        forget_connect(s);
        break;
    case MQTT_SENDING_ACKS: /* more may have joined meanwhile */
        s->acks_length -= length;
        memmove(s->acks, s->acks + length, s->acks_length);
        break;
    case MQTT_SENDING_REQUEST:
        request->state = MQTT_REQUEST_SENT;
        s->requests.being_sent = NULL;
        mqtt_requests_sweep(&s->requests);
        break;
    default:
        sent_message(s, message, now);
    }
}

/* --- time
 * ----------------------------------------------------------------------------------------------------------
 */

static uint64_t earliest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

bool mqtt_session_tick(struct mqtt_session *s, uint64_t now)
{
    uint64_t patience = (uint64_t)s->options.connect.keep_alive * SECOND;
    uint64_t quiet_since;

    if (s->state == MQTT_SESSION_CONNECTING &&
        now - s->opened_at >= (uint64_t)MQTT_CONNACK_SECONDS * SECOND) {
        snprintf(s->error, sizeof(s->error), "no CONNACK from the broker within %d s", MQTT_CONNACK_SECONDS);
        return mqtt_session_fail(s, s->error);
    }
    if (s->state != MQTT_SESSION_READY)
        return s->state != MQTT_SESSION_FAILED;
    if (s->pinged_at != 0) {
        if (now - s->pinged_at < patience)
            return true;
        snprintf(s->error, sizeof(s->error), "no PINGRESP from the broker within %u s",
                 (unsigned)s->options.connect.keep_alive);
        return mqtt_session_fail(s, s->error);
    }
    /* MQTT 3.1.2.10 asks for it when nothing was sent; a broker that is gone shows when nothing comes back.
     */
    quiet_since = earliest(earliest(s->sent_at, s->received_at), mqtt_outbox_waits_since(&s->outbox));
    if (now < quiet_since || now - quiet_since < patience || s->acks_length + MQTT_EMPTY_SIZE > MQTT_ACKS_ROW)
        return true;
    mqtt_encode_empty(MQTT_PINGREQ, s->acks + s->acks_length);
    s->acks_length += MQTT_EMPTY_SIZE;
    s->pinged_at = now;
    return true;
}

/* --- what the application asks for
 * ---------------------------------------------------------------------------------- */

uint16_t mqtt_session_next_id(struct mqtt_session *s)
{
    uint16_t id = s->last_id;

    /* Ends: what is in use is bounded by the heap, far below 65535. */
    do {
        id++;
    } while (id == 0 || mqtt_outbox_uses(&s->outbox, id) || mqtt_requests_use(&s->requests, id));
    s->last_id = id;
    return id;
}

const char *mqtt_publish_strerror(enum mqtt_publish_error error)
{
    switch (error) {
    case MQTT_PUBLISH_BAD_TOPIC:
        return "its topic is empty, has wildcards or is not valid UTF-8";
    case MQTT_PUBLISH_OFFLINE:
        return "not connected, and QoS 0 does not wait";
    case MQTT_PUBLISH_QUEUE_FULL:
        return "mqtt.max_queue_length messages wait for the broker already";
    case MQTT_PUBLISH_TOO_LARGE:
        return "it is larger than MQTT allows";
    case MQTT_PUBLISH_NO_MEMORY:
        return "out of memory";
    default:
        return "ok";
    }
}

static enum mqtt_publish_error check_publish(const struct mqtt_session *s, const struct mqtt_publish *publish)
{
    if (mqtt_topic_check_name(publish->topic.text, publish->topic.length) != NULL)
        return MQTT_PUBLISH_BAD_TOPIC;
    if (publish->qos == 0 && s->state != MQTT_SESSION_READY)
        return MQTT_PUBLISH_OFFLINE;
    return MQTT_PUBLISH_OK;
}

uint16_t mqtt_session_publish(struct mqtt_session *s, const struct mqtt_publish *publish,
                              enum mqtt_publish_error *error)
{
    static const enum mqtt_publish_error outbox_error[] = {
        [MQTT_OUTBOX_OK] = MQTT_PUBLISH_OK,
        [MQTT_OUTBOX_FULL] = MQTT_PUBLISH_QUEUE_FULL,
        [MQTT_OUTBOX_TOO_LARGE] = MQTT_PUBLISH_TOO_LARGE,
        [MQTT_OUTBOX_NO_MEMORY] = MQTT_PUBLISH_NO_MEMORY,
    };
    struct mqtt_publish copy = *publish;

    if (copy.qos > s->options.max_qos)
        copy.qos = s->options.max_qos;
    *error = check_publish(s, &copy);
    if (*error != MQTT_PUBLISH_OK)
        return 0;
    copy.id = mqtt_session_next_id(s);
    copy.dup = false;
    *error = outbox_error[mqtt_outbox_add(&s->outbox, &copy)];
    return *error == MQTT_PUBLISH_OK ? copy.id : 0;
}

const char *mqtt_session_subscribe(struct mqtt_session *s, const struct mqtt_text *topic, uint8_t qos,
                                   sub_handler_t handler, void *user)
{
    const char *why = mqtt_topic_check_filter(topic->text, topic->length);

    if (why != NULL)
        return why;
    if (qos > s->options.max_qos)
        qos = s->options.max_qos;
    if (!mqtt_requests_add(&s->requests, MQTT_SUBSCRIBE, mqtt_session_next_id(s), topic, qos, handler, user))
        return "out of memory";
    return NULL;
}

bool mqtt_session_unsubscribe(struct mqtt_session *s, const struct mqtt_text *topic)
{
    if (mqtt_requests_end(&s->requests, topic) == 0)
        return false;
    /* Nobody to tell: the broker forgets it with the session. Without memory it keeps sending, and nobody
     * listens. */
    if (s->state == MQTT_SESSION_READY || !s->options.connect.clean_session)
        mqtt_requests_add(&s->requests, MQTT_UNSUBSCRIBE, mqtt_session_next_id(s), topic, 0, NULL, NULL);
    return true;
}

void mqtt_session_disconnect(struct mqtt_session *s)
{
    bool half_sent = s->sending.offset > 0 && s->sending.what != MQTT_SENDING_ACKS;

    if (s->state != MQTT_SESSION_READY)
        return;
    s->state = half_sent ? MQTT_SESSION_CLOSED : MQTT_SESSION_LEAVING;
    if (s->sending.what != MQTT_SENDING_ACKS) {
        memset(&s->sending, 0, sizeof(s->sending));
        s->requests.being_sent = NULL;
    }
    mqtt_encode_empty(MQTT_DISCONNECT, s->acks + s->acks_length);
    s->acks_length += MQTT_EMPTY_SIZE;
}

size_t mqtt_session_unsent(const struct mqtt_session *s)
{
    return mqtt_outbox_unsent(&s->outbox) - (s->sending.what == MQTT_SENDING_MESSAGE ? s->sending.offset : 0);
}
