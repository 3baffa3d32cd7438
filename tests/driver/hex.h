/* Bytes written as hex, the way the references print them. */
#ifndef TESTS_DRIVER_HEX_H
#define TESTS_DRIVER_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Blanks are skipped. Returns the number of bytes; fails the test if they do not fit. */
size_t hex_bytes(const char *hex, uint8_t *bytes, size_t size);
/* Fails the test unless `bytes` are what `hex` says, all of it. */
void assert_hex(const uint8_t *bytes, size_t length, const char *hex);

#endif
