/* The board of tests/libs/tls: see test_board.h. */

#include "test_board.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/random.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_timers.h"
#include "storage.h"

enum { FILES = 16, TIMERS = 32 };

static _Alignas(
    16) uint8_t arena[TEST_HEAP]; /* the heap poisons it for the address sanitizer: not to be cleared */

static struct {
    struct {
        char name[48];
        char *content;
        size_t length;
    } files[FILES];
    struct {
        timer_callback callback;
        void *argument;
        int64_t due;
    } timers[TIMERS];
    int64_t now_ms;
    int64_t time_s;
    char log[65536];
    size_t log_length;
} board;

void test_board_start(void)
{
    for (int i = 0; i < FILES; i++)
        free(board.files[i].content);
    memset(&board, 0, sizeof board);
    heap_init(arena, sizeof arena);
    board.time_s = time(NULL);
}

void test_board_set_time(int64_t seconds)
{
    board.time_s = seconds;
}

void test_file(const char *name, const char *content)
{
    test_file_bytes(name, content, strlen(content));
}

void test_file_bytes(const char *name, const void *content, size_t length)
{
    for (int i = 0; i < FILES; i++) {
        if (board.files[i].content && strcmp(board.files[i].name, name) != 0)
            continue;
        free(board.files[i].content);
        snprintf(board.files[i].name, sizeof board.files[i].name, "%s", name);
        board.files[i].content = malloc(length + 1); /* never of 0 bytes */
        memcpy(board.files[i].content, content, length);
        board.files[i].length = length;
        return;
    }
    abort();
}

static int find(const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (board.files[i].content && strcmp(board.files[i].name, name) == 0)
            return i;
    return STORAGE_ERROR_NOT_FOUND;
}

int32_t storage_size(const char *name)
{
    int i = find(name);

    return i < 0 ? i : (int32_t)board.files[i].length;
}

int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size)
{
    int i = find(name);

    if (i < 0)
        return i;
    if (offset >= board.files[i].length)
        return 0;
    if (size > board.files[i].length - offset)
        size = board.files[i].length - offset;
    memcpy(out, board.files[i].content + offset, size);
    return (int32_t)size;
}

const char *storage_strerror(int error)
{
    return error == STORAGE_ERROR_NOT_FOUND ? "no such file" : "storage error";
}

int64_t board_time_us(void)
{
    return board.time_s * 1000000;
}

void board_random(void *out, size_t length)
{
    if (getrandom(out, length, 0) != (ssize_t)length)
        abort();
}

_Noreturn void board_abort(const char *why)
{
    fprintf(stderr, "board_abort: %s\n", why);
    abort();
}

mgos_timer_id mgos_set_timer(int msecs, int flags, timer_callback callback, void *argument)
{
    for (int i = 0; i < TIMERS; i++) {
        if (board.timers[i].callback)
            continue;
        board.timers[i].callback = callback;
        board.timers[i].argument = argument;
        board.timers[i].due = board.now_ms + msecs;
        return (mgos_timer_id)i + 1;
    }
    return MGOS_INVALID_TIMER_ID;
}

void mgos_clear_timer(mgos_timer_id id)
{
    if (id >= 1 && id <= TIMERS)
        board.timers[id - 1].callback = NULL;
}

bool test_timers_run(void)
{
    for (int i = 0; i < TIMERS; i++) {
        timer_callback callback = board.timers[i].callback;

        if (callback == NULL || board.timers[i].due > board.now_ms)
            continue;
        board.timers[i].callback = NULL;
        callback(board.timers[i].argument);
        return true;
    }
    return false;
}

void test_advance_ms(int ms)
{
    board.now_ms += ms;
    while (test_timers_run())
        ;
}

int test_timers_pending(void)
{
    int pending = 0;

    for (int i = 0; i < TIMERS; i++)
        pending += board.timers[i].callback != NULL;
    return pending;
}

int cs_log_print_prefix(enum cs_log_level level, const char *file, int line)
{
    return level <= LL_DEBUG;
}

void cs_log_printf(const char *format, ...)
{
    va_list arguments;

    if (sizeof board.log - board.log_length < 512)
        board.log_length = 0;
    va_start(arguments, format);
    board.log_length += (size_t)vsnprintf(board.log + board.log_length, 400, format, arguments);
    va_end(arguments);
    board.log[board.log_length++] = '\n';
    board.log[board.log_length] = '\0';
}

const char *test_log(void)
{
    return board.log;
}
