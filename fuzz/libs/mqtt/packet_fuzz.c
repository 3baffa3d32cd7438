/* Any bytes as a packet of the broker: the decoder accepts or refuses, and what it accepts lies within the
 * packet. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "topic.h"

static void within(const void *inner, size_t length, const uint8_t *outer, size_t size)
{
    const uint8_t *start = inner;

    if (length > 0 && (start < outer || start + length > outer + size))
        abort();
}

/* What was understood is encoded again to the same bytes. */
static void again(const struct mqtt_publish *publish, uint8_t first, const uint8_t *body, size_t size)
{
    size_t length = mqtt_encode_publish(publish, NULL, 0);
    uint8_t *copy = malloc(length);

    if (mqtt_encode_publish(publish, copy, length) != length || copy[0] != first ||
        memcmp(copy + length - size, body, size) != 0)
        abort();
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mqtt_packet packet;

    if (size < 1)
        return 0;
    mqtt_topic_check_filter((const char *)data, size);
    mqtt_topic_matches((const char *)data, size / 2, (const char *)data + size / 2, size - size / 2);
    if (mqtt_decode(data[0], data + 1, size - 1, &packet) != NULL)
        return 0;
    switch (packet.type) {
    case MQTT_PUBLISH:
        within(packet.publish.topic.text, packet.publish.topic.length, data, size);
        within(packet.publish.payload.text, packet.publish.payload.length, data, size);
        again(&packet.publish, data[0], data + 1, size - 1);
        break;
    case MQTT_SUBACK:
        within(packet.granted, packet.granted_count, data, size);
        break;
    default:
        break;
    }
    return 0;
}
