/* Texts made by printf on the heap, and patterns. */
#ifndef STR_UTIL_H
#define STR_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "mg_str.h"

/* Prints into `*buf` (of `size` bytes) or, when it does not fit, into new heap memory: then *buf is no
 * longer what it was, and the caller frees it. Returns the length, or -1 when memory is out (*buf is then
 * NULL). */
int mg_asprintf(char **buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int mg_avprintf(char **buf, size_t size, const char *fmt, va_list ap);

/* Mongoose's patterns, not case-sensitive: '?' one character, '*' any run without '/', '**' any run, '$'
 * the end of the text, '|' between alternatives. Returns how many characters of the text the pattern
 * matched, from the beginning; 0 when it does not match. */
size_t mg_match_prefix_n(const struct mg_str pattern, const struct mg_str text);
size_t mg_match_prefix(const char *pattern, int pattern_length, const char *text);
/* The pattern matches the whole text. */
bool mg_match_whole(const struct mg_str pattern, const struct mg_str text);

#endif
