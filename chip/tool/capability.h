/* What a slot can do: the list, and how each point is found out.
 *
 * A capability is a thing a host may want of a slot. Each has a trial: the commands that do it, sent to the
 * machine of a laboratory (laboratory.h). A new command of the chip becomes visible here by one row in
 * capability.c and one trial.
 */
#ifndef CHIP_TOOL_CAPABILITY_H
#define CHIP_TOOL_CAPABILITY_H

#include "laboratory.h"

enum capability {
    /* uses of a private key */
    CAN_SIGN_EXTERNAL,
    CAN_SIGN_INTERNAL,
    CAN_ECDH_CLEAR,
    CAN_ECDH_ENCRYPTED,
    CAN_ECDH_TEMP_KEY,
    CAN_ECDH_SLOT, /* the secret goes into slot N OR 1 */
    CAN_GIVE_PUBLIC_KEY,
    /* uses of a public key */
    CAN_VERIFY,
    CAN_BE_VALIDATED,
    /* uses of a secret */
    CAN_MAC,
    CAN_CHECK_MAC,
    CAN_HMAC,
    CAN_GENDIG,
    CAN_AES,
    CAN_KDF,
    /* what goes out */
    CAN_READ_CLEAR,
    CAN_READ_ENCRYPTED,
    /* what comes in */
    CAN_GENERATE,
    CAN_PRIVWRITE_CLEAR,
    CAN_PRIVWRITE_ENCRYPTED,
    CAN_WRITE_CLEAR,
    CAN_WRITE_WORD,
    CAN_WRITE_ENCRYPTED,
    CAN_DERIVE,   /* DeriveKey replaces what is here */
    CAN_TAKE_KDF, /* KDF puts its result here */
    /* and */
    CAN_LOCK,

    CAPABILITIES,
};

enum capability_kind { KIND_USE, KIND_READ, KIND_FILL, KIND_LOCK };

struct capability_row {
    const char *id;   /* for --json */
    const char *does; /* "sign given digests": follows "can" */
    enum capability_kind kind;
    uint8_t opcode; /* nothing is tried when the part does not have it */
    bool mismatch_is_yes;
    enum chip_status (*trial)(struct laboratory *lab, unsigned slot);
};

extern const struct capability_row capability_rows[CAPABILITIES];

struct power {
    bool built;                   /* the part has the command */
    bool allowed;                 /* when the circumstances are ideal */
    unsigned needs;               /* lab_circumstance bits without which it is refused */
    char reason[CHIP_REASON_MAX]; /* when it is not allowed: the machine's words */
};

/* What every slot of a chip can do. About 100 KB. */
struct powers {
    struct power of[CHIP_SLOTS][CAPABILITIES];
};

/* 0; or -1 when libcrypto offers no P-256 or has no memory. */
int powers_find(const struct chip_eeprom *eeprom, enum lab_when when, struct powers *powers);

/* The slots that have this power, one bit each. */
uint16_t powers_slots(const struct powers *powers, enum capability capability);

/* Can anything at all be put into this slot: by a KIND_FILL, or by ECDH of the slot before it? */
bool powers_can_fill(const struct powers *powers, unsigned slot);

/* Trials: trial_keys.c, trial_secrets.c, trial_storage.c. */
enum chip_status trial_sign_external(struct laboratory *lab, unsigned slot);
enum chip_status trial_sign_internal(struct laboratory *lab, unsigned slot);
enum chip_status trial_ecdh_clear(struct laboratory *lab, unsigned slot);
enum chip_status trial_ecdh_encrypted(struct laboratory *lab, unsigned slot);
enum chip_status trial_ecdh_temp_key(struct laboratory *lab, unsigned slot);
enum chip_status trial_ecdh_slot(struct laboratory *lab, unsigned slot);
enum chip_status trial_give_public_key(struct laboratory *lab, unsigned slot);
enum chip_status trial_generate(struct laboratory *lab, unsigned slot);
enum chip_status trial_verify(struct laboratory *lab, unsigned slot);
enum chip_status trial_validate(struct laboratory *lab, unsigned slot);
enum chip_status trial_mac(struct laboratory *lab, unsigned slot);
enum chip_status trial_check_mac(struct laboratory *lab, unsigned slot);
enum chip_status trial_hmac(struct laboratory *lab, unsigned slot);
enum chip_status trial_gendig(struct laboratory *lab, unsigned slot);
enum chip_status trial_aes(struct laboratory *lab, unsigned slot);
enum chip_status trial_kdf(struct laboratory *lab, unsigned slot);
enum chip_status trial_derive(struct laboratory *lab, unsigned slot);
enum chip_status trial_take_kdf(struct laboratory *lab, unsigned slot);
enum chip_status trial_read_clear(struct laboratory *lab, unsigned slot);
enum chip_status trial_read_encrypted(struct laboratory *lab, unsigned slot);
enum chip_status trial_write_clear(struct laboratory *lab, unsigned slot);
enum chip_status trial_write_word(struct laboratory *lab, unsigned slot);
enum chip_status trial_write_encrypted(struct laboratory *lab, unsigned slot);
enum chip_status trial_privwrite_clear(struct laboratory *lab, unsigned slot);
enum chip_status trial_privwrite_encrypted(struct laboratory *lab, unsigned slot);
enum chip_status trial_lock(struct laboratory *lab, unsigned slot);

#endif
