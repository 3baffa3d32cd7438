/* Buses by name. */

#include "bus/bus.h"

#include <stdio.h>
#include <string.h>

static const char unix_prefix[] = "unix:";
static const char i2c_prefix[] = "i2c:";
static const char device_prefix[] = "/dev/";

static int starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A name that is no bus's leaves a closed bus behind, which can be asked for its detail and closed. */
static int refuse(struct bus *bus, const char *where)
{
    bus->kind = BUS_SOCKET;
    bus_socket_open(&bus->socket, "");
    snprintf(bus->socket.detail, sizeof(bus->socket.detail),
             "'%.80s' names no I2C bus: give /dev/i2c-N or i2c:N for a real one, unix:PATH for a virtual "
             "chip's socket",
             where);
    return ATECC_BUS_FAILED;
}

static int open_device(struct bus *bus, const char *path)
{
    bus->kind = BUS_I2CDEV;
    return bus_i2cdev_open(&bus->i2cdev, path);
}

int bus_open(struct bus *bus, const char *where)
{
    if (starts_with(where, unix_prefix)) {
        bus->kind = BUS_SOCKET;
        return bus_socket_open(&bus->socket, where + strlen(unix_prefix));
    }
    if (starts_with(where, device_prefix))
        return open_device(bus, where);
    if (!starts_with(where, i2c_prefix))
        return refuse(bus, where);

    const char *number = where + strlen(i2c_prefix);
    size_t digits = strspn(number, "0123456789");
    char path[32];

    if (digits == 0 || digits > 4 || number[digits] != '\0')
        return refuse(bus, where);
    snprintf(path, sizeof(path), "/dev/i2c-%s", number);
    return open_device(bus, path);
}

void bus_close(struct bus *bus)
{
    if (bus->kind == BUS_SOCKET)
        bus_socket_close(&bus->socket);
    else
        bus_i2cdev_close(&bus->i2cdev);
}

const char *bus_detail(struct bus *bus)
{
    return bus->vtable->detail(&bus->vtable);
}
