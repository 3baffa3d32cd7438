/* The pump between a stream of records below and a stream of data above: BearSSL's engine in the middle.
 *
 * advance() moves bytes and never calls the owner; settle() does both and runs only where events may come
 * from: the events of the lower stream and timers. What the owner's own reading and writing brings to light
 * is announced by a timer of 0 ms.
 */

#include "tls_internal.h"

#include <string.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"

enum {
    HANDSHAKE_MS = 20000, /* longer, and the peer is not there */
    LINGER_MS = 5000,     /* for what the owner wrote before closing */
    ALERT_LEVEL_FATAL = 2,
};

static void settle(struct tls_stream *s);

static void clear_timer(mgos_timer_id *id)
{
    if (*id != MGOS_INVALID_TIMER_ID)
        mgos_clear_timer(*id);
    *id = MGOS_INVALID_TIMER_ID;
}

static void settle_now(void *stream)
{
    struct tls_stream *s = stream;

    s->later = MGOS_INVALID_TIMER_ID;
    settle(s);
}

static void settle_later(struct tls_stream *s)
{
    if (s->later == MGOS_INVALID_TIMER_ID)
        s->later = mgos_set_timer(0, 0, settle_now, s);
}

/* --- bytes
 * ----------------------------------------------------------------------------------------------------- */

static bool send_records(struct tls_stream *s)
{
    size_t length, sent;
    unsigned char *record = br_ssl_engine_sendrec_buf(s->engine, &length);

    if (record == NULL || s->lower_closed)
        return false;
    sent = stream_write(s->lower, record, length);
    if (sent == 0)
        return false;
    s->mid_record = sent < length;
    br_ssl_engine_sendrec_ack(s->engine, sent);
    return true;
}

static bool receive_records(struct tls_stream *s)
{
    size_t room, received;
    unsigned char *record = br_ssl_engine_recvrec_buf(s->engine, &room);

    if (record == NULL)
        return false;
    received = stream_read(s->lower, record, room);
    if (received == 0)
        return false;
    br_ssl_engine_recvrec_ack(s->engine, received);
    return true;
}

/* A failed signature or key agreement shows up in the engine as something else, or at the peer. Stop here
 * instead. */
static bool key_failed(const struct tls_stream *s)
{
    return s->handshake != NULL && (s->handshake->sign_refused || s->handshake->agree_refused);
}

static bool failed(const struct tls_stream *s)
{
    return key_failed(s) || s->stream.error != NULL;
}

static void advance(struct tls_stream *s)
{
    tls_ecdhe_enter(s);
    while (!failed(s) && (send_records(s) || receive_records(s)))
        ;
    tls_ecdhe_enter(NULL);
}

static bool is_finished(const struct tls_stream *s)
{
    unsigned state = br_ssl_engine_current_state(s->engine);

    if (state == BR_SSL_CLOSED || failed(s))
        return true;
    /* Nothing more will come from below, and everything that came was looked at. */
    return s->lower_closed && (state & BR_SSL_RECVAPP) == 0;
}

/* BearSSL ends some handshakes, those that fail over certificates among them, without a word. Before our keys
 * are in use an alert is a record in clear (RFC 5246 6.2.1, 7.2), so that the peer learns the reason. */
static void send_alert(struct tls_stream *s, uint8_t description)
{
    const unsigned char record[] = {21, 0x03, 0x03, 0, 2, ALERT_LEVEL_FATAL, description};

    if (s->lower_closed || s->mid_record || s->open || description == 0)
        return;
    stream_write(s->lower, record, sizeof record);
}

/* --- the end
 * --------------------------------------------------------------------------------------------------- */

static void fail(struct tls_stream *s, const char *sentence)
{
    s->error_text = heap_strdup(sentence);
    s->stream.error = s->error_text ? s->error_text : "TLS failed, and memory is out";
}

/* Sets stream.error from what happened; once. */
static void judge(struct tls_stream *s)
{
    int error = br_ssl_engine_last_error(s->engine);

    if (s->stream.error != NULL)
        return;
    if (key_failed(s)) {
        send_alert(s, BR_ALERT_INTERNAL_ERROR);
        fail(s, tls_explain(s, error));
    } else if (br_ssl_engine_current_state(s->engine) == BR_SSL_CLOSED && error != BR_ERR_OK) {
        send_alert(s, tls_alert_for(error));
        fail(s, tls_explain(s, error));
    } else if (br_ssl_engine_current_state(s->engine) != BR_SSL_CLOSED) {
        fail(s, stream_error(s->lower) ? stream_error(s->lower) : tls_explain(s, BR_ERR_IO));
    }
}

static void end_handshake(struct tls_stream *s)
{
    clear_timer(&s->deadline);
    tls_ecdhe_release(s);
    tls_handshake_free(s);
}

static void destroy(struct tls_stream *s)
{
    end_handshake(s);
    clear_timer(&s->later);
    stream_close(s->lower);
    heap_free(s->error_text);
    heap_free_secret(s->buffer);
    heap_free_secret(s);
}

static void linger_over(void *stream)
{
    struct tls_stream *s = stream;

    s->deadline = MGOS_INVALID_TIMER_ID;
    destroy(s);
}

/* The owner has gone. What is written leaves, then close_notify; the peer's own is not waited for (RFC
 * 5246 7.2.1). */
static void wind_up(struct tls_stream *s)
{
    size_t length;

    clear_timer(&s->later);
    if (s->open && !s->over && !s->lower_closed) {
        br_ssl_engine_close(s->engine);
        advance(s);
        if (br_ssl_engine_sendrec_buf(s->engine, &length) != NULL)
            s->deadline = mgos_set_timer(LINGER_MS, 0, linger_over, s);
    }
    if (s->deadline == MGOS_INVALID_TIMER_ID || !s->open)
        destroy(s);
}

/* --- events
 * ---------------------------------------------------------------------------------------------------- */

static void tell(struct tls_stream *s, enum stream_event event)
{
    if (s->stream.handler != NULL)
        s->stream.handler(&s->stream, event, s->stream.user);
}

/* The next thing the owner should hear. False: nothing. */
static bool next_event(struct tls_stream *s, enum stream_event *event)
{
    unsigned state = br_ssl_engine_current_state(s->engine);

    if (s->over)
        return false;
    if (!s->open && (state & BR_SSL_SENDAPP) && !failed(s)) {
        s->open = true;
        end_handshake(s);
        *event = STREAM_OPEN;
        return true;
    }
    if ((state & BR_SSL_RECVAPP) && !s->announced) {
        s->announced = true;
        *event = STREAM_DATA;
        return true;
    }
    if (s->want_sent && (state & BR_SSL_SENDAPP)) {
        s->want_sent = false;
        *event = STREAM_SENT;
        return true;
    }
    if (!is_finished(s))
        return false;
    judge(s);
    end_handshake(s);
    s->over = true;
    if (s->stream.error == NULL)
        LOG(LL_DEBUG, ("%p TLS connection closed by peer", s->log_context));
    *event = STREAM_CLOSE;
    return true;
}

static void settle(struct tls_stream *s)
{
    enum stream_event event;
    size_t length;

    if (s->busy)
        return;
    advance(s);
    if (s->gone) {
        if (s->lower_closed || br_ssl_engine_sendrec_buf(s->engine, &length) == NULL)
            destroy(s);
        return;
    }
    while (next_event(s, &event)) {
        s->busy++;
        tell(s, event);
        s->busy--;
        if (s->gone) {
            wind_up(s);
            return;
        }
        if (!s->over)
            advance(s);
    }
}

static void handshake_timeout(void *stream)
{
    struct tls_stream *s = stream;

    s->deadline = MGOS_INVALID_TIMER_ID;
    fail(s, tls_sentence("the TLS handshake did not end within %d s: the peer has stopped answering",
                         HANDSHAKE_MS / 1000));
    settle(s);
}

static void lower_event(struct stream *lower, enum stream_event event, void *user)
{
    struct tls_stream *s = user;

    if (event == STREAM_CLOSE)
        s->lower_closed = true;
    if (event == STREAM_OPEN)
        memcpy(s->stream.peer, lower->peer, sizeof s->stream.peer);
    settle(s);
}

/* --- the owner's side
 * ------------------------------------------------------------------------------------------- */

static size_t tls_read(struct stream *stream, void *out, size_t size)
{
    struct tls_stream *s = (struct tls_stream *)stream;
    size_t taken = 0;

    if (!s->open)
        return 0;
    while (taken < size) {
        size_t waiting;
        unsigned char *data = br_ssl_engine_recvapp_buf(s->engine, &waiting);

        if (data == NULL) {
            if (s->over || !receive_records(s))
                break;
            continue;
        }
        if (waiting > size - taken)
            waiting = size - taken;
        memcpy((unsigned char *)out + taken, data, waiting);
        br_ssl_engine_recvapp_ack(s->engine, waiting);
        taken += waiting;
    }
    s->announced = (br_ssl_engine_current_state(s->engine) & BR_SSL_RECVAPP) != 0;
    /* The end is told from the loop. What the engine wants to answer, to a warning or close_notify, leaves
     * now. */
    if (!s->over && is_finished(s))
        settle_later(s);
    while (send_records(s))
        ;
    return taken;
}

static size_t tls_write(struct stream *stream, const void *data, size_t length)
{
    struct tls_stream *s = (struct tls_stream *)stream;
    size_t accepted = 0;

    if (!s->open || s->over)
        return 0;
    while (accepted < length) {
        size_t room;
        unsigned char *buffer = br_ssl_engine_sendapp_buf(s->engine, &room);

        if (buffer == NULL) {
            if (!send_records(s))
                break;
            continue;
        }
        if (room > length - accepted)
            room = length - accepted;
        memcpy(buffer, (const unsigned char *)data + accepted, room);
        br_ssl_engine_sendapp_ack(s->engine, room);
        br_ssl_engine_flush(s->engine, 0);
        accepted += room;
    }
    while (send_records(s))
        ;
    s->want_sent = accepted < length;
    return accepted;
}

static void tls_close(struct stream *stream)
{
    struct tls_stream *s = (struct tls_stream *)stream;

    s->gone = true;
    if (!s->busy)
        wind_up(s);
}

static const struct stream_class tls_stream_class = {tls_read, tls_write, tls_close};

/* --- construction
 * ------------------------------------------------------------------------------------------------ */

/* README.md, "What a connection costs", argues these. The output buffer sets the fragment length that a
 * client asks for. */
enum {
    OUTPUT = 512 + 85,
    SERVER_INPUT = 2048 + 325,
    CLIENT_INPUT = 1024 + 325,
};

static struct tls_stream *allocate(struct stream *lower, const struct tls_options *options, bool server)
{
    size_t role = server ? sizeof(br_ssl_server_context) : sizeof(br_ssl_client_context);
    struct tls_stream *s = heap_zalloc(offsetof(struct tls_stream, context) + role);

    if (s == NULL)
        return NULL;
    s->handshake = heap_zalloc(sizeof *s->handshake);
    if (s->handshake == NULL) {
        heap_free(s);
        return NULL;
    }
    s->handshake->stream = s;
    s->stream.vtable = &tls_stream_class;
    memcpy(s->stream.peer, lower->peer, sizeof s->stream.peer);
    s->lower = lower;
    s->server = server;
    s->log_context = options->log_context ? options->log_context : s;
    return s;
}

static bool allocate_buffers(struct tls_stream *s)
{
    size_t input = s->server ? SERVER_INPUT : CLIENT_INPUT;

    s->buffer = heap_alloc(input + OUTPUT);
    if (s->buffer != NULL)
        br_ssl_engine_set_buffers_bidi(s->engine, s->buffer, input, s->buffer + input, OUTPUT);
    return s->buffer != NULL;
}

const char *tls_stream_start(struct tls_stream *s, const char *server_name)
{
    uint8_t seed[32];
    int ready;

    if (!allocate_buffers(s))
        return "out of memory";
    board_random(seed, sizeof seed);
    br_ssl_engine_inject_entropy(s->engine, seed, sizeof seed);
    wipe(seed, sizeof seed);
    tls_keys_stir(s->engine);
    ready = s->server ? br_ssl_server_reset(&s->context.server)
                      : br_ssl_client_reset(&s->context.client, server_name, 0);
    if (!ready)
        return server_name && strlen(server_name) > 255 ? "the server's name is longer than 255 bytes"
                                                        : tls_explain(s, br_ssl_engine_last_error(s->engine));
    s->deadline = mgos_set_timer(HANDSHAKE_MS, 0, handshake_timeout, s);
    if (s->deadline == MGOS_INVALID_TIMER_ID)
        return "out of memory";
    stream_set_handler(s->lower, lower_event, s);
    advance(s);
    if (is_finished(s))
        settle_later(s);
    return NULL;
}

struct stream *tls_wrap(struct stream *lower, const struct tls_options *options, bool server,
                        const char *(*set_up)(struct tls_stream *, const struct tls_options *),
                        stream_handler handler, void *user, const char **error)
{
    struct tls_stream *s = allocate(lower, options, server);

    if (s == NULL) {
        *error = "out of memory";
        stream_close(lower);
        return NULL;
    }
    stream_set_handler(&s->stream, handler, user);
    *error = set_up(s, options);
    if (*error == NULL)
        return &s->stream;
    destroy(s);
    return NULL;
}
