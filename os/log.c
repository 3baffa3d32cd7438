/* The log: prefix, levels. os/include/common/cs_dbg.h, mongoose-os.md 6.3 */

#include "common/cs_dbg.h"

#include <stdio.h>
#include <string.h>

#include "common/str_util.h"
#include "heap.h"
#include "loop.h"
#include "mgos_debug.h"

static struct {
    enum cs_log_level level;
    char *file_level;
    enum cs_log_level line_level; /* of the line being printed */
    char prefix[CS_LOG_PREFIX_LEN + 1];
} state = {.level = LL_INFO};

void cs_log_set_level(enum cs_log_level level)
{
    state.level = level > LL_VERBOSE_DEBUG ? LL_VERBOSE_DEBUG : level < LL_NONE ? LL_NONE : level;
}

enum cs_log_level cs_log_get_level(void)
{
    return state.level;
}

void cs_log_set_file_level(const char *file_level)
{
    heap_free(state.file_level);
    state.file_level = file_level && *file_level ? heap_strdup(file_level) : NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* "name:line" padded to 24 columns; the name is cut so that a space remains. */
static void make_prefix(const char *name, int line)
{
    char number[12];
    int digits = snprintf(number, sizeof(number), "%d", line);
    size_t name_length = strlen(name), room = (size_t)(CS_LOG_PREFIX_LEN - digits - 2);

    if (name_length > room)
        name_length = room;

    memset(state.prefix, ' ', CS_LOG_PREFIX_LEN);
    memcpy(state.prefix, name, name_length);
    state.prefix[name_length] = ':';
    memcpy(state.prefix + name_length + 1, number, (size_t)digits);
    state.prefix[CS_LOG_PREFIX_LEN] = '\0';
}

/* The level debug.file_level sets for the place whose prefix was made; the general one when it says
 * nothing. */
static enum cs_log_level level_here(void)
{
    const char *entry = state.file_level;

    while (entry && *entry) {
        size_t length = strcspn(entry, ",");
        const char *equals = memchr(entry, '=', length);
        if (equals && strncmp(state.prefix, entry, (size_t)(equals - entry)) == 0 &&
            equals + 1 < entry + length)
            return (enum cs_log_level)(equals[1] - '0');
        entry += length + (entry[length] == ',');
    }
    return state.level;
}

int cs_log_print_prefix(enum cs_log_level level, const char *file, int line)
{
    if (level > state.level && !state.file_level)
        return 0;
    make_prefix(base_name(file), line);
    if (level > level_here())
        return 0;
    state.line_level = level;
    return 1;
}

void cs_log_vprintf(const char *fmt, va_list ap)
{
    char small[200], *line = small;
    va_list copy;

    /* The prefix, the message and the newline leave as one write, so that nothing can come between them. */
    memcpy(small, state.prefix, CS_LOG_PREFIX_LEN);
    va_copy(copy, ap);
    int length = vsnprintf(small + CS_LOG_PREFIX_LEN, sizeof(small) - CS_LOG_PREFIX_LEN - 1, fmt, copy);
    va_end(copy);
    if (length < 0)
        return;
    size_t room = sizeof(small) - CS_LOG_PREFIX_LEN - 2;
    if ((size_t)length > room) {
        line = heap_alloc(CS_LOG_PREFIX_LEN + (size_t)length + 2);
        if (line) {
            memcpy(line, state.prefix, CS_LOG_PREFIX_LEN);
            vsnprintf(line + CS_LOG_PREFIX_LEN, (size_t)length + 1, fmt, ap);
        } else {
            line = small;
            length = (int)room;
            memcpy(small + CS_LOG_PREFIX_LEN + room - 3, "...", 3);
        }
    }
    line[CS_LOG_PREFIX_LEN + length] = '\n';
    mgos_debug_log_line(state.line_level, line, CS_LOG_PREFIX_LEN + (size_t)length + 1);
    if (line != small)
        heap_free(line);
}

void cs_log_printf(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    cs_log_vprintf(fmt, ap);
    va_end(ap);
}

void log_forget_all(void)
{
    state.level = LL_INFO;
    state.file_level = NULL;
}
