/* Requests: the parser in two ways of cutting up the same bytes, which must agree, and then the path decoder.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http_path.h"
#include "http_request.h"

enum { LIMIT = 3072 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Exactly as much memory as the parser was told of, so that one byte more is found. */
static struct http_request parse(const char *text, size_t length, size_t step)
{
    struct http_request r;
    size_t used = 0, room = step > 100 ? LIMIT : 1;

    http_request_init(&r, malloc(room), room, LIMIT);
    while (used < length && (r.state == HTTP_READING || r.state == HTTP_NEEDS_ROOM)) {
        size_t piece = length - used < step ? length - used : step;

        used += http_request_feed(&r, text + used, piece);
        if (r.state == HTTP_NEEDS_ROOM) {
            room = room * 2 < LIMIT ? room * 2 : LIMIT;
            http_request_move(&r, realloc(r.text, room), room);
        }
    }
    return r;
}

static void check_span(const struct http_request *r, struct http_span span)
{
    if ((size_t)span.start + span.length > r->used)
        abort();
}

static void check(struct http_request *r)
{
    struct mg_str path, query;

    for (int i = 0; i < r->header_count; i++) {
        check_span(r, r->headers[i].name);
        check_span(r, r->headers[i].value);
    }
    check_span(r, r->method);
    check_span(r, r->target);
    check_span(r, r->body);
    if (r->used > LIMIT || r->body.length != r->content_length)
        abort();
    if (!http_path_decode(r->text + r->target.start, r->target.length, &path, &query))
        return;
    if (path.len == 0 || path.p[0] != '/' || memchr(path.p, 0, path.len) != NULL)
        abort();
    http_path_is_below(path, "/api");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_request slow = parse((const char *)data, size, 1),
                        fast = parse((const char *)data, size, 10000);

    if (slow.state != fast.state || slow.status != fast.status || slow.used != fast.used)
        abort();
    if (slow.state == HTTP_REFUSED && (slow.status < 400 || slow.why == NULL))
        abort();
    if (slow.state == HTTP_COMPLETE && memcmp(slow.text, fast.text, slow.used) != 0)
        abort();
    if (slow.state == HTTP_COMPLETE)
        check(&slow);
    free(slow.text);
    free(fast.text);
    return 0;
}
