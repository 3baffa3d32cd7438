/* Data that comes encrypted with TempKey and authenticated by an input MAC: Write and PrivWrite
 * (atecc608.md 3.4, 3.17). */
#ifndef CHIP_ENCRYPTED_INPUT_H
#define CHIP_ENCRYPTED_INPUT_H

#include "command.h"

/* Decrypts `n` bytes (32 or 36) of `cipher` with TempKey and checks `mac` over the plain text. The caller has
 * checked TempKey. On refusal `plain` is wiped; the caller wipes it otherwise. */
enum chip_status chip_decrypt_input(struct chip *chip, struct chip_call *call, const uint8_t *cipher,
                                    size_t n, const uint8_t mac[32], uint8_t *plain);

#endif
