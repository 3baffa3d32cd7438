/* A laboratory: the real machine, on a copy of a chip's configuration, with stand-ins for every key.
 *
 * What a configuration permits is not worked out from its bits a second time here; it is tried. The
 * laboratory makes a machine with the configuration under study, puts a known key of the right kind into
 * every slot, arranges the circumstances a host could arrange (an authorisation, a random nonce, the latch,
 * uses left), by commands where commands do it, and sends the command. The machine's answer is the answer,
 * its reason the reason. Taking one circumstance away at a time shows which of them matter. Rules of the
 * machine that change are so followed without a change here.
 *
 * The machine is the tool's own: nothing the specimen holds is used, changed or shown. One laboratory serves
 * one thread; it must not be moved.
 */
#ifndef CHIP_TOOL_LABORATORY_H
#define CHIP_TOOL_LABORATORY_H

#include "slot_rules.h"

enum lab_when {
    LAB_AS_IT_IS,    /* in the life-cycle phase of the specimen */
    LAB_BOTH_LOCKED, /* as it will be once both zones are locked */
};

/* What a host can arrange before a command. */
enum lab_circumstance {
    LAB_AUTHORISED = 1 << 0,   /* CheckMac with the AuthKey has just succeeded */
    LAB_LATCHED = 1 << 1,      /* the persistent latch is set */
    LAB_RANDOM_NONCE = 1 << 2, /* TempKey comes from a random nonce, not from input */
    LAB_USES_LEFT = 1 << 3,    /* counter 0 has not reached its limit */
    LAB_INVALIDATED = 1 << 4,  /* the public key in the slot is not marked valid */
    LAB_USE_UNLOCKED = 1 << 5, /* the CheckMac that UseLock asks for has succeeded */

    LAB_CIRCUMSTANCES = 6,
    LAB_IDEAL = (1 << LAB_CIRCUMSTANCES) - 1,
};

struct laboratory {
    struct chip chip;
    struct chip pristine;   /* as it was prepared; shares libcrypto's objects with `chip` */
    unsigned circumstances; /* of the trial in progress */
    uint8_t random;
    uint8_t answer[CHIP_RESPONSE_MAX]; /* payload of the last response */
    size_t answer_length;
    struct chip_trace why; /* of the last command */
};

/* 0; or -1 when libcrypto offers no P-256 or has no memory, in which case nothing is to be closed. */
int lab_open(struct laboratory *lab, const struct chip_eeprom *eeprom, enum lab_when when);
void lab_close(struct laboratory *lab);

/* A fresh trial under these circumstances (LAB_IDEAL less what is taken away). */
void lab_begin(struct laboratory *lab, unsigned circumstances);

/* One command. The status; CHIP_SUCCESS when it answered data. */
enum chip_status lab_exec(struct laboratory *lab, uint8_t opcode, uint8_t p1, uint16_t p2,
                          const uint8_t *data, size_t n);

/* The host authorises the use of this slot, if the slot asks for it and the circumstances allow: CheckMac,
 * which uses TempKey up. Before lab_nonce(), therefore. */
void lab_authorise(struct laboratory *lab, unsigned slot);
/* The public key in this slot is marked invalid, if it carries such a mark and the circumstances allow. */
void lab_invalidate(struct laboratory *lab, unsigned slot);
/* A nonce in TempKey, random or not. */
enum chip_status lab_nonce(struct laboratory *lab);
/* 04 when the nonce comes from input: the source flag of MAC, CheckMac and DeriveKey. */
uint8_t lab_source_flag(const struct laboratory *lab);
/* Nonce and GenDig of `slot`: the session key of encrypted accesses. */
enum chip_status lab_session_key(struct laboratory *lab, unsigned slot);

/* The stand-ins. */
const uint8_t *lab_slot(const struct laboratory *lab, unsigned slot); /* chip_slot_size() bytes */
void lab_partner(uint8_t point[64]);                                  /* some valid public key */

#endif
