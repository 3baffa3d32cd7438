/* What libs/mqtt stands on, for its tests. */

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "loop.h"

enum { ARENA = 53600 };

int64_t world_time_us;
uint32_t world_random;
struct tls_options world_tls;
unsigned world_tls_count;
const char *world_tls_error;

static struct {
    bool real_time;
    uint64_t now;
    size_t heap_noted;
    char log[65536];
    size_t log_length;
} world;

/* os/: what a new boot does to them. */
void timers_forget_all(void);
void events_forget_all(void);

void world_start(bool real_time)
{
    static _Alignas(16) unsigned char arena[ARENA];

    heap_init(arena, sizeof(arena));
    timers_forget_all();
    events_forget_all();
    memset(&world, 0, sizeof(world));
    world.real_time = real_time;
    world.now = 1000000;
    world_time_us = 0;
    world_random = 100;
    world_tls_count = 0;
    world_tls_error = NULL;
}

void world_note_heap(void)
{
    world.heap_noted = heap_available();
}

void assert_heap_is_as_noted(void)
{
    timers_run();
    assert_int_equal(heap_available(), world.heap_noted);
}

/* --- the board
 * ----------------------------------------------------------------------------------------------------- */

uint64_t world_now_us(void)
{
    struct timespec now;

    if (!world.real_time)
        return world.now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void world_run_ms(unsigned ms)
{
    uint64_t end = world.now + ms * 1000ull, next;

    while ((next = timers_run()) != UINT64_MAX && world.now + next <= end)
        world.now += next > 0 ? next : 1;
    world.now = end;
    timers_run();
}

uint64_t board_uptime_us(void)
{
    return world_now_us();
}

int64_t board_time_us(void)
{
    return world_time_us;
}

void board_random(void *out, size_t length)
{
    memcpy(out, &world_random, length < sizeof(world_random) ? length : sizeof(world_random));
}

_Noreturn void board_abort(const char *why)
{
    fprintf(stderr, "board_abort: %s\n", why);
    abort();
}

/* --- the log
 * ----------------------------------------------------------------------------------------------------------
 */

int cs_log_print_prefix(enum cs_log_level level, const char *file, int line)
{
    (void)file;
    (void)line;
    if (level > LL_DEBUG)
        return 0;
    world.log_length += (size_t)snprintf(world.log + world.log_length, sizeof(world.log) - world.log_length,
                                         "%c ", "EWID"[level]);
    return 1;
}

void cs_log_printf(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    world.log_length +=
        (size_t)vsnprintf(world.log + world.log_length, sizeof(world.log) - world.log_length, format, ap);
    va_end(ap);
    assert_true(world.log_length + 2 < sizeof(world.log));
    world.log[world.log_length++] = '\n';
    world.log[world.log_length] = '\0';
}

const char *world_log(void)
{
    return world.log;
}

void world_forget_log(void)
{
    world.log_length = 0;
    world.log[0] = '\0';
}

void assert_log(const char *expected)
{
    assert_string_equal(world.log, expected);
    world_forget_log();
}

void assert_log_has(const char *part)
{
    if (strstr(world.log, part) == NULL)
        fail_msg("not in the log: %s\nthe log:\n%s", part, world.log);
}

void assert_log_has_not(const char *part)
{
    if (strstr(world.log, part) != NULL)
        fail_msg("in the log: %s\nthe log:\n%s", part, world.log);
}

/* --- TLS
 * ------------------------------------------------------------------------------------------------------------------
 */

struct stream *tls_client(struct stream *lower, const struct tls_options *options, stream_handler handler,
                          void *user, const char **error)
{
    world_tls = *options;
    world_tls_count++;
    if (world_tls_error != NULL) {
        *error = world_tls_error;
        stream_close(lower);
        return NULL;
    }
    stream_set_handler(lower, handler, user);
    return lower;
}
