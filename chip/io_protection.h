/* Secrets that leave the chip encrypted with the IO protection key, and replies authenticated with it
 * (atecc608.md 2.7, 3.12, 3.18, 3.20, 3.21). */
#ifndef CHIP_IO_PROTECTION_H
#define CHIP_IO_PROTECTION_H

#include "command.h"

/* The 32-byte key; refused when ChipOptions does not enable it. Wipe it after use. */
enum chip_status chip_io_key(const struct chip *chip, struct chip_call *call, uint8_t key[32]);

/* ECDHProt (ChipOptions bits 9:8) and KDFProt (11:10). */
enum chip_protection {
    PROTECTION_NONE = 0,
    PROTECTION_ENCRYPTED = 1, /* output is encrypted whatever the mode says */
    PROTECTION_NO_OUTPUT = 2,
    PROTECTION_FORBIDDEN = 3,
};

/* What ChipOptions say about the results of ECDH or KDF: may this command have what it asks for, and must an
 * output be encrypted? `*encrypted` is what the mode asks and becomes what is to be done. */
enum chip_protected { PROTECTED_ECDH = 8, PROTECTED_KDF = 10 }; /* where the two bits are */
enum chip_status chip_check_protection(const struct chip *chip, struct chip_call *call,
                                       enum chip_protected which, bool to_output, bool *encrypted);

/* Block i of 32 bytes becomes itself XOR SHA256( key || OutNonce[16i : 16i+15] ); n is 32 or 64. */
void chip_io_encrypt(const uint8_t key[32], const uint8_t out_nonce[32], uint8_t *bytes, size_t n);

/* The reply MAC of Verify: SHA256( key || message || system nonce || signature || opcode P1 P2 ). */
void chip_io_verify_mac(const uint8_t key[32], const uint8_t message[32], const uint8_t system_nonce[32],
                        const uint8_t signature[64], const uint8_t command[4], uint8_t mac[32]);

/* SecureBoot: the key that hides the digest, SHA256( IO key || TempKey ); and the reply MAC, SHA256( that key ||
 * digest || signature, if any || opcode P1 P2 ). */
void chip_io_boot_key(const uint8_t io_key[32], const uint8_t temp_key[32], uint8_t key[32]);
void chip_io_boot_mac(const uint8_t key[32], const uint8_t digest[32], const uint8_t *signature,
                      const uint8_t command[4], uint8_t mac[32]);

/* Answers the secret of 32 or 64 bytes, clear; or encrypted, followed by the random OutNonce{32} it was
 * encrypted with. Refused without changing anything when there is no IO protection key. */
enum chip_status chip_answer_secret(struct chip *chip, struct chip_call *call, const uint8_t *secret,
                                    size_t n, bool encrypted);

#endif
