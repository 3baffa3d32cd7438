/* The 55-byte message that Sign(Internal) signs and Verify(Validate) rebuilds (atecc608.md 3.11, 3.12). */
#ifndef CHIP_INTERNAL_MESSAGE_H
#define CHIP_INTERNAL_MESSAGE_H

#include "command.h"

enum { VERIFY_OTHER_DATA = 19 };

/* Of TempKey's contents and the state of the slot it names. */
void chip_sign_internal_digest(const struct chip *chip, const struct chip_call *call, uint8_t digest[32]);

/* Of TempKey's contents and what the host says the signer hashed. */
void chip_verify_internal_digest(const struct chip *chip, const uint8_t other_data[VERIFY_OTHER_DATA],
                                 uint8_t digest[32]);

#endif
