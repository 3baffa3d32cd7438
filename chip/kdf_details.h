/* The four bytes of Details that say what a KDF command wants (atecc608.md 3.20). */
#ifndef CHIP_KDF_DETAILS_H
#define CHIP_KDF_DETAILS_H

#include "command.h"

enum { KDF_DETAILS = 4, KDF_MESSAGE_MAX = 128 };

enum kdf_algorithm { KDF_PRF = 0, KDF_AES = 1, KDF_HKDF = 2 };

enum kdf_message_from { KDF_MESSAGE_SLOT, KDF_MESSAGE_TEMP_KEY, KDF_MESSAGE_INPUT, KDF_MESSAGE_IV };

struct kdf_details {
    enum kdf_algorithm algorithm;
    size_t key_offset; /* in the source */
    size_t key_length; /* 16, 32, 48, 64 */
    bool zero_key;     /* HKDF with 32 zero bytes; there is no source */
    enum kdf_message_from message_from;
    unsigned message_slot; /* GUESS 77: Details bits 11:8 */
    size_t message_length; /* up to KDF_MESSAGE_MAX */
    size_t result_length;  /* 32 or 64 */
    size_t kept;           /* how much of it goes to the target; the rest, in AEAD mode, to the output */
};

/* Decodes the data of the command and checks its length. */
enum chip_status chip_kdf_details(struct chip_call *call, unsigned algorithm, struct kdf_details *details);

/* AES as a KDF is to be enabled twice. */
enum chip_status chip_kdf_check_aes(const struct chip *chip, struct chip_call *call);

#endif
