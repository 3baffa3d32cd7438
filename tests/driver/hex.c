/* Bytes written as hex, the way the references print them. */

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

size_t hex_bytes(const char *hex, uint8_t *bytes, size_t size)
{
    size_t length = 0;

    while (*hex) {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        char digits[3] = {hex[0], hex[1], 0};

        assert_true(length < size);
        bytes[length++] = (uint8_t)strtoul(digits, NULL, 16);
        hex += 2;
    }
    return length;
}

void assert_hex(const uint8_t *bytes, size_t length, const char *hex)
{
    uint8_t expected[512];

    assert_int_equal(length, hex_bytes(hex, expected, sizeof(expected)));
    assert_memory_equal(bytes, expected, length);
}
