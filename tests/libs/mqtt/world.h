/* What libs/mqtt stands on, for its tests: a heap, a clock that the test turns, a log that can be read, and a
 * TLS that only remembers what it was asked. Timers and events are those of os/. The network is fake_net.c or
 * socket_net.c. */
#ifndef TESTS_MQTT_WORLD_H
#define TESTS_MQTT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tls.h"

/* Fresh heap, empty log, time 1 s, no timers, no event handlers. */
void world_start(bool real_time);
/* Everything that was allocated between the two has been given back. */
void world_note_heap(void);
void assert_heap_is_as_noted(void);

/* The log since the last look, lines with "E ", "W ", "I " or "D " before them. */
const char *world_log(void);
void assert_log(const char *expected);
void assert_log_has(const char *part);
void assert_log_has_not(const char *part);
void world_forget_log(void);

/* Lets the fake clock run, and the timers. */
void world_run_ms(unsigned ms);
uint64_t world_now_us(void);
extern int64_t world_time_us; /* of the wall clock */
extern uint32_t world_random; /* what board_random() gives; 100: back-off in the middle, ids from 100 */

extern struct tls_options world_tls; /* as tls_client() was last given them */
extern unsigned world_tls_count;
extern const char *world_tls_error; /* not NULL: tls_client() fails with it */

#endif
