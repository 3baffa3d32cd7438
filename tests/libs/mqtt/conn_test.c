/* The connection to the broker: log lines to the letter, back-off, events, TLS settings, and the
 * application's functions. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fake_net.h"
#include "mgos_event.h"
#include "mgos_mqtt.h"
#include "mgos_mqtt_conn.h"
#include "mgos_mqtt_global.h"
#include "world.h"

static struct mqtt_conn_options options;
static struct mqtt_conn *conn;
static char events[256];

static void on_cloud(int event, void *data, void *user)
{
    static const char *const names[] = {"connected;", "disconnected;", "connecting;", "connecterror;"};

    assert_int_equal(((struct mgos_cloud_arg *)data)->type, MGOS_CLOUD_MQTT);
    strcat(events, names[event - MGOS_EVENT_CLOUD_CONNECTED]);
    (void)user;
}

static int set_up(void **state)
{
    (void)state;
    world_start(false);
    fake_net_start();
    events[0] = '\0';
    for (int event = MGOS_EVENT_CLOUD_CONNECTED; event <= MGOS_EVENT_CLOUD_CONNECTERROR; event++)
        mgos_event_add_handler(event, on_cloud, NULL);
    world_note_heap();
    options = (struct mqtt_conn_options){
        .server = "broker.tmc.com",
        .client_id = "c",
        .clean_session = true,
        .cloud_events = true,
        .keep_alive = 60,
        .max_qos = 2,
        .recv_mbuf_limit = 3072,
        .max_queue_length = 5,
        .reconnect_min_ms = 2000,
        .reconnect_max_ms = 60000,
    };
    conn = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mgos_mqtt_set_global(NULL);
    if (conn != NULL)
        mqtt_conn_free(conn);
    assert_heap_is_as_noted();
    return 0;
}

static void start(void)
{
    conn = mqtt_conn_create(&options);
    assert_non_null(conn);
    mgos_mqtt_set_global(conn);
    mqtt_conn_start(conn);
}

static void on_message(struct mg_connection *nc, const char *topic, int topic_len, const char *msg,
                       int msg_len, void *user)
{
    (void)nc;
    snprintf(user, 64, "%.*s=%.*s", topic_len, topic, msg_len, msg);
}

/* --- the life of a connection, in the words of mongoose-os.md 7.4
 * ------------------------------------------------------ */

static void a_good_connection(void **state)
{
    char heard[64] = "";

    (void)state;
    start();
    assert_log("I MQTT0 connecting to broker.tmc.com:1883\n");
    assert_string_equal(wire.host, "broker.tmc.com");
    assert_int_equal(wire.port, 1883);
    mgos_mqtt_sub("devices/c/command", on_message, heard);
    wire_opens();
    assert_log("I MQTT0 TCP connected ok (0)\n");
    assert_wire_sent("10 0d 00 04 'MQTT' 04 02 00 3c 00 01 'c'");
    assert_false(mgos_mqtt_global_is_connected());
    wire_says("20 02 00 00");
    assert_true(mgos_mqtt_global_is_connected());
    assert_log("I MQTT0 CONNACK 0\nI MQTT0 sub devices/c/command @ 1\n");
    assert_wire_sent("82 16 00 64 00 11 'devices/c/command' 01");
    wire_says("90 03 00 64 01  32 16 00 11 'devices/c/command' 00 07 'x'");
    assert_string_equal(heard, "devices/c/command=x");
    assert_wire_sent("40 02 00 07");
    assert_int_equal(mgos_mqtt_pub("t", "hello", 5, 1, true), 101);
    assert_log("D MQTT0 pub -> 101 t @ 1 RETAIN (5): [hello]\n");
    wire_says("40 02 00 65");
    assert_log("D MQTT0 ack 101\nD MQTT0 queue drained\n");
    assert_true(mgos_mqtt_unsub("devices/c/command"));
    assert_log("I MQTT0 unsub devices/c/command\n");
    wire_ends(NULL);
    assert_log("I MQTT0 disconnected\nI MQTT0 connecting after 2000 ms\n");
    assert_string_equal(events, "connecting;connected;disconnected;");
    assert_true(wire.closed);
}

static void a_refused_connection_is_tried_again_later_and_later(void **state)
{
    static const unsigned delays[] = {2000, 4000, 8000, 16000, 32000, 60000, 60000};
    char expected[200];

    (void)state;
    start();
    for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
        world_forget_log();
        assert_int_equal(wires_made, i + 1);
        wire_ends("connection refused");
        snprintf(expected, sizeof(expected),
                 "I MQTT0 TCP connected error (-1)\nE Error: connection refused\nI MQTT0 disconnected\n"
                 "I MQTT0 connecting after %u ms\n",
                 delays[i]);
        assert_log(expected);
        world_run_ms(delays[i] - 1);
        assert_int_equal(wires_made, i + 1);
        world_run_ms(1);
    }
    wire_accepts(); /* CONNACK 0 begins anew */
    world_forget_log();
    wire_ends(NULL);
    assert_log_has("connecting after 2000 ms");
    assert_null(strstr(events, "connecterror;connected"));
    assert_non_null(strstr(events, "connecting;connecterror;connecting;"));
}

static void a_refusing_connack_is_an_error_and_does_not_shorten_the_wait(void **state)
{
    (void)state;
    start();
    wire_ends("connection refused");
    world_run_ms(2000);
    wire_opens();
    world_forget_log();
    wire_says("20 02 00 05");
    assert_log("E MQTT0 CONNACK 5\n"
               "E Error: the broker does not authorize this client: check its certificate, mqtt.user, the "
               "broker's ACL (return code 5)\n"
               "I MQTT0 disconnected\nI MQTT0 connecting after 4000 ms\n");
    assert_true(wire.closed);
}

static void the_last_words_of_a_broker_are_heard(void **state)
{
    (void)state;
    start();
    wire_opens();
    world_forget_log();
    wire.arriving = hex("20 02 00 04"); /* arrives together with the end */
    wire_ends(NULL);
    assert_log_has("E MQTT0 CONNACK 4\n");
    assert_log_has("check mqtt.user and mqtt.pass");
}

static void a_connection_that_never_opens_is_given_up(void **state)
{
    (void)state;
    start();
    world_run_ms(29500);
    assert_false(wire.closed);
    world_forget_log();
    world_run_ms(1000);
    assert_true(wire.closed);
    assert_log("E Error: the connection to broker.tmc.com did not open within 30 s\nI MQTT0 disconnected\n"
               "I MQTT0 connecting after 2000 ms\n");
}

static void keep_alive_is_the_tick_of_the_connection(void **state)
{
    (void)state;
    options.keep_alive = 10;
    start();
    wire_accepts();
    world_run_ms(10500);
    assert_wire_sent("c0 00");
    world_forget_log();
    world_run_ms(10500);
    assert_log_has("E Error: no PINGRESP from the broker within 10 s\nI MQTT0 disconnected\n");
}

static void a_packet_over_the_limit_has_its_own_line(void **state)
{
    char expected[128];

    (void)state;
    start();
    wire_accepts();
    world_forget_log();
    wire_says("30 80 20");
    snprintf(expected, sizeof(expected),
             "E %p recv buffer (4099 bytes) exceeds the limit 3072 bytes, and not drained, closing\n",
             (void *)&wire.stream);
    assert_log_has(expected);
    assert_true(wire.closed);
}

static void a_malformed_packet_ends_the_connection(void **state)
{
    (void)state;
    start();
    wire_accepts();
    world_forget_log();
    wire_says("00 00");
    assert_log_has("E Error: the broker breaks the protocol: a packet has a type that no broker sends\n");
    assert_true(wire.closed);
}

static void a_refused_subscription_is_an_error_in_the_log(void **state)
{
    (void)state;
    start();
    wire_accepts();
    mgos_mqtt_sub("secret/#", on_message, NULL);
    world_forget_log();
    wire_says("90 03 00 64 80");
    assert_log("E MQTT0 sub secret/#: the broker refuses it; check its ACL\n");
    mgos_mqtt_sub("a/#/b", on_message, NULL);
    assert_log("E MQTT0 sub a/#/b: # must be the whole last level of the topic\n");
}

static void without_memory_it_tries_again(void **state)
{
    (void)state;
    net_is_out_of_memory = true;
    start();
    assert_log("I MQTT0 connecting to broker.tmc.com:1883\nE Error: out of memory\nI MQTT0 disconnected\n"
               "I MQTT0 connecting after 2000 ms\n");
    net_is_out_of_memory = false;
    world_run_ms(2000);
    wire_accepts();
    assert_true(mgos_mqtt_global_is_connected());
}

static void a_slow_stream_goes_on_when_it_has_room(void **state)
{
    (void)state;
    start();
    wire_accepts();
    wire.room = 3;
    mgos_mqtt_pub("a", "x", 1, 0, false);
    assert_wire_sent("30 04 00");
    assert_int_equal(mgos_mqtt_num_unsent_bytes(), 3);
    wire.room = SIZE_MAX;
    wire.stream.handler(&wire.stream, STREAM_SENT, wire.stream.user);
    assert_wire_sent("01 'a' 'x'");
    assert_int_equal(mgos_mqtt_num_unsent_bytes(), 0);
}

/* A broker that floods us does not stop the loop: after a while the rest waits for the next turn. */
static void a_flood_leaves_the_loop_its_turn(void **state)
{
    (void)state;
    start();
    wire_accepts();
    memset(&wire.arriving, 0, sizeof(wire.arriving));
    for (int i = 0; i < 500; i++, wire.arriving.length += 6)
        memcpy(wire.arriving.data + wire.arriving.length,
               "\x30\x04\x00\x01"
               "ax",
               6);
    wire.taken = 0;
    wire.stream.handler(&wire.stream, STREAM_DATA, wire.stream.user);
    assert_true(wire.taken < wire.arriving.length);
    world_run_ms(10);
    assert_int_equal(wire.taken, wire.arriving.length);
}

/* --- TLS
 * ---------------------------------------------------------------------------------------------------------------------
 */

static void tls_gets_its_files_and_the_name_to_check(void **state)
{
    (void)state;
    options.server = "mqtt.tmc.com";
    options.ssl_cert = "board.crt.pem";
    options.ssl_key = "ATCA:1";
    options.ssl_ca_cert = "ca.pem";
    start();
    assert_log("I MQTT0 connecting to mqtt.tmc.com:8883\n");
    assert_int_equal(world_tls_count, 1);
    assert_string_equal(world_tls.cert_file, "board.crt.pem");
    assert_string_equal(world_tls.key, "ATCA:1");
    assert_string_equal(world_tls.ca_file, "ca.pem");
    assert_string_equal(world_tls.server_name, "mqtt.tmc.com");
    wire_accepts();
    assert_true(mgos_mqtt_global_is_connected());
}

static void the_certificate_must_carry_an_address_too(void **state)
{
    (void)state;
    options.server = "192.168.1.10:8884";
    options.ssl_ca_cert = "ca.pem";
    start();
    assert_string_equal(world_tls.server_name, "192.168.1.10");
    assert_null(world_tls.cert_file);
    assert_int_equal(wire.port, 8884);
}

static void a_tls_failure_is_logged_and_tried_again(void **state)
{
    (void)state;
    options.ssl_ca_cert = "ca.pem";
    world_tls_error = "Invalid SSL CA cert: ca.pem: no such file";
    start();
    assert_log(
        "I MQTT0 connecting to broker.tmc.com:8883\nE Error: Invalid SSL CA cert: ca.pem: no such file\n"
        "I MQTT0 disconnected\nI MQTT0 connecting after 2000 ms\n");
    world_tls_error = NULL; /* somebody has put the file there */
    world_run_ms(2000);
    world_forget_log();
    wire_ends("the broker's certificate has expired (2020-02-01)");
    assert_log(
        "I MQTT0 TCP connected error (-1)\nE Error: the broker's certificate has expired (2020-02-01)\n"
        "I MQTT0 disconnected\nI MQTT0 connecting after 4000 ms\n");
}

static void settings_that_would_not_be_safe_are_refused(void **state)
{
    (void)state;
    options.ssl_ca_cert = "*";
    assert_null(mqtt_conn_create(&options));
    assert_log("E Error: mqtt.ssl_ca_cert \"*\" would not verify the broker: set it to the CA's file\n");
    options.ssl_ca_cert = "";
    options.ssl_cert = "board.crt.pem";
    assert_null(mqtt_conn_create(&options));
    assert_log("E Error: mqtt.ssl_ca_cert is not set, so the broker could not be verified: set it to the "
               "CA's file\n");
    options.ssl_cert = NULL;
    options.pass = "secret";
    assert_null(mqtt_conn_create(&options));
    assert_log_has("mqtt.pass without mqtt.user");
    assert_log_has_not("secret");
    options.pass = NULL;
    options.server = NULL;
    world_forget_log();
    assert_null(mqtt_conn_create(&options));
    assert_log("E MQTT requires server name\n");
    options.server = "host:99999";
    assert_null(mqtt_conn_create(&options));
    assert_log("E Error: the port in mqtt.server is not a number from 1 to 65535\n");
}

static void user_and_password_are_sent_but_never_logged(void **state)
{
    (void)state;
    options.user = "bob-the-user";
    options.pass = "hunter2";
    start();
    wire_opens();
    assert_wire_sent("10 24 00 04 'MQTT' 04 c2 00 3c 00 01 'c' 00 0c 'bob-the-user' 00 07 'hunter2'");
    wire_says("20 02 00 04");
    world_run_ms(5000);
    assert_log_has_not("hunter2");
    assert_log_has_not("bob-the-user");
}

static void without_a_clock_certificates_mean_nothing(void **state)
{
    (void)state;
    options.require_time = true;
    start();
    assert_log("E Time is not set, not connecting\nI MQTT0 connecting after 2000 ms\n");
    assert_int_equal(wires_made, 0);
    world_time_us = 1500000000ll * 1000000;
    world_run_ms(2000);
    assert_int_equal(wires_made, 1);
}

/* --- the application's functions
 * ------------------------------------------------------------------------------------------ */

static void nothing_works_and_nothing_breaks_while_mqtt_is_not_enabled(void **state)
{
    (void)state;
    assert_int_equal(mgos_mqtt_pub("t", "x", 1, 0, false), 0);
    assert_int_equal(mgos_mqtt_pubf("t", 0, false, "{a: %d}", 1), 0);
    mgos_mqtt_sub("t", on_message, NULL);
    assert_false(mgos_mqtt_unsub("t"));
    assert_false(mgos_mqtt_global_is_connected());
    assert_false(mgos_mqtt_global_connect());
    mgos_mqtt_global_disconnect();
    assert_int_equal(mgos_mqtt_get_packet_id(), 0);
    assert_int_equal(mgos_mqtt_num_unsent_bytes(), 0);
    mgos_mqtt_set_max_qos(1);
}

static void pubf_prints_json(void **state)
{
    (void)state;
    start();
    wire_accepts();
    assert_int_not_equal(mgos_mqtt_pubf("t", 0, false, "{uptime: %d, on: %B}", 12, 1), 0);
    assert_wire_sent("30 1d 00 01 't' '{\"uptime\": 12, \"on\": true}'");
}

static void a_full_queue_is_an_error_in_the_log(void **state)
{
    (void)state;
    start();
    for (int i = 0; i < 5; i++)
        assert_int_not_equal(mgos_mqtt_pub("t", "x", 1, 1, false), 0);
    world_forget_log();
    assert_int_equal(mgos_mqtt_pub("t", "y", 1, 1, false), 0);
    assert_log("E MQTT0 queue overflow! a message to t is refused: mqtt.max_queue_length messages wait for "
               "the broker already\n");
    assert_int_equal(mgos_mqtt_pub("t", "y", 1, 0, false), 0);
    assert_log("D MQTT0 a message to t is refused: not connected, and QoS 0 does not wait\n");
    wire_accepts();
    assert_wire_sent("32 06 00 01 't' 00 64 'x'  32 06 00 01 't' 00 65 'x'  32 06 00 01 't' 00 66 'x'"
                     "32 06 00 01 't' 00 67 'x'  32 06 00 01 't' 00 68 'x'");
    world_forget_log();
    wire_ends(NULL);
    world_run_ms(2000);
    wire_accepts();
    assert_log_has("D MQTT0 pub -> 100 t @ 1 DUP (1): [x]\n");
}

static void max_qos_holds_from_now_on(void **state)
{
    (void)state;
    start();
    wire_accepts();
    mgos_mqtt_set_max_qos(0);
    mgos_mqtt_pub("t", "x", 1, 2, false);
    assert_wire_sent("30 04 00 01 't' 'x'");
    mgos_mqtt_set_max_qos(7);
    mgos_mqtt_pub("t", "x", 1, 7, false);
    assert_wire_sent("34 06 00 01 't' 00 65 'x'");
}

static void goodbye_is_for_good_until_connect(void **state)
{
    (void)state;
    start();
    wire_accepts();
    world_forget_log();
    mgos_mqtt_global_disconnect();
    assert_log("I MQTT0 disconnect\nI MQTT0 disconnected\n");
    assert_wire_sent("e0 00");
    assert_true(wire.closed);
    world_run_ms(120000);
    mqtt_conn_network_up(conn);
    assert_int_equal(wires_made, 1);
    assert_true(mgos_mqtt_global_connect());
    assert_int_equal(wires_made, 2);
    assert_true(mgos_mqtt_global_connect()); /* already on its way */
    assert_int_equal(wires_made, 2);
    mgos_mqtt_global_disconnect(); /* before it opened */
    assert_wire_sent("");
    assert_true(wire.closed);
}

static void a_new_address_does_not_wait_for_the_timer(void **state)
{
    (void)state;
    start();
    wire_ends("no such name");
    mqtt_conn_network_up(conn);
    assert_int_equal(wires_made, 2);
    world_run_ms(5000); /* the old timer is gone */
    assert_int_equal(wires_made, 2);
}

static void on_connecting(int event, void *data, void *user)
{
    mgos_mqtt_global_disconnect();
    (void)event;
    (void)data;
    (void)user;
}

static void who_listens_may_stop_it(void **state)
{
    (void)state;
    mgos_event_add_handler(MGOS_EVENT_CLOUD_CONNECTING, on_connecting, NULL);
    start();
    assert_int_equal(wires_made, 0);
    world_run_ms(10000);
    assert_int_equal(wires_made, 0);
    mgos_event_remove_handler(MGOS_EVENT_CLOUD_CONNECTING, on_connecting, NULL);
}

static void hang_up(struct mg_connection *nc, const char *topic, int topic_len, const char *msg, int msg_len,
                    void *user)
{
    mgos_mqtt_global_disconnect();
    mgos_mqtt_global_connect();
    *(char *)user = msg[msg_len - 1]; /* the message is still there */
    (void)nc;
    (void)topic;
    (void)topic_len;
}

static void a_handler_may_hang_up_and_call_again(void **state)
{
    char heard = 0;

    (void)state;
    start();
    mgos_mqtt_sub("a", hang_up, &heard);
    wire_accepts();
    wire_says("30 12 00 01 'a' 'a long message' 'z'  30 04 00 01 'a' 'x'");
    assert_int_equal(heard, 'z');
    assert_int_equal(wires_made, 2);
    wire_accepts();
    assert_true(mgos_mqtt_global_is_connected());
}

static void other_settings_hold_from_the_next_connection(void **state)
{
    (void)state;
    start();
    wire_accepts();
    options.server = "other.tmc.com:1234";
    assert_true(mqtt_conn_configure(conn, &options));
    assert_true(mgos_mqtt_global_is_connected());
    wire_ends(NULL);
    world_run_ms(2000);
    assert_string_equal(wire.host, "other.tmc.com");
    assert_int_equal(wire.port, 1234);
    options.server = "";
    assert_false(mqtt_conn_configure(conn, &options));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_connection),
        TEST(a_refused_connection_is_tried_again_later_and_later),
        TEST(a_refusing_connack_is_an_error_and_does_not_shorten_the_wait),
        TEST(the_last_words_of_a_broker_are_heard),
        TEST(a_connection_that_never_opens_is_given_up),
        TEST(keep_alive_is_the_tick_of_the_connection),
        TEST(a_packet_over_the_limit_has_its_own_line),
        TEST(a_malformed_packet_ends_the_connection),
        TEST(a_refused_subscription_is_an_error_in_the_log),
        TEST(without_memory_it_tries_again),
        TEST(a_slow_stream_goes_on_when_it_has_room),
        TEST(a_flood_leaves_the_loop_its_turn),
        TEST(tls_gets_its_files_and_the_name_to_check),
        TEST(the_certificate_must_carry_an_address_too),
        TEST(a_tls_failure_is_logged_and_tried_again),
        TEST(settings_that_would_not_be_safe_are_refused),
        TEST(user_and_password_are_sent_but_never_logged),
        TEST(without_a_clock_certificates_mean_nothing),
        TEST(nothing_works_and_nothing_breaks_while_mqtt_is_not_enabled),
        TEST(pubf_prints_json),
        TEST(a_full_queue_is_an_error_in_the_log),
        TEST(max_qos_holds_from_now_on),
        TEST(goodbye_is_for_good_until_connect),
        TEST(a_new_address_does_not_wait_for_the_timer),
        TEST(who_listens_may_stop_it),
        TEST(a_handler_may_hang_up_and_call_again),
        TEST(other_settings_hold_from_the_next_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
