/* The least a board must be for libs/tls to run in a test: files in memory, a clock, timers that fire when
 * told, the heap of os/heap.c, and the log as text.
 */
#ifndef TESTS_TLS_TEST_BOARD_H
#define TESTS_TLS_TEST_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEST_HEAP = 53600 };

/* A fresh heap, no files, no timers, the host's time, an empty log. */
void test_board_start(void);
void test_board_set_time(int64_t seconds_since_1970); /* 0: the board does not know */
void test_file(const char *name, const char *content);
void test_file_bytes(const char *name, const void *content, size_t length);
/* Runs the timers that are due now; true when there was one. */
bool test_timers_run(void);
void test_advance_ms(int ms);
int test_timers_pending(void);
/* Everything logged since the start. */
const char *test_log(void);

#endif
