/* The connection to the broker.  mongoose-os.md 7.4 */

#include "mgos_mqtt_conn.h"

#include <string.h>

#include "backoff.h"
#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_event.h"
#include "mgos_time.h"
#include "mgos_timers.h"
#include "net.h"
#include "session.h"
#include "settings.h"
#include "tls.h"

enum {
    TICK_MS = 1000,
    OPEN_SECONDS = 30,        /* TCP and the TLS handshake together */
    READS_A_TURN = 256,       /* a broker that talks without end leaves the loop its turn */
    TIME_IS_SET = 1500000000, /* seconds since 1970, mongoose-os.md 7.4 */
};

struct mqtt_conn {
    struct mqtt_settings *settings, *next_settings;
    struct mqtt_session session;
    struct mqtt_backoff backoff;
    struct stream *stream; /* NULL: not connected */
    unsigned serial;       /* counts streams: a new one may have the address of an old one */
    bool open;             /* STREAM_OPEN came */
    bool wanted;           /* mqtt_conn_stop() was not called since mqtt_conn_start() */
    bool ended;            /* STREAM_CLOSE came: nothing can be written */
    uint64_t started_at;
    mgos_timer_id reconnect_timer, tick_timer, read_timer;
};

static void tell_cloud(struct mqtt_conn *conn, enum mgos_event_sys event)
{
    struct mgos_cloud_arg arg = {.type = MGOS_CLOUD_MQTT};

    if (conn->settings->options.cloud_events)
        mgos_event_trigger(event, &arg);
}

static uint64_t now_us(void)
{
    return (uint64_t)mgos_uptime_micros();
}

/* --- the end of a connection
 * ---------------------------------------------------------------------------------------- */

static void on_reconnect_timer(void *arg)
{
    struct mqtt_conn *conn = arg;

    conn->reconnect_timer = MGOS_INVALID_TIMER_ID;
    mqtt_conn_start(conn);
}

static void connect_later(struct mqtt_conn *conn)
{
    uint32_t random, delay;

    board_random(&random, sizeof(random));
    delay = mqtt_backoff_next(&conn->backoff, random);
    LOG(LL_INFO, ("MQTT0 connecting after %lu ms", (unsigned long)delay));
    mgos_clear_timer(conn->reconnect_timer);
    conn->reconnect_timer = mgos_set_timer((int)delay, 0, on_reconnect_timer, conn);
    if (conn->reconnect_timer == MGOS_INVALID_TIMER_ID)
        LOG(LL_ERROR, ("MQTT0 will not reconnect: no memory for a timer"));
}

static void connection_ended(struct mqtt_conn *conn)
{
    bool was_connected = mqtt_conn_is_connected(conn);

    if (conn->stream != NULL)
        stream_close(conn->stream);
    conn->stream = NULL;
    conn->open = false;
    mgos_clear_timer(conn->tick_timer);
    conn->tick_timer = MGOS_INVALID_TIMER_ID;
    mqtt_session_lost(&conn->session);
    LOG(LL_INFO, ("MQTT0 disconnected"));
    if (conn->wanted)
        connect_later(conn);
    tell_cloud(conn, was_connected ? MGOS_EVENT_CLOUD_DISCONNECTED : MGOS_EVENT_CLOUD_CONNECTERROR);
}

/* The session has found a reason. */
static void give_up(struct mqtt_conn *conn)
{
    if (conn->session.limit_exceeded) /* this one line has another form, mongoose-os.md 7.3 */
        LOG(LL_ERROR, ("%p %s", (void *)conn->stream, mqtt_session_error(&conn->session)));
    else
        LOG(LL_ERROR, ("Error: %s", mqtt_session_error(&conn->session)));
    connection_ended(conn);
}

/* --- bytes
 * ------------------------------------------------------------------------------------------------------------
 */

static void flush(struct mqtt_conn *conn)
{
    const uint8_t *data;
    size_t length, taken;

    while (conn->open && !conn->ended && (length = mqtt_session_output(&conn->session, &data)) > 0) {
        taken = stream_write(conn->stream, data, length);
        mqtt_session_sent(&conn->session, taken, now_us());
        if (taken < length)
            return; /* STREAM_SENT will come */
    }
}

static void pump(struct mqtt_conn *conn);

static void on_more_to_read(void *arg)
{
    struct mqtt_conn *conn = arg;

    conn->read_timer = MGOS_INVALID_TIMER_ID;
    pump(conn);
}

static void pump(struct mqtt_conn *conn)
{
    unsigned serial = conn->serial;
    size_t length;
    uint8_t *into;

    for (int reads = 0; reads < READS_A_TURN; reads++) {
        flush(conn);
        if (!conn->open)
            return;
        length = mqtt_session_want(&conn->session, &into);
        if (length > 0)
            length = stream_read(conn->stream, into, length);
        if (length == 0)
            return;
        if (!mqtt_session_received(&conn->session, length, now_us())) {
            give_up(conn);
            return;
        }
        /* A handler may have ended this connection, and even begun another. */
        if (conn->serial != serial || conn->stream == NULL)
            return;
    }
    if (conn->read_timer == MGOS_INVALID_TIMER_ID) /* if that fails, the next tick reads on */
        conn->read_timer = mgos_set_timer(0, 0, on_more_to_read, conn);
}

static void on_close(struct mqtt_conn *conn)
{
    const char *error = stream_error(conn->stream);
    unsigned serial = conn->serial;

    conn->ended = true;
    if (conn->open)
        pump(conn); /* the last words: a refusing CONNACK, a PUBACK */
    if (conn->serial != serial || conn->stream == NULL)
        return;
    if (!conn->open)
        LOG(LL_INFO, ("MQTT0 TCP connected error (-1)")); /* GUESS the number: mongoose-os.md 7.4 says (-n) */
    if (error != NULL)
        LOG(LL_ERROR, ("Error: %s", error));
    connection_ended(conn);
}

static void on_stream(struct stream *stream, enum stream_event event, void *user)
{
    struct mqtt_conn *conn = user;

    if (stream != conn->stream)
        return;
    switch (event) {
    case STREAM_OPEN:
        LOG(LL_INFO, ("MQTT0 TCP connected ok (0)"));
        conn->open = true;
        if (mqtt_session_open(&conn->session, now_us()))
            pump(conn);
        else
            give_up(conn);
        return;
    case STREAM_DATA:
    case STREAM_SENT:
        pump(conn);
        return;
    case STREAM_CLOSE:
        on_close(conn);
    }
}

static void on_tick(void *arg)
{
    struct mqtt_conn *conn = arg;

    if (conn->stream == NULL)
        return;
    if (!conn->open && now_us() - conn->started_at >= OPEN_SECONDS * 1000000ull) {
        LOG(LL_ERROR, ("Error: the connection to %s did not open within %d s", conn->settings->options.server,
                       OPEN_SECONDS));
        connection_ended(conn);
        return;
    }
    if (!mqtt_session_tick(&conn->session, now_us()))
        give_up(conn);
    else
        pump(conn);
}

/* --- what the session tells
 * -------------------------------------------------------------------------------------------- */

static void on_connack(void *user, uint8_t code)
{
    struct mqtt_conn *conn = user;

    if (code != 0) {
        LOG(LL_ERROR, ("MQTT0 CONNACK %d", code));
        return;
    }
    LOG(LL_INFO, ("MQTT0 CONNACK %d", code));
    mqtt_backoff_reset(&conn->backoff);
    tell_cloud(conn, MGOS_EVENT_CLOUD_CONNECTED);
}

static void on_sending(void *user, const struct mqtt_publish *publish)
{
    LOG(LL_DEBUG,
        ("MQTT0 pub -> %u %.*s @ %u%s%s (%u): [%.*s]", publish->id, (int)publish->topic.length,
         publish->topic.text, publish->qos, publish->dup ? " DUP" : "", publish->retain ? " RETAIN" : "",
         (unsigned)publish->payload.length, (int)publish->payload.length, publish->payload.text));
    (void)user;
}

static void on_subscribing(void *user, enum mqtt_type type, const struct mqtt_text *topic, uint8_t qos)
{
    if (type == MQTT_SUBSCRIBE)
        LOG(LL_INFO, ("MQTT0 sub %.*s @ %u", (int)topic->length, topic->text, qos));
    else
        LOG(LL_INFO, ("MQTT0 unsub %.*s", (int)topic->length, topic->text));
    (void)user;
}

static void on_refused(void *user, const struct mqtt_text *topic)
{
    LOG(LL_ERROR, ("MQTT0 sub %.*s: the broker refuses it; check its ACL", (int)topic->length, topic->text));
    (void)user;
}

static void on_acknowledged(void *user, uint16_t id, bool drained)
{
    LOG(LL_DEBUG, ("MQTT0 ack %u", id));
    if (drained)
        LOG(LL_DEBUG, ("MQTT0 queue drained"));
    (void)user;
}

static void on_abandoned(void *user, uint16_t id)
{
    LOG(LL_WARN, ("MQTT0 message %u of QoS 2: the broker lost the session that it was part of; it may not "
                  "have been delivered "
                  "(mqtt.clean_session=false keeps sessions)",
                  id));
    (void)user;
}

static void on_unexpected(void *user, enum mqtt_type type, uint16_t id)
{
    LOG(LL_DEBUG, ("MQTT0 packet of type %d for id %u, which waits for nothing of the kind", (int)type, id));
    (void)user;
}

static const struct mqtt_session_events session_events = {
    .connack = on_connack,
    .sending = on_sending,
    .subscribing = on_subscribing,
    .refused = on_refused,
    .acknowledged = on_acknowledged,
    .abandoned = on_abandoned,
    .unexpected = on_unexpected,
};

/* --- life
 * ------------------------------------------------------------------------------------------------------------
 */

static struct mqtt_settings *check_settings(const struct mqtt_conn_options *options)
{
    const char *why;
    struct mqtt_settings *settings = mqtt_settings_create(options, &why);

    if (settings == NULL)
        LOG(LL_ERROR, ("%s%s", strcmp(why, MQTT_SETTINGS_NO_SERVER) == 0 ? "" : "Error: ", why));
    return settings;
}

static void use_settings(struct mqtt_conn *conn, struct mqtt_settings *settings)
{
    struct mqtt_session_options options;

    mqtt_settings_session(settings, &options);
    mqtt_session_set_options(&conn->session, &options);
    mqtt_backoff_init(&conn->backoff, settings->options.reconnect_min_ms, settings->options.reconnect_max_ms);
    mqtt_settings_free(conn->settings);
    conn->settings = settings;
}

struct mqtt_conn *mqtt_conn_create(const struct mqtt_conn_options *options)
{
    struct mqtt_settings *settings = check_settings(options);
    struct mqtt_conn *conn = settings != NULL ? heap_zalloc(sizeof(*conn)) : NULL;
    struct mqtt_session_options session = {0};
    uint16_t first_id;

    if (conn == NULL) {
        mqtt_settings_free(settings);
        return NULL;
    }
    board_random(&first_id, sizeof(first_id));
    mqtt_session_init(&conn->session, &session, &session_events, conn, first_id);
    use_settings(conn, settings);
    conn->wanted = true;
    return conn;
}

void mqtt_conn_free(struct mqtt_conn *conn)
{
    conn->wanted = false;
    if (conn->stream != NULL)
        connection_ended(conn);
    mgos_clear_timer(conn->reconnect_timer);
    mgos_clear_timer(conn->read_timer);
    mqtt_session_free(&conn->session);
    mqtt_settings_free(conn->settings);
    mqtt_settings_free(conn->next_settings);
    heap_free(conn);
}

bool mqtt_conn_configure(struct mqtt_conn *conn, const struct mqtt_conn_options *options)
{
    struct mqtt_settings *settings = check_settings(options);

    if (settings == NULL)
        return false;
    mqtt_settings_free(conn->next_settings);
    conn->next_settings = settings;
    return true;
}

bool mqtt_conn_is_connected(const struct mqtt_conn *conn)
{
    return mqtt_session_is_ready(&conn->session);
}

/* The stream to the broker, still opening. NULL: it cannot be made now, and the log says why. */
static struct stream *make_stream(struct mqtt_conn *conn)
{
    const struct mqtt_settings *settings = conn->settings;
    struct stream *stream = net_connect(settings->address.host, settings->address.port, on_stream, conn);
    struct tls_options tls = {
        .cert_file = settings->options.ssl_cert,
        .key = settings->options.ssl_key,
        .ca_file = settings->options.ssl_ca_cert,
        .server_name = settings->address.host, /* an address too: the certificate must carry it */
        .log_context = conn,
    };
    const char *error = "out of memory";

    if (stream != NULL && settings->tls)
        stream = tls_client(stream, &tls, on_stream, conn, &error);
    if (stream == NULL)
        LOG(LL_ERROR, ("Error: %s", error));
    return stream;
}

static bool time_is_good(const struct mqtt_conn *conn)
{
    return !conn->settings->options.require_time || mgos_time_micros() >= (int64_t)TIME_IS_SET * 1000000;
}

static void connect_now(struct mqtt_conn *conn)
{
    if (!time_is_good(conn)) {
        LOG(LL_ERROR, ("Time is not set, not connecting"));
        connect_later(conn);
        return;
    }
    LOG(LL_INFO, ("MQTT0 connecting to %s:%u", conn->settings->address.host, conn->settings->address.port));
    tell_cloud(conn, MGOS_EVENT_CLOUD_CONNECTING);
    if (conn->stream != NULL || !conn->wanted) /* whoever listens to that event had other ideas */
        return;
    conn->stream = make_stream(conn);
    conn->serial++;
    conn->open = conn->ended = false;
    conn->started_at = now_us();
    if (conn->stream != NULL)
        conn->tick_timer = mgos_set_timer(TICK_MS, MGOS_TIMER_REPEAT, on_tick, conn);
    if (conn->stream == NULL || conn->tick_timer == MGOS_INVALID_TIMER_ID)
        connection_ended(conn);
}

void mqtt_conn_start(struct mqtt_conn *conn)
{
    conn->wanted = true;
    if (conn->stream != NULL)
        return;
    mgos_clear_timer(conn->reconnect_timer);
    conn->reconnect_timer = MGOS_INVALID_TIMER_ID;
    if (conn->next_settings != NULL) {
        use_settings(conn, conn->next_settings);
        conn->next_settings = NULL;
    }
    connect_now(conn);
}

void mqtt_conn_network_up(struct mqtt_conn *conn)
{
    if (conn->wanted)
        mqtt_conn_start(conn);
}

void mqtt_conn_stop(struct mqtt_conn *conn)
{
    conn->wanted = false;
    mgos_clear_timer(conn->reconnect_timer);
    conn->reconnect_timer = MGOS_INVALID_TIMER_ID;
    if (conn->stream == NULL)
        return;
    LOG(LL_INFO, ("MQTT0 disconnect"));
    mqtt_session_disconnect(&conn->session);
    flush(conn);
    connection_ended(conn);
}

/* --- messages
 * ----------------------------------------------------------------------------------------------------------
 */

uint16_t mqtt_conn_publish(struct mqtt_conn *conn, const struct mqtt_publish *publish)
{
    enum mqtt_publish_error error;
    uint16_t id = mqtt_session_publish(&conn->session, publish, &error);

    if (id != 0) {
        flush(conn);
        return id;
    }
    /* A board without network may say this once a second. */
    LOG(error == MQTT_PUBLISH_OFFLINE ? LL_DEBUG : LL_ERROR,
        ("MQTT0 %sa message to %.*s is refused: %s",
         error == MQTT_PUBLISH_QUEUE_FULL ? "queue overflow! " : "", (int)publish->topic.length,
         publish->topic.text, mqtt_publish_strerror(error)));
    return 0;
}

void mqtt_conn_subscribe(struct mqtt_conn *conn, const struct mqtt_text *topic, uint8_t qos,
                         sub_handler_t handler, void *user)
{
    const char *why = mqtt_session_subscribe(&conn->session, topic, qos, handler, user);

    if (why != NULL)
        LOG(LL_ERROR, ("MQTT0 sub %.*s: %s", (int)topic->length, topic->text, why));
    flush(conn);
}

bool mqtt_conn_unsubscribe(struct mqtt_conn *conn, const struct mqtt_text *topic)
{
    bool found = mqtt_session_unsubscribe(&conn->session, topic);

    flush(conn);
    return found;
}

uint16_t mqtt_conn_next_id(struct mqtt_conn *conn)
{
    return mqtt_session_next_id(&conn->session);
}

size_t mqtt_conn_unsent(const struct mqtt_conn *conn)
{
    return mqtt_session_unsent(&conn->session);
}

void mqtt_conn_set_max_qos(struct mqtt_conn *conn, int qos)
{
    conn->session.options.max_qos = (uint8_t)(qos < 0 ? 0 : qos > 2 ? 2 : qos);
}
