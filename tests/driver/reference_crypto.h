/* What the chip computes, computed by libcrypto: formats as in driver/atecc.h (X || Y, R || S, big-endian).
 */
#ifndef TESTS_DRIVER_REFERENCE_CRYPTO_H
#define TESTS_DRIVER_REFERENCE_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

void reference_sha256(const uint8_t *data, size_t length, uint8_t digest[32]);
void reference_random(uint8_t *data, size_t length);
/* A new P-256 key pair, or the public half of a given private key. */
void reference_key_pair(uint8_t private_key[32], uint8_t public_key[64]);
void reference_public_key(const uint8_t private_key[32], uint8_t public_key[64]);
void reference_sign(const uint8_t private_key[32], const uint8_t digest[32], uint8_t signature[64]);
int reference_verify(const uint8_t public_key[64], const uint8_t digest[32], const uint8_t signature[64]);
void reference_ecdh(const uint8_t private_key[32], const uint8_t peer[64], uint8_t secret[32]);
void reference_aes(const uint8_t key[16], const uint8_t in[16], uint8_t out[16]);

#endif
