/* Whether Wi-Fi settings make sense.  mongoose-os.md 4.8 */

#include "wifi_settings.h"

#include <string.h>

#include "mgos_net.h"

enum { SSID_MAX = 31, PASS_MIN = 5, PASS_MAX = 63 };

static size_t length_of(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

static bool ssid_ok(const char *ssid)
{
    return length_of(ssid) >= 1 && length_of(ssid) <= SSID_MAX;
}

/* From 5 on: WEP keys are that short. The message says 8, as it does in Mongoose OS. */
static bool pass_ok(const char *pass)
{
    return length_of(pass) == 0 || (length_of(pass) >= PASS_MIN && length_of(pass) <= PASS_MAX);
}

static bool address_ok(const char *address)
{
    struct sockaddr_in parsed;

    return mgos_net_str_to_ip(address, &parsed);
}

static const char *check_static_ip(const struct wifi_sta_settings *sta)
{
    if (length_of(sta->ip) == 0)
        return NULL;
    if (length_of(sta->netmask) == 0)
        return "Static IP is set but no netmask provided";
    if (!address_ok(sta->ip))
        return "Static IP is invalid";
    if (!address_ok(sta->netmask))
        return "Static netmask is invalid";
    if (length_of(sta->gw) > 0 && !address_ok(sta->gw))
        return "Static gateway is invalid";
    return NULL;
}

const char *wifi_check_sta(const struct wifi_sta_settings *sta)
{
    if (!sta->enable)
        return NULL;
    if (!ssid_ok(sta->ssid))
        return "STA SSID must be between 1 and 31 chars";
    if (!pass_ok(sta->pass))
        return "STA password must be between 8 and 63 chars";
    return check_static_ip(sta);
}

const char *wifi_check_ap(const struct wifi_ap_settings *ap)
{
    if (!ap->enable)
        return NULL;
    if (!ssid_ok(ap->ssid))
        return "AP SSID must be between 1 and 31 chars";
    if (!pass_ok(ap->pass))
        return "AP password must be between 8 and 63 chars";
    if (length_of(ap->ip) == 0 || length_of(ap->netmask) == 0 || length_of(ap->dhcp_start) == 0 ||
        length_of(ap->dhcp_end) == 0)
        return "AP IP, netmask, DHCP start and end addresses must be set";
    return NULL;
}
