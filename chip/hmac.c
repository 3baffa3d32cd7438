/* HMAC-SHA-256 and the TLS 1.2 PRF.  RFC 2104, RFC 5246 5, atecc608.md 3.20 */

#include "hmac.h"

#include "crypto.h"

void chip_hmac_start(struct chip_sha256 *inner, struct chip_sha256 *outer, const uint8_t *key, size_t n)
{
    uint8_t inner_pad[HMAC_KEY_MAX];
    uint8_t outer_pad[HMAC_KEY_MAX];

    for (size_t i = 0; i < HMAC_KEY_MAX; i++) {
        uint8_t byte = i < n ? key[i] : 0;
        inner_pad[i] = byte ^ 0x36;
        outer_pad[i] = byte ^ 0x5C;
    }
    chip_sha256_start(inner);
    chip_sha256_update(inner, inner_pad, HMAC_KEY_MAX);
    chip_sha256_start(outer);
    chip_sha256_update(outer, outer_pad, HMAC_KEY_MAX);
    chip_wipe(inner_pad, sizeof inner_pad);
    chip_wipe(outer_pad, sizeof outer_pad);
}

void chip_hmac_finish(struct chip_sha256 *inner, struct chip_sha256 *outer, uint8_t mac[32])
{
    uint8_t digest[32];

    chip_sha256_finish(inner, digest);
    chip_sha256_update(outer, digest, sizeof digest);
    chip_sha256_finish(outer, mac);
    chip_wipe(digest, sizeof digest);
}

void chip_hmac(const uint8_t *key, size_t n, const uint8_t *message, size_t length, uint8_t mac[32])
{
    struct chip_sha256 inner, outer;

    chip_hmac_start(&inner, &outer, key, n);
    chip_sha256_update(&inner, message, length);
    chip_hmac_finish(&inner, &outer, mac);
}

/* A1 = HMAC(key, message), A(i+1) = HMAC(key, A(i)); block i is HMAC(key, A(i) || message). */
void chip_prf(const uint8_t *key, size_t n, const uint8_t *message, size_t message_length, uint8_t *output,
              size_t length)
{
    struct chip_sha256 inner, outer;
    uint8_t a[32];

    chip_hmac(key, n, message, message_length, a);
    for (size_t done = 0; done < length; done += sizeof a) {
        chip_hmac_start(&inner, &outer, key, n);
        chip_sha256_update(&inner, a, sizeof a);
        chip_sha256_update(&inner, message, message_length);
        chip_hmac_finish(&inner, &outer, output + done);
        chip_hmac(key, n, a, sizeof a, a);
    }
    chip_wipe(a, sizeof a);
}
