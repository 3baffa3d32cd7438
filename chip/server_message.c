/* What clients send, decoded (chip/bus_protocol.h). */

#include "server_message.h"

#include <stdbool.h>

static bool carries_bytes(uint8_t direction)
{
    return direction == BUS_WRITE || direction == BUS_NOTE_WRITE || direction == BUS_CONTROL;
}

static bool is_sound(const struct bus_request *request)
{
    switch (request->direction) {
    case BUS_WRITE:
        return request->address <= 0x7F && request->length <= BUS_DATA_MAX;
    case BUS_READ:
        return request->address <= 0x7F && request->length > 0 && request->length <= BUS_DATA_MAX;
    case BUS_NOTE_WRITE:
    case BUS_NOTE_READ:
        return request->address == 0 && request->length == BUS_NOTE_SIZE;
    case BUS_CONTROL:
        return request->address == 0 && request->length <= BUS_CONTROL_MAX;
    default:
        return false;
    }
}

/* The bytes the request at `message` takes; 0: malformed. */
static size_t decode_one(const uint8_t *message, size_t n, struct bus_request *request)
{
    if (n < BUS_HEADER_SIZE)
        return 0;
    *request = (struct bus_request){
        .address = message[0],
        .direction = message[1],
        .length = message[2] | (size_t)message[3] << 8,
    };
    if (!is_sound(request))
        return 0;
    if (!carries_bytes(request->direction))
        return BUS_HEADER_SIZE;
    if (request->length > n - BUS_HEADER_SIZE)
        return 0;
    request->bytes = message + BUS_HEADER_SIZE;
    return BUS_HEADER_SIZE + request->length;
}

size_t server_message_decode(const uint8_t *message, size_t n, struct bus_request requests[BUS_TRANSFERS_MAX])
{
    size_t count = 0;

    for (size_t at = 0; at < n; count++) {
        if (count == BUS_TRANSFERS_MAX)
            return 0;
        size_t taken = decode_one(message + at, n - at, &requests[count]);
        bool alone = at == 0 && taken == n;
        if (taken == 0 || (requests[count].direction > BUS_READ && !alone))
            return 0;
        at += taken;
    }
    return count;
}
