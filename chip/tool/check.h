/* Dangers of a configuration, to be known before it is locked: each a sentence, with its bits and a
 * remedy. */
#ifndef CHIP_TOOL_CHECK_H
#define CHIP_TOOL_CHECK_H

#include "show.h"

enum severity {
    NOTE,    /* worth knowing; nothing wrong by itself */
    WARNING, /* wrong for many purposes, right for some */
    DANGER,  /* a key that protects nothing, or a slot that can never serve */
    SEVERITIES,
};

struct finding {
    enum severity severity;
    const char *rule; /* a short name: "open-key" */
    uint16_t slots;   /* it is about; one bit each, 0: the part */
    struct words says;
    struct words bits;   /* "SlotConfig bits 15:12 = 0000 of slot 15" */
    struct words remedy; /* "set ..." */
};

enum { FINDINGS_MAX = 320 };

struct findings {
    struct finding list[FINDINGS_MAX];
    unsigned count;
};

/* About 300 KB; the most severe come first. */
void check(const struct study *study, struct findings *findings);

unsigned check_count(const struct findings *findings, enum severity severity);

/* Prints them; EXIT_NO when there is a danger. */
int check_print(FILE *out, const char *name, const struct study *study);
int check_print_json(FILE *out, const char *name, const struct study *study);

/* check_keys.c, check_slots.c, check_part.c */
void check_keys(const struct study *study, struct findings *findings);
void check_slots(const struct study *study, struct findings *findings);
void check_part(const struct study *study, struct findings *findings);

struct finding *check_add(struct findings *findings, enum severity severity, const char *rule,
                          uint16_t slots);

#endif
