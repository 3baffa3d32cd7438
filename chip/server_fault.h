/* Faults on demand: rules that say what goes wrong on the bus, and at which transfer.
 *
 * One rule a line; # begins a comment:
 *
 *     at|every [transfer|read|write|wake|eeprom] K [address HEX] FAULT [ARGUMENT]
 *
 *     at 3 nack                        the third transfer from now is not acknowledged and does not happen
 *     at write 2 flip 12               bit 12 (byte 1, bit 4) of the second write arrives flipped
 *     every 7 nack                     each seventh transfer
 *     at eeprom 1 power-loss before    power fails just before the next EEPROM change is kept
 *
 * K counts from 1, from the moment the rule was given, the transfers of its kind: all of them (the default), reads,
 * writes, wake pulses, or transfers that change an EEPROM; to or from one address if one is named. A bit flips in the
 * data of the transfer, the word address of a write included, bit 0 of byte 0 first. The faults are rows of a table
 * (fault_kinds), which is also their manual.
 */
#ifndef CHIP_SERVER_FAULT_H
#define CHIP_SERVER_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus_protocol.h"

enum {
    FAULT_RULES_MAX = 64,
    FAULT_ERROR_MAX = 240,
    FAULT_BYTES_MAX = 140,
    FAULT_FOREVER = 0x7FFFFFFF,
};

enum fault_kind {
    FAULT_NACK,
    FAULT_LOST,
    FAULT_FLIP,
    FAULT_TRUNCATE,
    FAULT_OVERSIZE,
    FAULT_ANSWER,
    FAULT_BUSY,
    FAULT_WATCHDOG,
    FAULT_POWER_LOSS,
    FAULT_DISCONNECT,
    FAULT_SELFTEST,
    FAULT_HEALTH,
};

enum fault_argument {
    FAULT_ALONE,
    FAULT_COUNT,
    FAULT_NUMBER,
    FAULT_DURATION,
    FAULT_HEX,
    FAULT_BITS,
    FAULT_MOMENT
};

struct fault_kind_row {
    const char *name; /* NULL ends the table */
    enum fault_kind kind;
    enum fault_argument argument;
    const char *usage;
    const char *help;
};

extern const struct fault_kind_row fault_kinds[];

/* What a rule counts. */
enum fault_unit {
    FAULT_UNIT_TRANSFER,
    FAULT_UNIT_READ,
    FAULT_UNIT_WRITE,
    FAULT_UNIT_WAKE,
    FAULT_UNIT_EEPROM
};

struct fault {
    enum fault_kind kind;
    enum fault_unit unit;
    int address; /* -1: any */
    bool every;
    bool before;     /* of power-loss and disconnect: before the transfer, not after it */
    uint32_t at;     /* K */
    uint32_t seen;   /* so many of the kind so far */
    uint32_t left;   /* of nack: so many more of them */
    bool over;       /* it has struck and will not again */
    uint32_t number; /* the argument */
    uint8_t bytes[FAULT_BYTES_MAX];
    size_t length;
};

struct fault_rules {
    struct fault rules[FAULT_RULES_MAX];
    unsigned count;
    uint32_t struck; /* faults that changed something */
};

/* Adds the rules of `text`, all or none. 0; -1 with a sentence in `error`. */
int fault_rules_add(struct fault_rules *rules, const char *text, char error[FAULT_ERROR_MAX]);

void fault_rules_clear(struct fault_rules *rules);

/* Counts one event and lists the rules that strike now. `unit` is what happened: a read, write or wake, which are
 * transfers too, or an EEPROM change. */
unsigned fault_rules_due(struct fault_rules *rules, enum fault_unit unit, uint8_t address,
                         const struct fault *due[FAULT_RULES_MAX]);

/* "nack", "flip 12": for people. */
const char *fault_name(enum fault_kind kind);

#endif
