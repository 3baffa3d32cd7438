/* A board made of memory, for tests of os/ and libs/: its clock stands still until told, its UART is two
 * buffers, its storage an array of files whose power can be cut, its network scripted streams.
 *
 *     int main(void) { ... fake_board_start(); ... }
 *
 * fake_board_start() gives a fresh heap of FAKE_HEAP_SIZE bytes, empty UART, empty storage, time 0. The os/
 * modules with state of their own (timers, events, console) are restarted with it.
 *
 * A configuration is needed too, because os/ finds its settings by path: tests/os/fake_config.c has a small
 * one, with `struct mgos_config` of tests/os/fake_config.h. Tests of libraries may link their own instead.
 */
#ifndef TESTS_OS_FAKE_BOARD_H
#define TESTS_OS_FAKE_BOARD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream.h"

enum { FAKE_HEAP_SIZE = 53600 };

void fake_board_start(void);
/* As fake_board_start(), but storage stays: the board was reset. */
void fake_board_reset(void);

/* --- time: board_wait() moves the clock to the end of its timeout, board_delay_us() likewise ---------- */

void fake_board_advance_us(uint64_t us);
/* Turns the loop (mgos_poll) until `us` have passed on the fake clock. */
void fake_board_run_us(uint64_t us);
void fake_board_set_time_us(int64_t since_1970);

/* --- UART --------------------------------------------------------------------------------------------- */

/* What has left the UART so far, NUL-terminated; the next call begins after it. Valid until the next call. */
const char *fake_uart_output(void);
/* Bytes arrive; they are delivered at the next board_wait(). */
void fake_uart_input(const void *data, size_t length);
/* The UART takes at most this many bytes a call and a board_wait(); SIZE_MAX at first. */
void fake_uart_set_room(size_t bytes);

/* --- life and death: board_restart() and board_abort() jump to the test ------------------------------- */

enum fake_end { FAKE_RUNNING = 0, FAKE_RESTARTED = 1, FAKE_ABORTED = 2, FAKE_POWER_CUT = 3 };
/* enum fake_end end = setjmp(fake_board_end); if (end == FAKE_RUNNING) { ... } */
extern jmp_buf fake_board_end;
const char *fake_abort_reason(void);
void fake_board_set_reset_cause(int cause);
int fake_watchdog_seconds(void);

/* --- storage ------------------------------------------------------------------------------------------ */

void fake_storage_put(const char *name, const char *text);
/* NULL when there is no such file; valid until the file changes. NUL-terminated. */
const char *fake_storage_get(const char *name);
/* The power fails at the n-th changing storage call from now (1: the next): a storage_replace() then
 * happened or not at random by `completed`, a storage_write() happened by half, and the test continues at
 * fake_board_end. 0: never. */
void fake_storage_cut_power_at(int n, bool completed);
/* Changing calls since fake_board_start(). */
int fake_storage_changes(void);
/* Calls from now on fail with STORAGE_ERROR_FULL. */
void fake_storage_set_full(bool full);

/* --- network ------------------------------------------------------------------------------------------ */

/* The other end of a stream. net_connect() makes streams that wait for fake_stream_open(). */
struct fake_stream {
    struct stream stream; /* first, as every implementation */
    char host[64];
    uint16_t port;
    bool closed_by_owner; /* stream_close() was called; the memory stays until fake_board_start() */
    size_t write_room;    /* stream_write() accepts so much, SIZE_MAX at first */
    uint8_t *input;       /* bytes for stream_read() */
    size_t input_length;
    uint8_t *output;      /* what stream_write() accepted, NUL-terminated */
    size_t output_length;
    struct fake_stream *next;
};
/* The n-th stream since fake_board_start(), in the order of their creation; NULL when there are fewer. */
struct fake_stream *fake_stream(unsigned n);
/* An unconnected stream that is open, for a protocol's unit test. */
struct fake_stream *fake_stream_new(void);
void fake_stream_open(struct fake_stream *s);
void fake_stream_receive(struct fake_stream *s, const void *data, size_t length); /* STREAM_DATA */
void fake_stream_end(struct fake_stream *s, const char *error);                   /* STREAM_CLOSE */
void fake_stream_allow(struct fake_stream *s, size_t room);                       /* STREAM_SENT */
/* Forgets what was written so far. */
void fake_stream_clear_output(struct fake_stream *s);
/* A client connects to the listener on `port`; NULL when nobody listens. */
struct fake_stream *fake_net_incoming(uint16_t port);
void fake_net_set_ip(bool has_address);

/* --- I2C: the test answers ---------------------------------------------------------------------------- */

extern int (*fake_i2c_write)(int bus, uint8_t address, const void *data, size_t length); /* NULL: NACK */
extern int (*fake_i2c_read)(int bus, uint8_t address, void *out, size_t length);

#endif
