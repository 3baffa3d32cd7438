/* Subscriptions, and the packets that tell the broker of them.  MQTT 3.8 to 3.11 */

#include "requests.h"

#include <string.h>

#include "heap.h"
#include "topic.h"

bool mqtt_requests_add(struct mqtt_requests *requests, enum mqtt_type type, uint16_t id,
                       const struct mqtt_text *topic, uint8_t qos, sub_handler_t handler, void *user)
{
    size_t length = mqtt_encode_topic_request(type, id, topic, qos, NULL, 0);
    struct mqtt_request *request = length > 0 ? heap_zalloc(sizeof(*request) + length) : NULL;
    struct mqtt_request **end = &requests->first;

    if (request == NULL)
        return false;
    request->type = type;
    request->id = id;
    request->handler = handler;
    request->user = user;
    request->qos = qos;
    request->length = length;
    mqtt_encode_topic_request(type, id, topic, qos, request->packet, length);
    /* The topic stands at the end of the packet, before the QoS byte of SUBSCRIBE. */
    request->topic.text =
        (const char *)request->packet + length - topic->length - (type == MQTT_SUBSCRIBE ? 1 : 0);
    request->topic.length = topic->length;

    while (*end != NULL)
        end = &(*end)->next;
    *end = request;
    return true;
}

static bool same_topic(const struct mqtt_request *request, const struct mqtt_text *topic)
{
    return request->topic.length == topic->length &&
           memcmp(request->topic.text, topic->text, topic->length) == 0;
}

unsigned mqtt_requests_end(struct mqtt_requests *requests, const struct mqtt_text *topic)
{
    unsigned count = 0;

    for (struct mqtt_request *request = requests->first; request != NULL; request = request->next) {
        if (request->type == MQTT_SUBSCRIBE && !request->ended && same_topic(request, topic)) {
            request->ended = true;
            count++;
        }
    }
    mqtt_requests_sweep(requests);
    return count;
}

bool mqtt_requests_use(const struct mqtt_requests *requests, uint16_t id)
{
    const struct mqtt_request *request = requests->first;

    while (request != NULL && request->id != id)
        request = request->next;
    return request != NULL;
}

struct mqtt_request *mqtt_requests_to_send(const struct mqtt_requests *requests)
{
    struct mqtt_request *request = requests->first;

    while (request != NULL && (request->ended || request->state != MQTT_REQUEST_TO_SEND))
        request = request->next;
    return request;
}

const struct mqtt_request *mqtt_requests_answered(struct mqtt_requests *requests, enum mqtt_type type,
                                                  uint16_t id)
{
    struct mqtt_request *request = requests->first;

    while (request != NULL &&
           (request->type != type || request->id != id || request->state != MQTT_REQUEST_SENT))
        request = request->next;
    if (request == NULL)
        return NULL;
    request->state = MQTT_REQUEST_ANSWERED;
    if (type == MQTT_UNSUBSCRIBE)
        request->ended = true;
    return request;
}

void mqtt_requests_rewind(struct mqtt_requests *requests)
{
    requests->being_sent = NULL;
    for (struct mqtt_request *request = requests->first; request != NULL; request = request->next)
        request->state = MQTT_REQUEST_TO_SEND;
    mqtt_requests_sweep(requests);
}

void mqtt_requests_new_session(struct mqtt_requests *requests)
{
    for (struct mqtt_request *request = requests->first; request != NULL; request = request->next) {
        if (request->type == MQTT_UNSUBSCRIBE)
            request->ended = true;
    }
    mqtt_requests_sweep(requests);
}

unsigned mqtt_requests_deliver(struct mqtt_requests *requests, const struct mqtt_publish *publish)
{
    const struct mqtt_text *topic = &publish->topic;
    unsigned count = 0;

    requests->delivering++;
    for (struct mqtt_request *request = requests->first; request != NULL; request = request->next) {
        if (request->type != MQTT_SUBSCRIBE || request->ended ||
            !mqtt_topic_matches(request->topic.text, request->topic.length, topic->text, topic->length))
            continue;
        count++;
        request->handler(NULL, topic->text, (int)topic->length, publish->payload.text,
                         (int)publish->payload.length, request->user);
    }
    requests->delivering--;
    mqtt_requests_sweep(requests);
    return count;
}

void mqtt_requests_sweep(struct mqtt_requests *requests)
{
    struct mqtt_request **link = &requests->first;

    if (requests->delivering > 0)
        return;
    while (*link != NULL) {
        struct mqtt_request *request = *link;

        if (request->ended && request != requests->being_sent) {
            *link = request->next;
            heap_free(request);
        } else {
            link = &request->next;
        }
    }
}

void mqtt_requests_clear(struct mqtt_requests *requests)
{
    for (struct mqtt_request *request = requests->first; request != NULL; request = request->next)
        request->ended = true;
    requests->being_sent = NULL;
    mqtt_requests_sweep(requests);
}
