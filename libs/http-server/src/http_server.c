/* Listening, endpoints, and starting although not everything is there yet: see http_server.h. */

#include "http_server.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"
#include "http_path.h"

static void accepted(struct stream *stream, void *user)
{
    http_connection_accept(user, stream);
}

static void listen_again(void *user);

/* Logs success once; failure every time, since it is tried every 10 s only. */
static void listen_now(struct http_server *server)
{
    const char *error = "out of memory";

    server->retry = MGOS_INVALID_TIMER_ID;
    server->listener = net_listen(server->address, accepted, server, &error);
    if (server->listener != NULL) {
        LOG(LL_INFO, ("HTTP server started on [%s]%s", server->address, server->secure ? " (SSL)" : ""));
        return;
    }
    LOG(LL_ERROR, ("Error binding to [%s]: %s; trying again in %d s", server->address, error,
                   HTTP_LISTEN_RETRY_MS / 1000));
    server->retry = mgos_set_timer(HTTP_LISTEN_RETRY_MS, 0, listen_again, server);
}

static void listen_again(void *user)
{
    listen_now(user);
}

/* "" and NULL are the same: not set. False: out of memory. */
static bool copy(const char **to, const char *from)
{
    heap_free((void *)*to);
    *to = NULL;
    if (from == NULL || *from == '\0')
        return true;
    *to = heap_strdup(from);
    return *to != NULL;
}

static bool copy_options(struct http_server *server, const struct http_server_options *o)
{
    server->secure = o->ssl_cert != NULL && *o->ssl_cert != '\0';
    return copy((const char **)&server->address, o->listen_addr) &&
           copy(&server->files.document_root, o->document_root) &&
           copy(&server->files.index_files, o->index_files) &&
           copy(&server->files.hidden_files, o->hidden_files) && copy(&server->tls.cert_file, o->ssl_cert) &&
           copy(&server->tls.key, o->ssl_key) && copy(&server->tls.ca_file, o->ssl_ca_cert) &&
           copy((const char **)&server->extra_headers, o->extra_headers) &&
           copy((const char **)&server->version, o->version);
}

bool http_server_start(struct http_server *server, const struct http_server_options *options)
{
    const char *error;

    if (!copy_options(server, options)) {
        http_server_stop(server);
        return false;
    }
    if (server->files.document_root && strcmp(server->files.document_root, "/") != 0)
        LOG(LL_WARN,
            ("http.document_root is %s, but the file system is flat: no file is served (set it to /)",
             server->files.document_root));
    error = server->secure ? tls_check_server(&server->tls) : NULL;
    if (error != NULL)
        LOG(LL_ERROR,
            ("HTTPS connections will be refused until this is put right, no restart needed: %s", error));
    listen_now(server);
    return true;
}

void http_server_stop(struct http_server *server)
{
    struct http_endpoint *endpoints = server->endpoints;

    if (server->listener != NULL)
        net_unlisten(server->listener);
    if (server->retry != MGOS_INVALID_TIMER_ID)
        mgos_clear_timer(server->retry);
    while (server->connections != NULL)
        http_connection_close(server->connections);
    heap_free(server->address);
    heap_free((void *)server->files.document_root);
    heap_free((void *)server->files.index_files);
    heap_free((void *)server->files.hidden_files);
    heap_free((void *)server->tls.cert_file);
    heap_free((void *)server->tls.key);
    heap_free((void *)server->tls.ca_file);
    heap_free(server->extra_headers);
    heap_free(server->version);
    memset(server, 0, sizeof *server);
    server->endpoints = endpoints;
}

bool http_server_add_endpoint(struct http_server *server, const char *uri, mgos_http_handler_t handler,
                              void *user_data)
{
    struct http_endpoint *endpoint = heap_alloc(sizeof *endpoint);

    if (endpoint == NULL)
        return false;
    *endpoint = (struct http_endpoint){uri, handler, user_data, server->endpoints};
    server->endpoints = endpoint;
    return true;
}

const struct http_endpoint *http_server_endpoint(const struct http_server *server, struct mg_str path)
{
    const struct http_endpoint *best = NULL;

    for (const struct http_endpoint *e = server->endpoints; e != NULL; e = e->next)
        if (http_path_is_below(path, e->uri) && (best == NULL || strlen(e->uri) > strlen(best->uri)))
            best = e;
    return best;
}
