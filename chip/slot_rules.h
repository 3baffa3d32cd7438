/* What SlotConfig and KeyConfig say about a slot, decoded once (atecc608.md 2.6, 2.8), and the rules every
 * use of a key obeys (2.13, 2.14, 2.15). */
#ifndef CHIP_SLOT_RULES_H
#define CHIP_SLOT_RULES_H

#include "command.h"

enum chip_key_type { KEY_P256 = 4, KEY_AES = 6, KEY_OTHER = 7 };

enum chip_write_rule { WRITE_ALWAYS, WRITE_PUB_INVALID, WRITE_NEVER, WRITE_ENCRYPT };

struct chip_slot_rules {
    unsigned slot;

    /* SlotConfig; bits 3:0 are read twice, as KeyConfig.Private chooses */
    bool sign_external; /* bit 0 */
    bool sign_internal; /* bit 1 */
    bool ecdh;          /* bit 2 */
    bool ecdh_to_slot;  /* bit 3 */
    unsigned read_key;  /* bits 3:0 */
    bool no_mac;
    bool limited_use;
    bool encrypt_read;
    bool is_secret;
    unsigned write_key;
    unsigned write_config; /* bits 15:12 as a number: bit 13 GenKey, bit 14 PrivWrite */
    enum chip_write_rule write;

    /* KeyConfig */
    bool is_private;
    bool pub_info;
    unsigned key_type;
    bool lockable;
    bool req_random;
    bool req_auth;
    unsigned auth_key;
    bool persistent_disable; /* 508A: IntrusionDisable */
    unsigned x509_id;

    bool locked; /* SlotLocked */

    uint16_t slot_config; /* the words themselves, for digests that cover them */
    uint16_t key_config;
};

struct chip_slot_rules chip_slot_rules(const struct chip *chip, unsigned slot);

/* P-256 with its private key in the slot. */
bool chip_is_private_p256(const struct chip_slot_rules *rules);
/* A slot that can hold a P-256 public key: KeyType 4, not private, 72 bytes or more. */
bool chip_is_public_p256(const struct chip_slot_rules *rules);
/* ... that must be validated before Verify uses it, so that byte 0 carries a validity nibble. */
bool chip_has_validity(const struct chip_slot_rules *rules);

/* Are the rules of use enforced yet? After data lock (GUESS 23). */
bool chip_use_rules_apply(const struct chip *chip);

/* Stores bytes in a slot; a public key that carries a validity becomes invalid by it ("written for any reason",
 * GUESS 20). */
void chip_slot_store(struct chip *chip, const struct chip_slot_rules *rules, unsigned offset,
                     const uint8_t *bytes, size_t n);

/* May this command use the key in this slot now: UseLock, the persistent latch, ReqAuth, LimitedUse.
 * CHIP_SUCCESS, or a refusal already noted in `call`. */
enum { USE_KEY = 0, USE_IGNORES_LATCH = 1, USE_UNLIMITED = 2, USE_OPENS_LOCK = 4 /* CheckMac */ };
enum chip_status chip_may_use(struct chip *chip, struct chip_call *call, const struct chip_slot_rules *rules,
                              unsigned how);

/* The use takes place: spends one count of a LimitedUse key and the authorisation of a ReqAuth key. Called
 * once every check has passed and before the computation (GUESS 44, 45). */
void chip_spend_use(struct chip *chip, const struct chip_slot_rules *rules, unsigned how);

/* CheckMac has succeeded with the key of this slot: opens UseLock, if that is its slot. */
void chip_key_proven(struct chip *chip, unsigned slot);

/* No private key: for commands that take secrets of 16 or 32 bytes. */
enum chip_status chip_check_not_private(struct chip_call *call, const struct chip_slot_rules *rules);
/* SlotLocked bit = 1. `role` names the slot: "", "target ". */
enum chip_status chip_check_not_locked(struct chip_call *call, const struct chip_slot_rules *rules,
                                       const char *role);
/* KeyType P-256 and Private = 1, or 0. */
enum chip_status chip_check_private_p256(struct chip_call *call, const struct chip_slot_rules *rules);
enum chip_status chip_check_public_p256(struct chip_call *call, const struct chip_slot_rules *rules);

/* The private key itself; a slot may hold none yet. Wipe it after use. */
enum chip_status chip_take_private_key(const struct chip *chip, struct chip_call *call,
                                       const struct chip_slot_rules *rules, uint8_t d[32]);

/* ReqRandom: TempKey must come from a random nonce. */
enum chip_status chip_check_random(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules);

#endif
