/* The request parser: see http_request.h. The grammar is that of RFC 9112 2.2, 3 and 5, read strictly where
 * leniency has been used to smuggle requests. */

#include "http_request.h"

#include <string.h>

enum where {
    BEFORE, /* empty lines before the request line are skipped (RFC 9112 2.2) */
    METHOD,
    TARGET,
    VERSION,
    LINE_START, /* of a header line, or the empty line */
    NAME,
    VALUE_START,
    VALUE,
    BODY,
};

void http_request_init(struct http_request *r, char *memory, size_t capacity, size_t limit)
{
    memset(r, 0, sizeof *r);
    r->text = memory;
    r->capacity = (uint16_t)capacity;
    r->limit = (uint16_t)limit;
}

void http_request_move(struct http_request *r, char *memory, size_t capacity)
{
    r->text = memory;
    r->capacity = (uint16_t)capacity;
    if (r->state == HTTP_NEEDS_ROOM)
        r->state = HTTP_READING;
}

static void refuse(struct http_request *r, int status, const char *why)
{
    r->state = HTTP_REFUSED;
    r->status = status;
    r->why = why;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* RFC 9110 5.6.2 */
static bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct http_span span_to(const struct http_request *r, uint16_t end)
{
    return (struct http_span){r->mark, (uint16_t)(end - r->mark)};
}

static bool same_text(const struct http_request *r, struct http_span span, const char *text)
{
    size_t i;

    for (i = 0; i < span.length && text[i] != '\0'; i++)
        if (lower(r->text[span.start + i]) != lower(text[i]))
            return false;
    return i == span.length && text[i] == '\0';
}

bool http_span_is(const struct http_request *r, struct http_span span, const char *text)
{
    return strlen(text) == span.length && memcmp(r->text + span.start, text, span.length) == 0;
}

bool http_request_header(const struct http_request *r, const char *name, struct http_span *value)
{
    for (int i = 0; i < r->header_count; i++) {
        if (!same_text(r, r->headers[i].name, name))
            continue;
        *value = r->headers[i].value;
        return true;
    }
    return false;
}

/* --- lines
 * ------------------------------------------------------------------------------------------------------- */

static void check_version(struct http_request *r)
{
    const char *version = r->text + r->version_at;
    size_t length = (size_t)(r->used - r->version_at);

    if (length != 8 || memcmp(version, "HTTP/", 5) != 0 || version[6] != '.')
        refuse(r, 400, "the request line does not end in HTTP/1.1");
    else if (version[5] != '1' || version[7] < '0' || version[7] > '9')
        refuse(r, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    else
        r->minor_version = version[7] - '0';
}

static void content_length(struct http_request *r, struct http_span value)
{
    uint32_t length = 0;

    for (uint16_t i = 0; i < value.length; i++) {
        char c = r->text[value.start + i];

        if (c < '0' || c > '9') {
            refuse(r, 400, "Content-Length is not a number");
            return;
        }
        length = length > r->limit ? length : length * 10 + (uint32_t)(c - '0');
    }
    if (value.length == 0 || (r->has_length && length != r->content_length)) {
        refuse(r, 400, "Content-Length is empty, or given twice with different values");
        return;
    }
    if (length > r->limit) {
        refuse(r, 413, "the body is larger than this board takes");
        return;
    }
    r->has_length = true;
    r->content_length = (uint16_t)length;
}

/* A header line is complete: what it means for reading on. */
static void header(struct http_request *r)
{
    struct http_span name = r->headers[r->header_count].name, value = r->headers[r->header_count].value;

    r->header_count++;
    if (same_text(r, name, "content-length")) {
        content_length(r, value);
    } else if (same_text(r, name, "transfer-encoding")) {
        refuse(r, 501, "bodies in chunks (Transfer-Encoding) are not understood here: send Content-Length");
    } else if (same_text(r, name, "host")) {
        if (r->has_host)
            refuse(r, 400, "two Host headers");
        r->has_host = true;
    }
}

static void end_of_head(struct http_request *r)
{
    if (r->minor_version >= 1 && !r->has_host) {
        refuse(r, 400, "HTTP/1.1 requires a Host header");
        return;
    }
    if ((uint32_t)r->used + r->content_length > r->limit) {
        refuse(r, 413, "head and body together are larger than this board takes");
        return;
    }
    r->body = (struct http_span){r->used, r->content_length};
    r->where = BODY;
    if (r->content_length == 0)
        r->state = HTTP_COMPLETE;
}

static void end_of_value(struct http_request *r)
{
    uint16_t end = r->used;

    while (end > r->mark && (r->text[end - 1] == ' ' || r->text[end - 1] == '\t'))
        end--;
    r->headers[r->header_count].value = span_to(r, end);
    r->where = LINE_START;
    header(r);
}

/* --- bytes: each gives false when it is not kept
 * --------------------------------------------------------------------- */

static bool in_request_line(struct http_request *r, char c)
{
    switch (r->where) {
    case BEFORE:
        if (c == '\n')
            return false;
        r->mark = r->used;
        r->where = METHOD;
        /* fall through */
    case METHOD:
        if (c == ' ' && r->used > r->mark) {
            r->method = span_to(r, r->used);
            r->where = TARGET;
            r->mark = r->used;
            return false;
        }
        if (!is_token(c) || r->used - r->mark >= 16)
            refuse(r, 400, "this is no HTTP request: it does not begin with a method");
        return true;
    case TARGET:
        if (c == ' ' && r->used > r->mark) {
            r->target = span_to(r, r->used);
            r->where = VERSION;
            r->version_at = r->used;
            return false;
        }
        if ((unsigned char)c <= ' ' || (unsigned char)c >= 0x7f)
            refuse(r, 400, "the request line is not METHOD SP target SP HTTP/1.1");
        return true;
    default:
        if (c == '\n') {
            check_version(r);
            r->used = r->version_at;
            r->where = LINE_START;
            return false;
        }
        if (r->used - r->version_at >= 8)
            refuse(r, 400, "the request line does not end in HTTP/1.1");
        return true;
    }
}

static bool in_header(struct http_request *r, char c)
{
    switch (r->where) {
    case LINE_START:
        if (c == '\n') {
            end_of_head(r);
            return false;
        }
        if (c == ' ' || c == '\t')
            refuse(r, 400, "a header line that begins with a space");
        else if (r->header_count == HTTP_HEADERS_MAX)
            refuse(r, 431, "more header lines than this board takes (32)");
        r->mark = r->used;
        r->where = NAME;
        /* fall through */
    case NAME:
        if (c == ':' && r->used > r->mark) {
            r->headers[r->header_count].name = span_to(r, r->used);
            r->where = VALUE_START;
            return false;
        }
        if (!is_token(c) && r->state != HTTP_REFUSED)
            refuse(r, 400, "a header line that is not name: value");
        return true;
    case VALUE_START:
        if (c == ' ' || c == '\t')
            return false;
        r->mark = r->used;
        r->where = VALUE;
        /* fall through */
    default:
        if (c == '\n') {
            end_of_value(r);
            return false;
        }
        if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
            refuse(r, 400, "a control character in a header");
        return true;
    }
}

static void room_is_needed(struct http_request *r)
{
    if (r->used < r->limit)
        r->state = HTTP_NEEDS_ROOM;
    else if (r->where <= VERSION)
        refuse(r, 414, "the request line is longer than this board takes");
    else
        refuse(r, 431, "the request's head is larger than this board takes");
}

static size_t feed_body(struct http_request *r, const char *data, size_t length)
{
    size_t missing = (size_t)(r->body.start + r->body.length - r->used),
           room = (size_t)(r->capacity - r->used);
    size_t taken = length < missing ? length : missing;

    if (taken > room)
        taken = room;
    memcpy(r->text + r->used, data, taken);
    r->used = (uint16_t)(r->used + taken);
    if (taken == missing)
        r->state = HTTP_COMPLETE;
    else if (taken < length)
        r->state = HTTP_NEEDS_ROOM;
    return taken;
}

size_t http_request_feed(struct http_request *r, const char *data, size_t length)
{
    size_t i = 0;

    while (i < length && r->state == HTTP_READING) {
        bool keep;

        if (r->where == BODY)
            return i + feed_body(r, data + i, length - i);
        if (r->used == r->capacity && data[i] != '\r' && data[i] != '\n') { /* ends of lines are not kept */
            room_is_needed(r);
            break;
        }
        /* A line ends in CR LF; LF alone is taken too (RFC 9112 2.2). CR anywhere else is refused as a
         * control character. */
        if (data[i] == '\r' && !r->carriage_return) {
            r->carriage_return = true;
            i++;
            continue;
        }
        if (r->carriage_return && data[i] != '\n') {
            refuse(r, 400, "a carriage return that ends no line");
            break;
        }
        r->carriage_return = false;
        keep = r->where <= VERSION ? in_request_line(r, data[i]) : in_header(r, data[i]);
        if (keep && r->state == HTTP_READING)
            r->text[r->used++] = data[i];
        i++;
    }
    return i;
}
