/* The file that keeps a virtual chip's EEPROM.
 *
 * Format, version 1, 1448 bytes:
 *
 *     0  "ATECCEEP"         8  version, LE32         12  length of what follows up to the checksum, LE32
 *    16  configuration 128 | data 1208 | OTP 64      1416  SHA-256 of bytes 0..1415
 *
 * A file of another version, damaged or of another kind is refused and left as it is. Saving writes
 * FILE.new, syncs it, renames it over FILE and syncs the directory: a kill at any moment leaves the old state
 * or the new one. Private keys are inside: mode 0600. FILE.lock is held while the state is in use.
 */
#ifndef CHIP_STATE_FILE_H
#define CHIP_STATE_FILE_H

#include "chip.h"

enum {
    STATE_FILE_SIZE = 1448,
    STATE_ERROR_MAX = 512,
    STATE_PATH_MAX = 1024,
};

struct state_file {
    char path[STATE_PATH_MAX];
    int lock; /* descriptor of FILE.lock */
};

/* Bytes to EEPROM and back. Decoding gives NULL, or the sentence's end: what is wrong with the bytes. */
void state_encode(const struct chip_eeprom *eeprom, uint8_t bytes[STATE_FILE_SIZE]);
const char *state_decode(const uint8_t *bytes, size_t n, struct chip_eeprom *eeprom);

/* The functions below return 0, or -1 with a sentence in `error`. */

/* Takes the lock; the file itself need not exist. */
int state_open(struct state_file *file, const char *path, char error[STATE_ERROR_MAX]);
/* 1: there is no file yet. */
int state_load(const struct state_file *file, struct chip_eeprom *eeprom, char error[STATE_ERROR_MAX]);
int state_save(const struct state_file *file, const struct chip_eeprom *eeprom, char error[STATE_ERROR_MAX]);
void state_close(struct state_file *file);

#endif
