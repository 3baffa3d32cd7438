/* ATCA.* calls, and what every atca command begins with.  mongoose-os.md 2.5, 3.13 */
#ifndef MOS_CHIP_CALLS_H
#define MOS_CHIP_CALLS_H

#include "chip_config.h"

#include <openssl/evp.h>

struct device;
struct options;

/* Reads the configuration and reports which chip it is and what is locked. 0, or 1 after fail(). */
int chip_open(struct device *device, struct chip_config *config);

/* `4`, `0x0f`: 0..15. -1 after fail(). */
int chip_slot_argument(const char *text);

/* ATCA.GenKey or ATCA.GetPubKey: the public key of a slot, as OpenSSL has it. NULL after fail(). */
EVP_PKEY *chip_gen_key(struct device *device, int slot);
EVP_PKEY *chip_get_pub_key(struct device *device, int slot);

/* ATCA.Sign: R and S, 32 bytes each. 0, or 1 after fail(). */
int chip_sign(struct device *device, int slot, const uint8_t digest[32], uint8_t signature[64]);

/* One block of a key for ATCA.SetKey. */
struct chip_new_key {
    int slot, block;
    bool is_ecc;
    const uint8_t *key;         /* 32 bytes */
    const uint8_t *write_key;   /* 32 bytes, or NULL: a plain write */
    int write_slot;             /* of the write key */
    const char *write_key_path; /* for the message about a wrong one */
};

/* 0; after fail() 1 when the slot is as it was, 2 when the answer was lost and it may have the new key. */
int chip_set_key(struct device *device, const struct chip_new_key *new_key);

/* ATCA.SetConfig, ATCA.LockZone (0 configuration, 1 data). 0, or 1 after fail(). */
int chip_set_config(struct device *device, const uint8_t bytes[CHIP_CONFIG_SIZE]);
int chip_lock_zone(struct device *device, int zone);

#endif
