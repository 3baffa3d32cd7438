/* Hexadecimal text. os/include/common/cs_hex.h */

#include "common/cs_hex.h"

void cs_to_hex(char *to, const unsigned char *p, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (; len > 0; len--, p++) {
        *to++ = digits[*p >> 4];
        *to++ = digits[*p & 15];
    }
    *to = '\0';
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int cs_from_hex(unsigned char *to, const char *text, size_t len)
{
    if (len % 2 != 0)
        return -1;
    for (size_t i = 0; i < len; i += 2) {
        int high = digit_value(text[i]), low = digit_value(text[i + 1]);
        if (high < 0 || low < 0)
            return -1;
        to[i / 2] = (unsigned char)(high << 4 | low);
    }
    return (int)(len / 2);
}
