/* A kit's wires: the bus of a hallmark-chip. */

#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../bus_client.h"
#include "kit.h"

static bool connected(struct kit_bus *bus)
{
    if (bus->fd < 0)
        bus->fd = bus_client_connect(bus->path, SOCK_CLOEXEC);
    return bus->fd >= 0;
}

static int transfer(void *context, uint8_t address, bool read, uint8_t *bytes, size_t n)
{
    struct kit_bus *bus = context;
    struct bus_client_transfer one = {.address = address, .read = read, .bytes = bytes, .length = n};

    /* a server that was started anew deserves a second try, and has lost nothing of the first */
    for (unsigned attempt = 0; attempt < 2 && connected(bus); attempt++) {
        int acknowledged = bus_client_transfer(bus->fd, &one, 1);
        if (acknowledged >= 0)
            return acknowledged;
        bool gone = errno == ENODEV;
        kit_bus_close(bus);
        if (!gone)
            break;
    }
    return -1;
}

static void delay_us(void *context, uint32_t microseconds)
{
    struct timespec left = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};

    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        ;
}

static uint64_t now_us(void *context)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void kit_bus_open(struct kit_bus *bus, const char *path)
{
    *bus = (struct kit_bus){.wires = {bus, transfer, delay_us, now_us}, .path = path, .fd = -1};
}

void kit_bus_close(struct kit_bus *bus)
{
    if (bus->fd >= 0)
        close(bus->fd);
    bus->fd = -1;
}
