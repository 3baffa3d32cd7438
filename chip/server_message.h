/* What clients send, decoded (chip/bus_protocol.h). */
#ifndef CHIP_SERVER_MESSAGE_H
#define CHIP_SERVER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "bus_protocol.h"

struct bus_request {
    uint8_t address;
    uint8_t direction;
    size_t length;
    const uint8_t *bytes; /* in the message; NULL for a read */
};

/* The number of requests in the message, 0 when it is malformed. A note or a control request is alone. */
size_t server_message_decode(const uint8_t *message, size_t n,
                             struct bus_request requests[BUS_TRANSFERS_MAX]);

#endif
