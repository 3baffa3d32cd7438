/* Network interfaces: who has which address (mongoose-os.md 6.4, 6.6). */
#ifndef MGOS_NET_H
#define MGOS_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "mgos_event.h"

#ifdef __linux__
#include <netinet/in.h>
#else
/* The part of BSD sockets that this interface shows. */
struct in_addr {
    uint32_t s_addr; /* network byte order */
};
struct sockaddr_in {
    uint16_t sin_family, sin_port;
    struct in_addr sin_addr;
};
#endif

enum mgos_net_if_type {
    MGOS_NET_IF_TYPE_WIFI = 0,
    MGOS_NET_IF_TYPE_ETHERNET = 1,
    MGOS_NET_IF_TYPE_PPP = 2,
    MGOS_NET_IF_MAX,
};
#define MGOS_NET_IF_WIFI_STA 0
#define MGOS_NET_IF_WIFI_AP  1

struct mgos_net_ip_info {
    struct sockaddr_in ip, netmask, gw, dns, ntp;
};

#define MGOS_EVENT_GRP_NET MGOS_EVENT_BASE('N', 'E', 'T')
enum mgos_net_event {
    MGOS_NET_EV_DISCONNECTED = MGOS_EVENT_GRP_NET,
    MGOS_NET_EV_CONNECTING,
    MGOS_NET_EV_CONNECTED,
    MGOS_NET_EV_IP_ACQUIRED,
};
/* Of all four. */
struct mgos_net_event_data {
    enum mgos_net_if_type if_type;
    int if_instance;
    struct mgos_net_ip_info ip_info; /* zeros but for MGOS_NET_EV_IP_ACQUIRED */
};

/* The address of an interface; false while it has none. The board has one interface: it answers to Wi-Fi
 * station and Ethernet 0. */
bool mgos_net_get_ip_info(enum mgos_net_if_type if_type, int if_instance, struct mgos_net_ip_info *ip_info);
/* "10.33.33.1" into `out` (16 bytes); returns `out`. */
char *mgos_net_ip_to_str(const struct sockaddr_in *sin, char *out);
bool mgos_net_str_to_ip(const char *ips, struct sockaddr_in *sin);

#endif
