/* JSON frames on a serial line.  mongoose-os.md 1.5.2, 1.5.5
 *
 * On the wire a frame of ours is `\n"""` JSON CRC `"""\n`, CRC being the CRC-32 of the JSON text in eight
 * lower-case hex digits. What arrives is a stream of log text with frames in between, delimited by `"""` or
 * by `\n`; the decoder finds them however the stream is cut into pieces, and survives anything else it is
 * fed.
 */
#ifndef MOS_FRAME_CODEC_H
#define MOS_FRAME_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_EOF_CHARACTER 0x04
#define FRAME_XON           0x11
#define FRAME_XOFF          0x13

/* Longest stretch without a delimiter that the decoder keeps; longer ones are junk. A whole configuration
 * comes as one frame, and the board's own limit on what it receives is 4096 bytes. */
#define FRAME_MAX (256 * 1024)

/* What the host sends until it is answered: asks the board to clear its buffer and to answer with
 * FRAME_EOF_CHARACTER. */
extern const uint8_t frame_handshake[9];

/* CRC-32 of IEEE 802.3, as zlib's. */
uint32_t frame_crc32(const void *data, size_t size);

/* Encodes JSON text. Without `with_crc` (TCP bridges) the metadata are left out. Returns a malloc'd buffer of
 * `*size` bytes, NULL if memory ran out. */
uint8_t *frame_encode(const char *json, size_t length, bool with_crc, size_t *size);

enum frame_event {
    FRAME_NONE,      /* nothing more in what was fed so far */
    FRAME_JSON,      /* `json`, `json_length`: checked against its CRC, if it had one; not zero-terminated */
    FRAME_HANDSHAKE, /* the board has answered the handshake */
    FRAME_DAMAGED, /* a frame with a wrong CRC, or metadata that are none: the answer we wait for may be lost
                    */
};

struct frame_decoder {
    char *buffer; /* what was received and is not decided yet */
    size_t length, capacity;
    size_t scanned;    /* no delimiter starts before here */
    bool in_frame;     /* the buffer starts right after a frame's opening delimiter */
    bool opened_by_d1; /* and that was `"""`: no log text, surely a frame */
    bool stopped;      /* XOFF was received, and no XON since */
    size_t consumed;   /* bytes of the buffer given out by the last event, dropped at the next call */
    const char *json;  /* of the last FRAME_JSON: points into the buffer, valid until the next call */
    size_t json_length;
};

void frame_decoder_init(struct frame_decoder *decoder);
/* Wipes the buffer: frames carry keys. */
void frame_decoder_free(struct frame_decoder *decoder);

/* Forgets what is in the buffer, as after a reset of the line. */
void frame_decoder_reset(struct frame_decoder *decoder);

/* Takes received bytes; XON and XOFF are removed and set `stopped`. 0, or -1 when memory ran out. */
int frame_decoder_feed(struct frame_decoder *decoder, const void *data, size_t size);

/* The next event in what was fed. */
enum frame_event frame_decoder_next(struct frame_decoder *decoder);

#endif
