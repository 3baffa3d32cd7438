/* MQTT 3.1.1 packets, byte for byte: encoders against the standard, the decoder against what it must refuse.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "packet.h"

static void assert_bytes(const uint8_t *data, size_t length, const char *expected)
{
    struct bytes bytes = hex(expected);

    assert_int_equal(length, bytes.length);
    assert_memory_equal(data, bytes.data, length);
}

static void assert_connect(const struct mqtt_connect *connect, const char *expected)
{
    uint8_t out[256];
    size_t length = mqtt_encode_connect(connect, out, sizeof(out));

    assert_bytes(out, length, expected);
    assert_int_equal(mqtt_encode_connect(connect, NULL, 0), length);
}

/* --- CONNECT  (MQTT 3.1)
 * ------------------------------------------------------------------------------------------ */

static void connect_of_a_clean_session(void **state)
{
    struct mqtt_connect connect = {.client_id = "esp8266_A1B2C3", .clean_session = true, .keep_alive = 60};

    (void)state;
    assert_connect(&connect, "10 1a 00 04 'MQTT' 04 02 00 3c 00 0e 'esp8266_A1B2C3'");
}

static void connect_with_everything_has_its_fields_in_the_order_of_the_standard(void **state)
{
    struct mqtt_connect connect = {
        .client_id = "c",
        .user = "u",
        .pass = "p",
        .will_topic = "w",
        .will_message = "gone",
        .will_retain = true,
        .clean_session = true,
        .keep_alive = 10,
    };

    (void)state;
    /* MQTT 3.1.2.3 and 3.1.3: user name, password, will retain, will, clean session; id, will, message, user,
     * password */
    assert_connect(&connect,
                   "10 1c 00 04 'MQTT' 04 e6 00 0a 00 01 'c' 00 01 'w' 00 04 'gone' 00 01 'u' 00 01 'p'");
}

static void connect_flags_one_by_one(void **state)
{
    struct mqtt_connect persistent = {.client_id = "c", .keep_alive = 1};
    struct mqtt_connect user = {.client_id = "c", .user = "u", .keep_alive = 1};
    struct mqtt_connect will = {.client_id = "c", .will_topic = "w", .will_message = "", .keep_alive = 1};

    (void)state;
    assert_connect(&persistent, "10 0d 00 04 'MQTT' 04 00 00 01 00 01 'c'");
    assert_connect(&user, "10 10 00 04 'MQTT' 04 80 00 01 00 01 'c' 00 01 'u'");
    assert_connect(&will, "10 12 00 04 'MQTT' 04 04 00 01 00 01 'c' 00 01 'w' 00 00");
}

static void a_will_needs_both_its_halves_and_a_password_its_user(void **state)
{
    struct mqtt_connect half_will = {
        .client_id = "c", .will_topic = "w", .will_retain = true, .keep_alive = 1};
    struct mqtt_connect lonely = {.client_id = "c", .pass = "p", .keep_alive = 1};

    (void)state;
    assert_connect(&half_will, "10 0d 00 04 'MQTT' 04 00 00 01 00 01 'c'");
    assert_connect(&lonely, "10 0d 00 04 'MQTT' 04 00 00 01 00 01 'c'");
}

static void connect_refuses_strings_over_65535_bytes(void **state)
{
    char *text = malloc(65537);
    struct mqtt_connect connect = {.client_id = "c", .user = text};

    (void)state;
    memset(text, 'x', 65536);
    text[65536] = '\0';
    assert_int_equal(mqtt_encode_connect(&connect, NULL, 0), 0);
    text[65535] = '\0';
    assert_int_equal(mqtt_encode_connect(&connect, NULL, 0), 1 + 3 + 10 + 3 + 2 + 65535);
    free(text);
}

/* --- PUBLISH and acknowledgements  (MQTT 3.3 to 3.7)
 * ---------------------------------------------------------------- */

static struct mqtt_publish publish_of(const char *topic, const char *payload, uint8_t qos)
{
    return (struct mqtt_publish){
        .topic = {topic, strlen(topic)}, .payload = {payload, strlen(payload)}, .qos = qos, .id = 10};
}

static void publish_of_each_quality(void **state)
{
    struct mqtt_publish publish = publish_of("a/b", "hi", 0);
    uint8_t out[64];

    (void)state;
    assert_bytes(out, mqtt_encode_publish(&publish, out, sizeof(out)), "30 07 00 03 'a/b' 'hi'");
    publish.qos = 1; /* the example of MQTT 3.3.2.2: topic a/b, packet id 10 */
    assert_bytes(out, mqtt_encode_publish(&publish, out, sizeof(out)), "32 09 00 03 'a/b' 00 0a 'hi'");
    publish.qos = 2;
    publish.dup = true;
    publish.retain = true;
    assert_bytes(out, mqtt_encode_publish(&publish, out, sizeof(out)), "3d 09 00 03 'a/b' 00 0a 'hi'");
}

static void publish_of_nothing(void **state)
{
    struct mqtt_publish publish = publish_of("a", "", 0);
    uint8_t out[64];

    (void)state;
    publish.payload.text = NULL;
    assert_bytes(out, mqtt_encode_publish(&publish, out, sizeof(out)), "30 03 00 01 'a'");
}

static void publish_does_not_write_what_does_not_fit(void **state)
{
    struct mqtt_publish publish = publish_of("a/b", "hi", 0);
    uint8_t out[8] = {0};

    (void)state;
    assert_int_equal(mqtt_encode_publish(&publish, out, sizeof(out)), 9);
    assert_bytes(out, sizeof(out), "00 00 00 00 00 00 00 00");
}

/* MQTT 2.2.3, table 2.4: where the remaining length gains a byte. */
static void remaining_length_at_its_limits(void **state)
{
    static const struct {
        size_t body;
        const char *header;
    } limits[] = {
        {127, "30 7f"},         {128, "30 80 01"},        {16383, "30 ff 7f"},
        {16384, "30 80 80 01"}, {2097151, "30 ff ff 7f"}, {2097152, "30 80 80 80 01"},
    };
    uint8_t *out = malloc(2097152 + 5);
    char *payload = calloc(1, 2097152);

    (void)state;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct bytes header = hex(limits[i].header);
        struct mqtt_publish publish = publish_of("a", "", 0);

        publish.payload.text = payload;
        publish.payload.length = limits[i].body - 3;
        assert_int_equal(mqtt_encode_publish(&publish, out, 2097152 + 5), header.length + limits[i].body);
        assert_memory_equal(out, header.data, header.length);
    }
    free(out);
    free(payload);
}

static void the_largest_packet_and_one_more(void **state)
{
    struct mqtt_publish publish = publish_of("a", "", 0);

    (void)state;
    publish.payload.length = 268435455 - 3;
    assert_int_equal(mqtt_encode_publish(&publish, NULL, 0), 268435455 + 5);
    publish.payload.length++;
    assert_int_equal(mqtt_encode_publish(&publish, NULL, 0), 0);
    publish.payload.length = SIZE_MAX;
    assert_int_equal(mqtt_encode_publish(&publish, NULL, 0), 0);
    publish.payload.length = 0;
    publish.topic.length = 65536;
    assert_int_equal(mqtt_encode_publish(&publish, NULL, 0), 0);
}

static void acknowledgements_and_the_flag_of_pubrel(void **state)
{
    uint8_t out[MQTT_ACK_SIZE];

    (void)state;
    mqtt_encode_ack(MQTT_PUBACK, 0x1234, out);
    assert_bytes(out, 4, "40 02 12 34");
    mqtt_encode_ack(MQTT_PUBREC, 1, out);
    assert_bytes(out, 4, "50 02 00 01");
    mqtt_encode_ack(MQTT_PUBREL, 1, out);
    assert_bytes(out, 4, "62 02 00 01");
    mqtt_encode_ack(MQTT_PUBCOMP, 0xffff, out);
    assert_bytes(out, 4, "70 02 ff ff");
}

/* --- SUBSCRIBE, UNSUBSCRIBE, the empty ones  (MQTT 3.8, 3.10, 3.12, 3.14)
 * -------------------------------------------- */

static void subscribe_and_unsubscribe(void **state)
{
    struct mqtt_text filter = {"a/+", 3};
    uint8_t out[64];

    (void)state;
    assert_bytes(out, mqtt_encode_topic_request(MQTT_SUBSCRIBE, 10, &filter, 1, out, sizeof(out)),
                 "82 08 00 0a 00 03 'a/+' 01");
    assert_bytes(out, mqtt_encode_topic_request(MQTT_UNSUBSCRIBE, 11, &filter, 0, out, sizeof(out)),
                 "a2 07 00 0b 00 03 'a/+'");
}

static void ping_and_goodbye(void **state)
{
    uint8_t out[MQTT_EMPTY_SIZE];

    (void)state;
    mqtt_encode_empty(MQTT_PINGREQ, out);
    assert_bytes(out, 2, "c0 00");
    mqtt_encode_empty(MQTT_DISCONNECT, out);
    assert_bytes(out, 2, "e0 00");
}

/* --- what a broker sends
 * ---------------------------------------------------------------------------------------------- */

static const char *decode(const char *text, struct mqtt_packet *packet)
{
    static struct bytes bytes;

    bytes = hex(text);
    return mqtt_decode(bytes.data[0], bytes.data + 1, bytes.length - 1, packet); /* first byte, body */
}

static void connack_accepts_or_refuses(void **state)
{
    struct mqtt_packet packet;

    (void)state;
    assert_null(decode("20 00 00", &packet));
    assert_int_equal(packet.type, MQTT_CONNACK);
    assert_false(packet.session_present);
    assert_int_equal(packet.return_code, 0);
    assert_null(decode("20 01 00", &packet));
    assert_true(packet.session_present);
    assert_null(decode("20 00 05", &packet));
    assert_int_equal(packet.return_code, 5);
}

static void publish_is_taken_apart(void **state)
{
    struct mqtt_packet packet;

    (void)state;
    assert_null(decode("3b 00 03 'a/b' 00 0a 'hi'", &packet));
    assert_int_equal(packet.type, MQTT_PUBLISH);
    assert_int_equal(packet.publish.qos, 1);
    assert_true(packet.publish.dup);
    assert_true(packet.publish.retain);
    assert_int_equal(packet.publish.id, 10);
    assert_int_equal(packet.publish.topic.length, 3);
    assert_memory_equal(packet.publish.topic.text, "a/b", 3);
    assert_int_equal(packet.publish.payload.length, 2);
    assert_memory_equal(packet.publish.payload.text, "hi", 2);
    assert_null(decode("30 00 01 'a'", &packet));
    assert_int_equal(packet.publish.payload.length, 0);
}

static void acknowledgements_are_taken_apart(void **state)
{
    struct mqtt_packet packet;

    (void)state;
    assert_null(decode("40 12 34", &packet));
    assert_int_equal(packet.type, MQTT_PUBACK);
    assert_int_equal(packet.id, 0x1234);
    assert_null(decode("50 00 01", &packet));
    assert_null(decode("62 00 01", &packet));
    assert_null(decode("70 00 01", &packet));
    assert_null(decode("b0 00 01", &packet));
    assert_null(decode("d0", &packet));
    assert_null(decode("90 00 01 01", &packet));
    assert_int_equal(packet.granted_count, 1);
    assert_int_equal(packet.granted[0], 1);
    assert_null(decode("90 00 01 00 80", &packet));
    assert_int_equal(packet.granted_count, 2);
    assert_int_equal(packet.granted[1], MQTT_SUBSCRIBE_REFUSED);
}

static void what_breaks_the_protocol_is_refused_in_a_sentence(void **state)
{
    static const char *const bad[] = {
        "20",             /* CONNACK: no body */
        "20 00 00 00",    /* too long */
        "20 02 00",       /* reserved flags */
        "20 01 05",       /* refused, yet a session */
        "21 00 00",       /* reserved flags of the header */
        "30",             /* PUBLISH: no topic */
        "30 00",          /* half a length */
        "30 00 05 'abc'", /* a topic longer than the packet */
        "30 ff ff 'abc'",
        "30 00 00 'x'",       /* empty topic, MQTT 4.7.3 */
        "30 00 03 'a/+' 'x'", /* wildcards, MQTT 3.3.2.1 */
        "30 00 01 '#'",
        "30 00 03 'a' 00 'b'", /* NUL in a topic */
        "30 00 02 c3 28",      /* not UTF-8 */
        "32 00 01 'a'",        /* QoS 1 without a packet id */
        "32 00 01 'a' 00",
        "32 00 01 'a' 00 00 'x'", /* packet id 0, MQTT 2.3.1 */
        "36 00 01 'a' 00 01",     /* QoS 3 */
        "40",                     /* PUBACK: no id */
        "40 00",
        "40 00 00",
        "40 00 01 00",
        "42 00 01", /* reserved flags */
        "60 00 01", /* PUBREL without its flag, MQTT 3.6.1 */
        "64 00 01",
        "90 00 01",    /* SUBACK: no return code */
        "90 00 01 03", /* reserved return codes */
        "90 00 01 7f",
        "90 00 01 81",
        "d0 00", /* PINGRESP with a body */
        "00",    /* types nobody may use, or only a client */
        "10 00 04 'MQTT' 04 02 00 3c 00 00",
        "82 00 01 00 01 'a' 00",
        "a2 00 01 00 01 'a'",
        "c0",
        "e0",
        "f0",
    };
    struct mqtt_packet packet;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *why = decode(bad[i], &packet);

        if (why == NULL)
            fail_msg("accepted: %s", bad[i]);
        assert_true(strlen(why) > 10);
    }
}

static void what_a_client_encodes_comes_apart_as_it_was(void **state)
{
    struct mqtt_publish publish = publish_of("devices/board/events", "{\"uptime\": 12}", 2);
    struct mqtt_packet packet;
    uint8_t out[128];
    size_t length = mqtt_encode_publish(&publish, out, sizeof(out));

    (void)state;
    assert_null(mqtt_decode(out[0], out + 2, length - 2, &packet));
    assert_int_equal(packet.publish.id, publish.id);
    assert_int_equal(packet.publish.payload.length, publish.payload.length);
    assert_memory_equal(packet.publish.payload.text, publish.payload.text, publish.payload.length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connect_of_a_clean_session),
        cmocka_unit_test(connect_with_everything_has_its_fields_in_the_order_of_the_standard),
        cmocka_unit_test(connect_flags_one_by_one),
        cmocka_unit_test(a_will_needs_both_its_halves_and_a_password_its_user),
        cmocka_unit_test(connect_refuses_strings_over_65535_bytes),
        cmocka_unit_test(publish_of_each_quality),
        cmocka_unit_test(publish_of_nothing),
        cmocka_unit_test(publish_does_not_write_what_does_not_fit),
        cmocka_unit_test(remaining_length_at_its_limits),
        cmocka_unit_test(the_largest_packet_and_one_more),
        cmocka_unit_test(acknowledgements_and_the_flag_of_pubrel),
        cmocka_unit_test(subscribe_and_unsubscribe),
        cmocka_unit_test(ping_and_goodbye),
        cmocka_unit_test(connack_accepts_or_refuses),
        cmocka_unit_test(publish_is_taken_apart),
        cmocka_unit_test(acknowledgements_are_taken_apart),
        cmocka_unit_test(what_breaks_the_protocol_is_refused_in_a_sentence),
        cmocka_unit_test(what_a_client_encodes_comes_apart_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
