/* The server behind the settings: a listener, a bounded number of connections, endpoints and files. No
 * configuration is read here, so that tests can run it.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "http_file.h"
#include "mgos_http_server.h"
#include "mgos_timers.h"
#include "net.h"
#include "tls.h"

enum {
    HTTP_CONNECTIONS_MAX = 4,
    HTTP_REQUEST_MAX = 3072, /* head and body (mongoose-os.md 7.3) */
    HTTP_IDLE_MS = 10000, /* from the connection to the whole request; then between two moves of the answer */
    HTTP_LISTEN_RETRY_MS = 10000,
};

struct http_endpoint {
    const char *uri;
    mgos_http_handler_t handler;
    void *user_data;
    struct http_endpoint *next;
};

struct http_connection;

struct http_server {
    char *address;
    bool secure;
    struct tls_options tls; /* texts are the server's own copies */
    struct http_file_rules files;
    char *extra_headers; /* NULL, or header lines, each ended by CR LF */
    char *version;       /* of Server: */
    struct net_listener *listener;
    mgos_timer_id retry;
    struct http_endpoint *endpoints;
    struct http_connection *connections;
    uint8_t connection_count;
};

struct http_server_options {
    const char *listen_addr, *document_root, *index_files, *hidden_files;
    const char *ssl_cert, *ssl_key, *ssl_ca_cert;
    const char *extra_headers;
    const char *version;
};

/* Copies the options and listens. A port that is taken, or a certificate that is not there yet, is logged and
 * does not stop it: listening is tried again every 10 s, and every connection reads certificate and key anew.
 * False: out of memory. */
bool http_server_start(struct http_server *server, const struct http_server_options *options);
/* Closes everything and frees it. Endpoints stay. */
void http_server_stop(struct http_server *server);
bool http_server_add_endpoint(struct http_server *server, const char *uri, mgos_http_handler_t handler,
                              void *user_data);
const struct http_endpoint *http_server_endpoint(const struct http_server *server, struct mg_str path);

/* --- http_connection.c --- */

/* Takes over `stream`, which is open. */
void http_connection_accept(struct http_server *server, struct stream *stream);
void http_connection_close(struct http_connection *connection);

#endif
