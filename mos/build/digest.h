/* SHA-1 and SHA-256 of a part, as lower-case hexadecimal digits. */
#ifndef MOS_BUILD_DIGEST_H
#define MOS_BUILD_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { SHA1_TEXT = 41, SHA256_TEXT = 65 };

/* False: libcrypto refused. */
bool digest_sha1(const void *bytes, size_t length, char out[SHA1_TEXT]);
bool digest_sha256(const void *bytes, size_t length, char out[SHA256_TEXT]);

#endif
