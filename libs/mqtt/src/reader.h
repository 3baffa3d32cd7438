/* Cuts the byte stream of a broker into packets, without ever reading past the end of one.
 *
 * The owner asks how many bytes are wanted next and where they go, puts some there, and says how many. A
 * packet larger than the limit, or than the heap can hold, is refused when its header is read, before
 * anything is allocated for it. Packets up to MQTT_READER_SMALL bytes need no heap, so that acknowledgements
 * get through when memory is out.
 */
#ifndef MQTT_READER_H
#define MQTT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MQTT_READER_SMALL = 16 };

enum mqtt_reader_state {
    MQTT_READER_HEADER,
    MQTT_READER_BODY,
    MQTT_READER_PACKET,    /* complete: header[0], body, length; mqtt_reader_next() goes on */
    MQTT_READER_MALFORMED, /* a remaining length of more than four bytes (MQTT 2.2.3) */
    MQTT_READER_TOO_LARGE, /* mqtt_reader_packet_size() is over the limit */
    MQTT_READER_OUT_OF_MEMORY,
};

struct mqtt_reader {
    uint32_t limit; /* bytes of a whole packet; set it before first use */
    enum mqtt_reader_state state;
    uint8_t header[5], header_length;
    uint32_t length, got; /* of the body */
    uint8_t *body;
    uint8_t small[MQTT_READER_SMALL];
};

/* Forgets what has been read, frees the packet. */
void mqtt_reader_next(struct mqtt_reader *reader);
/* How many bytes to put at `*into`; 0 when there is a packet, or an error. */
size_t mqtt_reader_want(struct mqtt_reader *reader, uint8_t **into);
/* `count` bytes have been put there. */
enum mqtt_reader_state mqtt_reader_got(struct mqtt_reader *reader, size_t count);
/* Header and body, as announced. */
uint32_t mqtt_reader_packet_size(const struct mqtt_reader *reader);

#endif
