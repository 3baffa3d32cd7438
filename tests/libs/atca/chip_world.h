/* The virtual chip, in this process, on the fake board's I2C; and a peer for key agreement. */
#ifndef TESTS_LIBS_ATCA_CHIP_WORLD_H
#define TESTS_LIBS_ATCA_CHIP_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "atca_internal.h"
#include "tls.h"

/* A fresh board and a fresh chip of the lab's profile, serial number 0123a1b2c3d4e5f6ee, plugged in. */
void chip_world_start(void);
void chip_world_stop(void);
void chip_world_unplug(void);
void chip_world_plug(void);
/* From now on the chip says that it is a 508A, which is all that libs/atca looks at. Before booting. */
void chip_world_become_508a(void);
/* Opens the bus and starts libs/atca: what mgos_atca_init() does. */
void chip_world_boot(bool chip_ecdh);
void chip_world_boot_at(int i2c_addr);

/* How often the chip executed that opcode since the last call of this function for it. */
int chip_world_count(uint8_t opcode);

/* What libs/atca gave to libs/tls. */
extern const struct tls_key_provider *given_keys;
extern const struct tls_ecdhe_provider *given_ecdhe;

/* A peer's key pair, and what it computes with our public key. */
extern const uint8_t peer_public[64];
void peer_secret(const uint8_t public_key[64], uint8_t secret[32]);
bool peer_verifies(const uint8_t public_key[64], const uint8_t digest[32], const uint8_t signature[64]);

#endif
