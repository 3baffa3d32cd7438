/* Cuts the byte stream of a broker into packets.  MQTT 2.2 */

#include "reader.h"

#include "heap.h"

void mqtt_reader_next(struct mqtt_reader *reader)
{
    if (reader->body != reader->small)
        heap_free(reader->body);
    reader->body = NULL;
    reader->state = MQTT_READER_HEADER;
    reader->header_length = 0;
    reader->length = reader->got = 0;
}

uint32_t mqtt_reader_packet_size(const struct mqtt_reader *reader)
{
    return reader->header_length + reader->length;
}

size_t mqtt_reader_want(struct mqtt_reader *reader, uint8_t **into)
{
    switch (reader->state) {
    case MQTT_READER_HEADER:
        *into = reader->header + reader->header_length;
        return reader->header_length == 0 ? 2 : 1;
    case MQTT_READER_BODY:
        *into = reader->body + reader->got;
        return reader->length - reader->got;
    default:
        return 0;
    }
}

static enum mqtt_reader_state header_complete(struct mqtt_reader *reader)
{
    for (unsigned i = 1; i < reader->header_length; i++)
        reader->length |= (uint32_t)(reader->header[i] & 0x7F) << 7 * (i - 1);
    if (mqtt_reader_packet_size(reader) > reader->limit)
        return MQTT_READER_TOO_LARGE;
    if (reader->length == 0)
        return MQTT_READER_PACKET;
    reader->body = reader->length <= MQTT_READER_SMALL ? reader->small : heap_alloc(reader->length);
    return reader->body != NULL ? MQTT_READER_BODY : MQTT_READER_OUT_OF_MEMORY;
}

static enum mqtt_reader_state header_got(struct mqtt_reader *reader, size_t count)
{
    reader->header_length += count;
    if (reader->header_length < 2 || reader->header[reader->header_length - 1] & 0x80)
        return reader->header_length < sizeof(reader->header) ? MQTT_READER_HEADER : MQTT_READER_MALFORMED;
    return header_complete(reader);
}

enum mqtt_reader_state mqtt_reader_got(struct mqtt_reader *reader, size_t count)
{
    if (count == 0)
        return reader->state;
    if (reader->state == MQTT_READER_HEADER) {
        reader->state = header_got(reader, count);
    } else if (reader->state == MQTT_READER_BODY) {
        reader->got += count;
        if (reader->got == reader->length)
            reader->state = MQTT_READER_PACKET;
    }
    return reader->state;
}
