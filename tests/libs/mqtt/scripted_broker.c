/* A session with its clock and its broker in the test's hands. */

#include "scripted_broker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "heap.h"

_Alignas(16) unsigned char rig_arena[RIG_ARENA_SIZE];
static size_t heap_when_empty;

/* What os/heap.c needs of a board. */
_Noreturn void board_abort(const char *why);
_Noreturn void board_abort(const char *why)
{
    fprintf(stderr, "board_abort: %s\n", why);
    abort();
}

__attribute__((format(printf, 2, 3))) static void append(char *text, const char *format, ...)
{
    size_t length = strlen(text);
    va_list ap;

    va_start(ap, format);
    vsnprintf(text + length, sizeof(((struct rig *)0)->told) - length, format, ap);
    va_end(ap);
}

static void on_connack(void *user, uint8_t code)
{
    append(((struct rig *)user)->told, "connack %d;", code);
}

static void on_sending(void *user, const struct mqtt_publish *publish)
{
    (void)user;
    (void)publish;
}

static void on_subscribing(void *user, enum mqtt_type type, const struct mqtt_text *topic, uint8_t qos)
{
    (void)user;
    (void)type;
    (void)topic;
    (void)qos;
}

static void on_refused(void *user, const struct mqtt_text *topic)
{
    append(((struct rig *)user)->told, "refused %.*s;", (int)topic->length, topic->text);
}

static void on_acknowledged(void *user, uint16_t id, bool drained)
{
    append(((struct rig *)user)->told, "ack %d;%s", id, drained ? "drained;" : "");
}

static void on_abandoned(void *user, uint16_t id)
{
    append(((struct rig *)user)->told, "abandoned %d;", id);
}

static void on_unexpected(void *user, enum mqtt_type type, uint16_t id)
{
    append(((struct rig *)user)->told, "unexpected %d %d;", type, id);
}

static const struct mqtt_session_events events = {
    .connack = on_connack,
    .sending = on_sending,
    .subscribing = on_subscribing,
    .refused = on_refused,
    .acknowledged = on_acknowledged,
    .abandoned = on_abandoned,
    .unexpected = on_unexpected,
};

void rig_start(struct rig *rig)
{
    struct mqtt_session_options options = {
        .connect = {.client_id = "c", .clean_session = true, .keep_alive = 60},
        .packet_limit = 3072,
        .queue_limit = 5,
        .max_qos = 2,
    };

    memset(rig, 0, sizeof(*rig));
    heap_init(rig_arena, sizeof(rig_arena));
    heap_when_empty = heap_available();
    mqtt_session_init(&rig->session, &options, &events, rig, 1);
    rig->now = 1000000;
    rig->room = SIZE_MAX;
}

void rig_end(struct rig *rig)
{
    mqtt_session_free(&rig->session);
    assert_int_equal(heap_used(), 0);
}

size_t heap_used(void)
{
    return heap_when_empty - heap_available();
}

void rig_flush(struct rig *rig)
{
    const uint8_t *data;
    size_t length;

    while ((length = mqtt_session_output(&rig->session, &data)) > 0) {
        size_t taken = length < rig->room ? length : rig->room;

        assert_true(rig->sent.length + taken <= sizeof(rig->sent.data));
        memcpy(rig->sent.data + rig->sent.length, data, taken);
        rig->sent.length += taken;
        if (rig->room != SIZE_MAX)
            rig->room -= taken;
        mqtt_session_sent(&rig->session, taken, rig->now);
        if (taken < length)
            return;
    }
}

void rig_connect(struct rig *rig, bool session_present)
{
    assert_true(mqtt_session_open(&rig->session, rig->now));
    rig_flush(rig);
    rig->sent.length = 0;
    assert_true(broker_says(rig, session_present ? "20 02 01 00" : "20 02 00 00"));
    assert_true(mqtt_session_is_ready(&rig->session));
    rig->told[0] = '\0';
}

void rig_lose(struct rig *rig)
{
    mqtt_session_lost(&rig->session);
    rig->sent.length = 0;
}

bool broker_says(struct rig *rig, const char *text)
{
    struct bytes bytes = hex(text);
    size_t at = 0, wanted;
    uint8_t *into;

    while (at < bytes.length && (wanted = mqtt_session_want(&rig->session, &into)) > 0) {
        size_t count = wanted < bytes.length - at ? wanted : bytes.length - at;

        memcpy(into, bytes.data + at, count);
        at += count;
        if (!mqtt_session_received(&rig->session, count, rig->now))
            return false;
        rig_flush(rig);
    }
    return true;
}

bool rig_tick(struct rig *rig, unsigned seconds)
{
    bool good = true;

    for (unsigned i = 0; i < seconds && good; i++) {
        rig->now += 1000000;
        good = mqtt_session_tick(&rig->session, rig->now);
        rig_flush(rig);
    }
    return good;
}

void assert_client_said(struct rig *rig, const char *text)
{
    struct bytes expected = hex(text);

    rig_flush(rig);
    if (rig->sent.length != expected.length || memcmp(rig->sent.data, expected.data, expected.length) != 0) {
        printf("expected %s\nsaw     ", text);
        for (size_t i = 0; i < rig->sent.length; i++)
            printf(" %02x", rig->sent.data[i]);
        printf("\n");
        fail();
    }
    rig->sent.length = 0;
}

void assert_told(struct rig *rig, const char *text)
{
    assert_string_equal(rig->told, text);
    rig->told[0] = '\0';
}

void assert_heard(struct rig *rig, const char *text)
{
    assert_string_equal(rig->heard, text);
    rig->heard[0] = '\0';
}

uint16_t publish(struct rig *rig, const char *topic, const char *payload, uint8_t qos)
{
    struct mqtt_publish message = {
        .topic = {topic, strlen(topic)}, .payload = {payload, strlen(payload)}, .qos = qos};
    enum mqtt_publish_error error;
    uint16_t id = mqtt_session_publish(&rig->session, &message, &error);

    assert_true((id != 0) == (error == MQTT_PUBLISH_OK));
    if (id == 0)
        append(rig->told, "publish: %s;", mqtt_publish_strerror(error));
    return id;
}

static void on_message(struct mg_connection *nc, const char *topic, int topic_len, const char *msg,
                       int msg_len, void *user)
{
    struct rig *rig = user;

    assert_null(nc);
    append(rig->heard, "%.*s=%.*s;", topic_len, topic, msg_len, msg);
    if (rig->on_message != NULL)
        rig->on_message(rig);
}

void subscribe(struct rig *rig, const char *topic)
{
    struct mqtt_text text = {topic, strlen(topic)};

    assert_null(mqtt_session_subscribe(&rig->session, &text, 1, on_message, rig));
}
