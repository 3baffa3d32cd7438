/* What the broker says, and what the session makes of it.  MQTT 3.2 to 3.13, 4.3 */

#include "session_internal.h"

#include <stdio.h>

static bool fail_malformed(struct mqtt_session *s, const char *why)
{
    snprintf(s->error, sizeof(s->error), "the broker breaks the protocol: %s", why);
    return mqtt_session_fail(s, s->error);
}

size_t mqtt_session_want(struct mqtt_session *s, uint8_t **into)
{
    /* Any packet may need an acknowledgement: no room for one, no packet. */
    if (!mqtt_session_is_open(s) || s->delivering || s->acks_length + MQTT_ACK_SIZE > MQTT_ACKS_ROW)
        return 0;
    return mqtt_reader_want(&s->reader, into);
}

static void put_ack(struct mqtt_session *s, enum mqtt_type type, uint16_t id)
{
    mqtt_encode_ack(type, id, s->acks + s->acks_length);
    s->acks_length += MQTT_ACK_SIZE;
}

/* Without a session at the broker, ours is void too (MQTT 3.2.2.2), but for the messages it never took over.
 */
static void begin_new_session(struct mqtt_session *s)
{
    struct mqtt_message *message;

    mqtt_received_ids_clear(&s->received);
    mqtt_requests_new_session(&s->requests);
    while ((message = mqtt_outbox_released(&s->outbox)) != NULL) {
        uint16_t id = message->id;

        mqtt_outbox_remove(&s->outbox, message);
        s->events->abandoned(s->user, id);
    }
}

static const char *refusal(uint8_t code)
{
    switch (code) {
    case 1:
        return "the broker does not speak MQTT 3.1.1 (return code 1)";
    case 2:
        return "the broker refuses the client id: set another mqtt.client_id (return code 2)";
    case 3:
        return "the broker is not available at present (return code 3)";
    case 4:
        return "the broker refuses user name or password: check mqtt.user and mqtt.pass (return code 4)";
    case 5:
        return "the broker does not authorize this client: check its certificate, mqtt.user, the broker's "
               "ACL (return code 5)";
    default:
        return "the broker refuses the connection with a reserved return code";
    }
}

static bool on_connack(struct mqtt_session *s, const struct mqtt_packet *packet)
{
    if (packet->return_code != 0) {
        mqtt_session_fail(s, refusal(packet->return_code));
    } else if (packet->session_present && s->options.connect.clean_session) {
        return fail_malformed(s, "it claims a session after a clean start");
    } else {
        s->state = MQTT_SESSION_READY;
        if (!packet->session_present)
            begin_new_session(s);
    }
    s->events->connack(s->user, packet->return_code);
    return packet->return_code == 0;
}

static bool deliver(struct mqtt_session *s, const struct mqtt_publish *publish)
{
    unsigned epoch = s->epoch;

    s->delivering = true;
    mqtt_requests_deliver(&s->requests, publish);
    s->delivering = false;
    /* The handler may have ended the connection. */
    return s->epoch == epoch && s->state == MQTT_SESSION_READY;
}

static bool on_publish(struct mqtt_session *s, const struct mqtt_publish *publish)
{
    enum mqtt_received known = MQTT_RECEIVED_NEW;

    if (publish->qos == 2)
        known = mqtt_received_ids_add(&s->received, publish->id);
    if (known == MQTT_RECEIVED_FULL)
        return mqtt_session_fail(s, "too many messages of QoS 2 from the broker wait for their PUBREL");
    if (known == MQTT_RECEIVED_NEW && !deliver(s, publish))
        return true;
    if (publish->qos > 0)
        put_ack(s, publish->qos == 1 ? MQTT_PUBACK : MQTT_PUBREC, publish->id);
    return true;
}

static void on_answer(struct mqtt_session *s, enum mqtt_type type, uint16_t id)
{
    struct mqtt_message *message = mqtt_outbox_find(&s->outbox, id);
    enum mqtt_outbox_step step = MQTT_OUTBOX_IGNORED;

    if (message != NULL)
        step = mqtt_outbox_answered(&s->outbox, message, type, message == s->sending.message);
    if (step == MQTT_OUTBOX_DONE)
        s->events->acknowledged(s->user, id, s->outbox.first == NULL);
    if (step != MQTT_OUTBOX_IGNORED)
        return;
    s->events->unexpected(s->user, type, id);
    /* A PUBREC of a message that we have finished: the broker waits for PUBREL and would repeat itself for
     * ever. */
    if (type == MQTT_PUBREC && message == NULL)
        put_ack(s, MQTT_PUBREL, id);
}

static bool on_suback(struct mqtt_session *s, const struct mqtt_packet *packet)
{
    const struct mqtt_request *request;

    if (packet->granted_count != 1)
        return fail_malformed(s, "SUBACK answers another number of topics than was asked");
    request = mqtt_requests_answered(&s->requests, MQTT_SUBSCRIBE, packet->id);
    if (request == NULL)
        s->events->unexpected(s->user, MQTT_SUBACK, packet->id);
    else if (packet->granted[0] == MQTT_SUBSCRIBE_REFUSED)
        s->events->refused(s->user, &request->topic);
    return true;
}

static void on_pingresp(struct mqtt_session *s)
{
    /* The broker is alive, but has not acknowledged what came long before PINGREQ: it gets it once more
     * (mongoose-os.md 7.4; MQTT 4.4 only demands this after a reconnection). */
    if (s->pinged_at != 0)
        mqtt_outbox_resend(&s->outbox, s->pinged_at);
    s->pinged_at = 0;
}

static bool on_packet(struct mqtt_session *s)
{
    struct mqtt_packet packet;
    const char *why = mqtt_decode(s->reader.header[0], s->reader.body, s->reader.length, &packet);

    if (why != NULL)
        return fail_malformed(s, why);
    if ((packet.type == MQTT_CONNACK) != (s->state == MQTT_SESSION_CONNECTING))
        return fail_malformed(s, packet.type == MQTT_CONNACK ? "a second CONNACK"
                                                             : "it does not begin with CONNACK");
    switch (packet.type) {
    case MQTT_CONNACK:
        return on_connack(s, &packet);
    case MQTT_PUBLISH:
        return on_publish(s, &packet.publish);
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBCOMP:
        on_answer(s, packet.type, packet.id);
        return true;
    case MQTT_PUBREL:
        mqtt_received_ids_remove(&s->received, packet.id);
        put_ack(s, MQTT_PUBCOMP, packet.id);
        return true;
    case MQTT_SUBACK:
        return on_suback(s, &packet);
    case MQTT_UNSUBACK:
        if (mqtt_requests_answered(&s->requests, MQTT_UNSUBSCRIBE, packet.id) == NULL)
            s->events->unexpected(s->user, packet.type, packet.id);
        mqtt_requests_sweep(&s->requests);
        return true;
    default: /* MQTT_PINGRESP: mqtt_decode lets nothing else through */
        on_pingresp(s);
        return true;
    }
}

static bool fail_reader(struct mqtt_session *s)
{
    unsigned long size = mqtt_reader_packet_size(&s->reader);

    switch (s->reader.state) {
    case MQTT_READER_TOO_LARGE: /* mongoose-os.md 7.3 */
        s->limit_exceeded = true;
        snprintf(s->error, sizeof(s->error),
                 "recv buffer (%lu bytes) exceeds the limit %lu bytes, and not drained, closing", size,
                 (unsigned long)s->reader.limit);
        break;
    case MQTT_READER_OUT_OF_MEMORY:
        snprintf(s->error, sizeof(s->error), "out of memory for a packet of %lu bytes from the broker", size);
        break;
    default:
        return fail_malformed(s, "a packet has a length of more than four bytes");
    }
    return mqtt_session_fail(s, s->error);
}

bool mqtt_session_received(struct mqtt_session *s, size_t count, uint64_t now)
{
    unsigned epoch = s->epoch;
    bool good;

    if (!mqtt_session_is_open(s) || s->delivering)
        return s->state != MQTT_SESSION_FAILED;
    switch (mqtt_reader_got(&s->reader, count)) {
    case MQTT_READER_HEADER:
    case MQTT_READER_BODY:
        return true;
    case MQTT_READER_PACKET:
        s->received_at = now;
        good = on_packet(s);
        mqtt_reader_next(&s->reader);
        return s->epoch == epoch ? good : true;
    default:
        return fail_reader(s);
    }
}
