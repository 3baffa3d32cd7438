/* See http_response.h. */

#include "http_response.h"

#include <stdio.h>
#include <string.h>

#include "heap.h"
#include "http_path.h"

enum { PIECE = 256 };

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

const char *http_reason(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

/* The head's length; at most `size` bytes of it are written. */
static int compose_head(char *out, size_t size, const struct http_response_head *head, int status,
                        const char *content_type, unsigned long length)
{
    return snprintf(out, size,
                    "HTTP/1.1 %d %s\r\n"
                    "Server: Hallmark%s%s\r\n"
                    "Content-Type: %s\r\n"
                    "Content-Length: %lu\r\n"
                    "X-Content-Type-Options: nosniff\r\n"
                    "%s%s"
                    "Connection: close\r\n"
                    "\r\n",
                    status, http_reason(status), head->version ? "/" : "", head->version ? head->version : "",
                    content_type, length, status == 405 ? "Allow: GET, HEAD\r\n" : "",
                    head->extra_headers ? head->extra_headers : "");
}

static bool make(struct http_response *r, const struct http_response_head *head, int status,
                 const char *content_type, const void *body, size_t body_length, unsigned long content_length)
{
    int length = compose_head(NULL, 0, head, status, content_type, content_length);
    char *text = length > 0 ? heap_alloc((size_t)length + body_length + 1) : NULL;

    if (text == NULL)
        return false;
    compose_head(text, (size_t)length + 1, head, status, content_type, content_length);
    if (body_length > 0)
        memcpy(text + length, body, body_length);
    http_response_free(r);
    r->status = status;
    r->text = text;
    r->length = (size_t)length + body_length;
    return true;
}

bool http_response_text(struct http_response *r, const struct http_response_head *head, int status,
                        const char *content_type, const void *body, size_t length)
{
    return make(r, head, status, content_type, body, head->without_body ? 0 : length, (unsigned long)length);
}

bool http_response_file(struct http_response *r, const struct http_response_head *head,
                        const struct http_file *file)
{
    if (!make(r, head, 200, http_content_type(file->name), NULL, 0, file->size))
        return false;
    r->has_file = !head->without_body;
    r->file = *file;
    return true;
}

static enum http_progress send_file(struct http_response *r, struct stream *stream)
{
    char piece[PIECE];

    while (r->file_sent < r->file.size) {
        size_t wanted = r->file.size - r->file_sent < PIECE ? r->file.size - r->file_sent : PIECE;
        int32_t got = storage_read(r->file.name, r->file_sent, piece, wanted);
        size_t taken;

        if (got <= 0)
            return HTTP_FILE_CHANGED;
        taken = stream_write(stream, piece, (size_t)got);
        r->file_sent += (uint32_t)taken;
        if (taken < (size_t)got)
            return HTTP_WAITING;
    }
    return HTTP_ALL_SENT;
}

enum http_progress http_response_send(struct http_response *r, struct stream *stream)
{
    if (r->sent < r->length)
        r->sent += stream_write(stream, r->text + r->sent, r->length - r->sent);
    if (r->sent < r->length)
        return HTTP_WAITING;
    return r->has_file ? send_file(r, stream) : HTTP_ALL_SENT;
}

void http_response_free(struct http_response *r)
{
    heap_free(r->text);
    memset(r, 0, sizeof *r);
}
