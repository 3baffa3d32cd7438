/* Base64, RFC 4648 4. os/include/common/cs_base64.h */

#include "common/cs_base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t cs_base64_encode(const void *src, size_t len, char *dst)
{
    const uint8_t *in = src;
    char *out = dst;

    for (; len >= 3; len -= 3, in += 3) {
        *out++ = alphabet[in[0] >> 2];
        *out++ = alphabet[(in[0] << 4 | in[1] >> 4) & 63];
        *out++ = alphabet[(in[1] << 2 | in[2] >> 6) & 63];
        *out++ = alphabet[in[2] & 63];
    }
    if (len > 0) {
        uint8_t second = len > 1 ? in[1] : 0;
        *out++ = alphabet[in[0] >> 2];
        *out++ = alphabet[(in[0] << 4 | second >> 4) & 63];
        *out++ = len > 1 ? alphabet[second << 2 & 63] : '=';
        *out++ = '=';
    }
    *out = '\0';
    return (size_t)(out - dst);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

size_t cs_base64_decode(const char *text, size_t len, void *dst)
{
    uint8_t *out = dst;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < len && text[i] != '='; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            continue;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *out++ = (uint8_t)(bits >> count);
        }
    }
    return (size_t)(out - (uint8_t *)dst);
}
