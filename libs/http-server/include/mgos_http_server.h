/* The HTTP server of the application: files of the board, and endpoints written in C
 * (mongoose-os.md 6.10, 7.3).
 *
 * Files are served from `http.document_root` by GET and HEAD. Never served, whatever their place: conf*.json,
 * names of keys ("*.key*", "*.der", "*.p12"...), names that begin with a dot, what `http.hidden_files` matches,
 * and every file that looks like a private key in PEM or DER or like 32 bytes in hexadecimal (README.md, "Closed
 * by default", says precisely what). There is no directory listing and no upload.
 *
 * An endpoint answers every method below its URI. Difference from Mongoose OS: the handler is not a Mongoose
 * event handler (there is no struct mg_connection here); it gets a complete request and answers it before it
 * returns.
 */
#ifndef MGOS_HTTP_SERVER_H
#define MGOS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "mg_str.h"

bool mgos_http_server_init(void);

/* A complete request. Everything in it lives until the handler returns. */
struct mgos_http_request {
    struct mg_str method; /* "GET" */
    struct mg_str path;   /* decoded, begins with '/' */
    struct mg_str query;  /* as sent, without '?' */
    struct mg_str body;   /* head and body together are 3072 bytes at most */
    const char *peer;     /* "192.168.1.5:51234" */
    bool secure;          /* it came over TLS */
};
typedef void (*mgos_http_handler_t)(struct mgos_http_request *request, void *user_data);

/* `uri` answers itself and everything below it ("/api" also /api/x, not /apix); the longest one wins. It must
 * live for ever. False: out of memory. */
bool mgos_register_http_endpoint(const char *uri, mgos_http_handler_t handler, void *user_data);

/* First header of that name, letter case ignored; p is NULL when there is none. */
struct mg_str mgos_http_get_header(const struct mgos_http_request *request, const char *name);

/* The answer; `body` is copied. A handler that returns without one answers 500. False: out of memory, 500 is
 * answered; or there was an answer already. */
bool mgos_http_reply(struct mgos_http_request *request, int status, const char *content_type,
                     const void *body, size_t length);

/* "/" or "" (no files). The file system is flat: other roots hold nothing. False: no server, or out of
 * memory. */
bool mgos_http_server_set_document_root(const char *root);

#endif
