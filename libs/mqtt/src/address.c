/* mqtt.server */

#include "address.h"

#include <stddef.h>
#include <string.h>

/* Decimal, 1 to 65535; 0: it is none. */
static uint16_t parse_port(const char *text)
{
    uint32_t port = 0;

    if (*text == '\0')
        return 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return 0;
        port = port * 10 + (uint32_t)(*text - '0');
        if (port > 65535)
            return 0;
    }
    return (uint16_t)port;
}

const char *mqtt_address_parse(const char *server, uint16_t default_port, struct mqtt_address *address)
{
    bool bracket = server[0] == '[';
    const char *host = bracket ? server + 1 : server;
    size_t length = strcspn(host, bracket ? "]" : ":");
    const char *rest = host + length;

    if (length == 0)
        return "mqtt.server names no host";
    if (length > MQTT_HOST_MAX)
        return "the host of mqtt.server is longer than 253 characters";
    if (bracket) {
        if (*rest != ']')
            return "the address in mqtt.server has [ without ]";
        rest++;
    }
    memcpy(address->host, host, length);
    address->host[length] = '\0';
    address->port = default_port;
    if (*rest == '\0')
        return NULL;
    if (*rest != ':')
        return "mqtt.server goes on after ] with something that is no :port";
    address->port = parse_port(rest + 1);
    if (address->port == 0)
        return "the port in mqtt.server is not a number from 1 to 65535";
    return NULL;
}
