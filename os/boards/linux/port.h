/* The parts of the linux port among themselves. What they implement is os/board.h, os/net.h and
 * os/storage.h. */
#ifndef BOARDS_LINUX_PORT_H
#define BOARDS_LINUX_PORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* --- readiness.c: descriptors the loop waits for ------------------------------------------------------ */

typedef void (*watch_handler)(int fd, short revents, void *arg);
/* Calls `handler` from board_wait() when poll() reports one of `events` for `fd`; 0 events: keeps it, but
 * does not wait for it. False: more descriptors than the board can watch. */
bool watch(int fd, short events, watch_handler handler, void *arg);
void unwatch(int fd);

/* --- uart.c ------------------------------------------------------------------------------------------- */

/* Bytes come from `in` and leave by `out`. With `exclusive` (--uart-fd) they are this process's alone:
 * they are made non-blocking, and their end is the end of power. */
void uart_start(int in, int out, bool exclusive);
/* Straight to the descriptor, from anywhere, a signal handler included. */
void uart_emergency(const char *text);

/* --- what main() hands the others: they return NULL, or a sentence that says what is wrong -------------- */

const char *storage_start(const char *folder, uint32_t capacity);
const char *i2c_start(const char *where);
/* "443=127.0.0.1:40123" */
const char *net_add_forward(const char *forward);
/* "127.0.0.1:5353" */
const char *resolver_set_server(const char *server);
/* First DNS server in use, as an IPv4 address; false when it is not known. */
bool resolver_server(uint8_t address[4]);

/* --- work of board_wait() ----------------------------------------------------------------------------- */

/* Delivers events that need no descriptor, closes what lingered long enough; microseconds until the next
 * such moment. */
uint64_t net_run(void);
/* Resolver time-outs; microseconds until the next. */
uint64_t resolver_run(void);

/* --- resolver.c for net.c ----------------------------------------------------------------------------- */

struct sockaddr_storage;
struct lookup;
/* Called once, from board_wait(): addresses, or none and a reason ("no such name"). The lookup is then
 * over. */
typedef void (*lookup_done)(void *arg, const struct sockaddr_storage *addresses, int count,
                            const char *reason);
enum { LOOKUP_ADDRESSES = 4 };
/* NULL: memory is out. An address in digits is answered the same way. */
struct lookup *lookup_start(const char *host, uint16_t port, lookup_done done, void *arg);
void lookup_cancel(struct lookup *lookup);

/* --- identity.c, life.c, printing.c ------------------------------------------------------------------- */

/* "AABBCCDDEEFF", or NULL: derived from the machine. False: not 12 hex digits. */
bool identity_set_mac(const char *text);
void identity_set_reset_cause(int cause);
void arena_set_size(size_t bytes);
/* Signals, and printf() of the application to the console. */
void life_start(void);
void printing_start(void);

#endif
