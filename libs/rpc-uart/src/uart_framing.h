/* RPC frames on a serial line, apart from any UART: bytes in, frames out, and the other way round
 * (mongoose-os.md 1.5).
 *
 * The line is shared with the console, so a frame is what stands between two delimiters and contains '{', and
 * everything else is noise. Two delimiters are understood, `"""` and '\n'; a CRC-32 after the JSON is checked
 * when it is there. The transmitter speaks as it is spoken to: `"""` and CRC only after the other side has
 * used them.
 *
 * The buffer of an incoming frame comes from the heap while one is arriving, at most `max_frame_size` and a
 * little.
 */
#ifndef UART_FRAMING_H
#define UART_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mg_str.h"

enum {
    UART_FRAMING_RESYNC = 0x04, /* a frame of this one byte is the host's handshake */
    UART_FRAMING_OVERHEAD = 18, /* most bytes that uart_framing_wrap() adds */
};

struct uart_framing;

struct uart_framing_events {
    /* A frame with a good CRC or none. `json` is valid during the call only. */
    void (*frame)(struct uart_framing *framing, struct mg_str json);
    /* The host asks "is anybody there?": answer with `"""\x04"""`, at once. */
    void (*handshake)(struct uart_framing *framing);
    /* An empty frame: one '\n' is to be sent along with whatever leaves next. */
    void (*empty)(struct uart_framing *framing);
    /* A frame was dropped because its CRC is wrong, or because it is too big: `why` is the sentence for the
     * log. */
    void (*corrupted)(struct uart_framing *framing, const char *why);
    void (*refused)(struct uart_framing *framing, const char *why);
};

struct uart_framing {
    const struct uart_framing_events *events;
    size_t max_frame_size; /* of the JSON text, in bytes */
    bool delimiter_used;   /* `"""` has been seen */
    bool crc_used;         /* a good CRC has been seen */
    char *buffer;          /* bytes of the frame that is arriving */
    size_t length, size, scanned;
};

void uart_framing_init(struct uart_framing *framing, const struct uart_framing_events *events,
                       size_t max_frame_size);
void uart_framing_free(struct uart_framing *framing);
/* Takes bytes as they come from the line. Events are called from within. */
void uart_framing_feed(struct uart_framing *framing, const uint8_t *bytes, size_t length);
/* What goes before and after `json` on the line; both are terminated. */
void uart_framing_wrap(const struct uart_framing *framing, struct mg_str json, char before[5],
                       char after[13]);

#endif
