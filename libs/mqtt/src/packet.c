/* MQTT 3.1.1 packets, encoder and decoder of each side by side.  MQTT 2 and 3 */

#include "packet.h"

#include <string.h>

#include "topic.h"

/* --- writing and reading of bytes
 * -------------------------------------------------------------------------------- */

static uint8_t *put_byte(uint8_t *out, uint8_t byte)
{
    *out = byte;
    return out + 1;
}

static uint8_t *put_number(uint8_t *out, uint16_t number)
{
    out[0] = number >> 8;
    out[1] = number & 0xFF;
    return out + 2;
}

static uint8_t *put_string(uint8_t *out, const char *text, size_t length)
{
    out = put_number(out, (uint16_t)length);
    memcpy(out, text, length);
    return out + length;
}

/* MQTT 2.2.3: seven bits a byte, least significant first, the eighth says that more follow. */
static uint8_t *put_header(uint8_t *out, uint8_t first, size_t body)
{
    out = put_byte(out, first);
    do {
        uint8_t byte = body & 0x7F;

        body >>= 7;
        out = put_byte(out, body > 0 ? byte | 0x80 : byte);
    } while (body > 0);
    return out;
}

/* Length of a packet with a body of this length; 0: there is no such packet. */
static size_t packet_length(size_t body)
{
    if (body > MQTT_BODY_MAX)
        return 0;
    return 1 + (body < 128 ? 1 : body < 16384 ? 2 : body < 2097152 ? 3 : 4) + body;
}

static uint16_t get_number(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* --- CONNECT, CONNACK  (MQTT 3.1, 3.2)
 * ---------------------------------------------------------------------------- */

enum {
    CONNECT_CLEAN_SESSION = 0x02,
    CONNECT_WILL = 0x04,
    CONNECT_WILL_RETAIN = 0x20,
    CONNECT_PASSWORD = 0x40,
    CONNECT_USER = 0x80,
};

size_t mqtt_encode_connect(const struct mqtt_connect *connect, uint8_t *out, size_t size)
{
    const char *id = connect->client_id != NULL ? connect->client_id : "";
    bool will = connect->will_topic != NULL && connect->will_message != NULL;
    bool pass = connect->user != NULL && connect->pass != NULL;
    const char *strings[] = {id, will ? connect->will_topic : NULL, will ? connect->will_message : NULL,
                             connect->user, pass ? connect->pass : NULL};
    enum { STRINGS = sizeof(strings) / sizeof(strings[0]) };
    size_t lengths[STRINGS], body = 10, length;
    uint8_t flags = 0;

    for (unsigned i = 0; i < STRINGS; i++) {
        if (strings[i] == NULL)
            continue;
        lengths[i] = strlen(strings[i]);
        if (lengths[i] > MQTT_STRING_MAX)
            return 0;
        body += 2 + lengths[i];
    }
    length = packet_length(body);
    if (length == 0 || length > size)
        return length;

    if (connect->clean_session)
        flags |= CONNECT_CLEAN_SESSION;
    if (will)
        flags |= CONNECT_WILL | (connect->will_retain ? CONNECT_WILL_RETAIN : 0);
    if (connect->user != NULL)
        flags |= CONNECT_USER;
    if (pass)
        flags |= CONNECT_PASSWORD;

    out = put_header(out, MQTT_CONNECT << 4, body);
    out = put_string(out, "MQTT", 4);
    out = put_byte(out, 4);
    out = put_byte(out, flags);
    out = put_number(out, connect->keep_alive);
    for (unsigned i = 0; i < STRINGS; i++) {
        if (strings[i] != NULL)
            out = put_string(out, strings[i], lengths[i]);
    }
    return length;
}

static const char *decode_connack(const uint8_t *body, size_t length, struct mqtt_packet *packet)
{
    if (length != 2)
        return "CONNACK is not two bytes long";
    if (body[0] & 0xFE)
        return "CONNACK has reserved flags set";
    packet->session_present = body[0] & 1;
    packet->return_code = body[1];
    if (packet->session_present && packet->return_code != 0)
        return "CONNACK refuses and claims a session at the same time";
    return NULL;
}

/* --- PUBLISH and its acknowledgements  (MQTT 3.3 to 3.7)
 * ----------------------------------------------------------- */

size_t mqtt_encode_publish(const struct mqtt_publish *publish, uint8_t *out, size_t size)
{
    size_t fixed = 2 + publish->topic.length + (publish->qos > 0 ? 2 : 0), length;
    uint8_t first = MQTT_PUBLISH << 4 | publish->qos << 1;

    if (publish->topic.length > MQTT_STRING_MAX || publish->payload.length > MQTT_BODY_MAX - fixed)
        return 0;
    length = packet_length(fixed + publish->payload.length);
    if (length == 0 || length > size)
        return length;

    if (publish->dup)
        first |= MQTT_FLAG_DUP;
    if (publish->retain)
        first |= MQTT_FLAG_RETAIN;
    out = put_header(out, first, fixed + publish->payload.length);
    out = put_string(out, publish->topic.text, publish->topic.length);
    if (publish->qos > 0)
        out = put_number(out, publish->id);
    if (publish->payload.length > 0)
        memcpy(out, publish->payload.text, publish->payload.length);
    return length;
}

static const char *decode_publish(uint8_t first, const uint8_t *body, size_t length,
                                  struct mqtt_publish *publish)
{
    size_t topic, fixed;

    publish->qos = first >> 1 & 3;
    publish->dup = first & MQTT_FLAG_DUP;
    publish->retain = first & MQTT_FLAG_RETAIN;
    publish->id = 0;
    if (publish->qos == 3)
        return "PUBLISH has QoS 3";
    if (length < 2)
        return "PUBLISH ends before its topic";
    topic = get_number(body);
    fixed = 2 + topic + (publish->qos > 0 ? 2 : 0);
    if (length < fixed)
        return "PUBLISH ends before its payload";
    publish->topic.text = (const char *)body + 2;
    publish->topic.length = topic;
    if (mqtt_topic_check_name(publish->topic.text, topic) != NULL)
        return "PUBLISH has a bad topic";
    if (publish->qos > 0) {
        publish->id = get_number(body + 2 + topic);
        if (publish->id == 0)
            return "PUBLISH has packet id 0";
    }
    publish->payload.text = (const char *)body + fixed;
    publish->payload.length = length - fixed;
    return NULL;
}

void mqtt_encode_ack(enum mqtt_type type, uint16_t id, uint8_t out[MQTT_ACK_SIZE])
{
    /* MQTT 3.6.1: PUBREL alone has a flag in its first byte. */
    put_number(put_header(out, type << 4 | (type == MQTT_PUBREL ? 2 : 0), 2), id);
}

static const char *decode_id(const uint8_t *body, size_t length, struct mqtt_packet *packet)
{
    if (length < 2)
        return "an acknowledgement ends before its packet id";
    packet->id = get_number(body);
    if (packet->id == 0)
        return "an acknowledgement has packet id 0";
    return NULL;
}

static const char *decode_ack(const uint8_t *body, size_t length, struct mqtt_packet *packet)
{
    if (length != 2)
        return "an acknowledgement is not two bytes long";
    return decode_id(body, length, packet);
}

/* --- SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK  (MQTT 3.8 to 3.11)
 * --------------------------------------------------- */

size_t mqtt_encode_topic_request(enum mqtt_type type, uint16_t id, const struct mqtt_text *filter,
                                 uint8_t qos, uint8_t *out, size_t size)
{
    bool subscribe = type == MQTT_SUBSCRIBE;
    size_t body = 4 + filter->length + (subscribe ? 1 : 0), length;

    if (filter->length > MQTT_STRING_MAX)
        return 0;
    length = packet_length(body);
    if (length > size)
        return length;
    out = put_header(out, type << 4 | 2, body);
    out = put_number(out, id);
    out = put_string(out, filter->text, filter->length);
    if (subscribe)
        put_byte(out, qos);
    return length;
}

static const char *decode_suback(const uint8_t *body, size_t length, struct mqtt_packet *packet)
{
    const char *why = decode_id(body, length, packet);

    if (why != NULL)
        return why;
    packet->granted = body + 2;
    packet->granted_count = length - 2;
    if (packet->granted_count == 0)
        return "SUBACK has no return code";
    for (size_t i = 0; i < packet->granted_count; i++) {
        if (packet->granted[i] > 2 && packet->granted[i] != MQTT_SUBSCRIBE_REFUSED)
            return "SUBACK has a reserved return code";
    }
    return NULL;
}

/* --- PINGREQ, PINGRESP, DISCONNECT  (MQTT 3.12 to 3.14)
 * ------------------------------------------------------------- */

void mqtt_encode_empty(enum mqtt_type type, uint8_t out[MQTT_EMPTY_SIZE])
{
    put_header(out, type << 4, 0);
}

/* --- any
 * ------------------------------------------------------------------------------------------------------------
 */

const char *mqtt_decode(uint8_t first, const uint8_t *body, size_t length, struct mqtt_packet *packet)
{
    uint8_t flags = first & 0x0F;

    memset(packet, 0, sizeof(*packet));
    packet->type = first >> 4;
    /* MQTT 2.2.2: whoever receives other flags than these closes the connection. */
    if (packet->type != MQTT_PUBLISH && flags != (packet->type == MQTT_PUBREL ? 2 : 0))
        return "a packet has reserved flags set";

    switch (packet->type) {
    case MQTT_CONNACK:
        return decode_connack(body, length, packet);
    case MQTT_PUBLISH:
        return decode_publish(first, body, length, &packet->publish);
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
    case MQTT_UNSUBACK:
        return decode_ack(body, length, packet);
    case MQTT_SUBACK:
        return decode_suback(body, length, packet);
    case MQTT_PINGRESP:
        return length == 0 ? NULL : "PINGRESP has a body";
    default:
        return "a packet has a type that no broker sends";
    }
}
