/* One connection: a request comes in, an answer goes out, the end. Its time is bounded at every step.
 *
 *     (the first byte ->) TLS handshake -> reading the request -> answering -> draining what the peer still sends -> closed
 */

#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"
#include "http_path.h"
#include "http_request.h"
#include "http_response.h"
#include "http_server.h"

enum phase { SHAKING_HANDS, READING, ANSWERING, DRAINING };

enum {
    FIRST_ROOM = 256,
    DRAIN_MS =
        1000, /* a peer that is still sending gets the answer before the connection goes (RFC 9112 9.6) */
};

struct http_connection {
    struct http_server *server;
    struct http_connection *next;
    struct stream *stream;
    enum phase phase;
    bool spoken; /* something came from the peer */
    mgos_timer_id deadline;
    struct http_request request;
    struct http_response response;
};

static void stream_event(struct stream *stream, enum stream_event event, void *user);

void http_connection_close(struct http_connection *c)
{
    struct http_connection **link = &c->server->connections;

    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    c->server->connection_count--;
    if (c->deadline != MGOS_INVALID_TIMER_ID)
        mgos_clear_timer(c->deadline);
    if (c->stream != NULL)
        stream_close(c->stream);
    heap_free(c->request.text);
    http_response_free(&c->response);
    heap_free(c);
}

static void too_late(void *user)
{
    struct http_connection *c = user;

    c->deadline = MGOS_INVALID_TIMER_ID;
    if (c->phase != DRAINING)
        LOG(LL_INFO, ("%p %s: nothing came for %d s, closing", (void *)c, stream_peer(c->stream),
                      HTTP_IDLE_MS / 1000));
    http_connection_close(c);
}

/* False: no timer to be had, and without one nothing bounds the connection. */
static bool set_deadline(struct http_connection *c, int ms)
{
    if (c->deadline != MGOS_INVALID_TIMER_ID)
        mgos_clear_timer(c->deadline);
    c->deadline = mgos_set_timer(ms, 0, too_late, c);
    return c->deadline != MGOS_INVALID_TIMER_ID;
}

/* --- answering
 * ----------------------------------------------------------------------------------------------------- */

static struct http_response_head head_of(const struct http_connection *c)
{
    return (struct http_response_head){
        .version = c->server->version,
        .extra_headers = c->server->extra_headers,
        .without_body =
            c->request.state == HTTP_COMPLETE && http_span_is(&c->request, c->request.method, "HEAD"),
    };
}

static void answer_sentence(struct http_connection *c, int status, const char *sentence)
{
    struct http_response_head head = head_of(c);
    char body[256];
    int length = snprintf(body, sizeof body, "%d %s: %s\n", status, http_reason(status), sentence);

    if (length >= (int)sizeof body)
        length = sizeof body - 1;
    if (!http_response_text(&c->response, &head, status, "text/plain; charset=utf-8", body, (size_t)length))
        LOG(LL_ERROR, ("%p out of memory for the answer", (void *)c));
}

static void answer_file(struct http_connection *c, struct mg_str path)
{
    struct http_response_head head = head_of(c);
    struct http_file file;

    if (!http_file_find(&c->server->files, path, &file))
        answer_sentence(c, 404,
                        path.len == 1 ? "this board has no index page; mos put index.html gives it one"
                                      : "this board serves nothing of that name");
    else if (!http_span_is(&c->request, c->request.method, "GET") &&
             !http_span_is(&c->request, c->request.method, "HEAD"))
        answer_sentence(c, 405, "files can be read with GET and HEAD only");
    else if (!http_response_file(&c->response, &head, &file))
        answer_sentence(c, 503, "out of memory, try again");
}

struct endpoint_call {
    struct mgos_http_request request; /* first: what the handler sees */
    struct http_connection *connection;
};

static struct mg_str text_of(const struct http_connection *c, struct http_span span)
{
    return mg_mk_str_n(c->request.text + span.start, span.length);
}

struct mg_str mgos_http_get_header(const struct mgos_http_request *request, const char *name)
{
    const struct http_connection *c = ((const struct endpoint_call *)request)->connection;
    struct http_span value;

    return http_request_header(&c->request, name, &value) ? text_of(c, value) : mg_mk_str_n(NULL, 0);
}

bool mgos_http_reply(struct mgos_http_request *request, int status, const char *content_type,
                     const void *body, size_t length)
{
    struct http_connection *c = ((struct endpoint_call *)request)->connection;
    struct http_response_head head = head_of(c);

    if (c->response.status != 0)
        return false;
    if (http_response_text(&c->response, &head, status, content_type, body, length))
        return true;
    answer_sentence(c, 500, "out of memory for the answer");
    return false;
}

static void answer_endpoint(struct http_connection *c, const struct http_endpoint *endpoint,
                            struct mg_str path, struct mg_str query)
{
    struct endpoint_call call = {
        .request = {.method = text_of(c, c->request.method),
                    .path = path,
                    .query = query,
                    .body = text_of(c, c->request.body),
                    .peer = stream_peer(c->stream),
                    .secure = c->server->secure},
        .connection = c,
    };

    endpoint->handler(&call.request, endpoint->user_data);
    if (c->response.status == 0)
        answer_sentence(c, 500, "the endpoint gave no answer");
}

static void answer(struct http_connection *c)
{
    struct mg_str path, query;
    const struct http_endpoint *endpoint;

    LOG(LL_INFO,
        ("%p %.*s %.*s", (void *)c, (int)c->request.method.length, c->request.text + c->request.method.start,
         (int)c->request.target.length, c->request.text + c->request.target.start));
    if (!http_path_decode(c->request.text + c->request.target.start, c->request.target.length, &path,
                          &query)) {
        answer_sentence(c, 400, "the target is not a path, or has a broken % escape");
        return;
    }
    endpoint = http_server_endpoint(c->server, path);
    if (endpoint != NULL)
        answer_endpoint(c, endpoint, path, query);
    else
        answer_file(c, path);
}

/* --- the way through
 * --------------------------------------------------------------------------------------------------- */

/* The functions below give false when the connection is gone. */

static bool end(struct http_connection *c)
{
    http_connection_close(c);
    return false;
}

static bool send_answer(struct http_connection *c)
{
    switch (http_response_send(&c->response, c->stream)) {
    case HTTP_WAITING:
        return set_deadline(c, HTTP_IDLE_MS) || end(c);
    case HTTP_FILE_CHANGED:
        LOG(LL_WARN,
            ("%p %s changed while it was sent: the answer is cut off", (void *)c, c->response.file.name));
        return end(c);
    case HTTP_ALL_SENT:
        break;
    }
    if (c->request.state != HTTP_REFUSED)
        return end(c);
    c->phase = DRAINING;
    return set_deadline(c, DRAIN_MS) || end(c);
}

static bool begin_answer(struct http_connection *c)
{
    if (c->request.state == HTTP_REFUSED) {
        LOG(LL_INFO, ("%p %s: request refused with %d: %s", (void *)c, stream_peer(c->stream),
                      c->request.status, c->request.why));
        answer_sentence(c, c->request.status, c->request.why);
    } else {
        answer(c);
    }
    heap_free(c->request.text);
    c->request.text = NULL;
    c->phase = ANSWERING;
    return c->response.status != 0 ? send_answer(c) : end(c);
}

static void grow(struct http_connection *c)
{
    size_t capacity = c->request.capacity ? 2u * c->request.capacity : FIRST_ROOM;
    char *grown;

    if (capacity > HTTP_REQUEST_MAX)
        capacity = HTTP_REQUEST_MAX;
    grown = heap_realloc(c->request.text, capacity);
    if (grown != NULL) {
        http_request_move(&c->request, grown, capacity);
        return;
    }
    c->request.state = HTTP_REFUSED;
    c->request.status = 503;
    c->request.why = "out of memory, try again";
}

static bool read_request(struct http_connection *c)
{
    char piece[128];
    size_t got;

    while ((got = stream_read(c->stream, piece, sizeof piece)) > 0) {
        size_t used = 0;

        while (used < got && (c->request.state == HTTP_READING || c->request.state == HTTP_NEEDS_ROOM)) {
            used += http_request_feed(&c->request, piece + used, got - used);
            if (c->request.state == HTTP_NEEDS_ROOM)
                grow(c);
        }
        if (c->request.state == HTTP_COMPLETE || c->request.state == HTTP_REFUSED)
            return begin_answer(c);
    }
    return true;
}

static void discard(struct http_connection *c)
{
    char piece[128];

    while (stream_read(c->stream, piece, sizeof piece) > 0)
        ;
}

static void opened(struct http_connection *c)
{
    LOG(LL_INFO, ("%p HTTP connection from %s", (void *)c, stream_peer(c->stream)));
    c->phase = READING;
}

static void closed(struct http_connection *c)
{
    const char *error = stream_error(c->stream);

    if (c->phase == SHAKING_HANDS)
        LOG(LL_ERROR, ("%p connection from %s failed: %s", (void *)c, stream_peer(c->stream),
                       error       ? error
                       : c->spoken ? "closed"
                                   : "closed before it said anything"));
    else if (error != NULL)
        LOG(c->phase == READING ? LL_INFO : LL_DEBUG,
            ("%p %s: %s", (void *)c, stream_peer(c->stream), error));
    http_connection_close(c);
}

static void stream_event(struct stream *stream, enum stream_event event, void *user)
{
    struct http_connection *c = user;

    switch (event) {
    case STREAM_OPEN:
        opened(c);
        break;
    case STREAM_DATA:
        c->spoken = true;
        if (c->phase == READING)
            read_request(c);
        else if (c->phase == DRAINING)
            discard(c);
        break;
    case STREAM_SENT:
        if (c->phase == ANSWERING)
            send_answer(c);
        break;
    case STREAM_CLOSE:
        closed(c);
        break;
    }
}

/* --- a new one
 * ---------------------------------------------------------------------------------------------------------- */

/* Opening connections and saying nothing costs a stranger nothing, so it keeps nobody out: when all places are
 * taken, the oldest connection that is silent gives up its own. */
static void make_room(struct http_server *server)
{
    struct http_connection *oldest = NULL;

    if (server->connection_count < HTTP_CONNECTIONS_MAX)
        return;
    for (struct http_connection *c = server->connections; c != NULL; c = c->next) /* newest first */
        if (!c->spoken)
            oldest = c;
    if (oldest == NULL)
        return;
    LOG(LL_INFO, ("%p %s: has said nothing yet, closed for a new connection", (void *)oldest,
                  stream_peer(oldest->stream)));
    http_connection_close(oldest);
}

static void refused(struct http_connection *c, const char *peer, const char *why)
{
    LOG(LL_ERROR, ("%p connection from %s refused: %s", (void *)c, peer, why));
    http_connection_close(c);
}

static void shake_hands(struct http_connection *c)
{
    struct tls_options options = c->server->tls;
    struct stream *lower = c->stream;
    char peer[sizeof lower->peer]; /* tls_server takes the stream, and closes it when it refuses */
    const char *error = NULL;

    memcpy(peer, lower->peer, sizeof peer);
    c->spoken = true;
    options.log_context = c;
    c->stream = tls_server(lower, &options, stream_event, c, &error);
    if (c->stream == NULL)
        refused(c, peer, error);
}

/* The client speaks first (RFC 5246 7.3). Until it does, TLS would only hold memory: 8 to 12 KB, which four silent
 * connections together would take from everybody else. */
static void first_event(struct stream *lower, enum stream_event event, void *user)
{
    struct http_connection *c = user;

    if (event == STREAM_DATA)
        shake_hands(c);
    else if (event == STREAM_CLOSE)
        closed(c);
}

void http_connection_accept(struct http_server *server, struct stream *stream)
{
    struct http_connection *c;

    make_room(server);
    c = server->connection_count < HTTP_CONNECTIONS_MAX ? heap_zalloc(sizeof *c) : NULL;
    if (c == NULL) {
        LOG(LL_WARN, ("connection from %s refused: %s", stream_peer(stream),
                      server->connection_count < HTTP_CONNECTIONS_MAX ? "out of memory"
                                                                      : "4 are open, the most there may be"));
        stream_close(stream);
        return;
    }
    c->server = server;
    c->stream = stream;
    c->next = server->connections;
    server->connections = c;
    server->connection_count++;
    http_request_init(&c->request, NULL, 0, HTTP_REQUEST_MAX);
    stream_set_handler(stream, server->secure ? first_event : stream_event, c);
    if (!set_deadline(c, HTTP_IDLE_MS)) {
        refused(c, stream->peer, "out of memory");
        return;
    }
    if (!server->secure)
        opened(c);
}
