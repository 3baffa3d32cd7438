/* A copy of the connection's options, checked.  mongoose-os.md 7.2, 7.4 */

#include "settings.h"

#include <string.h>

#include "heap.h"
#include "topic.h"

enum { PORT_TLS = 8883, PORT_TCP = 1883, DEFAULT_LIMIT = 3072 };

static const size_t string_members[] = {
    offsetof(struct mqtt_conn_options, server),      offsetof(struct mqtt_conn_options, client_id),
    offsetof(struct mqtt_conn_options, user),        offsetof(struct mqtt_conn_options, pass),
    offsetof(struct mqtt_conn_options, will_topic),  offsetof(struct mqtt_conn_options, will_message),
    offsetof(struct mqtt_conn_options, ssl_cert),    offsetof(struct mqtt_conn_options, ssl_key),
    offsetof(struct mqtt_conn_options, ssl_ca_cert),
};
enum { STRINGS = sizeof(string_members) / sizeof(string_members[0]) };

static const char **string_member(struct mqtt_conn_options *options, unsigned i)
{
    return (const char **)((char *)options + string_members[i]);
}

static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static bool is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static const char *check(const struct mqtt_conn_options *options)
{
    bool tls = !is_empty(options->ssl_cert) || !is_empty(options->ssl_ca_cert);

    if (!is_empty(options->pass) && is_empty(options->user))
        return "mqtt.pass without mqtt.user is not allowed by MQTT 3.1.1: set mqtt.user";
    if (!is_empty(options->will_topic) &&
        mqtt_topic_check_name(options->will_topic, strlen(options->will_topic)) != NULL)
        return "mqtt.will_topic is not a topic that can be published to";
    /* Mongoose OS connects without verification here, or cannot connect (mongoose-os.md 7.2, 8.1 S15). */
    if (tls && is_empty(options->ssl_ca_cert))
        return "mqtt.ssl_ca_cert is not set, so the broker could not be verified: set it to the CA's file";
    if (tls && strcmp(options->ssl_ca_cert, "*") == 0)
        return "mqtt.ssl_ca_cert \"*\" would not verify the broker: set it to the CA's file";
    if (!is_empty(options->ssl_key) && is_empty(options->ssl_cert))
        return "mqtt.ssl_key without mqtt.ssl_cert: set it to the file of the key's certificate";
    return NULL;
}

struct mqtt_settings *mqtt_settings_create(const struct mqtt_conn_options *options, const char **why)
{
    struct mqtt_settings *settings;
    size_t room = 0;
    char *next;

    *why = is_empty(options->server) ? MQTT_SETTINGS_NO_SERVER : check(options);
    if (*why != NULL)
        return NULL;
    for (unsigned i = 0; i < STRINGS; i++) {
        const char *text = *string_member((struct mqtt_conn_options *)options, i);

        room += text != NULL ? strlen(text) + 1 : 0;
    }
    *why = "out of memory";
    settings = heap_zalloc(sizeof(*settings) + room);
    if (settings == NULL)
        return NULL;

    settings->options = *options;
    next = settings->strings;
    for (unsigned i = 0; i < STRINGS; i++) {
        const char **member = string_member(&settings->options, i);

        if (is_empty(*member)) {
            *member = NULL;
            continue;
        }
        room = strlen(*member) + 1;
        *member = memcpy(next, *member, room);
        next += room;
    }
    settings->tls = settings->options.ssl_ca_cert != NULL;
    *why =
        mqtt_address_parse(settings->options.server, settings->tls ? PORT_TLS : PORT_TCP, &settings->address);
    if (*why == NULL)
        return settings;
    mqtt_settings_free(settings);
    return NULL;
}

void mqtt_settings_free(struct mqtt_settings *settings)
{
    heap_free_secret(settings);
}

void mqtt_settings_session(const struct mqtt_settings *settings, struct mqtt_session_options *out)
{
    const struct mqtt_conn_options *options = &settings->options;

    out->connect.client_id = options->client_id;
    out->connect.user = options->user;
    out->connect.pass = options->pass;
    out->connect.will_topic = options->will_topic;
    out->connect.will_message = options->will_message;
    out->connect.will_retain = options->will_retain;
    out->connect.clean_session = options->clean_session;
    out->connect.keep_alive = (uint16_t)within(options->keep_alive, 0, 65535);
    out->packet_limit = (uint32_t)(options->recv_mbuf_limit > 0 ? options->recv_mbuf_limit : DEFAULT_LIMIT);
    out->queue_limit = (unsigned)within(options->max_queue_length, 1, 65535);
    out->max_qos = (uint8_t)within(options->max_qos, 0, 2);
}
