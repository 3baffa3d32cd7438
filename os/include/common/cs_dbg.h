/* The log (mongoose-os.md 6.3).
 *
 *     LOG(LL_INFO, ("%s uptime: %.2lf", text, mgos_uptime()));
 *
 * prints, when the level is at least LL_INFO, 24 columns of file name and line, then the message:
 *
 *     main.c:5                Tick uptime: 46.54
 *
 * The level is LL_INFO until the configuration is loaded, then debug.level; debug.file_level overrides it
 * per file ("mgos_http=3,main.c=4"). A line never begins with '{', which would look like an RPC frame to
 * the other end. */
#ifndef CS_DBG_H
#define CS_DBG_H

#include <stdarg.h>

enum cs_log_level {
    LL_NONE = -1,
    LL_ERROR = 0,
    LL_WARN = 1,
    LL_INFO = 2,
    LL_DEBUG = 3,
    LL_VERBOSE_DEBUG = 4,

    _LL_MIN = -2,
    _LL_MAX = 5,
};

#define CS_LOG_PREFIX_LEN 24

void cs_log_set_level(enum cs_log_level level);
enum cs_log_level cs_log_get_level(void);
/* Comma list of prefix=level; the prefix is compared with "file:line", the first that matches wins. NULL
 * or "": none. The text is copied. */
void cs_log_set_file_level(const char *file_level);

/* 1, with the prefix printed, when a message of that level from that place is to be printed; else 0. */
int cs_log_print_prefix(enum cs_log_level level, const char *file, int line);
/* The message; adds the newline. */
void cs_log_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cs_log_vprintf(const char *fmt, va_list ap);

#define LOG(l, x)                                                                    \
    do {                                                                             \
        if (cs_log_print_prefix(l, __FILE__, __LINE__)) {                            \
            cs_log_printf x;                                                         \
        }                                                                            \
    } while (0)

#define DBG(x) LOG(LL_VERBOSE_DEBUG, x)

#endif
