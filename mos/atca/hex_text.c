/* Bytes as hex digits in a text file. */

#include "hex_text.h"

#include <string.h>

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int hex_text_parse(const char *text, size_t length, uint8_t *bytes, size_t capacity, size_t *count, char *why,
                   size_t why_size)
{
    size_t line = 1, start_of_line = 0, at = 0;

    *count = 0;
    while (at < length) {
        size_t column = at - start_of_line + 1;

        if (text[at] == '\n') {
            line++;
            start_of_line = at + 1;
        }
        if (text[at] && strchr(" \t\r\n,:", text[at])) {
            at++;
            continue;
        }
        if (at + 1 < length && text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X'))
            at += 2;
        if (at + 1 >= length || digit_value(text[at]) < 0 || digit_value(text[at + 1]) < 0) {
            snprintf(why, why_size, "line %zu, column %zu: not a pair of hex digits", line, column);
            return -1;
        }
        if (*count < capacity)
            bytes[*count] = (uint8_t)(digit_value(text[at]) << 4 | digit_value(text[at + 1]));
        (*count)++;
        at += 2;
    }
    return 0;
}

void hex_text_print(FILE *file, const uint8_t *bytes, size_t count, size_t per_line)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "0x%02x%s", bytes[i], i + 1 < count ? ", " : "");
        if ((i + 1) % per_line == 0 || i + 1 == count)
            fputc('\n', file);
    }
}
