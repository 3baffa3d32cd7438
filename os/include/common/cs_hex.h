/* Hexadecimal text. */
#ifndef CS_HEX_H
#define CS_HEX_H

#include <stddef.h>

/* 2 × len lower-case digits and a NUL. */
void cs_to_hex(char *to, const unsigned char *p, size_t len);
/* Bytes decoded from `len` digits, or -1: odd length, or a character that is no digit. `to` may be `text`. */
int cs_from_hex(unsigned char *to, const char *text, size_t len);

#endif
