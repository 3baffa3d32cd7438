/* A stream: bytes both ways in order, over TCP, or TLS on top of another stream. Protocols (HTTP, MQTT) are
 * written against this and never ask which it is.
 *
 * Events come from the loop (board_wait), to the one handler of the stream:
 *   STREAM_OPEN   ready for data: TCP connected, or the TLS handshake done
 *   STREAM_DATA   bytes are there: call stream_read until it gives 0 (it may be left for later: no second
 *                 event comes for bytes already announced; ask stream_read again when there is room)
 *   STREAM_SENT   after stream_write accepted less than asked, there is room again
 *   STREAM_CLOSE  the end, from the other side or by an error: stream_error() is NULL for an orderly end,
 *                 else a sentence. Nothing follows. Bytes received before the end may still be read.
 *
 * The owner calls stream_close() exactly once, also after STREAM_CLOSE, also from within the handler;
 * afterwards the pointer is dead and no event comes. Bytes accepted by stream_write before are still
 * delivered, for a bounded time.
 */
#ifndef OS_STREAM_H
#define OS_STREAM_H

#include <stddef.h>

enum stream_event { STREAM_OPEN, STREAM_DATA, STREAM_SENT, STREAM_CLOSE };

struct stream;
typedef void (*stream_handler)(struct stream *stream, enum stream_event event, void *user);

struct stream_class {
    size_t (*read)(struct stream *stream, void *out, size_t size);           /* bytes taken, 0: none now */
    size_t (*write)(struct stream *stream, const void *data, size_t length); /* bytes accepted, maybe fewer */
    void (*close)(struct stream *stream);
};

/* First member of every implementation. */
struct stream {
    const struct stream_class *vtable;
    stream_handler handler;
    void *user;
    const char *error;       /* static, or owned by the implementation until close */
    char peer[56];           /* "192.168.1.5:51234", "[::1]:8883" */
};

static inline size_t stream_read(struct stream *s, void *out, size_t size)
{
    return s->vtable->read(s, out, size);
}

static inline size_t stream_write(struct stream *s, const void *data, size_t length)
{
    return s->vtable->write(s, data, length);
}

static inline void stream_close(struct stream *s)
{
    s->vtable->close(s);
}

static inline const char *stream_error(const struct stream *s)
{
    return s->error;
}

static inline const char *stream_peer(const struct stream *s)
{
    return s->peer;
}

static inline void stream_set_handler(struct stream *s, stream_handler handler, void *user)
{
    s->handler = handler;
    s->user = user;
}

#endif
