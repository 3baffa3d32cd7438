/* Digests by libcrypto. */

#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>

static bool digest(const EVP_MD *kind, const void *bytes, size_t length, char *out)
{
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned size;
    if (EVP_Digest(bytes, length, value, &size, kind, NULL) != 1)
        return false;
    for (unsigned i = 0; i < size; i++)
        sprintf(out + 2 * i, "%02x", value[i]);
    return true;
}

bool digest_sha1(const void *bytes, size_t length, char out[SHA1_TEXT])
{
    return digest(EVP_sha1(), bytes, length, out);
}

bool digest_sha256(const void *bytes, size_t length, char out[SHA256_TEXT])
{
    return digest(EVP_sha256(), bytes, length, out);
}
