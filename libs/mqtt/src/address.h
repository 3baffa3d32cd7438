/* mqtt.server: "host", "host:port", "192.168.1.10:8883", "[::1]:8883". */
#ifndef MQTT_ADDRESS_H
#define MQTT_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { MQTT_HOST_MAX = 253 }; /* RFC 1035 2.3.4, without the final dot */

struct mqtt_address {
    char host[MQTT_HOST_MAX + 1]; /* without brackets */
    uint16_t port;
};

/* NULL, or a sentence without a full stop. */
const char *mqtt_address_parse(const char *server, uint16_t default_port, struct mqtt_address *address);

#endif
