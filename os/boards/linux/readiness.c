/* Waiting for descriptors: the table of who waits for what, and board_wait(). os/board.h */

#include "port.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

#include "board.h"

enum { DESCRIPTORS = 256 };

static struct {
    watch_handler handler; /* NULL: the descriptor is not watched */
    void *arg;
    short events;
    uint32_t serial; /* tells a descriptor from one of the same number that was opened later */
} watches[DESCRIPTORS];
static uint32_t last_serial;

bool watch(int fd, short events, watch_handler handler, void *arg)
{
    if (fd < 0 || fd >= DESCRIPTORS)
        return false;
    if (!watches[fd].handler)
        watches[fd].serial = ++last_serial;
    watches[fd].handler = handler;
    watches[fd].arg = arg;
    watches[fd].events = events;
    return true;
}

void unwatch(int fd)
{
    if (fd >= 0 && fd < DESCRIPTORS)
        watches[fd].handler = NULL;
}

static struct timespec timespec_of(uint64_t us)
{
    uint64_t most = 1000000000; /* a quarter of an hour is as good as for ever */

    if (us > most)
        us = most;
    return (struct timespec){.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000};
}

static void poll_once(uint64_t timeout_us)
{
    struct pollfd fds[DESCRIPTORS];
    uint32_t serials[DESCRIPTORS];
    struct timespec timeout = timespec_of(timeout_us);
    nfds_t count = 0;

    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        if (!watches[fd].handler || watches[fd].events == 0)
            continue;
        serials[count] = watches[fd].serial;
        fds[count++] = (struct pollfd){.fd = fd, .events = watches[fd].events};
    }
    if (ppoll(fds, count, &timeout, NULL) <= 0)
        return;
    for (nfds_t i = 0; i < count; i++) {
        int fd = fds[i].fd;
        if (fds[i].revents && watches[fd].handler && watches[fd].serial == serials[i])
            watches[fd].handler(fd, fds[i].revents, watches[fd].arg);
    }
}

void board_wait(uint64_t timeout_us)
{
    uint64_t soonest = net_run();
    uint64_t resolver = resolver_run();

    if (soonest > resolver)
        soonest = resolver;
    poll_once(timeout_us < soonest ? timeout_us : soonest);
    net_run();
    resolver_run();
}
