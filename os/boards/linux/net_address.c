/* The address of the linux board: the host's. os/net.h */

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "net.h"
#include "port.h"

static void put(uint8_t out[4], const struct sockaddr *address)
{
    if (address)
        memcpy(out, &((const struct sockaddr_in *)address)->sin_addr, 4);
}

/* Of the default route. /proc prints addresses as numbers of this machine's byte order. */
static void find_gateway(uint8_t out[4])
{
    FILE *routes = fopen("/proc/net/route", "re");
    char line[256];

    while (routes && fgets(line, sizeof(line), routes)) {
        unsigned destination, gateway;
        if (sscanf(line, "%*s %x %x", &destination, &gateway) != 2 || destination != 0)
            continue;
        memcpy(out, &gateway, 4);
        break;
    }
    if (routes)
        fclose(routes);
}

bool net_get_ip(struct net_ip *ip)
{
    struct ifaddrs *interfaces;
    const struct ifaddrs *best = NULL;

    memset(ip, 0, sizeof(*ip));
    if (getifaddrs(&interfaces) < 0)
        return false;
    for (const struct ifaddrs *i = interfaces; i; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !(i->ifa_flags & IFF_UP))
            continue;
        if (!best || (best->ifa_flags & IFF_LOOPBACK && !(i->ifa_flags & IFF_LOOPBACK)))
            best = i; /* loopback too, when there is nothing else: a virtual board needs no more */
    }
    if (best) {
        put(ip->address, best->ifa_addr);
        put(ip->netmask, best->ifa_netmask);
    }
    bool found = best;
    freeifaddrs(interfaces);
    if (found) {
        find_gateway(ip->gateway);
        resolver_server(ip->dns);
    }
    return found;
}
