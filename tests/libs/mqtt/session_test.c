/* The MQTT session against a scripted broker: connecting, keep-alive, subscriptions, errors. Messages:
 * delivery_test.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "heap.h"
#include "scripted_broker.h"

static struct rig rig;

static int set_up(void **state)
{
    (void)state;
    rig_start(&rig);
    return 0;
}

/* Every test ends with an empty heap: nothing leaks. */
static int tear_down(void **state)
{
    (void)state;
    rig_end(&rig);
    return 0;
}

/* --- connecting
 * ------------------------------------------------------------------------------------------------------ */

static void nothing_but_connect_leaves_before_connack(void **state)
{
    (void)state;
    subscribe(&rig, "a");
    publish(&rig, "b", "x", 1);
    assert_true(mqtt_session_open(&rig.session, rig.now));
    assert_client_said(&rig, "10 0d 00 04 'MQTT' 04 02 00 3c 00 01 'c'");
    assert_false(mqtt_session_is_ready(&rig.session));
    assert_true(broker_says(&rig, "20 02 00 00"));
    assert_told(&rig, "connack 0;");
    assert_client_said(&rig, "82 06 00 01 00 01 'a' 01  32 06 00 01 'b' 00 02 'x'");
}

static void keep_alive_0_is_replaced_by_60(void **state)
{
    struct mqtt_session_options options = rig.session.options;

    (void)state;
    options.connect.keep_alive = 0;
    mqtt_session_set_options(&rig.session, &options);
    mqtt_session_open(&rig.session, rig.now);
    assert_client_said(&rig, "10 0d 00 04 'MQTT' 04 02 00 3c 00 01 'c'");
}

static void a_refusing_connack_becomes_a_sentence(void **state)
{
    static const char *const says[] = {"20 02 00 01", "20 02 00 02", "20 02 00 03",
                                       "20 02 00 04", "20 02 00 05", "20 02 00 06"};
    static const char *const means[] = {"MQTT 3.1.1", "mqtt.client_id", "not available", "mqtt.pass",
                                        "ACL",        "reserved"};

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        mqtt_session_open(&rig.session, rig.now);
        assert_false(broker_says(&rig, says[i]));
        assert_non_null(strstr(mqtt_session_error(&rig.session), means[i]));
        assert_false(mqtt_session_is_ready(&rig.session));
        mqtt_session_lost(&rig.session);
    }
    assert_told(&rig, "connack 1;connack 2;connack 3;connack 4;connack 5;connack 6;");
}

static void a_broker_that_never_answers_connect_is_left(void **state)
{
    (void)state;
    mqtt_session_open(&rig.session, rig.now);
    assert_true(rig_tick(&rig, 29));
    assert_false(rig_tick(&rig, 1));
    assert_string_equal(mqtt_session_error(&rig.session), "no CONNACK from the broker within 30 s");
}

static void the_conversation_begins_with_one_connack(void **state)
{
    (void)state;
    mqtt_session_open(&rig.session, rig.now);
    assert_false(broker_says(&rig, "d0 00"));
    rig_lose(&rig);
    rig_connect(&rig, false);
    assert_false(broker_says(&rig, "20 02 00 00"));
    rig_lose(&rig);
    mqtt_session_open(&rig.session, rig.now); /* MQTT 3.2.2.2: a clean session cannot be present */
    assert_false(broker_says(&rig, "20 02 01 00"));
    assert_non_null(strstr(mqtt_session_error(&rig.session), "breaks the protocol"));
}

/* Looks into freed memory too, which the heap forbids everybody else. */
__attribute__((no_sanitize_address)) static bool arena_holds(const char *secret)
{
    size_t length = strlen(secret), equal;

    for (size_t i = 0; i + length <= RIG_ARENA_SIZE; i++) {
        for (equal = 0; equal < length && rig_arena[i + equal] == (unsigned char)secret[equal]; equal++)
            ;
        if (equal == length)
            return true;
    }
    return false;
}

static void the_password_does_not_stay_in_memory(void **state)
{
    struct mqtt_session_options options = rig.session.options;

    (void)state;
    options.connect.user = "board";
    options.connect.pass = "hunter2-hunter2";
    mqtt_session_set_options(&rig.session, &options);
    mqtt_session_open(&rig.session, rig.now);
    assert_true(arena_holds("hunter2"));
    rig_flush(&rig);
    assert_false(arena_holds("hunter2"));
    mqtt_session_lost(&rig.session);
    mqtt_session_open(&rig.session, rig.now); /* nor when it could not be sent */
    mqtt_session_lost(&rig.session);
    assert_false(arena_holds("hunter2"));
}

static void without_memory_for_connect_the_attempt_fails(void **state)
{
    void *rest = heap_alloc(heap_available() - 64);

    (void)state;
    while (heap_alloc(16) != NULL)
        ;
    assert_non_null(rest);
    assert_false(mqtt_session_open(&rig.session, rig.now));
    assert_non_null(strstr(mqtt_session_error(&rig.session), "out of memory"));
    rig_start(&rig);
}

/* --- keep-alive  (MQTT 3.1.2.10)
 * ---------------------------------------------------------------------------------------- */

static void silence_is_broken_by_a_ping(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    assert_true(rig_tick(&rig, 59));
    assert_client_said(&rig, "");
    assert_true(rig_tick(&rig, 1));
    assert_client_said(&rig, "c0 00");
    assert_true(broker_says(&rig, "d0 00"));
    assert_true(rig_tick(&rig, 59));
    assert_client_said(&rig, "");
    assert_true(rig_tick(&rig, 1));
    assert_client_said(&rig, "c0 00");
}

static void a_broker_that_does_not_answer_a_ping_is_left(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    assert_true(rig_tick(&rig, 119));
    assert_client_said(&rig, "c0 00");
    assert_false(rig_tick(&rig, 1));
    assert_string_equal(mqtt_session_error(&rig.session), "no PINGRESP from the broker within 60 s");
}

static void a_ping_that_cannot_even_leave_counts_too(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    rig.room = 0;
    assert_true(rig_tick(&rig, 119));
    assert_false(rig_tick(&rig, 1));
}

static void who_only_talks_still_wants_to_hear(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    for (int i = 0; i < 59; i++) {
        assert_true(rig_tick(&rig, 1));
        publish(&rig, "t", "x", 0);
        rig_flush(&rig);
    }
    rig.sent.length = 0;
    assert_true(rig_tick(&rig, 1));
    assert_client_said(&rig, "c0 00");
}

/* --- subscriptions  (MQTT 3.8 to 3.11)
 * ------------------------------------------------------------------------------------ */

static void subscriptions_are_made_again_on_every_connection(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a/+");
    subscribe(&rig, "b");
    assert_client_said(&rig, "82 08 00 01 00 03 'a/+' 01  82 06 00 02 00 01 'b' 01");
    assert_true(broker_says(&rig, "90 03 00 01 01  90 03 00 02 00"));
    assert_client_said(&rig, "");
    rig_lose(&rig);
    rig_connect(&rig, false);
    rig.sent.length = 0;
    rig_lose(&rig);
    mqtt_session_open(&rig.session, rig.now);
    rig_flush(&rig);
    rig.sent.length = 0;
    broker_says(&rig, "20 02 00 00");
    assert_client_said(&rig, "82 08 00 01 00 03 'a/+' 01  82 06 00 02 00 01 'b' 01");
}

static void a_refused_subscription_is_told_and_not_repeated(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "secret/#");
    rig_flush(&rig);
    assert_true(broker_says(&rig, "90 03 00 01 80"));
    assert_told(&rig, "refused secret/#;");
    rig.sent.length = 0;
    assert_client_said(&rig, "");
    assert_true(mqtt_session_is_ready(&rig.session));
}

static void max_qos_0_lowers_subscriptions(void **state)
{
    (void)state;
    rig.session.options.max_qos = 0;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    assert_client_said(&rig, "82 06 00 01 00 01 'a' 00");
}

static bool unsubscribe(const char *topic)
{
    struct mqtt_text text = {topic, strlen(topic)};

    return mqtt_session_unsubscribe(&rig.session, &text);
}

static void unsubscribing_ends_every_handler_of_the_topic(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    subscribe(&rig, "a");
    subscribe(&rig, "b");
    rig_flush(&rig);
    rig.sent.length = 0;
    assert_false(unsubscribe("c"));
    assert_true(unsubscribe("a"));
    assert_false(unsubscribe("a"));
    assert_client_said(&rig, "a2 05 00 04 00 01 'a'");
    assert_true(broker_says(&rig, "b0 02 00 04"));
    assert_true(broker_says(&rig, "30 04 00 01 'a' 'x'"));
    assert_heard(&rig, "");
    rig_lose(&rig);
    rig_connect(&rig, false); /* only b is left */
    rig_lose(&rig);
    mqtt_session_open(&rig.session, rig.now);
    rig_flush(&rig);
    rig.sent.length = 0;
    broker_says(&rig, "20 02 00 00");
    assert_client_said(&rig, "82 06 00 03 00 01 'b' 01");
}

static void a_kept_session_hears_of_an_end_that_came_while_offline(void **state)
{
    (void)state;
    rig.session.options.connect.clean_session = false;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    rig_flush(&rig);
    rig_lose(&rig);
    assert_true(unsubscribe("a"));
    mqtt_session_open(&rig.session, rig.now);
    rig_flush(&rig);
    rig.sent.length = 0;
    broker_says(&rig, "20 02 01 00");
    assert_client_said(&rig, "a2 05 00 02 00 01 'a'");
    rig_lose(&rig);
    mqtt_session_open(&rig.session, rig.now); /* the broker forgot us meanwhile: nothing to end */
    rig_flush(&rig);
    rig.sent.length = 0;
    broker_says(&rig, "20 02 00 00");
    assert_client_said(&rig, "");
}

static void bad_filters_are_refused_at_once(void **state)
{
    struct mqtt_text text = {"a/#/b", 5};

    (void)state;
    assert_non_null(mqtt_session_subscribe(&rig.session, &text, 1, NULL, NULL));
    text.length = 0;
    assert_non_null(mqtt_session_subscribe(&rig.session, &text, 1, NULL, NULL));
}

static void suback_answers_what_was_asked(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    rig_flush(&rig);
    assert_true(broker_says(&rig, "90 03 00 07 01"));
    assert_told(&rig, "unexpected 9 7;");
    assert_true(broker_says(&rig, "b0 02 00 01"));
    assert_told(&rig, "unexpected 11 1;");
    assert_false(broker_says(&rig, "90 04 00 01 01 01"));
}

/* --- a broker that breaks the rules
 * ------------------------------------------------------------------------------------------ */

static void malformed_packets_end_the_connection_with_a_sentence(void **state)
{
    static const char *const bad[] = {"36 05 00 01 'a' 00 01", "00 00",       "f0 00",
                                      "30 02 00 05",           "40 02 00 00", "30 ff ff ff ff 01",
                                      "d0 80 80 80 80 00"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rig_connect(&rig, false);
        assert_false(broker_says(&rig, bad[i]));
        assert_non_null(strstr(mqtt_session_error(&rig.session), "the broker breaks the protocol: "));
        assert_false(broker_says(&rig, "") && mqtt_session_is_ready(&rig.session));
        rig_lose(&rig);
    }
}

static void a_packet_over_the_limit_ends_the_connection(void **state)
{
    uint8_t *into;

    (void)state;
    rig_connect(&rig, false);
    /* 3072 bytes in all are allowed: a header of 3 and a body of 3069. */
    assert_true(broker_says(&rig, "30 fd 17"));
    assert_true(heap_used() >= 3069);
    assert_int_equal(mqtt_session_want(&rig.session, &into), 3069);
    rig_lose(&rig);
    rig_connect(&rig, false);
    assert_false(broker_says(&rig, "30 fe 17"));
    assert_string_equal(mqtt_session_error(&rig.session),
                        "recv buffer (3073 bytes) exceeds the limit 3072 bytes, and not drained, closing");
    assert_true(rig.session.limit_exceeded);
    assert_int_equal(heap_used(), 0); /* nothing was allocated for it */
}

static void a_packet_the_heap_cannot_hold_ends_the_connection(void **state)
{
    (void)state;
    rig.session.reader.limit = UINT32_MAX;
    rig_connect(&rig, false);
    assert_false(broker_says(&rig, "30 ff ff ff 7f"));
    assert_string_equal(mqtt_session_error(&rig.session),
                        "out of memory for a packet of 268435460 bytes from the broker");
}

static void bytes_may_come_one_by_one(void **state)
{
    struct bytes bytes = hex("30 0c 00 03 'a/b' 'message'");
    uint8_t *into;

    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a/b");
    for (size_t i = 0; i < bytes.length; i++) {
        assert_true(mqtt_session_want(&rig.session, &into) > 0);
        *into = bytes.data[i];
        assert_true(mqtt_session_received(&rig.session, 1, rig.now));
    }
    assert_heard(&rig, "a/b=message;");
}

/* --- goodbye
 * ------------------------------------------------------------------------------------------------------------------
 */

static void disconnect_is_the_last_word(void **state)
{
    uint8_t *into;

    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "x", 1);
    mqtt_session_disconnect(&rig.session);
    assert_client_said(&rig, "e0 00");
    publish(&rig, "a", "y", 1);
    assert_client_said(&rig, "");
    assert_int_equal(mqtt_session_want(&rig.session, &into), 0);
    rig_lose(&rig);
    mqtt_session_open(&rig.session, rig.now);
    rig_flush(&rig);
    rig.sent.length = 0;
    broker_says(&rig, "20 02 00 00");
    assert_client_said(&rig, "32 06 00 01 'a' 00 01 'x'  32 06 00 01 'a' 00 02 'y'");
}

static void half_a_packet_is_followed_by_nothing(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    rig.room = 3;
    publish(&rig, "a", "x", 1);
    assert_client_said(&rig, "32 06 00");
    mqtt_session_disconnect(&rig.session);
    rig.room = SIZE_MAX;
    assert_client_said(&rig, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_but_connect_leaves_before_connack),
        TEST(keep_alive_0_is_replaced_by_60),
        TEST(a_refusing_connack_becomes_a_sentence),
        TEST(a_broker_that_never_answers_connect_is_left),
        TEST(the_conversation_begins_with_one_connack),
        TEST(the_password_does_not_stay_in_memory),
        TEST(without_memory_for_connect_the_attempt_fails),
        TEST(silence_is_broken_by_a_ping),
        TEST(a_broker_that_does_not_answer_a_ping_is_left),
        TEST(a_ping_that_cannot_even_leave_counts_too),
        TEST(who_only_talks_still_wants_to_hear),
        TEST(subscriptions_are_made_again_on_every_connection),
        TEST(a_refused_subscription_is_told_and_not_repeated),
        TEST(max_qos_0_lowers_subscriptions),
        TEST(unsubscribing_ends_every_handler_of_the_topic),
        TEST(a_kept_session_hears_of_an_end_that_came_while_offline),
        TEST(bad_filters_are_refused_at_once),
        TEST(suback_answers_what_was_asked),
        TEST(malformed_packets_end_the_connection_with_a_sentence),
        TEST(a_packet_over_the_limit_ends_the_connection),
        TEST(a_packet_the_heap_cannot_hold_ends_the_connection),
        TEST(bytes_may_come_one_by_one),
        TEST(disconnect_is_the_last_word),
        TEST(half_a_packet_is_followed_by_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
