/* RPC frames on a serial line: delimiters, metadata and CRC.  mongoose-os.md 1.5.2 to 1.5.4 */

#include "uart_framing.h"

#include <stdio.h>
#include <string.h>

#include "common/cs_crc32.h"
#include "heap.h"

#define D1 "\"\"\""

enum {
    D1_LENGTH = 3,
    META_LENGTH = 8,   /* hex digits of the CRC; shorter metadata is ignored */
    RECEIVE_SLACK = 6, /* beyond max_frame_size: mongoose-os.md 1.5.3, step 6 */
    FIRST_BUFFER = 256,
    SHOWN_MAX = 40, /* of a bad frame in the log: who sent it, not the secrets it may carry further on */
};

void uart_framing_init(struct uart_framing *framing, const struct uart_framing_events *events,
                       size_t max_frame_size)
{
    *framing = (struct uart_framing){.events = events, .max_frame_size = max_frame_size};
}

/* What passes through here may be a key on its way to the chip (ATCA.SetKey): nothing of it stays in memory.
 */
static void forget_buffer(struct uart_framing *framing)
{
    heap_free_secret(framing->buffer);
    framing->buffer = NULL;
    framing->length = framing->size = framing->scanned = 0;
}

void uart_framing_free(struct uart_framing *framing)
{
    forget_buffer(framing);
}

/* --- one frame ------------------------------------------------------------------------------------------ */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_blank(struct mg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_space(text.p[i]))
            return false;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The first field of the metadata. What is no number counts as 0, which then differs from the CRC. */
static uint32_t parse_crc(struct mg_str meta)
{
    uint32_t value = 0;

    for (size_t i = 0; i < meta.len && hex_digit(meta.p[i]) >= 0; i++)
        value = value << 4 | (uint32_t)hex_digit(meta.p[i]);
    return value;
}

static void report_corrupted(struct uart_framing *framing, struct mg_str json, struct mg_str meta,
                             uint32_t expected, uint32_t computed)
{
    char why[160];

    snprintf(why, sizeof(why), "Corrupted frame (%d): '%.*s' '%.*s' %08lx %08lx", (int)json.len,
             json.len < SHOWN_MAX ? (int)json.len : SHOWN_MAX, json.p,
             meta.len < SHOWN_MAX ? (int)meta.len : SHOWN_MAX, meta.p, (unsigned long)expected,
             (unsigned long)computed);
    framing->events->corrupted(framing, why);
}

static void handle_json(struct uart_framing *framing, struct mg_str text)
{
    const char *begin = memchr(text.p, '{', text.len);

    if (begin == NULL)
        return; /* somebody typed something that is no frame */

    const char *end = text.p + text.len;
    const char *close = end;

    while (close > begin && close[-1] != '}')
        close--;
    if (close == begin)
        close = end; /* no '}' at all: not JSON, and the dispatcher will say so */

    struct mg_str json = {begin, (size_t)(close - begin)};
    struct mg_str meta = {close, (size_t)(end - close)};

    if (meta.len >= META_LENGTH) {
        uint32_t expected = parse_crc(meta), computed = cs_crc32(0, json.p, json.len);

        if (expected != computed) {
            report_corrupted(framing, json, meta, expected, computed);
            return;
        }
        framing->crc_used = true;
    }
    framing->events->frame(framing, json);
}

static void handle_frame(struct uart_framing *framing, struct mg_str text)
{
    if (is_blank(text))
        framing->events->empty(framing);
    else if (text.len == 1 && text.p[0] == UART_FRAMING_RESYNC)
        framing->events->handshake(framing);
    else
        handle_json(framing, text);
}

/* --- the line ------------------------------------------------------------------------------------------- */

static const char *find_d1(const char *text, size_t length)
{
    for (size_t i = 0; i + D1_LENGTH <= length; i++) {
        if (memcmp(text + i, D1, D1_LENGTH) == 0)
            return text + i;
    }
    return NULL;
}

static void drop_front(struct uart_framing *framing, size_t count)
{
    framing->length -= count;
    memmove(framing->buffer, framing->buffer + count, framing->length);
    wipe(framing->buffer + framing->length, count);
    framing->scanned = 0;
}

/* '\n' delimits only where no `"""` is in sight: both may stand in the buffer, and the newer host uses both.
 */
static bool take_one_frame(struct uart_framing *framing)
{
    size_t from = framing->scanned > D1_LENGTH - 1 ? framing->scanned - (D1_LENGTH - 1) : 0;
    const char *end = find_d1(framing->buffer + from, framing->length - from);
    size_t delimiter = D1_LENGTH;

    if (end != NULL) {
        framing->delimiter_used = true;
    } else {
        end = memchr(framing->buffer + framing->scanned, '\n', framing->length - framing->scanned);
        delimiter = 1;
    }
    if (end == NULL) {
        framing->scanned = framing->length;
        return false;
    }

    struct mg_str text = {framing->buffer, (size_t)(end - framing->buffer)};

    handle_frame(framing, text);
    drop_front(framing, text.len + delimiter);
    return true;
}

/* Doubles, but never far beyond the longest frame that will be accepted: the heap is small. */
static bool make_room(struct uart_framing *framing, size_t wanted)
{
    size_t longest = framing->max_frame_size + RECEIVE_SLACK;
    size_t size = framing->size > 0 ? framing->size * 2 : FIRST_BUFFER;

    if (wanted <= framing->size)
        return true;
    if (size > longest)
        size = longest;
    if (size < wanted)
        size = wanted;

    char *buffer = heap_alloc(size);

    if (buffer == NULL)
        return false;
    if (framing->length > 0)
        memcpy(buffer, framing->buffer, framing->length);
    heap_free_secret(framing->buffer);
    framing->buffer = buffer;
    framing->size = size;
    return true;
}

static bool has_high_byte(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= 0x80)
            return true;
    }
    return false;
}

void uart_framing_feed(struct uart_framing *framing, const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return;
    if (has_high_byte(bytes, length)) { /* line noise: another speed, a board being reset */
        forget_buffer(framing);
        return;
    }
    if (!make_room(framing, framing->length + length)) {
        framing->events->refused(framing, "Incoming frame dropped: out of memory");
        forget_buffer(framing);
        return;
    }
    memcpy(framing->buffer + framing->length, bytes, length);
    framing->length += length;

    while (framing->length > 0 && take_one_frame(framing)) {
    }
    if (framing->length == 0) {
        forget_buffer(framing);
    } else if (framing->length > framing->max_frame_size + RECEIVE_SLACK) {
        framing->events->refused(framing, "Incoming frame is too big, dropping.");
        forget_buffer(framing);
    }
}

void uart_framing_wrap(const struct uart_framing *framing, struct mg_str json, char before[5], char after[13])
{
    const char *delimiter = framing->delimiter_used ? D1 : "";
    char crc[9] = "";

    if (framing->crc_used)
        snprintf(crc, sizeof(crc), "%08lx", (unsigned long)cs_crc32(0, json.p, json.len));
    snprintf(before, 5, "\n%s", delimiter);
    snprintf(after, 13, "%s%s\n", crc, delimiter);
}
