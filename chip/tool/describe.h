/* A chip's configuration in words: a list of facts, each about the part or about one slot.
 *
 * show prints the facts, diff compares them. A fact says what is true of the part as it is now, but for what
 * a slot may do: that is said for the time when both zones are locked, since this is what a configuration is
 * made for; the topic "until then" tells what is possible meanwhile.
 */
#ifndef CHIP_TOOL_DESCRIBE_H
#define CHIP_TOOL_DESCRIBE_H

#include "capability.h"
#include "specimen.h"
#include "words.h"

/* A specimen and what its slots can do. About 200 KB. */
struct study {
    struct specimen specimen;
    struct powers now;
    struct powers locked; /* as it will be once both zones are locked */
};

/* 0; or -1 with a sentence in `error`. To be wiped with study_wipe(). */
int study_load(const char *path, struct study *study, char error[SPECIMEN_ERROR_MAX]);
/* The powers of a specimen that is there already. -1: libcrypto. */
int study_powers(struct study *study);
void study_wipe(struct study *study);

enum { THE_PART = -1, FACTS_MAX = 320 };

struct fact {
    int slot;          /* or THE_PART */
    const char *topic; /* "signs", "clock": a key, with no two alike in one slot */
    unsigned offset; /* configuration bytes it comes from; of a slot: SlotConfig, with KeyConfig beside it */
    unsigned length;
    struct words says;
};

struct description {
    struct fact facts[FACTS_MAX];
    unsigned count;
};

void describe(const struct study *study, struct description *description);

/* describe_part.c, describe_slot.c */
void describe_part(const struct study *study, struct description *description);
void describe_slot(const struct study *study, unsigned slot, struct description *description);

/* A new fact with nothing said yet; length 0: no configuration byte says it. */
struct words *describe_add(struct description *description, int slot, const char *topic, unsigned offset,
                           unsigned length);

/* NULL: nothing is said about it. */
const struct fact *description_find(const struct description *description, int slot, const char *topic);

/* The part's name: "ATECC608A". */
const char *describe_model(const struct chip *chip);

/* Which slots lean on this one, and for what. One bit a slot. */
struct dependants {
    uint16_t written_with;  /* this slot is their write key */
    uint16_t read_with;     /* ... their read key */
    uint16_t authorised_by; /* ... their AuthKey */
    uint16_t validated_by;  /* ... the parent of their public key */
    uint16_t derived_from;  /* ... the parent of their DeriveKey */
    bool limit;             /* holds the limit of limited-use keys */
    bool io_key;
    bool use_lock;
    bool latch;
    bool boot_key;    /* SecureBoot's public key */
    bool boot_digest; /* ... and what it compares with */
};
struct dependants study_dependants(const struct study *study, unsigned slot);

/* Empty for a slot that holds something. Meaningless without data. */
bool slot_is_empty(const struct chip *chip, unsigned slot);

#endif
