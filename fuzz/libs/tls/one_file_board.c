/* See one_file_board.h. No connection is made: timers, time and randomness are never asked for. */

#include "one_file_board.h"

#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_timers.h"
#include "storage.h"

static _Alignas(16) uint8_t arena[40000];

static struct {
    const uint8_t *data;
    size_t length, step;
} file;

void one_file_board_start(const uint8_t *data, size_t length, size_t step)
{
    heap_init(arena, sizeof arena);
    file.data = data;
    file.length = length;
    file.step = step;
}

int32_t storage_size(const char *name)
{
    return (int32_t)file.length;
}

int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size)
{
    if (offset >= file.length)
        return 0;
    if (size > file.step)
        size = file.step;
    if (size > file.length - offset)
        size = file.length - offset;
    memcpy(out, file.data + offset, size);
    return (int32_t)size;
}

const char *storage_strerror(int error)
{
    return "storage error";
}

_Noreturn void board_abort(const char *why)
{
    abort();
}

int64_t board_time_us(void)
{
    abort();
}

void board_random(void *out, size_t length)
{
    abort();
}

mgos_timer_id mgos_set_timer(int msecs, int flags, timer_callback callback, void *argument)
{
    abort();
}

void mgos_clear_timer(mgos_timer_id id)
{
    abort();
}

int cs_log_print_prefix(enum cs_log_level level, const char *name, int line)
{
    return 0;
}

void cs_log_printf(const char *format, ...)
{
}
