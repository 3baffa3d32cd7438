/* Bytes written as hexadecimal text, for tests that read like the standard: hex("c0 00"). */
#ifndef TESTS_MQTT_HEX_H
#define TESTS_MQTT_HEX_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    size_t length;
    uint8_t data[4096];
};

/* Digits in pairs, blanks between them; 'text' stands for itself. */
static inline struct bytes hex(const char *text)
{
    struct bytes bytes = {0};

    while (*text != '\0') {
        if (*text == '\'') {
            for (text++; *text != '\''; text++)
                bytes.data[bytes.length++] = (uint8_t)*text;
            text++;
        } else if (*text == ' ') {
            text++;
        } else {
            unsigned digits[2];

            for (int i = 0; i < 2; i++, text++)
                digits[i] = (unsigned)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
            bytes.data[bytes.length++] = (uint8_t)(digits[0] << 4 | digits[1]);
        }
    }
    return bytes;
}

#endif
