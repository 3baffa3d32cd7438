/* Network interfaces. os/include/mgos_net.h */

#include "mgos_net.h"

#include <string.h>

#include "mgos_utils.h"
#include "net.h"

static void put_address(struct sockaddr_in *out, const uint8_t address[4])
{
    memcpy(&out->sin_addr.s_addr, address, 4); /* network byte order, both */
}

bool mgos_net_get_ip_info(enum mgos_net_if_type if_type, int if_instance, struct mgos_net_ip_info *ip_info)
{
    struct net_ip ip;

    memset(ip_info, 0, sizeof(*ip_info));
    if (if_instance != 0 || if_type == MGOS_NET_IF_TYPE_PPP || !net_get_ip(&ip))
        return false;
    put_address(&ip_info->ip, ip.address);
    put_address(&ip_info->netmask, ip.netmask);
    put_address(&ip_info->gw, ip.gateway);
    put_address(&ip_info->dns, ip.dns);
    return true;
}

char *mgos_net_ip_to_str(const struct sockaddr_in *sin, char *out)
{
    uint8_t address[4];
    char *at = out;

    memcpy(address, &sin->sin_addr.s_addr, 4);
    for (int i = 0; i < 4; i++) {
        at += mgos_utoa(address[i], at, 10);
        *at++ = i < 3 ? '.' : '\0';
    }
    return out;
}

bool mgos_net_str_to_ip(const char *ips, struct sockaddr_in *sin)
{
    uint8_t address[4];

    for (int i = 0; i < 4; i++) {
        unsigned value = 0;
        int digits = 0;
        for (; *ips >= '0' && *ips <= '9' && digits < 4; ips++, digits++)
            value = value * 10 + (unsigned)(*ips - '0');
        if (digits == 0 || value > 255 || *ips++ != (i < 3 ? '.' : '\0'))
            return false;
        address[i] = (uint8_t)value;
    }
    memset(sin, 0, sizeof(*sin));
    put_address(sin, address);
    return true;
}
