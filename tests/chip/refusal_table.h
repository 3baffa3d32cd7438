/* What tests/chip/refusals_test.c walks through: situations of a part, and commands. */
#ifndef TESTS_CHIP_REFUSAL_TABLE_H
#define TESTS_CHIP_REFUSAL_TABLE_H

#include "part.h"

/* A configuration and state in which some rule refuses something; both zones are locked, or `prepare` opens them. */
struct situation {
    const char *profile;
    void (*prepare)(struct part *part);
};

/* A mode that exists, with the length it takes. The slot is added to Param2, shifted; by 8: not at all. */
struct refusal_row {
    uint8_t opcode, p1;
    uint16_t p2;
    unsigned shift;
    size_t length;
};

extern const struct situation situations[];
extern const unsigned situation_count;

extern const struct refusal_row refusal_rows[];
extern const unsigned refusal_row_count;

#endif
