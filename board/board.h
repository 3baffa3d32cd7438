/* The virtual board: power, reset, the firmware and chip processes, the UART. The one struct everything here
 * works on.
 *
 * The current folder of the process is the board's folder, so that every path is short and relative
 * (a Unix socket's path has room for 107 bytes, the folder's own path may be longer).
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "console_log.h"
#include "process.h"
#include "settings.h"
#include "uart.h"

#define BOARD_TTY        "ttyUSB0"
#define BOARD_CONTROL    "control"
#define BOARD_CHIP_SOCK  "chip.sock"
#define BOARD_CHIP_STATE "chip.state"
#define BOARD_CHIP_TRACE "chip.trace"
#define BOARD_FIRMWARE   "flash/fw.elf"
#define BOARD_MANIFEST   "flash/manifest.json"
#define BOARD_FS         "flash/fs"
#define BOARD_RECORD     "board.json"

/* As Sys.GetInfo and the boot log number them (mongoose-os.md 7.5). */
enum reset_cause {
    RESET_POWER_ON = 0,
    RESET_EXCEPTION = 2,
    RESET_SW_WDT = 3,
    RESET_SOFT = 4,
    RESET_PIN = 6,
};

enum firmware_state {
    FIRMWARE_OFF,     /* no power */
    FIRMWARE_MISSING, /* nothing in the flash */
    FIRMWARE_HELD,    /* the reset pin is low */
    FIRMWARE_WAITING, /* ended; starts again at `restart_at` */
    FIRMWARE_RUNNING,
};

enum chip_state {
    CHIP_NONE, /* a board without one */
    CHIP_OFF,  /* no power */
    CHIP_UNPLUGGED,
    CHIP_FAILED, /* the program ended by itself: `chip_failure` */
    CHIP_PLUGGED,
};

struct board {
    struct settings settings;
    char path[4096]; /* absolute, for what people read */
    char chip_program[4096];
    uint8_t mac[6];
    bool power;
    struct uart uart;
    struct console_log log;

    enum firmware_state firmware_state;
    struct process firmware;
    enum reset_cause next_cause; /* of the next boot, and while it runs, of this one */
    int64_t started_at;          /* ms, monotonic */
    int64_t restart_at;
    int back_off_ms; /* 0: the last run was a healthy one */
    unsigned boots;

    enum chip_state chip_state;
    struct process chip;
    char chip_failure[240];
};

int64_t board_now_ms(void);

/* firmware.c */
void firmware_start(struct board *board, enum reset_cause cause); /* or waits for one to be flashed */
void firmware_stop(struct board *board, enum firmware_state afterwards);
void firmware_watch(struct board *board, int64_t now); /* reaps, restarts */
const char *firmware_state_name(enum firmware_state state);
const char *reset_cause_name(enum reset_cause cause);

/* chip_process.c */
bool chip_find_program(struct board *board); /* false: has said so */
bool chip_start(struct board *board);        /* false: `chip_failure` says why */
void chip_stop(struct board *board, enum chip_state afterwards);
void chip_watch(struct board *board); /* notices that it ended */
const char *chip_state_name(enum chip_state state);

/* record.c: board.json */
/* What a board keeps over the night: its MAC (zeros: a new board) and ports. */
struct identity {
    uint8_t mac[6];
    struct forward forwards[BOARD_FORWARDS];
    int forward_count;
};
/* False: it is no record of a board, `why` says why. Ports that are none are left out. */
bool record_parse(const char *text, size_t length, struct identity *identity, char *why, int why_size);
/* Reads the file; none is a new board. False: the file cannot be understood; has said so. */
bool record_load(const struct board *board, struct identity *identity);
/* Writes it anew, atomically. */
void record_save(const struct board *board);
/* The same as one line of JSON (free it): the answer to `status`. */
char *record_line(const struct board *board);

/* power.c */
bool board_power_on(struct board *board, char *why, int why_size);
void board_power_off(struct board *board);

/* requests.c: one request line of the control socket; the answer ends without newline. `*stop` ends the
 * supervisor. */
char *board_answer(struct board *board, const char *request, bool *stop);

/* supervisor.c: runs the board until it is told to stop. The exit status. */
int board_run(struct board *board);

#endif
