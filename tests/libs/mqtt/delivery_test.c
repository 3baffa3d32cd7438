/* Messages both ways against a scripted broker: QoS 0, 1 and 2, lost acknowledgements, reconnections, full
 * queues. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static int tear_down(void **state)
{
    (void)state;
    rig_end(&rig);
    return 0;
}

/* As rig_connect(), and what follows CONNACK can be looked at. */
static void reconnect(bool session_present)
{
    rig_lose(&rig);
    assert_true(mqtt_session_open(&rig.session, rig.now));
    rig_flush(&rig);
    rig.sent.length = 0;
    rig.told[0] = '\0';
    assert_true(broker_says(&rig, session_present ? "20 02 01 00" : "20 02 00 00"));
}

static void keep_sessions(void)
{
    rig.session.options.connect.clean_session = false;
}

/* --- outgoing, nothing going wrong  (MQTT 4.3)
 * ------------------------------------------------------------------------ */

static void qos_0_is_sent_and_forgotten(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    assert_int_not_equal(publish(&rig, "a", "x", 0), 0);
    assert_client_said(&rig, "30 04 00 01 'a' 'x'");
    assert_int_equal(heap_used(), 0);
    reconnect(false);
    assert_client_said(&rig, "");
}

static void qos_1_is_kept_until_puback(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    assert_int_equal(publish(&rig, "a", "x", 1), 1);
    assert_client_said(&rig, "32 06 00 01 'a' 00 01 'x'");
    assert_true(heap_used() > 0);
    assert_true(broker_says(&rig, "40 02 00 01"));
    assert_told(&rig, "ack 1;drained;");
    assert_int_equal(heap_used(), 0);
}

static void qos_2_takes_four_steps(void **state)
{
    size_t with_contents;

    (void)state;
    rig_connect(&rig, false);
    assert_int_equal(publish(&rig, "a", "a payload that need not be kept after PUBREC", 2), 1);
    rig_flush(&rig);
    rig.sent.length = 0;
    with_contents = heap_used();
    assert_true(broker_says(&rig, "50 02 00 01"));
    assert_client_said(&rig, "62 02 00 01");
    assert_true(heap_used() < with_contents);
    assert_true(broker_says(&rig, "70 02 00 01"));
    assert_told(&rig, "ack 1;drained;");
}

static void several_are_in_flight_and_answered_in_any_order(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 1);
    publish(&rig, "a", "2", 1);
    publish(&rig, "a", "3", 1);
    assert_client_said(&rig,
                       "32 06 00 01 'a' 00 01 '1'  32 06 00 01 'a' 00 02 '2'  32 06 00 01 'a' 00 03 '3'");
    assert_true(broker_says(&rig, "40 02 00 02  40 02 00 03  40 02 00 01"));
    assert_told(&rig, "ack 2;ack 3;ack 1;drained;");
}

static void max_qos_lowers_what_is_published(void **state)
{
    (void)state;
    rig.session.options.max_qos = 1;
    rig_connect(&rig, false);
    publish(&rig, "a", "x", 2);
    assert_client_said(&rig, "32 06 00 01 'a' 00 01 'x'");
}

static void a_slow_transport_gets_the_bytes_in_order(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    rig.room = 4;
    publish(&rig, "a", "x", 1);
    publish(&rig, "a", "y", 0);
    assert_client_said(&rig, "32 06 00 01");
    assert_int_equal(mqtt_session_unsent(&rig.session), 4 + 6);
    assert_true(
        broker_says(&rig, "32 06 00 01 'q' 00 09 'z'")); /* its acknowledgement waits for the packet's end */
    rig.room = 5;
    assert_client_said(&rig, "'a' 00 01 'x'  40");
    rig.room = SIZE_MAX;
    assert_client_said(&rig, "02 00 09  30 04 00 01 'a' 'y'");
    assert_int_equal(mqtt_session_unsent(&rig.session), 0);
}

/* --- outgoing, the connection ends  (MQTT 4.4)
 * ------------------------------------------------------------------------- */

static void a_lost_puback_leads_to_a_dup_in_the_same_order(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 1);
    publish(&rig, "a", "2", 1);
    publish(&rig, "a", "3", 1);
    rig_flush(&rig);
    assert_true(broker_says(&rig, "40 02 00 02"));
    reconnect(false);
    assert_client_said(&rig, "3a 06 00 01 'a' 00 01 '1'  3a 06 00 01 'a' 00 03 '3'");
    assert_true(broker_says(&rig, "40 02 00 01"));
    reconnect(false); /* and again, until it is acknowledged */
    assert_client_said(&rig, "3a 06 00 01 'a' 00 03 '3'");
    assert_true(broker_says(&rig, "40 02 00 03"));
    assert_told(&rig, "connack 0;ack 3;drained;");
    reconnect(false);
    assert_client_said(&rig, "");
}

static void what_was_accepted_while_offline_is_sent_without_dup(void **state)
{
    (void)state;
    assert_int_equal(publish(&rig, "a", "1", 1), 1);
    assert_int_equal(publish(&rig, "a", "2", 2), 2);
    reconnect(false);
    assert_client_said(&rig, "32 06 00 01 'a' 00 01 '1'  34 06 00 01 'a' 00 02 '2'");
}

static void a_message_cut_off_in_the_middle_is_a_dup_whole(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    rig.room = 3;
    publish(&rig, "a", "1", 1);
    publish(&rig, "a", "2", 1);
    publish(&rig, "a", "3", 0);
    rig_flush(&rig);
    rig.room = SIZE_MAX;
    reconnect(false);
    assert_client_said(&rig, "3a 06 00 01 'a' 00 01 '1'  32 06 00 01 'a' 00 02 '2'");
}

static void qos_2_goes_on_where_it_was(void **state)
{
    (void)state;
    keep_sessions();
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 2); /* PUBREC comes */
    publish(&rig, "a", "2", 2); /* PUBREC is lost */
    rig_flush(&rig);
    assert_true(broker_says(&rig, "50 02 00 01"));
    reconnect(true);
    assert_client_said(&rig, "62 02 00 01  3c 06 00 01 'a' 00 02 '2'");
    assert_true(broker_says(&rig, "70 02 00 01  50 02 00 02"));
    assert_client_said(&rig, "62 02 00 02");
    reconnect(true); /* PUBCOMP is lost */
    assert_client_said(&rig, "62 02 00 02");
    assert_true(broker_says(&rig, "70 02 00 02"));
    assert_told(&rig, "connack 0;ack 2;drained;");
}

static void a_second_pubrec_gets_a_second_pubrel_not_a_second_message(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 2);
    rig_flush(&rig);
    assert_true(broker_says(&rig, "50 02 00 01  50 02 00 01"));
    rig.sent.length = 0;
    assert_true(broker_says(&rig, "50 02 00 01"));
    assert_client_said(&rig, "62 02 00 01");
    assert_true(broker_says(&rig, "70 02 00 01"));
    assert_true(
        broker_says(&rig, "50 02 00 01")); /* even after the end, or it would repeat itself for ever */
    assert_client_said(&rig, "62 02 00 01");
}

static void a_broker_that_lost_the_session_gets_no_second_qos_2(void **state)
{
    (void)state;
    keep_sessions();
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 2);
    publish(&rig, "a", "2", 1);
    rig_flush(&rig);
    assert_true(broker_says(&rig, "50 02 00 01"));
    reconnect(false);
    assert_told(&rig, "abandoned 1;connack 0;");
    assert_client_said(&rig, "3a 06 00 01 'a' 00 02 '2'");
}

/* mongoose-os.md 7.4: after PINGRESP too. */
static void a_broker_that_forgets_to_acknowledge_is_reminded(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 1);
    assert_client_said(&rig, "32 06 00 01 'a' 00 01 '1'");
    assert_true(rig_tick(&rig, 60));
    assert_client_said(&rig, "c0 00");
    publish(&rig, "a", "2", 1); /* after the ping: its acknowledgement may be on its way */
    assert_client_said(&rig, "32 06 00 01 'a' 00 02 '2'");
    rig.now++;
    assert_true(broker_says(&rig, "d0 00"));
    assert_client_said(&rig, "3a 06 00 01 'a' 00 01 '1'");
}

static void an_acknowledgement_may_come_while_the_repetition_is_half_sent(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 1);
    rig_flush(&rig);
    rig_tick(&rig, 60);
    rig.sent.length = 0;
    rig.room = 4;
    assert_true(broker_says(&rig, "d0 00"));
    assert_true(broker_says(&rig, "40 02 00 01"));
    assert_told(&rig, "");
    rig.room = SIZE_MAX;
    assert_client_said(&rig, "3a 06 00 01 'a' 00 01 '1'"); /* the packet is finished, then forgotten */
    assert_told(&rig, "ack 1;drained;");
    assert_true(broker_says(&rig, "40 02 00 01"));
    assert_told(&rig, "unexpected 4 1;");
}

/* --- what is refused
 * -------------------------------------------------------------------------------------------------------- */

static void a_full_queue_refuses_the_new_message_and_keeps_the_old(void **state)
{
    (void)state;
    for (int i = 1; i <= 5; i++)
        assert_int_equal(publish(&rig, "a", "x", 1 + i % 2), i);
    assert_int_equal(publish(&rig, "a", "y", 1), 0);
    assert_int_equal(publish(&rig, "a", "y", 2), 0);
    assert_told(&rig, "publish: mqtt.max_queue_length messages wait for the broker already;"
                      "publish: mqtt.max_queue_length messages wait for the broker already;");
    rig_connect(&rig, false);
    assert_int_equal(publish(&rig, "a", "y", 1), 0);
    assert_true(broker_says(&rig, "40 02 00 02")); /* the second is of QoS 1 */
    assert_int_not_equal(publish(&rig, "a", "y", 1), 0);
    assert_int_equal(publish(&rig, "a", "z", 1), 0);
    assert_true(broker_says(&rig, "50 02 00 01")); /* PUBREC is not the end yet */
    assert_int_equal(publish(&rig, "a", "z", 1), 0);
    assert_true(broker_says(&rig, "70 02 00 01"));
    assert_int_not_equal(publish(&rig, "a", "z", 1), 0);
}

static void qos_0_does_not_wait_for_a_connection_and_does_not_pile_up(void **state)
{
    (void)state;
    assert_int_equal(publish(&rig, "a", "x", 0), 0);
    assert_told(&rig, "publish: not connected, and QoS 0 does not wait;");
    rig_connect(&rig, false);
    rig.room = 0;
    for (int i = 0; i < 5; i++)
        assert_int_not_equal(publish(&rig, "a", "x", 0), 0);
    assert_int_equal(publish(&rig, "a", "x", 0), 0);
    assert_int_not_equal(publish(&rig, "a", "x", 1), 0); /* the queue of the others has its own room */
}

static void a_full_heap_refuses_the_message(void **state)
{
    static char large[4000];
    uint16_t id = 1;

    (void)state;
    memset(large, 'x', sizeof(large) - 1);
    rig.session.outbox.limit = 100;
    while (id != 0)
        id = publish(&rig, "a", large, 1);
    assert_told(&rig, "publish: out of memory;");
    assert_true(rig.session.outbox.kept >= 12);
}

static void bad_topics_are_refused(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    assert_int_equal(publish(&rig, "a/+", "x", 0), 0);
    assert_int_equal(publish(&rig, "", "x", 1), 0);
    assert_int_equal(publish(&rig, "\xff", "x", 1), 0);
    assert_client_said(&rig, "");
}

/* --- packet ids  (MQTT 2.3.1)
 * ----------------------------------------------------------------------------------------------- */

static void ids_are_never_0_and_never_in_use(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    rig.session.last_id = 65533;
    assert_int_equal(publish(&rig, "a", "x", 1), 65534);
    assert_int_equal(publish(&rig, "a", "x", 1), 65535);
    assert_int_equal(publish(&rig, "a", "x", 2), 1);
    subscribe(&rig, "s"); /* 2 */
    rig.session.last_id = 65533;
    assert_int_equal(publish(&rig, "a", "x", 1), 3);
    assert_int_equal(mqtt_session_next_id(&rig.session), 4);
}

static void an_acknowledgement_of_another_kind_or_of_nothing_changes_nothing(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    publish(&rig, "a", "1", 1);
    publish(&rig, "a", "2", 2);
    rig_flush(&rig);
    rig.sent.length = 0;
    assert_true(broker_says(&rig, "40 02 00 02  50 02 00 01  70 02 00 01  70 02 00 02  40 02 00 09"));
    assert_told(&rig, "unexpected 4 2;unexpected 5 1;unexpected 7 1;unexpected 7 2;unexpected 4 9;");
    assert_client_said(&rig, "");
    reconnect(false);
    assert_client_said(&rig, "3a 06 00 01 'a' 00 01 '1'  3c 06 00 01 'a' 00 02 '2'");
}

static void an_acknowledgement_of_what_was_never_sent_loses_nothing(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    rig.room = 0;
    publish(&rig, "a", "1", 1);
    publish(&rig, "a", "2", 1);
    assert_true(broker_says(&rig, "40 02 00 02"));
    assert_told(&rig, "unexpected 4 2;");
    rig.room = SIZE_MAX;
    assert_client_said(&rig, "32 06 00 01 'a' 00 01 '1'  32 06 00 01 'a' 00 02 '2'");
}

/* --- incoming
 * --------------------------------------------------------------------------------------------------------------
 */

static void each_quality_is_delivered_and_acknowledged_in_its_way(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a/#");
    rig_flush(&rig);
    rig.sent.length = 0;
    assert_true(broker_says(&rig, "30 04 00 01 'a' '0'"));
    assert_client_said(&rig, "");
    assert_true(broker_says(&rig, "32 08 00 03 'a/b' 00 07 '1'"));
    assert_client_said(&rig, "40 02 00 07");
    assert_true(broker_says(&rig, "34 06 00 01 'a' 00 08 '2'"));
    assert_client_said(&rig, "50 02 00 08");
    assert_true(broker_says(&rig, "62 02 00 08"));
    assert_client_said(&rig, "70 02 00 08");
    assert_heard(&rig, "a=0;a/b=1;a=2;");
}

static void a_message_nobody_asked_for_is_acknowledged_all_the_same(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    assert_true(broker_says(&rig, "32 06 00 01 'a' 00 07 '1'"));
    assert_client_said(&rig, "40 02 00 07");
}

static void qos_2_is_delivered_once_however_often_it_comes(void **state)
{
    (void)state;
    keep_sessions();
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    assert_true(broker_says(&rig, "34 06 00 01 'a' 00 08 'x'  3c 06 00 01 'a' 00 08 'x'"));
    assert_heard(&rig, "a=x;");
    reconnect(true); /* PUBREC was lost */
    rig.sent.length = 0;
    assert_true(broker_says(&rig, "3c 06 00 01 'a' 00 08 'x'"));
    assert_client_said(&rig, "50 02 00 08");
    assert_heard(&rig, "");
    assert_true(broker_says(&rig, "62 02 00 08"));
    assert_true(broker_says(&rig, "62 02 00 08")); /* PUBCOMP was lost */
    assert_client_said(&rig, "70 02 00 08  70 02 00 08");
    assert_true(broker_says(&rig, "34 06 00 01 'a' 00 08 'y'")); /* the id is free again: another message */
    assert_heard(&rig, "a=y;");
}

static void a_new_session_forgets_which_qos_2_came(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    assert_true(broker_says(&rig, "34 06 00 01 'a' 00 08 'x'"));
    reconnect(false);
    assert_true(broker_says(&rig, "34 06 00 01 'a' 00 08 'z'"));
    assert_heard(&rig, "a=x;a=z;");
}

static void a_broker_with_endless_qos_2_is_left(void **state)
{
    char text[64];
    bool good = true;
    int i;

    (void)state;
    rig_connect(&rig, false);
    for (i = 1; i < 400 && good; i++) {
        snprintf(text, sizeof(text), "34 06 00 01 'a' %02x %02x 'x'", (unsigned)i >> 8, (unsigned)i & 0xFF);
        good = broker_says(&rig, text);
        rig.sent.length = 0;
    }
    assert_int_equal(i - 1, MQTT_RECEIVED_IDS_MAX + 1);
    assert_non_null(strstr(mqtt_session_error(&rig.session), "QoS 2"));
}

static void overlapping_subscriptions_all_hear(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a/b");
    subscribe(&rig, "a/+");
    subscribe(&rig, "#");
    subscribe(&rig, "b/#");
    assert_true(broker_says(&rig, "30 06 00 03 'a/b' 'x'"));
    assert_heard(&rig, "a/b=x;a/b=x;a/b=x;");
}

static void who_does_not_take_acknowledgements_gets_no_more_room_to_talk(void **state)
{
    uint8_t *into;
    int taken = 0;

    (void)state;
    rig_connect(&rig, false);
    rig.room = 0;
    while (mqtt_session_want(&rig.session, &into) > 0) {
        assert_true(broker_says(&rig, "32 06 00 01 'a' 00 01 'x'"));
        taken++;
    }
    assert_int_equal(taken, 16);
    rig.room = SIZE_MAX;
    rig_flush(&rig);
    assert_int_equal(rig.sent.length, 16 * 4);
    rig.sent.length = 0;
    assert_true(broker_says(&rig, "32 06 00 01 'a' 00 02 'x'"));
    assert_client_said(&rig, "40 02 00 02");
}

/* --- handlers that do things
 * ---------------------------------------------------------------------------------------------- */

static void answer(struct rig *r)
{
    publish(r, "reply", "y", 1);
}

static void a_handler_may_publish(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    rig_flush(&rig);
    rig.sent.length = 0;
    rig.on_message = answer;
    assert_true(broker_says(&rig, "32 06 00 01 'a' 00 07 '1'"));
    assert_client_said(&rig, "40 02 00 07  32 0a 00 05 'reply' 00 02 'y'");
}

static void leave(struct rig *r)
{
    struct mqtt_text topic = {"a", 1};

    mqtt_session_unsubscribe(&r->session, &topic);
}

static void a_handler_may_unsubscribe_itself(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    subscribe(&rig, "a");
    rig_flush(&rig);
    rig.on_message = leave;
    assert_true(broker_says(&rig, "30 04 00 01 'a' 'x'  30 04 00 01 'a' 'y'"));
    assert_heard(&rig, "a=x;"); /* the second handler of the topic ended with the first */
}

static void hang_up(struct rig *r)
{
    mqtt_session_lost(&r->session);
}

static void a_handler_may_end_the_connection(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    rig_flush(&rig);
    rig.sent.length = 0;
    rig.on_message = hang_up;
    assert_true(broker_says(&rig, "32 13 00 01 'a' 00 07 'long enough...'")); /* in a block of the heap */
    assert_heard(&rig, "a=long enough...;");
    assert_client_said(&rig, ""); /* no PUBACK: the broker will deliver it again */
    assert_false(mqtt_session_is_ready(&rig.session));
}

/* mongoose_poll() in a handler turns the loop: the connection ends, another begins, while the handler still
 * reads. */
static void begin_again(struct rig *r)
{
    uint8_t *into;

    mqtt_session_lost(&r->session);
    mqtt_session_open(&r->session, r->now);
    rig_flush(r);
    assert_int_equal(mqtt_session_want(&r->session, &into), 0);
}

static void a_handler_may_even_outlive_its_connection(void **state)
{
    (void)state;
    rig_connect(&rig, false);
    subscribe(&rig, "a");
    rig_flush(&rig);
    rig.on_message = begin_again;
    assert_true(broker_says(&rig, "32 13 00 01 'a' 00 07 'long enough...'"));
    assert_heard(&rig, "a=long enough...;");
    rig.sent.length = 0;
    rig.on_message = NULL;
    assert_true(broker_says(&rig, "20 02 00 00"));
    assert_client_said(&rig, "82 06 00 01 00 01 'a' 01"); /* and no PUBACK of the other connection's packet */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(qos_0_is_sent_and_forgotten),
        TEST(qos_1_is_kept_until_puback),
        TEST(qos_2_takes_four_steps),
        TEST(several_are_in_flight_and_answered_in_any_order),
        TEST(max_qos_lowers_what_is_published),
        TEST(a_slow_transport_gets_the_bytes_in_order),
        TEST(a_lost_puback_leads_to_a_dup_in_the_same_order),
        TEST(what_was_accepted_while_offline_is_sent_without_dup),
        TEST(a_message_cut_off_in_the_middle_is_a_dup_whole),
        TEST(qos_2_goes_on_where_it_was),
        TEST(a_second_pubrec_gets_a_second_pubrel_not_a_second_message),
        TEST(a_broker_that_lost_the_session_gets_no_second_qos_2),
        TEST(a_broker_that_forgets_to_acknowledge_is_reminded),
        TEST(an_acknowledgement_may_come_while_the_repetition_is_half_sent),
        TEST(a_full_queue_refuses_the_new_message_and_keeps_the_old),
        TEST(qos_0_does_not_wait_for_a_connection_and_does_not_pile_up),
        TEST(a_full_heap_refuses_the_message),
        TEST(bad_topics_are_refused),
        TEST(ids_are_never_0_and_never_in_use),
        TEST(an_acknowledgement_of_another_kind_or_of_nothing_changes_nothing),
        TEST(an_acknowledgement_of_what_was_never_sent_loses_nothing),
        TEST(each_quality_is_delivered_and_acknowledged_in_its_way),
        TEST(a_message_nobody_asked_for_is_acknowledged_all_the_same),
        TEST(qos_2_is_delivered_once_however_often_it_comes),
        TEST(a_new_session_forgets_which_qos_2_came),
        TEST(a_broker_with_endless_qos_2_is_left),
        TEST(overlapping_subscriptions_all_hear),
        TEST(who_does_not_take_acknowledgements_gets_no_more_room_to_talk),
        TEST(a_handler_may_publish),
        TEST(a_handler_may_unsubscribe_itself),
        TEST(a_handler_may_end_the_connection),
        TEST(a_handler_may_even_outlive_its_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
