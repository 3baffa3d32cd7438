/* Wi-Fi on the host's network: validators (mongoose-os.md 4.8), events (6.4), log lines (7.5), Sys.GetInfo's
 * member (2.2). */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "heap.h"
#include "mgos_uart.h"
#include "mgos_wifi.h"
#include "wifi_settings.h"
#include "wifi_station.h"

enum { TWO_SECONDS_US = 2000000 };

static char events[256];

static void note(int event, void *data, void *arg)
{
    size_t length = strlen(events);

    (void)data;
    snprintf(events + length, sizeof(events) - length, "%s%d ", (const char *)arg, event & 0xFF);
}

static int start(void **state)
{
    struct mgos_uart_config console;

    (void)state;
    fake_board_start();
    mgos_uart_config_set_defaults(0, &console);
    assert_true(mgos_uart_configure(0, &console));
    fake_net_set_ip(false);
    events[0] = '\0';
    mgos_event_add_group_handler(MGOS_EVENT_GRP_NET, note, "NET");
    mgos_event_add_group_handler(MGOS_EVENT_GRP_WIFI, note, "WFI");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mgos_wifi_disconnect();
    return 0;
}

static const char *happened(void)
{
    static char taken[sizeof(events)];

    strcpy(taken, events);
    events[0] = '\0';
    return taken;
}

static void said(const char *line)
{
    const char *console = fake_uart_output();

    if (strstr(console, line) != NULL)
        return;
    print_error("not said: %s", line);
    print_error("said: %s", console);
    fail();
}

/* --- settings ------------------------------------------------------------------------------------------- */

static void station_settings_are_checked(void **state)
{
    static const struct {
        struct wifi_sta_settings sta;
        const char *error;
    } cases[] = {
        {{true, "IoT", "12344321", NULL, NULL, NULL}, NULL},
        {{true, "IoT", NULL, NULL, NULL, NULL}, NULL},
        {{true, "IoT", "12345", "10.0.0.2", "255.0.0.0", "10.0.0.1"}, NULL},
        {{false, NULL, "1", "x", NULL, NULL}, NULL},
        {{true, NULL, NULL, NULL, NULL, NULL}, "STA SSID must be between 1 and 31 chars"},
        {{true, "12345678901234567890123456789012", NULL, NULL, NULL, NULL},
         "STA SSID must be between 1 and 31 chars"},
        {{true, "IoT", "1234", NULL, NULL, NULL}, "STA password must be between 8 and 63 chars"},
        {{true, "IoT", "1234567890123456789012345678901234567890123456789012345678901234", NULL, NULL, NULL},
         "STA password must be between 8 and 63 chars"},
        {{true, "IoT", NULL, "10.0.0.2", NULL, NULL}, "Static IP is set but no netmask provided"},
        {{true, "IoT", NULL, "10.0.0", "255.0.0.0", NULL}, "Static IP is invalid"},
        {{true, "IoT", NULL, "10.0.0.2", "255.0.0.256", NULL}, "Static netmask is invalid"},
        {{true, "IoT", NULL, "10.0.0.2", "255.0.0.0", "gate"}, "Static gateway is invalid"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *error = wifi_check_sta(&cases[i].sta);

        if (cases[i].error == NULL)
            assert_null(error);
        else
            assert_string_equal(error, cases[i].error);
    }
}

static void access_point_settings_are_checked(void **state)
{
    struct wifi_ap_settings ap = {
        true, "Mongoose_A1B2C3", "Mongoose", "192.168.4.1", "255.255.255.0", "192.168.4.2", "192.168.4.100"};

    (void)state;
    assert_null(wifi_check_ap(&ap));
    ap.dhcp_end = NULL;
    assert_string_equal(wifi_check_ap(&ap), "AP IP, netmask, DHCP start and end addresses must be set");
    ap.pass = "1";
    assert_string_equal(wifi_check_ap(&ap), "AP password must be between 8 and 63 chars");
    ap.ssid = NULL;
    assert_string_equal(wifi_check_ap(&ap), "AP SSID must be between 1 and 31 chars");
    ap.enable = false;
    assert_null(wifi_check_ap(&ap));
}

/* --- the station ---------------------------------------------------------------------------------------- */

static void a_disabled_station_says_so_and_is_silent(void **state)
{
    (void)state;
    fake_net_set_ip(true);
    assert_true(wifi_station_setup(false, "IoT"));
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "");
    said("WiFi STA: disabled\n");
    assert_false(mgos_wifi_connect());
    assert_int_equal(mgos_wifi_get_status(), MGOS_WIFI_DISCONNECTED);
}

static void an_address_makes_it_ready(void **state)
{
    (void)state;
    fake_net_set_ip(true);
    assert_true(wifi_station_setup(true, "IoT"));
    assert_string_equal(happened(), ""); /* not before every library is up */
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "WFI1 NET1 WFI2 NET2 WFI3 NET3 ");
    assert_int_equal(mgos_wifi_get_status(), MGOS_WIFI_IP_ACQUIRED);
    said("WiFi STA: ready, IP ");
}

static void it_waits_for_an_address_and_notices_its_loss(void **state)
{
    (void)state;
    wifi_station_setup(true, "IoT");
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "WFI1 NET1 ");
    assert_int_equal(mgos_wifi_get_status(), MGOS_WIFI_CONNECTING);
    fake_net_set_ip(true);
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "WFI2 NET2 WFI3 NET3 ");
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "");
    fake_net_set_ip(false);
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "WFI0 NET0 WFI1 NET1 ");
    said("WiFi STA: disconnected\n");
}

static void disconnected_by_hand_it_stays_so(void **state)
{
    (void)state;
    fake_net_set_ip(true);
    wifi_station_setup(true, "IoT");
    fake_board_run_us(TWO_SECONDS_US);
    happened();
    assert_true(mgos_wifi_disconnect());
    assert_string_equal(happened(), "WFI0 NET0 ");
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "");
    assert_true(mgos_wifi_connect());
    fake_board_run_us(TWO_SECONDS_US);
    assert_string_equal(happened(), "WFI1 NET1 WFI2 NET2 WFI3 NET3 ");
}

static void reports_itself(void **state)
{
    char text[160];
    struct json_out out = JSON_OUT_BUF(text, sizeof(text));
    struct json_out again = JSON_OUT_BUF(text, sizeof(text));
    char *status, *ssid;

    (void)state;
    wifi_station_setup(true, "IoT");
    mgos_wifi_print_status(&out);
    assert_string_equal(text,
                        "{\"sta_ip\": \"\", \"ap_ip\": \"\", \"status\": \"disconnected\", \"ssid\": \"\"}");
    assert_null(mgos_wifi_get_connected_ssid());
    fake_net_set_ip(true);
    fake_board_run_us(TWO_SECONDS_US);
    mgos_wifi_print_status(&again);
    assert_non_null(strstr(text, "\", \"ap_ip\": \"\", \"status\": \"got ip\", \"ssid\": \"IoT\"}"));
    status = mgos_wifi_get_status_str();
    ssid = mgos_wifi_get_connected_ssid();
    assert_string_equal(status, "got ip");
    assert_string_equal(ssid, "IoT");
    heap_free(status);
    heap_free(ssid);
}

static int scan_result;

static void note_scan(int num_res, struct mgos_wifi_scan_result *res, void *arg)
{
    (void)res;
    (void)arg;
    scan_result = num_res;
}

static void a_scan_fails(void **state)
{
    (void)state;
    scan_result = 5;
    mgos_wifi_scan(note_scan, NULL);
    assert_int_equal(scan_result, 5);
    fake_board_run_us(1000);
    assert_int_equal(scan_result, -1);
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(station_settings_are_checked),
        POINT(access_point_settings_are_checked),
        POINT(a_disabled_station_says_so_and_is_silent),
        POINT(an_address_makes_it_ready),
        POINT(it_waits_for_an_address_and_notices_its_loss),
        POINT(disconnected_by_hand_it_stays_so),
        POINT(reports_itself),
        POINT(a_scan_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
