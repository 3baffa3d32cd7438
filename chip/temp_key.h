/* TempKey: loading it, checking its flags, and using it as the key of an encrypted access (atecc608.md 3.0, 3.25). */
#ifndef CHIP_TEMP_KEY_H
#define CHIP_TEMP_KEY_H

#include "command.h"

/* A fresh 32-byte value: Valid, every flag 0 but SourceFlag. The upper half keeps its bytes and is unusable
 * (GUESS 30). On a 508A a running SHA lives in TempKey too, and every change of TempKey ends it (3.19). */
void chip_temp_key_load(struct chip *chip, const uint8_t value[32], bool from_input);

/* A new value folded from the old one: SourceFlag and NoMacFlag stay, the rest is for the caller to set. */
void chip_temp_key_fold(struct chip *chip, const uint8_t value[32]);

void chip_temp_key_spend(struct chip *chip); /* Valid = 0, value wiped */

/* Valid, and not a private key made by GenKey (GUESS 35). */
enum chip_status chip_check_temp_key(const struct chip *chip, struct chip_call *call);

/* As MAC, HMAC, CheckMac and DeriveKey want it: Valid, SourceFlag as Param1 bit 2 says, and no NoMacFlag
 * unless the command is for verification. A wrong flag costs the value (GUESS 28). */
enum temp_key_use { FOR_MAC, FOR_VERIFICATION };
enum chip_status chip_check_temp_key_flags(struct chip *chip, struct chip_call *call, enum temp_key_use use);

/* TempKey was made by a random Nonce and GenDig of `key_slot`; ANY_KEY_SLOT before data lock
 * (atecc608.md 2.10). `rule` names the configuration field that asks for that slot. */
enum { ANY_KEY_SLOT = 16 };
enum chip_status chip_check_session_key(const struct chip *chip, struct chip_call *call, unsigned key_slot,
                                        const char *rule);

/* The 32 bytes 0{25}-padded header most digests share: opcode, P1, P2 low, P2 high, SN[8], SN[0:1], then
 * `zeros` zero bytes (atecc608.md 3.0). */
struct chip_sha256;
void chip_digest_header(const struct chip *chip, struct chip_sha256 *sha, const uint8_t command[4],
                        size_t zeros);
void chip_call_bytes(const struct chip_call *call, uint8_t command[4]);

#endif
