/* Ready-made configurations for a new virtual chip; docs/chip-tool.md gives the reason for every slot. */
#ifndef CHIP_PROFILE_H
#define CHIP_PROFILE_H

#include "chip.h"

/* How far a part has come when it is handed over (atecc608.md 2.10). */
enum chip_profile_phase {
    CHIP_PROFILE_OPEN,          /* nothing locked */
    CHIP_PROFILE_CONFIG_LOCKED, /* keys and data are still to be put in */
    CHIP_PROFILE_LOCKED,        /* both zones */
};

struct chip_profile {
    const char *name;
    const char *summary;  /* for --help */
    const uint8_t *image; /* 128 bytes */
    enum chip_profile_phase phase;

    /* What the factory does with a CHIP_PROFILE_CONFIG_LOCKED part before it leaves; one bit a slot.
     * chip_profile_make() does none of it, for it has no random numbers; hallmark-chip-tool make does. */
    uint16_t keys;        /* a private key is generated here, by GenKey */
    uint16_t locks;       /* locked by itself once the data zone is, if something is in it */
    uint8_t serial_class; /* SN[8] (atecc608.md 2.2); 0: EE, as on standard parts */
};

/* All of them, ended by a row without a name. The first is the default. */
extern const struct chip_profile chip_profiles[];

/* NULL: no such profile. */
const struct chip_profile *chip_profile_find(const char *name);

/* The EEPROM of a new part; address 0 keeps the profile's. */
void chip_profile_make(const struct chip_profile *profile, const uint8_t serial[CHIP_SERIAL_SIZE],
                       uint8_t address, struct chip_eeprom *eeprom);

/* Turns the configuration of a new part into that of its predecessor, the ATECC508A: revision 50 00, OTPmode
 * in place of CountMatch, LastKeyUse in place of bytes 68..83 (atecc608.md 0.3, 2.2, 2.3). NULL; or why the
 * configuration cannot do without a 608, in which case nothing was changed. */
const char *chip_profile_make_508(struct chip_eeprom *eeprom);

#endif
