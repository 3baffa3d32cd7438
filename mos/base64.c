/* Base64 (RFC 4648 4). */

#include "base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

char *base64_encode(const void *data, size_t size)
{
    char *text;

    if (size > INT_MAX / 2)
        return NULL;
    text = malloc((size + 2) / 3 * 4 + 1);
    if (text)
        EVP_EncodeBlock((unsigned char *)text, data, (int)size);
    return text;
}

uint8_t *base64_decode(const char *text, size_t *size)
{
    size_t length = strlen(text), padding = 0;
    uint8_t *data;
    int count;

    if (length % 4 != 0 || length > INT_MAX / 2)
        return NULL;
    /* EVP_DecodeBlock() counts the padding as data, and lets white space through at the ends */
    if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != length)
        return NULL;
    while (padding < length && text[length - 1 - padding] == '=')
        padding++;
    if (padding > 2)
        return NULL;
    data = malloc(length / 4 * 3 + 1);
    if (!data)
        return NULL;
    count = EVP_DecodeBlock(data, (const unsigned char *)text, (int)length);
    if (count < 0 || (size_t)count < padding) {
        free(data);
        return NULL;
    }
    *size = (size_t)count - padding;
    return data;
}
