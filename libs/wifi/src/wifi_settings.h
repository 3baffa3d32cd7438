/* What the configuration says about Wi-Fi, and whether it makes sense (mongoose-os.md 4.8). */
#ifndef WIFI_SETTINGS_H
#define WIFI_SETTINGS_H

#include <stdbool.h>

/* Strings may be NULL: empty. */
struct wifi_sta_settings {
    bool enable;
    const char *ssid, *pass, *ip, *netmask, *gw;
};
struct wifi_ap_settings {
    bool enable;
    const char *ssid, *pass, *ip, *netmask, *dhcp_start, *dhcp_end;
};

/* NULL: fine; otherwise the sentence that Config.Save answers with, static. */
const char *wifi_check_sta(const struct wifi_sta_settings *sta);
const char *wifi_check_ap(const struct wifi_ap_settings *ap);

#endif
