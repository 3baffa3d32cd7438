/* The station, on the host's network: looks once a second whether the board has an address, and tells the
 * events. */
#ifndef WIFI_STATION_H
#define WIFI_STATION_H

#include <stdbool.h>

/* `ssid` is copied. Disabled: says so once, and stays silent. Begins with the loop, when every library is up.
 */
bool wifi_station_setup(bool enable, const char *ssid);

#endif
