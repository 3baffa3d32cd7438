/* Writing a key into a slot: whether that is possible, and how.  mongoose-os.md 3.13, atecc608.md 2.6 */
#ifndef MOS_KEY_WRITE_H
#define MOS_KEY_WRITE_H

#include "chip_config.h"

struct device;
struct options;

struct key_write {
    int slot;
    bool is_ecc;
    bool encrypted;
    int write_slot;
    const char *write_key_path;
    uint8_t write_key[CHIP_KEY_SIZE]; /* wiped by key_write_end() */
};

/* Decides by the configuration and `--write-key`, and reports which way it will go. 0, or 1 after fail():
 * what the chip would refuse anyway is refused here with the reason. */
int key_write_plan(struct key_write *plan, const struct chip_config *config, int slot,
                   const struct options *options);

/* Explains on stderr what would be done with the key, by fingerprints: no key is printed. */
void key_write_explain(const struct key_write *plan, const uint8_t *key, size_t size);

/* Writes `size` bytes, a multiple of 32, block by block. 0; after fail() 1 when the slot is as it was, 2 when
 * it may have some or all of the new key. */
int key_write_run(const struct key_write *plan, struct device *device, const uint8_t *key, size_t size);

void key_write_end(struct key_write *plan);

#endif
