/* Wi-Fi (mongoose-os.md 6.4, 6.6).
 *
 * A board without a radio, as the linux board, has the host's network instead, and this library reports it as
 * a station would see it: with wifi.sta.enable, "connecting" until the host has an IPv4 address, then
 * "connected" and "got ip", and "disconnected" when the address goes or changes. SSID and password are
 * checked and otherwise unused; the SSID reported is the configured one. There is no access point and no
 * scan.
 */
#ifndef MGOS_WIFI_H
#define MGOS_WIFI_H

#include <stdbool.h>
#include <stdint.h>

#include "frozen.h"
#include "mgos_event.h"
#include "mgos_net.h"

#define MGOS_EVENT_GRP_WIFI MGOS_EVENT_BASE('W', 'F', 'I')
#define MGOS_WIFI_EV_BASE   MGOS_EVENT_GRP_WIFI

enum mgos_wifi_event {
    MGOS_WIFI_EV_STA_DISCONNECTED = MGOS_WIFI_EV_BASE, /* struct mgos_wifi_sta_disconnected_arg * */
    MGOS_WIFI_EV_STA_CONNECTING,                       /* NULL */
    MGOS_WIFI_EV_STA_CONNECTED,                        /* struct mgos_wifi_sta_connected_arg * */
    MGOS_WIFI_EV_STA_IP_ACQUIRED,                      /* NULL */
    MGOS_WIFI_EV_AP_STA_CONNECTED,                     /* struct mgos_wifi_ap_sta_connected_arg * */
    MGOS_WIFI_EV_AP_STA_DISCONNECTED,                  /* struct mgos_wifi_ap_sta_disconnected_arg * */
};

struct mgos_wifi_sta_disconnected_arg {
    uint8_t reason;
};
struct mgos_wifi_sta_connected_arg {
    uint8_t bssid[6]; /* zeros: there is no radio */
    int channel;
    int rssi;
};
struct mgos_wifi_ap_sta_connected_arg {
    uint8_t mac[6];
};
struct mgos_wifi_ap_sta_disconnected_arg {
    uint8_t mac[6];
};

enum mgos_wifi_status {
    MGOS_WIFI_DISCONNECTED = 0,
    MGOS_WIFI_CONNECTING = 1,
    MGOS_WIFI_CONNECTED = 2,
    MGOS_WIFI_IP_ACQUIRED = 3,
};

enum mgos_wifi_auth_mode {
    MGOS_WIFI_AUTH_MODE_OPEN = 0,
    MGOS_WIFI_AUTH_MODE_WEP = 1,
    MGOS_WIFI_AUTH_MODE_WPA_PSK = 2,
    MGOS_WIFI_AUTH_MODE_WPA2_PSK = 3,
    MGOS_WIFI_AUTH_MODE_WPA_WPA2_PSK = 4,
    MGOS_WIFI_AUTH_MODE_WPA2_ENTERPRISE = 5,
};

struct mgos_config_wifi;
struct mgos_config_wifi_sta;
struct mgos_config_wifi_ap;
/* False: the settings are not valid (logged why), or the board cannot do it (an enabled access point). */
bool mgos_wifi_setup(const struct mgos_config_wifi *cfg);
bool mgos_wifi_setup_sta(const struct mgos_config_wifi_sta *cfg);
bool mgos_wifi_setup_ap(const struct mgos_config_wifi_ap *cfg);

bool mgos_wifi_connect(void); /* false: the station is not enabled */
bool mgos_wifi_disconnect(void);
enum mgos_wifi_status mgos_wifi_get_status(void);
char *mgos_wifi_get_status_str(void);     /* "got ip"; heap_free it */
char *mgos_wifi_get_connected_ssid(void); /* heap_free it; NULL while not connected */
int mgos_wifi_sta_get_rssi(void);         /* 0: not known */

struct mgos_wifi_scan_result {
    char ssid[33];
    uint8_t bssid[6];
    enum mgos_wifi_auth_mode auth_mode;
    int channel;
    int rssi;
};
/* `num_res` is negative when scanning failed: always, where there is no radio. */
typedef void (*mgos_wifi_scan_cb_t)(int num_res, struct mgos_wifi_scan_result *res, void *arg);
void mgos_wifi_scan(mgos_wifi_scan_cb_t cb, void *arg);

/* The "wifi" member of Sys.GetInfo (mongoose-os.md 2.2); bytes printed. */
int mgos_wifi_print_status(struct json_out *out);

/* From the configuration; called at boot. */
bool mgos_wifi_init(void);

#endif
