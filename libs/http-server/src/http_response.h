/* The answer: a head and a text in memory, then perhaps a file, which is read in small pieces as it leaves.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http_file.h"
#include "stream.h"

struct http_response {
    int status; /* 0: none yet */
    char *text; /* head, and body when there is no file; on the heap */
    size_t length, sent;
    bool has_file;
    struct http_file file;
    uint32_t file_sent;
};

/* What the head says beside status and length. */
struct http_response_head {
    const char *version;       /* of Server:, may be NULL */
    const char *extra_headers; /* may be NULL */
    bool without_body;         /* HEAD: the length of the body, but not the body */
};

const char *http_reason(int status);

/* Composes the head and copies the body. False: out of memory, and nothing was changed. */
bool http_response_text(struct http_response *response, const struct http_response_head *head, int status,
                        const char *content_type, const void *body, size_t length);
bool http_response_file(struct http_response *response, const struct http_response_head *head,
                        const struct http_file *file);

enum http_progress { HTTP_ALL_SENT, HTTP_WAITING, HTTP_FILE_CHANGED };
/* Writes as much as the stream takes. */
enum http_progress http_response_send(struct http_response *response, struct stream *stream);
void http_response_free(struct http_response *response);

#endif
