/* Starts the library, and takes new settings: the only file that knows the generated configuration. */

#include "mgos_wifi.h"

#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_sys_config.h"
#include "wifi_settings.h"
#include "wifi_station.h"

static struct wifi_sta_settings sta_settings(const struct mgos_config_wifi_sta *cfg)
{
    return (struct wifi_sta_settings){
        .enable = cfg->enable,
        .ssid = cfg->ssid,
        .pass = cfg->pass,
        .ip = cfg->ip,
        .netmask = cfg->netmask,
        .gw = cfg->gw,
    };
}

static struct wifi_ap_settings ap_settings(const struct mgos_config_wifi_ap *cfg)
{
    return (struct wifi_ap_settings){
        .enable = cfg->enable,
        .ssid = cfg->ssid,
        .pass = cfg->pass,
        .ip = cfg->ip,
        .netmask = cfg->netmask,
        .dhcp_start = cfg->dhcp_start,
        .dhcp_end = cfg->dhcp_end,
    };
}

static bool is_valid(const struct mgos_config *cfg, char **msg)
{
    struct wifi_sta_settings sta = sta_settings(&cfg->wifi.sta);
    struct wifi_ap_settings ap = ap_settings(&cfg->wifi.ap);
    const char *error = wifi_check_ap(&ap);

    if (error == NULL)
        error = wifi_check_sta(&sta);
    if (error != NULL)
        *msg = heap_strdup(error);
    return error == NULL;
}

bool mgos_wifi_setup_sta(const struct mgos_config_wifi_sta *cfg)
{
    struct wifi_sta_settings sta = sta_settings(cfg);
    const char *error = wifi_check_sta(&sta);

    if (error != NULL) {
        LOG(LL_ERROR, ("%s", error));
        return false;
    }
    if (sta.enable)
        LOG(LL_INFO, ("WiFi mode: STA"));
    return wifi_station_setup(sta.enable, sta.ssid);
}

bool mgos_wifi_setup_ap(const struct mgos_config_wifi_ap *cfg)
{
    if (!cfg->enable)
        return true;
    LOG(LL_WARN,
        ("WiFi AP: this board has no radio, it uses the host's network; set wifi.ap.enable to false"));
    return false;
}

bool mgos_wifi_setup(const struct mgos_config_wifi *cfg)
{
    bool ap = mgos_wifi_setup_ap(&cfg->ap), sta = mgos_wifi_setup_sta(&cfg->sta);

    return ap && sta;
}

/* Settings that cannot be used leave the board without network, not in a restart loop: they can still be
 * repaired. */
bool mgos_wifi_init(void)
{
    if (!mgos_event_register_base(MGOS_WIFI_EV_BASE, "wifi") || !mgos_sys_config_register_validator(is_valid))
        return false;
    mgos_wifi_setup(&mgos_sys_config.wifi);
    return true;
}
