/* A broker that says anything, to a session that publishes, subscribes, waits and loses its connection in
 * between.
 *
 * The input is a list of actions, two bytes each, some followed by what the broker says. Checked besides
 * memory: what the client sends is well framed; no accepted message of QoS 1 or 2 disappears without an
 * acknowledgement or an event; at the end every block of the heap has been given back. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "session.h"

struct fuzz {
    struct mqtt_session session;
    uint64_t now;
    size_t room;
    unsigned accepted, done;
    /* the framing of what is sent */
    uint32_t header, remaining;
    unsigned shift;
    enum { FRAME_FIRST, FRAME_LENGTH, FRAME_BODY } frame;
};

_Noreturn void board_abort(const char *why);
_Noreturn void board_abort(const char *why)
{
    fprintf(stderr, "board_abort: %s\n", why);
    abort();
}

static void expect(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void on_connack(void *user, uint8_t code)
{
    (void)user;
    (void)code;
}

static void on_sending(void *user, const struct mqtt_publish *publish)
{
    expect(publish->qos == 0 || publish->id != 0, "a message has an id");
    (void)user;
}

static void on_subscribing(void *user, enum mqtt_type type, const struct mqtt_text *topic, uint8_t qos)
{
    expect(topic->length > 0, "a subscription has a topic");
    (void)user;
    (void)type;
    (void)qos;
}

static void on_refused(void *user, const struct mqtt_text *topic)
{
    expect(topic->length > 0, "a subscription has a topic");
    (void)user;
}

static void on_acknowledged(void *user, uint16_t id, bool drained)
{
    ((struct fuzz *)user)->done++;
    (void)id;
    (void)drained;
}

static void on_abandoned(void *user, uint16_t id)
{
    ((struct fuzz *)user)->done++;
    (void)id;
}

static void on_unexpected(void *user, enum mqtt_type type, uint16_t id)
{
    (void)user;
    (void)type;
    (void)id;
}

static const struct mqtt_session_events events = {on_connack,      on_sending,   on_subscribing, on_refused,
                                                  on_acknowledged, on_abandoned, on_unexpected};

static void on_frame_byte(struct fuzz *f, uint8_t byte)
{
    switch (f->frame) {
    case FRAME_FIRST:
        f->header = byte;
        f->remaining = f->shift = 0;
        f->frame = FRAME_LENGTH;
        return;
    case FRAME_LENGTH:
        expect(f->shift <= 21, "a length has four bytes at most");
        f->remaining |= (uint32_t)(byte & 0x7F) << f->shift;
        f->shift += 7;
        if (byte & 0x80)
            return;
        f->frame = f->remaining > 0 ? FRAME_BODY : FRAME_FIRST;
        expect(f->header >> 4 == MQTT_CONNECT || f->header >> 4 == MQTT_PUBLISH ||
                   f->header >> 4 == MQTT_SUBSCRIBE || f->header >> 4 == MQTT_UNSUBSCRIBE ||
                   f->remaining <= 2,
               "a packet is one that clients send");
        return;
    default:
        if (--f->remaining == 0)
            f->frame = FRAME_FIRST;
    }
}

static void flush(struct fuzz *f)
{
    const uint8_t *data;
    size_t length;

    while ((length = mqtt_session_output(&f->session, &data)) > 0) {
        size_t taken = length < f->room ? length : f->room;

        for (size_t i = 0; i < taken; i++)
            on_frame_byte(f, data[i]);
        f->room -= taken;
        mqtt_session_sent(&f->session, taken, f->now);
        if (taken < length)
            return;
    }
}

static void lose(struct fuzz *f)
{
    mqtt_session_lost(&f->session);
    f->frame = FRAME_FIRST;
}

static void say(struct fuzz *f, const uint8_t *data, size_t length)
{
    uint8_t *into;
    size_t wanted;

    while (length > 0 && (wanted = mqtt_session_want(&f->session, &into)) > 0) {
        size_t count = wanted < length ? wanted : length;

        memcpy(into, data, count);
        data += count;
        length -= count;
        if (!mqtt_session_received(&f->session, count, f->now)) {
            expect(strlen(mqtt_session_error(&f->session)) > 10, "an error is a sentence");
            lose(f);
            return;
        }
        flush(f);
    }
}

static void publish(struct fuzz *f, uint8_t value)
{
    static const char payload[300] = "payload";
    struct mqtt_publish message = {
        .topic = {"a/b", 3}, .payload = {payload, value}, .qos = value % 3, .retain = value & 0x40};
    enum mqtt_publish_error error;

    if (mqtt_session_publish(&f->session, &message, &error) != 0 && message.qos > 0)
        f->accepted++;
}

static void on_message(struct mg_connection *nc, const char *topic, int topic_len, const char *msg,
                       int msg_len, void *user)
{
    struct fuzz *f = user;
    struct mqtt_text text = {"a/+", 3};
    unsigned sum = 0;

    for (int i = 0; i < topic_len; i++)
        sum += (uint8_t)topic[i];
    for (int i = 0; i < msg_len; i++)
        sum += (uint8_t)msg[i];
    switch (sum % 8) {
    case 0:
        publish(f, (uint8_t)sum);
        break;
    case 1:
        mqtt_session_unsubscribe(&f->session, &text);
        break;
    case 2:
        lose(f);
        break;
    case 3:
        lose(f);
        mqtt_session_open(&f->session, f->now);
        break;
    }
    (void)nc;
}

static void act(struct fuzz *f, uint8_t action, uint8_t value)
{
    static const char *const filters[] = {"a/+", "#", "a/b", "+/b/#"};
    struct mqtt_text text = {filters[value % 4], strlen(filters[value % 4])};

    switch (action % 8) {
    case 1:
        publish(f, value);
        break;
    case 2:
        mqtt_session_subscribe(&f->session, &text, 1, on_message, f);
        break;
    case 3:
        mqtt_session_unsubscribe(&f->session, &text);
        break;
    case 4:
        f->now += value * 1000000ull;
        if (!mqtt_session_tick(&f->session, f->now))
            lose(f);
        break;
    case 5:
        lose(f);
        mqtt_session_open(&f->session, f->now);
        break;
    case 6:
        f->room = value;
        break;
    case 7:
        if (value < 16)
            mqtt_session_disconnect(&f->session);
        else
            f->room = SIZE_MAX / 2;
        break;
    }
    flush(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(16) uint8_t arena[16384];
    struct mqtt_session_options options = {
        .connect = {.client_id = "fuzz", .user = "u", .pass = "p", .keep_alive = 30},
        .packet_limit = 3072,
        .queue_limit = 5,
        .max_qos = 2,
    };
    struct fuzz f = {.now = 1000000, .room = SIZE_MAX / 2};
    size_t empty;

    if (size < 1)
        return 0;
    heap_init(arena, sizeof(arena));
    empty = heap_available();
    options.connect.clean_session = data[0] & 1;
    mqtt_session_init(&f.session, &options, &events, &f, (uint16_t)(data[0] << 8));
    mqtt_session_open(&f.session, f.now);
    flush(&f);
    for (size_t at = 1; at + 2 <= size;) {
        uint8_t action = data[at], value = data[at + 1];

        at += 2;
        if (action % 8 == 0) {
            size_t count = value < size - at ? value : size - at;

            say(&f, data + at, count);
            at += count;
        } else {
            act(&f, action, value);
        }
        expect(f.accepted == f.done + f.session.outbox.kept,
               "what was accepted is acknowledged, given up aloud, or waiting");
    }
    mqtt_session_free(&f.session);
    expect(heap_available() == empty, "the heap is empty again");
    return 0;
}
