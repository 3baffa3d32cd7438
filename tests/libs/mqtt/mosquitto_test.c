/* The connection against a real mosquitto, over the linux port's TCP. Who sends to it and listens to it are
 * mosquitto's own programs. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mgos_mqtt_conn.h"
#include "processes.h"
#include "world.h"

static struct broker broker;
static struct process listener; /* a mosquitto_sub */
static struct mqtt_conn *conn;
static struct mqtt_conn_options options;
static char heard[256];

static int set_up(void **state)
{
    (void)state;
    world_start(true);
    broker_start(&broker);
    options = (struct mqtt_conn_options){
        .client_id = "board",
        .clean_session = true,
        .keep_alive = 60,
        .max_qos = 2,
        .recv_mbuf_limit = 3072,
        .max_queue_length = 5,
        .reconnect_min_ms = 2000,
        .reconnect_max_ms = 60000,
    };
    heard[0] = '\0';
    conn = NULL;
    listener.fd = -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (conn != NULL)
        mqtt_conn_free(conn);
    process_kill(&listener, SIGKILL);
    broker_remove(&broker);
    return 0;
}

static bool is_connected(void *arg)
{
    (void)arg;
    return mqtt_conn_is_connected(conn);
}

static void start(void)
{
    static char server[32];

    snprintf(server, sizeof(server), "127.0.0.1:%u", broker.port);
    options.server = server;
    conn = mqtt_conn_create(&options);
    assert_non_null(conn);
    mqtt_conn_start(conn);
    run_until(is_connected, NULL);
}

static uint16_t publish(const char *topic, const char *payload, uint8_t qos)
{
    struct mqtt_publish message = {
        .topic = {topic, strlen(topic)}, .payload = {payload, strlen(payload)}, .qos = qos};

    return mqtt_conn_publish(conn, &message);
}

static void on_message(struct mg_connection *nc, const char *topic, int topic_len, const char *msg,
                       int msg_len, void *user)
{
    snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%.*s=%.*s;", topic_len, topic, msg_len,
             msg);
    (void)nc;
    (void)user;
}

static void subscribe(const char *topic, uint8_t qos)
{
    struct mqtt_text text = {topic, strlen(topic)};
    size_t from = broker.process.length;

    mqtt_conn_subscribe(conn, &text, qos, on_message, NULL);
    await_output(&broker.process, from, "Sending SUBACK to board");
}

static bool has_heard(void *text)
{
    return strcmp(heard, text) == 0;
}

static bool is_drained(void *arg)
{
    (void)arg;
    return strstr(world_log(), "queue drained") != NULL;
}

static void listen_to(const char *topic, const char *count)
{
    size_t from = broker.process.length;

    client_start(&listener, &broker, "mosquitto_sub", "-i", "listener", "-v", "-q", "2", "-C", count, "-W",
                 "15", "-t", topic, NULL);
    await_output(&broker.process, from, "Sending SUBACK to listener");
}

static void messages_of_every_quality_go_out(void **state)
{
    (void)state;
    start();
    listen_to("t/#", "3");
    assert_int_not_equal(publish("t/0", "zero", 0), 0);
    assert_int_not_equal(publish("t/1", "one", 1), 0);
    assert_int_not_equal(publish("t/2", "two", 2), 0);
    assert_int_equal(await_end(&listener), 0);
    assert_string_equal(listener.output, "t/0 zero\nt/1 one\nt/2 two\n");
    run_until(is_drained, NULL);
}

static void messages_of_every_quality_come_in(void **state)
{
    (void)state;
    start();
    subscribe("in/+", 2);
    client_run(&broker, "mosquitto_pub", "-q", "0", "-t", "in/0", "-m", "zero", NULL);
    run_until(has_heard, "in/0=zero;");
    client_run(&broker, "mosquitto_pub", "-q", "1", "-t", "in/1", "-m", "one", NULL);
    run_until(has_heard, "in/0=zero;in/1=one;");
    client_run(&broker, "mosquitto_pub", "-q", "2", "-t", "in/2", "-m", "two", NULL);
    run_until(has_heard, "in/0=zero;in/1=one;in/2=two;");
    await_output(&broker.process, 0, "Received PUBCOMP from board");
}

static void the_will_is_published_when_the_connection_is_cut(void **state)
{
    (void)state;
    options.will_topic = "t/will";
    options.will_message = "gone";
    start();
    listen_to("t/#", "1");
    mqtt_conn_free(conn); /* no DISCONNECT: as if the power had failed */
    conn = NULL;
    assert_int_equal(await_end(&listener), 0);
    assert_string_equal(listener.output, "t/will gone\n");
}

static void the_will_is_not_published_after_a_goodbye(void **state)
{
    (void)state;
    options.will_topic = "t/will";
    options.will_message = "gone";
    start();
    listen_to("t/#", "1");
    mqtt_conn_stop(conn);
    await_output(&broker.process, 0, "Received DISCONNECT from board");
    client_run(&broker, "mosquitto_pub", "-q", "1", "-t", "t/after", "-m", "still here", NULL);
    assert_int_equal(await_end(&listener), 0);
    assert_string_equal(listener.output, "t/after still here\n");
}

/* A listener whose session the broker keeps on disk, so that what arrives while it is away waits for it. */
static void leave_a_kept_session(void)
{
    client_run(&broker, "mosquitto_sub", "-i", "keeper", "-c", "-q", "2", "-E", "-t", "t", NULL);
    /* An earlier saving may not have it. The line stands before the saving is done; when the broker answers
     * somebody else, it is. */
    await_output(&broker.process,
                 (size_t)(strstr(broker.process.output, "Sending SUBACK to keeper") - broker.process.output),
                 "Saving in-memory database");
    client_run(&broker, "mosquitto_pub", "-q", "1", "-t", "nobody", "-m", "x", NULL);
}

static void collect(const char *count)
{
    client_start(&listener, &broker, "mosquitto_sub", "-i", "keeper", "-c", "-q", "2", "-C", count, "-W",
                 "15", "-t", "t", NULL);
    assert_int_equal(await_end(&listener), 0);
}

static void accept_five_and_kill_the_broker(uint8_t qos)
{
    leave_a_kept_session();
    kill(broker.process.pid, SIGSTOP); /* it takes the bytes, and does nothing with them */
    assert_int_not_equal(publish("t", "first", qos), 0);
    assert_int_not_equal(publish("t", "second", qos), 0);
    assert_int_not_equal(publish("t", "third", qos), 0);
    process_kill(&broker.process, SIGKILL);
    assert_int_not_equal(publish("t", "fourth", qos), 0);
    assert_int_not_equal(publish("t", "fifth", qos), 0);
    assert_int_equal(publish("t", "one too many", qos), 0);
    assert_non_null(strstr(world_log(), "MQTT0 queue overflow!"));
    broker_restart(&broker);
    run_until(is_drained, NULL);
    assert_non_null(strstr(world_log(), "MQTT0 disconnected"));
    assert_non_null(strstr(world_log(), "MQTT0 connecting after "));
    assert_non_null(strstr(world_log(), " DUP"));
}

static void nothing_accepted_is_lost_when_the_broker_dies(void **state)
{
    (void)state;
    start();
    accept_five_and_kill_the_broker(1);
    collect("5");
    assert_string_equal(listener.output, "first\nsecond\nthird\nfourth\nfifth\n");
}

static void exactly_once_stays_exactly_once_when_the_broker_dies(void **state)
{
    (void)state;
    options.clean_session = false;
    start();
    accept_five_and_kill_the_broker(2);
    client_run(&broker, "mosquitto_pub", "-q", "2", "-t", "t", "-m", "end", NULL);
    collect("6");
    assert_string_equal(listener.output, "first\nsecond\nthird\nfourth\nfifth\nend\n");
}

static void what_is_waiting_at_the_broker_comes_after_a_reconnection(void **state)
{
    (void)state;
    options.clean_session = false;
    start();
    subscribe("in", 1);
    mqtt_conn_stop(conn);
    await_output(&broker.process, 0, "Received DISCONNECT from board");
    client_run(&broker, "mosquitto_pub", "-q", "1", "-t", "in", "-m", "while you were away", NULL);
    mqtt_conn_start(conn);
    run_until(has_heard, "in=while you were away;");
}

static bool limit_is_logged(void *arg)
{
    (void)arg;
    return strstr(world_log(), "exceeds the limit 3072 bytes, and not drained, closing") != NULL;
}

static void a_message_that_is_too_large_ends_the_connection_and_no_more(void **state)
{
    static char large[5000];

    (void)state;
    memset(large, 'x', sizeof(large) - 1);
    start();
    subscribe("in", 1);
    client_run(&broker, "mosquitto_pub", "-q", "0", "-t", "in", "-m", large, NULL);
    run_until(limit_is_logged, NULL);
    assert_false(mqtt_conn_is_connected(conn));
    run_until(is_connected, NULL);
    assert_string_equal(heard, "");
}

static void what_is_given_while_there_is_no_broker_waits_for_it(void **state)
{
    (void)state;
    start();
    world_forget_log();
    process_kill(&broker.process, SIGKILL);
    publish("t", "x", 1);
    broker_restart(&broker);
    run_until(is_drained, NULL);
    assert_log_has("MQTT0 disconnected");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_of_every_quality_go_out),
        TEST(messages_of_every_quality_come_in),
        TEST(the_will_is_published_when_the_connection_is_cut),
        TEST(the_will_is_not_published_after_a_goodbye),
        TEST(nothing_accepted_is_lost_when_the_broker_dies),
        TEST(exactly_once_stays_exactly_once_when_the_broker_dies),
        TEST(what_is_waiting_at_the_broker_comes_after_a_reconnection),
        TEST(a_message_that_is_too_large_ends_the_connection_and_no_more),
        TEST(what_is_given_while_there_is_no_broker_waits_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
