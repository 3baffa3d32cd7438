/* The delay before the next connection (mongoose-os.md 7.4), and mqtt.server. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "address.h"
#include "backoff.h"

enum { MIDDLE = 100 }; /* the random number that adds nothing */

static void it_doubles_from_two_seconds_to_sixty(void **state)
{
    static const uint32_t expected[] = {2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000};
    struct mqtt_backoff backoff;

    (void)state;
    mqtt_backoff_init(&backoff, 2000, 60000);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_int_equal(mqtt_backoff_next(&backoff, MIDDLE), expected[i]);
    mqtt_backoff_reset(&backoff);
    assert_int_equal(mqtt_backoff_next(&backoff, MIDDLE), 2000);
}

static void it_varies_by_ten_percent(void **state)
{
    struct mqtt_backoff backoff;

    (void)state;
    mqtt_backoff_init(&backoff, 2000, 60000);
    assert_int_equal(mqtt_backoff_next(&backoff, 0), 1800);
    assert_int_equal(mqtt_backoff_next(&backoff, 200), 4400);
    assert_int_equal(mqtt_backoff_next(&backoff, 201), 7200);
    for (uint32_t random = 0; random < 100000; random += 7) {
        uint32_t delay = mqtt_backoff_next(&backoff, random * 2654435761u);

        assert_in_range(delay, 14400, 66000);
    }
}

static void its_bounds_are_kept_sane(void **state)
{
    struct mqtt_backoff backoff;

    (void)state;
    mqtt_backoff_init(&backoff, 100, 60000); /* never below 2 s */
    assert_int_equal(mqtt_backoff_next(&backoff, MIDDLE), 2000);
    mqtt_backoff_init(&backoff, 5000, 1000); /* the longest is at least the first */
    assert_int_equal(mqtt_backoff_next(&backoff, MIDDLE), 5000);
    assert_int_equal(mqtt_backoff_next(&backoff, MIDDLE), 5000);
    mqtt_backoff_init(&backoff, UINT32_MAX, UINT32_MAX); /* an hour, and no overflow */
    for (int i = 0; i < 40; i++)
        assert_int_equal(mqtt_backoff_next(&backoff, 200), 3960000);
}

static void servers_with_and_without_port(void **state)
{
    struct mqtt_address address;

    (void)state;
    assert_null(mqtt_address_parse("mqtt.tmc.com", 1883, &address));
    assert_string_equal(address.host, "mqtt.tmc.com");
    assert_int_equal(address.port, 1883);
    assert_null(mqtt_address_parse("mqtt.tmc.com:8883", 1883, &address));
    assert_string_equal(address.host, "mqtt.tmc.com");
    assert_int_equal(address.port, 8883);
    assert_null(mqtt_address_parse("192.168.1.10:1", 1883, &address));
    assert_string_equal(address.host, "192.168.1.10");
    assert_int_equal(address.port, 1);
    assert_null(mqtt_address_parse("[::1]:8883", 1883, &address));
    assert_string_equal(address.host, "::1");
    assert_int_equal(address.port, 8883);
    assert_null(mqtt_address_parse("[fe80::1]", 1883, &address));
    assert_int_equal(address.port, 1883);
}

static void servers_that_are_none(void **state)
{
    static const char *const bad[] = {
        "",        ":8883",   "host:",  "host:0",  "host:65536", "host:99999999999",
        "host:x",  "host:1x", "[::1",   "[]:1883", "[::1]8883",  "[::1]:",
        "host:-1", "::1",     "host: 1"};
    struct mqtt_address address;
    char name[300];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (mqtt_address_parse(bad[i], 1883, &address) == NULL)
            fail_msg("accepted: %s", bad[i]);
    }
    memset(name, 'a', sizeof(name));
    name[MQTT_HOST_MAX] = '\0';
    assert_null(mqtt_address_parse(name, 1883, &address));
    name[MQTT_HOST_MAX] = 'a';
    name[MQTT_HOST_MAX + 1] = '\0';
    assert_non_null(mqtt_address_parse(name, 1883, &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_doubles_from_two_seconds_to_sixty),
        cmocka_unit_test(it_varies_by_ten_percent),
        cmocka_unit_test(its_bounds_are_kept_sane),
        cmocka_unit_test(servers_with_and_without_port),
        cmocka_unit_test(servers_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
