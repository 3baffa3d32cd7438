/* Numbers in texts, and texts of numbers. os/number.h, os/include/mgos_utils.h */

#include "number.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "mgos_utils.h"

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 36;
}

bool number_parse(const char *text, size_t length, int base, int64_t *value)
{
    const char *end = text + length;
    bool negative = length > 0 && *text == '-';
    uint64_t sum = 0;

    if (length > 0 && (*text == '-' || *text == '+'))
        text++;
    bool hex_mark = end - text > 2 && text[0] == '0' && (text[1] | 32) == 'x';
    if (hex_mark && base != 10) {
        base = 16;
        text += 2;
    } else if (base == 0) {
        base = end - text > 1 && text[0] == '0' ? 8 : 10;
    }
    if (text == end)
        return false;
    for (; text < end; text++) {
        int digit = digit_value(*text);
        if (digit >= base || __builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)digit, &sum))
            return false;
    }
    if (sum > (uint64_t)INT64_MAX)
        return false;
    *value = negative ? -(int64_t)sum : (int64_t)sum;
    return true;
}

/* strtod() wants a NUL behind the text. */
static bool parse_terminated(const char *text, double *value)
{
    char *end;
    double parsed = strtod(text, &end);

    if (*end || parsed > DBL_MAX || parsed < -DBL_MAX)
        return false;
    *value = parsed;
    return true;
}

bool number_parse_double(const char *text, size_t length, double *value)
{
    char small[48], *copy = length < sizeof(small) ? small : heap_alloc(length + 1);

    if (!copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    bool parsed = length > 0 && strchr("+-0123456789", *text) && parse_terminated(copy, value);
    if (copy != small)
        heap_free(copy);
    return parsed;
}

int mgos_utoa(unsigned int value, char *out, int base)
{
    char digits[32];
    int n = 0;

    if (base < 2 || base > 36)
        return 0;
    do {
        digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)base];
        value /= (unsigned)base;
    } while (value > 0);
    for (int i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    return n;
}

int mgos_itoa(int value, char *out, int base)
{
    if (value >= 0)
        return mgos_utoa((unsigned)value, out, base);
    *out = '-';
    return 1 + mgos_utoa(0u - (unsigned)value, out + 1, base);
}
