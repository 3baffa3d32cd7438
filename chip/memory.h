/* Where things lie in the EEPROM, and the only ways to change it (atecc608.md 2.1, 2.2, 2.11, 2.12). */
#ifndef CHIP_MEMORY_H
#define CHIP_MEMORY_H

#include "chip.h"

enum chip_zone { CHIP_ZONE_CONFIG = 0, CHIP_ZONE_OTP = 1, CHIP_ZONE_DATA = 2 };

/* Offsets in the configuration zone. */
enum {
    CONFIG_REVISION = 4,
    CONFIG_AES_ENABLE = 13,
    CONFIG_I2C_ENABLE = 14,
    CONFIG_I2C_ADDRESS = 16,
    CONFIG_COUNT_MATCH = 18, /* 608 */
    CONFIG_OTP_MODE = 18,    /* 508A */
    CONFIG_CHIP_MODE = 19,
    CONFIG_SLOT_CONFIG = 20,
    CONFIG_COUNTER = 52,
    CONFIG_USE_LOCK = 68, /* 608, as the next four */
    CONFIG_VOLATILE_KEY = 69,
    CONFIG_SECURE_BOOT = 70,
    CONFIG_KDF_IV_LOC = 72,
    CONFIG_KDF_IV_STR = 73,
    CONFIG_LAST_KEY_USE = 68, /* 508A */
    CONFIG_USER_EXTRA = 84,
    CONFIG_USER_EXTRA_ADD = 85, /* 608 */
    CONFIG_SELECTOR = 85,       /* 508A */
    CONFIG_LOCK_VALUE = 86,
    CONFIG_LOCK_CONFIG = 87,
    CONFIG_SLOT_LOCKED = 88,
    CONFIG_CHIP_OPTIONS = 90,
    CONFIG_X509_FORMAT = 92,
    CONFIG_KEY_CONFIG = 96,

    UNLOCKED = 0x55,
};

/* ChipOptions bits (atecc608.md 2.7). */
enum {
    OPTION_POST = 1 << 0,
    OPTION_IO_KEY = 1 << 1,
    OPTION_KDF_AES = 1 << 2,
};

/* ChipMode bits (2.4). */
enum {
    CHIP_MODE_EXTRA_ADDRESS = 1 << 0, /* 608 */
    CHIP_MODE_SELECTOR = 1 << 0,      /* 508A: the Selector is written once */
    CHIP_MODE_LONG_WATCHDOG = 1 << 2,
    CHIP_MODE_DIVIDER = 0xF8, /* 608 */
};

unsigned chip_slot_size(unsigned slot);
unsigned chip_slot_offset(unsigned slot); /* in chip_eeprom.data */

/* An ATECC508A by its revision number, 00 00 50 00; otherwise a 608 (atecc608.md 0.3). */
bool chip_is_508(const struct chip *chip);

bool chip_config_locked(const struct chip *chip);
bool chip_data_locked(const struct chip *chip);
unsigned chip_options(const struct chip *chip); /* 0 on a 508A, which has none */

/* SN[0:8], the nine bytes of the serial number. */
void chip_serial(const struct chip *chip, uint8_t serial[CHIP_SERIAL_SIZE]);

/* A word (4) or block (32) address, decoded and checked against the zone's or the slot's size. */
struct chip_address {
    enum chip_zone zone;
    unsigned slot; /* data zone */
    unsigned block;
    unsigned offset; /* bytes from the start of the zone, or of the slot */
    unsigned length; /* 4 or 32, as asked */
    unsigned stored; /* bytes that exist there: less than `length` in a partial last block */
};

/* NULL, or what is wrong with the address. `param1` as in Read and Write: zone and bit 7. */
const char *chip_address_decode(uint8_t param1, uint16_t param2, struct chip_address *address);

const uint8_t *chip_at(const struct chip *chip, const struct chip_address *address);

/* Every change of the EEPROM goes through here: `target` points into chip->eeprom. */
void chip_eeprom_write(struct chip *chip, const uint8_t *target, const uint8_t *bytes, size_t n);

/* The private key of a slot; false when the slot holds none (atecc608.md 2.12). Wipe it after use. */
bool chip_private_key(const struct chip *chip, unsigned slot, uint8_t d[32]);
void chip_private_key_store(struct chip *chip, unsigned slot, const uint8_t d[32]);

/* The public key stored as pad, X, pad, Y; false when the slot is too small for one (atecc608.md 2.11). */
bool chip_stored_public_key(const struct chip *chip, unsigned slot, uint8_t point[64]);

/* The validity nibble of a public key slot with PubInfo = 1. */
enum { PUBLIC_KEY_VALID = 0x5, PUBLIC_KEY_INVALID = 0xA };
unsigned chip_validity(const struct chip *chip, unsigned slot);
void chip_validity_set(struct chip *chip, unsigned slot, unsigned nibble);

/* What Lock of the data zone sums up: slots in order, private ones skipped, then OTP; partial blocks as stored
 * (atecc608.md 3.13, GUESS 42). In command_lock.c. */
uint16_t chip_data_zone_crc(const struct chip *chip);

#endif
