/* hallmark-chip: virtual chips behind a Unix socket that carries I2C transfers (chip/bus_protocol.h).
 *
 * server.c           starts and stops
 * server_options.c   reads the command line
 * server_chip.c      one chip's life: made or loaded, saved, powered down, up and lost
 * server_wires.c     one transfer on the wires: every chip listens, faults strike
 * server_fault.c     faults on demand: the rules, and when one is due
 * server_message.c   what clients send, decoded
 * server_bus.c       serves clients until told to stop
 * server_control.c   what the simulator itself can be asked
 * server_trace.c     what the chips do, for people
 * server_socket.c    makes the socket
 */
#ifndef CHIP_SERVER_H
#define CHIP_SERVER_H

#include <stdarg.h>
#include <stdio.h>

#include "bus_protocol.h"
#include "chip.h"
#include "server_fault.h"
#include "state_file.h"

enum {
    SERVER_CLIENTS = 64,
    SERVER_CHIPS = 16,
    SERVER_TRACE_LINES = 64,
    SERVER_TRACE_WIDTH = 320,
};

struct server;

struct server_chip {
    struct chip chip;
    struct state_file state;
    uint32_t saved_writes; /* chip.eeprom_writes when the state was last saved */
    bool fast;
    struct server *server;
};

struct server_client {
    int fd;
    uint8_t note[BUS_NOTE_SIZE];
};

struct server_trace_ring {
    char lines[SERVER_TRACE_LINES][SERVER_TRACE_WIDTH];
    unsigned count; /* ever; the newest is lines[(count - 1) % SERVER_TRACE_LINES] */
};

struct server {
    struct server_chip chips[SERVER_CHIPS];
    unsigned chip_count;
    int listener;
    int signals; /* signalfd: SIGTERM, SIGINT */
    struct server_client clients[SERVER_CLIENTS];
    unsigned client_count;
    FILE *trace; /* NULL: none */
    struct server_trace_ring ring;
    uint64_t started_us;
    uint64_t transfers;
    struct fault_rules faults;
    uint64_t stuck_until_us; /* a fault: nobody answers before */
};

/* ---- server_options.c */

struct chip_profile;

struct chip_options {
    const char *state;
    const struct chip_profile *profile; /* NULL: not given */
    uint8_t serial[CHIP_SERIAL_SIZE];
    bool has_serial;
    uint8_t address; /* 0: not given */
};

struct server_options {
    const char *socket;
    struct chip_options chips[SERVER_CHIPS];
    unsigned chip_count;
    const char *trace;
    const char *faults;
    bool fast;
    int ready_fd; /* -1: none */
};

enum exit_code { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* -1: go on; otherwise the exit code. */
int server_options_parse(int argc, char **argv, struct server_options *options);

/* "hallmark-chip: ..." on standard error. */
__attribute__((format(printf, 1, 2))) void server_complain(const char *format, ...);

/* ---- server_chip.c */

/* Loads or makes the chip these options mean and connects its power. False with a complaint. */
bool server_chip_start(struct server_chip *self, const struct chip_options *options);
void server_chip_stop(struct server_chip *self);
/* EEPROM changes reach the disk before anybody hears of them. 0; -1 with a sentence. */
int server_chip_save(struct server_chip *self, char error[STATE_ERROR_MAX]);
bool server_chip_has_changed(const struct server_chip *self);
/* Power goes and comes back. What the EEPROM has not saved yet is lost with `keep` false. 0; -1 with a sentence. */
int server_chip_lose_power(struct server_chip *self, bool keep, char error[STATE_ERROR_MAX]);

/* ---- server_wires.c */

enum wires_result {
    WIRES_NACK = 0,
    WIRES_ACK = 1,
    WIRES_BROKEN = -1,    /* a fault: the adapter fails, the client is to be disconnected */
    WIRES_NOT_SAVED = -2, /* a sentence says why */
};

/* One transfer; a read fills bytes[0..n) when it is acknowledged. */
enum wires_result server_wires_transfer(struct server *server, uint8_t address, bool read, uint8_t *bytes,
                                        size_t n, char error[STATE_ERROR_MAX]);

/* ---- server_bus.c, server_control.c, server_socket.c, server_trace.c */

/* Serves until a signal arrives: 0. -1 with a sentence when a state could not be saved. */
int server_run(struct server *server, char error[STATE_ERROR_MAX]);

/* Answers one control request; true: done, false: refused. `answer` is text either way. */
bool server_control(struct server *server, const char *request, char *answer, size_t size);

/* A listening socket at `path`, mode 0600; a stale one is replaced. -1 with a sentence in `error`. */
int server_listen(const char *path, char error[STATE_ERROR_MAX]);

void server_trace(void *context, const struct chip_trace *trace); /* context: struct server_chip */
/* A line of the server's own. */
__attribute__((format(printf, 2, 3))) void server_note(struct server *server, const char *format, ...);

uint64_t server_now_us(void); /* monotonic */

#endif
