/* Who the linux board is, and the memory it has. os/board.h */

#include "port.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "board.h"
#include "common/cs_hex.h"

static struct board_info info = {.arch = "linux"};
static size_t arena_size = 53600; /* of the lab's ESP8266 */

/* The same on every boot of this machine, and a locally administered address. */
static void derive_mac(void)
{
    char id[33] = "";
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, id, 32) <= 0)
        gethostname(id, sizeof(id) - 1);
    if (fd >= 0)
        close(fd);
    for (const char *c = id; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
    memcpy(info.mac, &hash, sizeof(info.mac));
    info.mac[0] = (uint8_t)((info.mac[0] & 0xfc) | 0x02);
}

bool identity_set_mac(const char *text)
{
    if (!text) {
        derive_mac();
        return true;
    }
    return strlen(text) == 12 && cs_from_hex(info.mac, text, 12) == 6;
}

void identity_set_reset_cause(int cause)
{
    info.reset_cause = cause;
}

const struct board_info *board_info(void)
{
    static char cpu[80];
    struct utsname machine;

    if (!info.cpu) {
        uname(&machine);
        snprintf(cpu, sizeof(cpu), "linux %s", machine.machine);
        info.cpu = cpu;
    }
    return &info;
}

void arena_set_size(size_t bytes)
{
    arena_size = bytes;
}

void *board_heap_arena(size_t *size)
{
    void *arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (arena == MAP_FAILED)
        board_abort("the host has no memory for the board's heap: give a smaller --heap");
    *size = arena_size;
    return arena;
}
