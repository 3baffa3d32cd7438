/* The head of an HTTP/1.1 request (RFC 9112), as a state machine: bytes go in, in pieces of any size; out
 * come texts and numbers, or the status with which to refuse and a sentence. No I/O, no allocation, no
 * globals.
 *
 *     http_request_init(&r, memory, sizeof memory, 3072);
 *     used = http_request_feed(&r, data, length);
 *
 * The text that matters is kept in the caller's memory, which may grow on the way: when r.state is
 * HTTP_NEEDS_ROOM, copy it to a larger one, say so with http_request_move() and feed the rest. Head and body
 * together never take more than `limit`.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_state {
    HTTP_READING,
    HTTP_NEEDS_ROOM, /* `capacity` is used up */
    HTTP_COMPLETE,   /* head and body are here */
    HTTP_REFUSED,    /* `status` and `why` say what to answer */
};

enum { HTTP_HEADERS_MAX = 32 };

struct http_span {
    uint16_t start, length; /* within `text` */
};

struct http_request {
    enum http_state state;
    int status; /* 400, 413, 414, 431, 501, 505 */
    const char *why;

    struct http_span method, target, body;
    int minor_version; /* HTTP/1.<n> */
    struct {
        struct http_span name, value;
    } headers[HTTP_HEADERS_MAX];
    uint8_t header_count;

    char *text;
    uint16_t capacity, limit, used;
    /* the machine */
    uint8_t where;
    uint16_t mark;
    uint16_t version_at;
    bool carriage_return;
    bool has_length;
    bool has_host;
    uint16_t content_length;
};

void http_request_init(struct http_request *request, char *memory, size_t capacity, size_t limit);
/* Bytes consumed; fewer than `length` when the state is no longer HTTP_READING. */
size_t http_request_feed(struct http_request *request, const char *data, size_t length);
void http_request_move(struct http_request *request, char *memory, size_t capacity);
/* The value of header `name` (letter case ignored); false: there is none. */
bool http_request_header(const struct http_request *request, const char *name, struct http_span *value);
bool http_span_is(const struct http_request *request, struct http_span span, const char *text);

#endif
