/* The station, on the host's network.  mongoose-os.md 6.4, 6.6, 7.5 */

#include "wifi_station.h"

#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_system.h"
#include "mgos_timers.h"
#include "mgos_wifi.h"
#include "net.h"

enum { LOOK_MS = 1000, REASON_UNSPECIFIED = 1, SSID_MAX = 32 };

static struct {
    bool enabled;
    char ssid[SSID_MAX + 1];
    enum mgos_wifi_status status;
    uint8_t address[4];
    mgos_timer_id timer;
} station;

static const char *const status_names[] = {"disconnected", "connecting", "connected", "got ip"};

/* --- events --------------------------------------------------------------------------------------------- */

static void trigger_net(int event, const struct mgos_net_ip_info *ip_info)
{
    struct mgos_net_event_data data = {.if_type = MGOS_NET_IF_TYPE_WIFI, .if_instance = MGOS_NET_IF_WIFI_STA};

    if (ip_info != NULL)
        data.ip_info = *ip_info;
    mgos_event_trigger(event, &data);
}

static void became_disconnected(void)
{
    struct mgos_wifi_sta_disconnected_arg arg = {.reason = REASON_UNSPECIFIED};

    station.status = MGOS_WIFI_DISCONNECTED;
    LOG(LL_INFO, ("WiFi STA: disconnected"));
    mgos_event_trigger(MGOS_WIFI_EV_STA_DISCONNECTED, &arg);
    trigger_net(MGOS_NET_EV_DISCONNECTED, NULL);
}

static void became_connecting(void)
{
    station.status = MGOS_WIFI_CONNECTING;
    LOG(LL_INFO, ("WiFi STA: connecting"));
    mgos_event_trigger(MGOS_WIFI_EV_STA_CONNECTING, NULL);
    trigger_net(MGOS_NET_EV_CONNECTING, NULL);
}

static void became_connected(void)
{
    struct mgos_wifi_sta_connected_arg arg = {{0}, 0, 0};

    station.status = MGOS_WIFI_CONNECTED;
    LOG(LL_INFO, ("WiFi STA: connected"));
    mgos_event_trigger(MGOS_WIFI_EV_STA_CONNECTED, &arg);
    trigger_net(MGOS_NET_EV_CONNECTED, NULL);
}

static void got_ip(const struct mgos_net_ip_info *info)
{
    char ip[16], gw[16], dns[16], ntp[16];

    station.status = MGOS_WIFI_IP_ACQUIRED;
    LOG(LL_INFO, ("WiFi STA: ready, IP %s, GW %s, DNS %s, NTP %s", mgos_net_ip_to_str(&info->ip, ip),
                  mgos_net_ip_to_str(&info->gw, gw), mgos_net_ip_to_str(&info->dns, dns),
                  mgos_net_ip_to_str(&info->ntp, ntp)));
    mgos_event_trigger(MGOS_WIFI_EV_STA_IP_ACQUIRED, NULL);
    trigger_net(MGOS_NET_EV_IP_ACQUIRED, info);
}

/* --- looking -------------------------------------------------------------------------------------------- */

static bool address_is_as_before(const struct net_ip *ip)
{
    return memcmp(ip->address, station.address, sizeof(station.address)) == 0;
}

/* A handler of an event may disconnect: after each one the state is what counts. */
static void look(void *arg)
{
    struct mgos_net_ip_info info;
    struct net_ip ip;
    bool has_ip = net_get_ip(&ip);

    (void)arg;
    if (station.status == MGOS_WIFI_IP_ACQUIRED) {
        if (has_ip && address_is_as_before(&ip))
            return;
        became_disconnected();
    }
    if (station.status == MGOS_WIFI_DISCONNECTED && station.timer != MGOS_INVALID_TIMER_ID)
        became_connecting();
    if (!has_ip || !mgos_net_get_ip_info(MGOS_NET_IF_TYPE_WIFI, MGOS_NET_IF_WIFI_STA, &info))
        return;
    memcpy(station.address, ip.address, sizeof(station.address));
    if (station.status == MGOS_WIFI_CONNECTING)
        became_connected();
    if (station.status == MGOS_WIFI_CONNECTED)
        got_ip(&info);
}

bool mgos_wifi_connect(void)
{
    if (!station.enabled)
        return false;
    if (station.timer == MGOS_INVALID_TIMER_ID)
        station.timer = mgos_set_timer(LOOK_MS, MGOS_TIMER_REPEAT | MGOS_TIMER_RUN_NOW, look, NULL);
    return station.timer != MGOS_INVALID_TIMER_ID;
}

bool mgos_wifi_disconnect(void)
{
    mgos_clear_timer(station.timer);
    station.timer = MGOS_INVALID_TIMER_ID;
    if (station.status != MGOS_WIFI_DISCONNECTED)
        became_disconnected();
    return true;
}

bool wifi_station_setup(bool enable, const char *ssid)
{
    snprintf(station.ssid, sizeof(station.ssid), "%s", ssid != NULL ? ssid : "");
    station.enabled = enable;
    if (enable)
        return mgos_wifi_connect();
    LOG(LL_INFO, ("WiFi STA: disabled"));
    return mgos_wifi_disconnect();
}

/* --- reporting ------------------------------------------------------------------------------------------ */

enum mgos_wifi_status mgos_wifi_get_status(void)
{
    return station.status;
}

char *mgos_wifi_get_status_str(void)
{
    return heap_strdup(status_names[station.status]);
}

static bool is_connected(void)
{
    return station.status >= MGOS_WIFI_CONNECTED;
}

char *mgos_wifi_get_connected_ssid(void)
{
    return is_connected() ? heap_strdup(station.ssid) : NULL;
}

int mgos_wifi_sta_get_rssi(void)
{
    return 0;
}

int mgos_wifi_print_status(struct json_out *out)
{
    struct mgos_net_ip_info info;
    char ip[16] = "";

    if (station.status == MGOS_WIFI_IP_ACQUIRED &&
        mgos_net_get_ip_info(MGOS_NET_IF_TYPE_WIFI, MGOS_NET_IF_WIFI_STA, &info))
        mgos_net_ip_to_str(&info.ip, ip);
    return json_printf(out, "{sta_ip: %Q, ap_ip: %Q, status: %Q, ssid: %Q}", ip, "",
                       status_names[station.status], is_connected() ? station.ssid : "");
}

/* --- scanning ------------------------------------------------------------------------------------------- */

struct scan {
    mgos_wifi_scan_cb_t cb;
    void *arg;
};

static void answer_scan(void *arg)
{
    struct scan scan = *(struct scan *)arg;

    heap_free(arg);
    scan.cb(-1, NULL, scan.arg);
}

void mgos_wifi_scan(mgos_wifi_scan_cb_t cb, void *arg)
{
    struct scan *scan = heap_alloc(sizeof(*scan));

    if (scan != NULL) {
        *scan = (struct scan){cb, arg};
        if (mgos_invoke_cb(answer_scan, scan, 0))
            return;
        heap_free(scan);
    }
    cb(-1, NULL, arg);
}
