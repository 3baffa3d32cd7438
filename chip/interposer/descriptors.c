/* Opening virtual descriptors, and telling them from all others. */

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../bus_client.h"
#include "interposer.h"

enum { NUMBERS = 65536 };

static const char name_prefix[] = "hallmark-i2c/";

/* A bit a descriptor number: may be ours. Set and never cleared: a child of vfork shares it with its parent and may
 * close what the parent keeps. */
static _Atomic uint8_t may_be_ours[NUMBERS / 8];
static _Atomic bool any_may_be;

static void mark(int fd)
{
    if (fd >= 0 && fd < NUMBERS)
        atomic_fetch_or_explicit(&may_be_ours[fd / 8], (uint8_t)(1u << fd % 8), memory_order_relaxed);
    atomic_store_explicit(&any_may_be, true, memory_order_release);
}

static bool is_marked(int fd)
{
    if (!atomic_load_explicit(&any_may_be, memory_order_relaxed) || fd < 0)
        return false;
    if (fd >= NUMBERS) /* no bit for it */
        return true;
    return atomic_load_explicit(&may_be_ours[fd / 8], memory_order_relaxed) >> fd % 8 & 1;
}

/* The bus in the socket's name; the kernel knows. */
static int ask_kernel(int fd)
{
    struct sockaddr_un name;
    socklen_t size = sizeof name;
    int before = errno;
    char digits[8] = {0};

    int result = getsockname(fd, (struct sockaddr *)&name, &size);
    errno = before;
    size_t head = offsetof(struct sockaddr_un, sun_path) + 1 + sizeof name_prefix - 1;
    if (result < 0 || name.sun_family != AF_UNIX || size <= head || name.sun_path[0] != '\0' ||
        memcmp(name.sun_path + 1, name_prefix, sizeof name_prefix - 1) != 0)
        return NOT_OURS;
    size_t left = size - head;
    memcpy(digits, name.sun_path + sizeof name_prefix, left < sizeof digits - 1 ? left : sizeof digits - 1);
    return atoi(digits);
}

int descriptor_bus(int fd)
{
    return is_marked(fd) ? ask_kernel(fd) : NOT_OURS;
}

int descriptor_bus_surely(int fd)
{
    int bus = fd >= 0 ? ask_kernel(fd) : NOT_OURS;

    if (bus != NOT_OURS)
        mark(fd);
    return bus;
}

void descriptor_copied(int fd, int copy)
{
    if (copy >= 0 && is_marked(fd))
        mark(copy);
}

/* No two descriptors of one network namespace may have the same name. */
static int give_name(int fd, int number)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    uint64_t unique = 0;

    if (getrandom(&unique, sizeof unique, 0) != sizeof unique)
        return -1;
    int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "%s%d/%d/%016llx", name_prefix, number,
                          (int)getpid(), (unsigned long long)unique);
    return bind(fd, (const struct sockaddr *)&name,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length));
}

int descriptor_open(int number, int flags)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    int before = errno;
    size_t length;
    const char *socket_path = buses_socket(number, &length);

    if (!socket_path || length >= sizeof path) {
        errno = ENODEV;
        return -1;
    }
    memcpy(path, socket_path, length);
    path[length] = '\0';
    int fd = bus_client_connect(path, flags & O_CLOEXEC ? SOCK_CLOEXEC : 0);
    if (fd < 0)
        return -1;
    if (give_name(fd, number) < 0) {
        close(fd);
        errno = ENODEV;
        return -1;
    }
    mark(fd);
    errno = before;
    return fd;
}

/* Descriptors that came with exec. */
__attribute__((constructor)) static void find_inherited(void)
{
    const struct real *real = real_calls();
    int before = errno;
    DIR *folder = real->opendir("/proc/self/fd");

    if (!folder)
        return;
    for (struct dirent *entry; (entry = real->readdir(folder));) {
        if (entry->d_name[0] != '.')
            descriptor_bus_surely(atoi(entry->d_name));
    }
    real->closedir(folder);
    errno = before;
}
