/* The configuration zone of an ATECC508A or ATECC608A as the tool models it.  mongoose-os.md 3.14,
 * atecc608.md 2.2
 *
 * The 128 bytes are the truth; the rest are views of them. The tree of chip_config_to_tree() has every bit
 * that a chip keeps, so that bytes, tree, YAML, JSON and hex can be turned into one another without loss.
 */
#ifndef MOS_CHIP_CONFIG_H
#define MOS_CHIP_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHIP_CONFIG_SIZE 128
#define CHIP_SLOT_COUNT  16
#define CHIP_KEY_SIZE    32 /* a block of a slot, a private key, a write key */

enum chip_key_type {
    CHIP_KEY_ECC = 4, /* P-256 */
    CHIP_KEY_AES = 6,
    CHIP_KEY_OTHER = 7,
};

/* What the tool needs to know of a slot. */
struct chip_slot {
    bool is_private_ecc; /* a private key of the chip, which never leaves it */
    enum chip_key_type key_type;
    bool can_sign;        /* private keys: signs digests from outside (SlotConfig bit 0) */
    unsigned write_key;   /* the slot whose key opens it for encrypted writes */
    bool encrypted_write; /* WriteConfig bit 2: after the data lock it takes encrypted writes only */
    bool gen_key_allowed; /* WriteConfig bit 1, for private keys: GenKey after the data lock */
    bool never_writable;  /* not private: WriteConfig 2, 3, 8..11, refused for ever once data is locked */
    bool locked;          /* this slot alone, for ever */
    size_t capacity;      /* bytes */
};

struct chip_config {
    uint8_t bytes[CHIP_CONFIG_SIZE];
    uint8_t serial[9];
    uint32_t revision;
    bool config_locked, data_locked;
    struct chip_slot slots[CHIP_SLOT_COUNT];
};

/* Decodes what ATCA.GetConfig gave. 0, or -1 with a sentence in `why`: unknown lock bytes or key types. */
int chip_config_decode(struct chip_config *config, const uint8_t bytes[CHIP_CONFIG_SIZE], char *why,
                       size_t why_size);

/* ATECC608A or ATECC508A. */
const char *chip_config_model(const struct chip_config *config);

/* The zone as named values, in the order of the bytes. NULL if memory ran out. */
json_t *chip_config_to_tree(const uint8_t bytes[CHIP_CONFIG_SIZE]);

/* The other way round. Values that no command can write (serial number, revision, locks) may be missing; the
 * others must be there, and unknown names are refused. 0, or -1 with a sentence in `why`. */
int chip_config_from_tree(const json_t *tree, uint8_t bytes[CHIP_CONFIG_SIZE], char *why, size_t why_size);

/* Whether numbers of this name are easier to read in hex. */
bool chip_config_is_hex(const char *name);

#endif
