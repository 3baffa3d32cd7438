/* From mqtt.* to a connection: when the library starts, with which settings, and when it does not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fake_net.h"
#include "mgos_config.h"
#include "mgos_event.h"
#include "mgos_mqtt.h"
#include "mgos_mqtt_global.h"
#include "mgos_net.h"
#include "mgos_system.h"
#include "world.h"

bool mgos_mqtt_init(void);

static struct mgos_config_mqtt config;
static mgos_cb_t deferred;
static void *deferred_arg;

int mgos_sys_config_get_mqtt_enable(void)
{
    return config.enable;
}

const struct mgos_config_mqtt *mgos_sys_config_get_mqtt(void)
{
    return &config;
}

const char *mgos_sys_config_get_device_id(void)
{
    return "linux_A1B2C3";
}

bool mgos_invoke_cb(mgos_cb_t cb, void *arg, uint32_t flags)
{
    deferred = cb;
    deferred_arg = arg;
    return flags == 0;
}

static void turn_the_loop(void)
{
    mgos_cb_t cb = deferred;

    deferred = NULL;
    if (cb != NULL)
        cb(deferred_arg);
}

static int set_up(void **state)
{
    (void)state;
    world_start(false);
    fake_net_start();
    mgos_mqtt_set_global(NULL);
    deferred = NULL;
    config = (struct mgos_config_mqtt){
        .enable = 1,
        .server = "mqtt.tmc.com:1883",
        .reconnect_timeout_min = 2.5,
        .reconnect_timeout_max = 60.0,
        .clean_session = 1,
        .keep_alive = 60,
        .max_qos = 2,
        .recv_mbuf_limit = 3072,
        .cloud_events = 1,
        .max_queue_length = 5,
    };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (mgos_mqtt_global() != NULL)
        mqtt_conn_free(mgos_mqtt_global());
    mgos_mqtt_set_global(NULL);
    return 0;
}

static void disabled_it_does_nothing(void **state)
{
    (void)state;
    config.enable = 0;
    assert_true(mgos_mqtt_init());
    assert_null(mgos_mqtt_global());
    assert_null(deferred);
    assert_false(mgos_mqtt_set_config(&config));
}

static void it_connects_from_the_loop_and_not_while_libraries_initialise(void **state)
{
    (void)state;
    assert_true(mgos_mqtt_init());
    assert_int_equal(wires_made, 0);
    turn_the_loop();
    assert_int_equal(wires_made, 1);
    wire_opens();
    assert_wire_sent(
        "10 18 00 04 'MQTT' 04 02 00 3c 00 0c 'linux_A1B2C3'"); /* client_id is empty: device.id */
}

static void it_connects_when_an_address_comes(void **state)
{
    struct mgos_net_event_data data = {.if_type = MGOS_NET_IF_TYPE_WIFI};

    (void)state;
    net_has_address = false;
    assert_true(mgos_mqtt_init());
    assert_null(deferred);
    mgos_event_trigger(MGOS_NET_EV_IP_ACQUIRED, &data);
    turn_the_loop();
    assert_int_equal(wires_made, 1);
    mgos_event_trigger(MGOS_NET_EV_IP_ACQUIRED, &data); /* once more: it is on its way */
    turn_the_loop();
    assert_int_equal(wires_made, 1);
}

static void every_setting_arrives(void **state)
{
    (void)state;
    config.client_id = "me";
    config.user = "u";
    config.pass = "p";
    config.will_topic = "w";
    config.will_message = "gone";
    config.will_retain = 1;
    config.clean_session = 0;
    config.keep_alive = 300;
    config.ssl_cert = "board.crt.pem";
    config.ssl_key = "ATCA:1";
    config.ssl_ca_cert = "ca.pem";
    assert_true(mgos_mqtt_init());
    turn_the_loop();
    assert_string_equal(world_tls.key, "ATCA:1");
    assert_string_equal(world_tls.ca_file, "ca.pem");
    wire_opens();
    assert_wire_sent("10 1d 00 04 'MQTT' 04 e4 01 2c 00 02 'me' 00 01 'w' 00 04 'gone' 00 01 'u' 00 01 'p'");
    world_forget_log();
    wire_ends(NULL);
    assert_log_has("connecting after 2500 ms");
}

static void a_bad_setting_is_logged_and_the_board_boots(void **state)
{
    (void)state;
    config.server = NULL;
    assert_true(mgos_mqtt_init());
    assert_log("E MQTT requires server name\n");
    assert_null(mgos_mqtt_global());
}

static void settings_do_not_change_under_its_feet(void **state)
{
    char server[] = "first.tmc.com";

    (void)state;
    config.server = server;
    assert_true(mgos_mqtt_init());
    memset(server, 'x', sizeof(server) - 1);
    turn_the_loop();
    assert_string_equal(wire.host, "first.tmc.com");
    config.server = "second.tmc.com";
    assert_true(mgos_mqtt_set_config(&config));
    wire_ends(NULL);
    world_run_ms(2500);
    assert_string_equal(wire.host, "second.tmc.com");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(disabled_it_does_nothing),
        TEST(it_connects_from_the_loop_and_not_while_libraries_initialise),
        TEST(it_connects_when_an_address_comes),
        TEST(every_setting_arrives),
        TEST(a_bad_setting_is_logged_and_the_board_boots),
        TEST(settings_do_not_change_under_its_feet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
