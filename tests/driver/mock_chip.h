/* A scripted chip with a clock of its own: power states, busy times, the output buffer and the watchdog are
 * the chip's (atecc608.md 1.2 to 1.4, 1.8); which answer follows which command is the test's. */
#ifndef TESTS_DRIVER_MOCK_CHIP_H
#define TESTS_DRIVER_MOCK_CHIP_H

#include <stddef.h>
#include <stdint.h>

#include "driver/atecc.h"

enum mock_power { MOCK_ASLEEP, MOCK_IDLE, MOCK_AWAKE };

struct mock_exchange {
    uint8_t command[160]; /* without the word address; empty: any command */
    size_t command_size;
    uint8_t answer[128]; /* the whole group; empty: the chip stays busy for ever */
    size_t answer_size;
    uint32_t busy_us;
};

struct mock_chip {
    const struct atecc_bus_class *vtable;
    enum mock_power power;
    uint32_t now_us, woken_at_us, busy_until_us;
    uint32_t watchdog_us; /* 700 ms; 0: none */
    int tempkey;          /* set by the test; cleared by sleep */
    uint8_t partial;      /* bytes of an unfinished command */
    uint8_t output[128];
    size_t output_size, output_at;

    struct mock_exchange script[64];
    unsigned scripted, played;

    /* What the driver did. */
    unsigned wakes, pulses, idles, sleeps, resets, busy_polls, transfers, commands;
    uint32_t poll_at_us[2048]; /* of each NACKed read */

    /* What goes wrong. */
    int absent, bus_broken;
    unsigned deaf_pulses;    /* so many pulses are not heard */
    unsigned deaf_commands;  /* so many commands are not acknowledged, as if the chip slept */
    unsigned damaged_reads;  /* in so many answers, a bit of the last byte arrives flipped */
    unsigned damaged_counts; /* so many counts arrive with a bit flipped */
    uint8_t wake_answer[4];
};

void mock_chip_init(struct mock_chip *chip);

/* The next command must be these bytes (count to CRC, hex; "" for any); the answer's data is `data` (hex), to
 * which count and CRC are added. */
void mock_expect(struct mock_chip *chip, const char *command, const char *data, uint32_t busy_us);
/* The same, with the whole group given: to answer rubbish. "" leaves the chip busy. */
void mock_expect_raw(struct mock_chip *chip, const char *command, const char *group, uint32_t busy_us);
void mock_assert_done(const struct mock_chip *chip);

/* A device on this chip, as after atecc_init: serial 0123a1b2c3d4e5f6ee, a 608, no session. */
void mock_device(struct atecc *dev, struct mock_chip *chip);

#endif
