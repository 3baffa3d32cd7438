/* The host's clock, as a bus needs it: monotonic, not disturbed by signals. */

#include "bus/wait.h"

#include <errno.h>
#include <time.h>

void bus_delay_us(const struct atecc_bus_class **bus, uint32_t microseconds)
{
    struct timespec left = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};

    (void)bus;
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        ;
}

uint32_t bus_now_us(const struct atecc_bus_class **bus)
{
    struct timespec now;

    (void)bus;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}
