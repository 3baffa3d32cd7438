/* JSON frames on a serial line.  mongoose-os.md 1.5.2, 1.5.5 */

#include "frame_codec.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* D1, 04, D1, and two D2 that end whatever log text or damaged frame the board believes to be in */
const uint8_t frame_handshake[9] = {0x22, 0x22, 0x22, FRAME_EOF_CHARACTER, 0x22, 0x22, 0x22, 0x0a, 0x0a};

uint32_t frame_crc32(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

uint8_t *frame_encode(const char *json, size_t length, bool with_crc, size_t *size)
{
    size_t capacity = length + sizeof "\n\"\"\""
                                      "12345678"
                                      "\"\"\"\n";
    char *frame = malloc(capacity);
    size_t at;

    if (!frame)
        return NULL;
    memcpy(frame, "\n\"\"\"", 4);
    memcpy(frame + 4, json, length);
    at = 4 + length;
    if (with_crc)
        at += (size_t)snprintf(frame + at, capacity - at, "%08x", frame_crc32(json, length));
    memcpy(frame + at, "\"\"\"\n", 4);
    *size = at + 4;
    return (uint8_t *)frame;
}

void frame_decoder_init(struct frame_decoder *decoder)
{
    memset(decoder, 0, sizeof *decoder);
}

void frame_decoder_free(struct frame_decoder *decoder)
{
    if (decoder->buffer)
        OPENSSL_cleanse(decoder->buffer, decoder->capacity);
    free(decoder->buffer);
    frame_decoder_init(decoder);
}

void frame_decoder_reset(struct frame_decoder *decoder)
{
    decoder->length = decoder->scanned = decoder->consumed = 0;
    decoder->in_frame = decoder->stopped = false;
}

/* realloc() would leave copies of keys in freed memory */
static int grow(struct frame_decoder *decoder, size_t needed)
{
    size_t capacity = decoder->capacity ? decoder->capacity : 1024;
    char *buffer;

    while (capacity < needed)
        capacity *= 2;
    if (capacity == decoder->capacity)
        return 0;
    buffer = malloc(capacity);
    if (!buffer)
        return -1;
    if (decoder->buffer) {
        memcpy(buffer, decoder->buffer, decoder->length);
        OPENSSL_cleanse(decoder->buffer, decoder->capacity);
        free(decoder->buffer);
    }
    decoder->buffer = buffer;
    decoder->capacity = capacity;
    return 0;
}

/* Removes `size` bytes from the front. */
static void drop(struct frame_decoder *decoder, size_t size)
{
    memmove(decoder->buffer, decoder->buffer + size, decoder->length - size);
    decoder->length -= size;
    decoder->scanned = 0;
}

static void drop_consumed(struct frame_decoder *decoder)
{
    if (decoder->consumed)
        drop(decoder, decoder->consumed);
    decoder->consumed = 0;
}

int frame_decoder_feed(struct frame_decoder *decoder, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    drop_consumed(decoder);
    if (grow(decoder, decoder->length + size))
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == FRAME_XOFF)
            decoder->stopped = true;
        else if (bytes[i] == FRAME_XON)
            decoder->stopped = false;
        else
            decoder->buffer[decoder->length++] = (char)bytes[i];
    }
    return 0;
}

/* Finds the first `"""` or line feed; its length, or 0 if there is none yet. */
static size_t find_delimiter(struct frame_decoder *decoder, size_t *position)
{
    for (size_t i = decoder->scanned; i < decoder->length; i++) {
        char c = decoder->buffer[i];

        if (c == '\n') {
            *position = i;
            return 1;
        }
        if (c != '"')
            continue;
        if (i + 3 > decoder->length) { /* may become one */
            if (i + 1 < decoder->length && decoder->buffer[i + 1] != '"')
                continue;
            decoder->scanned = i;
            return 0;
        }
        if (decoder->buffer[i + 1] == '"' && decoder->buffer[i + 2] == '"') {
            *position = i;
            return 3;
        }
    }
    decoder->scanned = decoder->length;
    return 0;
}

/* Skips log text up to the start of a frame. False: there is none yet. */
static bool find_start(struct frame_decoder *decoder)
{
    for (;;) {
        size_t position, length = find_delimiter(decoder, &position);
        char next;

        if (length == 0) {
            drop(decoder, decoder->scanned);
            return false;
        }
        if (position + length >= decoder->length) { /* the byte after it decides */
            drop(decoder, position);
            return false;
        }
        next = decoder->buffer[position + length];
        if (next == '{' || next == FRAME_EOF_CHARACTER) {
            drop(decoder, position + length);
            decoder->in_frame = true;
            decoder->opened_by_d1 = length == 3;
            return true;
        }
        drop(decoder, position + 1); /* one byte: in """"{ the last three quotes count */
    }
}

/* Field 1 of the metadata is the CRC in hex; the others are reserved. */
static bool crc_matches(const char *json, size_t json_length, const char *metadata, size_t length)
{
    uint32_t crc = 0;
    size_t digits = 0;

    if (length == 0)
        return true;
    for (; digits < length && metadata[digits] != ','; digits++) {
        char c = metadata[digits];
        unsigned value;

        if (c >= '0' && c <= '9')
            value = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = (unsigned)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value = (unsigned)(c - 'A' + 10);
        else
            return false;
        crc = crc << 4 | value;
    }
    return digits == 8 && crc == frame_crc32(json, json_length);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands between two delimiters, the first byte being { or 04. */
static enum frame_event decide(struct frame_decoder *decoder, size_t length)
{
    const char *text = decoder->buffer;
    /* A line of log text may start with a brace; only `"""` makes it certain that a frame was meant. */
    enum frame_event wrong = decoder->opened_by_d1 ? FRAME_DAMAGED : FRAME_NONE;
    size_t end;

    while (length > 0 && is_space(text[length - 1]))
        length--;
    if (length == 1 && text[0] == FRAME_EOF_CHARACTER)
        return FRAME_HANDSHAKE;
    for (end = length; end > 0 && text[end - 1] != '}'; end--)
        ;
    if (end == 0 || text[0] != '{')
        return wrong;
    if (!crc_matches(text, end, text + end, length - end))
        return wrong;
    decoder->json = text;
    decoder->json_length = end;
    return FRAME_JSON;
}

enum frame_event frame_decoder_next(struct frame_decoder *decoder)
{
    drop_consumed(decoder);
    for (;;) {
        size_t position, length;
        enum frame_event event;

        if (!decoder->in_frame && !find_start(decoder))
            return FRAME_NONE;
        length = find_delimiter(decoder, &position);
        if (length == 0 && decoder->length <= FRAME_MAX)
            return FRAME_NONE;
        decoder->in_frame = false;
        if (length == 0) {
            drop(decoder, decoder->length);
            return FRAME_DAMAGED;
        }
        event = decide(decoder, position);
        /* A line feed that ends a frame may also begin the next one. */
        decoder->consumed = position + (length == 3 ? 3 : 0);
        if (event != FRAME_NONE)
            return event;
        drop_consumed(decoder);
    }
}
