/* HMAC-SHA-256 (RFC 2104) with keys of at most one block, in steps that fit the SHA command, and the one-block
 * constructions of KDF made from it (atecc608.md 3.19, 3.20). */
#ifndef CHIP_HMAC_H
#define CHIP_HMAC_H

#include "chip.h"

enum { HMAC_KEY_MAX = 64 };

/* Feed the message to `inner`, then finish. Both are wiped by the end. */
void chip_hmac_start(struct chip_sha256 *inner, struct chip_sha256 *outer, const uint8_t *key, size_t n);
void chip_hmac_finish(struct chip_sha256 *inner, struct chip_sha256 *outer, uint8_t mac[32]);

void chip_hmac(const uint8_t *key, size_t n, const uint8_t *message, size_t length, uint8_t mac[32]);

/* P_SHA256 of RFC 5246 5; `message` is label and seed together. `length` is 32 or 64. */
void chip_prf(const uint8_t *key, size_t n, const uint8_t *message, size_t message_length, uint8_t *output,
              size_t length);

#endif
