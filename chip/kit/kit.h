/* hallmark-kit: virtual chips behind the kit protocol of Microchip's USB kits, on a serial line.  atecc608.md 6.1
 *
 * One ASCII line a request, one a reply. kit_feed() takes what the host sends byte by byte and knows nothing of
 * sockets and terminals; the chips are reached through struct kit_wires.
 *
 *   kit_line.c      lines: taken apart, dispatched, answered
 *   kit_chip.c      wake, talk, idle, sleep, and which chips there are
 *   kit_bus.c       struct kit_wires over hallmark-chip's socket
 *   kit_terminal.c  the pty
 *   main.c          the command line
 */
#ifndef CHIP_KIT_H
#define CHIP_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KIT_DEVICES = 8, /* board:device(00) to (07) */
    KIT_LINE_MAX = 1024,
    KIT_RESPONSE_MAX = 255, /* a count byte can say no more */
    KIT_ANSWER_MAX = 2 * KIT_RESPONSE_MAX + 16,
};

/* What a failure reply says: the host library's numbers (mongoose-os.md 2.5.4). No host looks at them. */
enum kit_status {
    KIT_OK = 0x00,
    KIT_WAKE_FAILED = 0xD0,
    KIT_GENERAL_FAILURE = 0xE1,
    KIT_BAD_PARAMETER = 0xE2,
    KIT_BAD_SIZE = 0xE4,
    KIT_BUS_FAILED = 0xF0,
    KIT_TIMEOUT = 0xF1,
    KIT_NOT_ACKNOWLEDGED = 0xF7,
};

struct kit_wires {
    void *context; /* handed to the functions below */
    /* One I2C transfer: 1 acknowledged, 0 not, -1 the bus is gone. */
    int (*transfer)(void *context, uint8_t address, bool read, uint8_t *bytes, size_t n);
    void (*delay_us)(void *context, uint32_t microseconds);
    uint64_t (*now_us)(void *context);
};

struct kit_device {
    uint8_t address; /* 7 bit */
    const char *name;
};

struct kit {
    const struct kit_wires *wires;
    struct kit_device devices[KIT_DEVICES];
    unsigned device_count;
    uint8_t selected; /* 7-bit address; 0: no device */
    char line[KIT_LINE_MAX];
    size_t length;
    bool too_long; /* the line under way; it will be answered by a failure */
};

/* Looks for chips and selects the first. */
void kit_start(struct kit *kit, const struct kit_wires *wires);

/* Takes one byte. When it ends a line the reply, with its LF, is in `answer`, and its length is returned; else 0. */
size_t kit_feed(struct kit *kit, char byte, char answer[KIT_ANSWER_MAX]);

/* ---- kit_chip.c */

void kit_discover(struct kit *kit);
/* These leave the response in `response` and its length in *length; both are 0 on failure. */
enum kit_status kit_wake(struct kit *kit, uint8_t response[KIT_RESPONSE_MAX], size_t *length);
enum kit_status kit_talk(struct kit *kit, const uint8_t *packet, size_t n, uint8_t response[KIT_RESPONSE_MAX],
                         size_t *length);
enum kit_status kit_idle(struct kit *kit);
enum kit_status kit_sleep(struct kit *kit);

/* ---- kit_bus.c */

struct kit_bus {
    struct kit_wires wires;
    const char *path;
    int fd; /* -1: not connected; each transfer tries anew */
};

void kit_bus_open(struct kit_bus *bus, const char *path);
void kit_bus_close(struct kit_bus *bus);

/* ---- kit_terminal.c */

struct kit_terminal {
    int master;
    int slave; /* held, so that the master outlives its users */
    char name[64];
};

/* Makes the pty and the symbolic link to it. 0; -1 with a sentence. */
int kit_terminal_open(struct kit_terminal *terminal, const char *link, char error[256]);
void kit_terminal_close(struct kit_terminal *terminal, const char *link);

#endif
