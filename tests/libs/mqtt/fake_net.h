/* A network of one scripted stream: the test is the broker. */
#ifndef TESTS_MQTT_FAKE_NET_H
#define TESTS_MQTT_FAKE_NET_H

#include <stdbool.h>

#include "hex.h"
#include "stream.h"

struct fake_wire {
    struct stream stream;
    bool used, closed; /* net_connect() made it; stream_close() ended it */
    char host[256];
    uint16_t port;
    size_t room; /* stream_write() takes so much; SIZE_MAX at first */
    struct bytes sent, arriving;
    size_t taken; /* of what is arriving */
};

extern struct fake_wire wire; /* the last one made */
extern unsigned wires_made;
extern bool net_is_out_of_memory, net_has_address;

void fake_net_start(void);
void wire_opens(void);
void wire_says(const char *text);
void wire_ends(const char *error);
/* What was sent since the last look. */
void assert_wire_sent(const char *text);
/* Opens, and CONNACK 0. */
void wire_accepts(void);

#endif
