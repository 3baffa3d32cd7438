/* The seam between the chip and libcrypto: SHA-256, P-256, AES-128.
 *
 * Nothing here is the project's own cryptography; the rest of the chip calls these functions and no others.
 * struct chip_crypto holds libcrypto's working objects (group, points, numbers) so that a signature costs
 * little more than the arithmetic. Numbers and coordinates are big-endian, 32 bytes; a public key is X || Y;
 * a signature R || S. Functions that return false leave their output zero.
 */
#ifndef CHIP_CRYPTO_H
#define CHIP_CRYPTO_H

#include "chip.h"

struct chip_crypto *chip_crypto_new(void); /* NULL: no memory, or libcrypto without P-256 */
void chip_crypto_free(struct chip_crypto *crypto);

/* SHA-256 in steps; `sha` may be copied, and stopped at any byte. */
void chip_sha256_start(struct chip_sha256 *sha);
void chip_sha256_update(struct chip_sha256 *sha, const void *bytes, size_t n);
void chip_sha256_zeros(struct chip_sha256 *sha, size_t n);
void chip_sha256_finish(struct chip_sha256 *sha, uint8_t digest[32]); /* wipes `sha` */

/* 1 <= d < n */
bool chip_p256_scalar_valid(const uint8_t d[32]);
bool chip_p256_point_valid(struct chip_crypto *crypto, const uint8_t point[64]);
bool chip_p256_public(struct chip_crypto *crypto, const uint8_t d[32], uint8_t point[64]);
/* False only when libcrypto fails. The nonce is random. */
bool chip_p256_sign(struct chip_crypto *crypto, const uint8_t d[32], const uint8_t digest[32],
                    uint8_t signature[64]);
/* False for a wrong signature, values out of range and points off the curve alike. */
bool chip_p256_verify(struct chip_crypto *crypto, const uint8_t point[64], const uint8_t digest[32],
                      const uint8_t signature[64]);
/* X coordinate of d * point; false when the point is not on the curve. */
bool chip_p256_shared_secret(struct chip_crypto *crypto, const uint8_t d[32], const uint8_t point[64],
                             uint8_t secret[32]);

bool chip_aes128_block(struct chip_crypto *crypto, bool encrypt, const uint8_t key[16], const uint8_t in[16],
                       uint8_t out[16]);

/* Constant time. */
bool chip_equal(const void *a, const void *b, size_t n);
void chip_wipe(void *bytes, size_t n);

#endif
