/* Facts about the chip that no public source settles, each as a constant a measurement can correct.
 *
 * The number is that of atecc608.md 8; from 72 on they are ours, for questions that list does not ask.
 * docs/atecc608.md lists them all, those that are a code path rather than a value included.
 */
#ifndef CHIP_GUESSES_H
#define CHIP_GUESSES_H

#include "chip.h"

enum {
    /* 1: CRC of the wake response after a failed self test: 0 the arithmetically right 40 C2, 1 the C4 40
     * that cryptoauthlib compares with. */
    GUESS_1_SELFTEST_WAKE_CRC_OF_LIBRARY = 0,

    /* 6: EE is returned when the time left before the watchdog is shorter than the command's (0: never). */
    GUESS_6_WATCHDOG_REFUSAL = 1,

    /* 7: the long watchdog, seconds. */
    GUESS_7_LONG_WATCHDOG_S = 10,

    /* 12: what a 32-byte read of a partial last block gives beyond the slot. */
    GUESS_12_FILLER = 0x00,

    /* 13: write to a protected configuration byte; address outside the zone or slot. */
    GUESS_13_PROTECTED_BYTE = CHIP_EXEC,
    GUESS_13_OUT_OF_RANGE = CHIP_PARSE,

    /* 17: ECDHProt or KDFProt = 2 and an output is asked for; 3 and any use. */
    GUESS_17_OUTPUT_FORBIDDEN = CHIP_EXEC,

    /* 18: a 608 checks the form of a certificate against X509format as the 508A does. The careful reading; the
     * reference would accept any form. */
    GUESS_18_608_CHECKS_X509FORMAT = 1,

    /* 19: OTP may be written while the configuration is locked and the data zone is not. */
    GUESS_19_OTP_WRITE_BEFORE_DATA_LOCK = 1,

    /* 22: Write (12) to a private slot before data lock. */
    GUESS_22_WRITE_TO_PRIVATE_SLOT = CHIP_EXEC,

    /* 23: KeyConfig use rules and LimitedUse are enforced before data lock. */
    GUESS_23_USE_RULES_BEFORE_DATA_LOCK = 0,

    /* 28: MAC, HMAC, CheckMac and DeriveKey invalidate TempKey when its flags are wrong. */
    GUESS_28_WRONG_FLAG_SPENDS_TEMPKEY = 1,

    /* 31: Nonce with P2 = 8000 makes SourceFlag random (1) or leaves the flags alone (0). */
    GUESS_31_NONCE_FROM_TEMPKEY_IS_RANDOM = 0,

    /* 32: GenDigData after GenDig of a shared nonce. */
    GUESS_32_SHARED_NONCE_SETS_GENDIG = 0,

    /* 34: SourceFlag of a digest or an ECDH secret put into TempKey: 1 input. */
    GUESS_34_COMPUTED_IS_INPUT = 1,

    /* 38: Verify invalidates TempKey when it took its message from there, also on a mismatch. */
    GUESS_38_VERIFY_CLEARS_TEMPKEY = 1,

    /* 40: wrong input MAC of an encrypted Write, PrivWrite or DeriveKey. */
    GUESS_40_WRONG_INPUT_MAC = CHIP_EXEC,

    /* 41: the CRC of a single-slot Lock is checked when P1 bit 7 is 0. */
    GUESS_41_SLOT_LOCK_CHECKS_CRC = 0,

    /* 45: a CheckMac that does not match ends an earlier authorisation. */
    GUESS_45_FAILED_CHECKMAC_CLEARS_AUTH = 1,

    /* 46: the mode of CheckMac that authorises: a random nonce in TempKey is the challenge. */
    GUESS_46_AUTHORISING_MODE = 0x01,

    /* 49: ECDH with a point that is not on the curve. */
    GUESS_49_BAD_POINT = CHIP_ECC_FAULT,

    /* 50: Verify with R or S out of range, or a public key off the curve. */
    GUESS_50_BAD_SIGNATURE_VALUE = CHIP_MISMATCH,

    /* 53: the longest message of a KDF; one byte more is a parse error. */
    GUESS_53_KDF_MESSAGE_MAX = 128,

    /* 55: AES key block beyond the end of the slot. */
    GUESS_55_AES_BLOCK_BEYOND_SLOT = CHIP_PARSE,

    /* 56: the one length of an SHA update on a 508A. */
    GUESS_56_SHA_UPDATE_508 = 64,

    /* 58: SHA read-context of an HMAC run. */
    GUESS_58_HMAC_CONTEXT_READ = CHIP_EXEC,

    /* 63: Info(GPIO) on an I2C part. */
    GUESS_63_INFO_GPIO = CHIP_EXEC,

    /* 65: UpdateExtra mode 2 on a 608. */
    GUESS_65_UPDATE_EXTRA_MODE_2 = CHIP_PARSE,

    /* 68: Counter increment at the maximum. */
    GUESS_68_COUNTER_AT_MAXIMUM = CHIP_EXEC,

    /* 69: SecureBoot with an encrypted digest invalidates TempKey, also on a mismatch. */
    GUESS_69_SECUREBOOT_SPENDS_TEMPKEY = 1,

    /* 70: wrong data length for a known opcode. */
    GUESS_70_WRONG_LENGTH = CHIP_PARSE,

    /* 72: the ReadKey = 0 that allows CheckMac to copy is that of the slot copied (1) or of the slot named (0). */
    GUESS_72_COPY_CONDITION_ON_COPIED_SLOT = 1,
};

#endif
