/* Time of the linux board. os/board.h */

#include "board.h"

#include <errno.h>
#include <time.h>

static uint64_t monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t board_uptime_us(void)
{
    static uint64_t boot;

    if (boot == 0)
        boot = monotonic_us() - 1;
    return monotonic_us() - boot;
}

int64_t board_time_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void board_delay_us(uint32_t microseconds)
{
    struct timespec left = {.tv_sec = microseconds / 1000000,
                            .tv_nsec = (long)(microseconds % 1000000) * 1000};

    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}
