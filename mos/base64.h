/* Base64 with the standard alphabet and padding, as RPC carries bytes (RFC 4648 4). */
#ifndef MOS_BASE64_H
#define MOS_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* A malloc'd string, NULL if memory ran out. */
char *base64_encode(const void *data, size_t size);

/* Malloc'd bytes, `*size` of them; NULL if the text is not base64 or memory ran out. */
uint8_t *base64_decode(const char *text, size_t *size);

#endif
