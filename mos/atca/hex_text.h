/* Bytes as hex digits in a text file: keys and configuration zones.
 *
 * Accepted are pairs of hex digits, run together or separated by white space, commas or colons, each run with
 * or without `0x` in front. Anything else is refused. (The original picks every two hex digits it finds
 * anywhere, so that a comment, or a PEM file, yields a plausible wrong key: mongoose-os.md 8.3 R17.)
 */
#ifndef MOS_HEX_TEXT_H
#define MOS_HEX_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Up to `capacity` bytes into `bytes`, their true number into `*count`, which may be greater. 0, or -1 with a
 * sentence in `why` that names the place but not what stands there, since it may be half a key. */
int hex_text_parse(const char *text, size_t length, uint8_t *bytes, size_t capacity, size_t *count, char *why,
                   size_t why_size);

/* `0x01, 0x23, ...`, `per_line` a line, comma and space at the ends of lines too, but not after the last
 * byte. */
void hex_text_print(FILE *file, const uint8_t *bytes, size_t count, size_t per_line);

#endif
