/* Numbers in texts that are not NUL-terminated. False, and `*value` untouched, unless the whole text is
 * one number in range. */
#ifndef OS_NUMBER_H
#define OS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `base` 10 or 16, or 0 for C's rules: 0x1f, 017. A sign may lead. */
bool number_parse(const char *text, size_t length, int base, int64_t *value);
/* Decimal, as in JSON; finite. */
bool number_parse_double(const char *text, size_t length, double *value);

#endif
