/* Base64, RFC 4648 4, with padding. */
#ifndef CS_BASE64_H
#define CS_BASE64_H

#include <stddef.h>

#define CS_BASE64_LENGTH(bytes) (((bytes) + 2) / 3 * 4)

/* Encodes into `dst`, CS_BASE64_LENGTH(len) bytes and a NUL; returns the length without the NUL. */
size_t cs_base64_encode(const void *src, size_t len, char *dst);
/* Decodes up to the first '=' or the end, skipping what is not in the alphabet (lenient: mongoose-os.md
 * 2.4). `dst` needs len / 4 * 3 + 3 bytes and may be `text`. Returns the bytes decoded. */
size_t cs_base64_decode(const char *text, size_t len, void *dst);

#endif
