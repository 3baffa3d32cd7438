/* What the tool looks at: a chip's state file, or 128 bytes of configuration.
 *
 * A specimen is only read. Accepted are the state of a virtual chip (chip/state_file.h), 128 bytes as they
 * are, and text that spells 128 bytes in hexadecimal: "0x01, 0x23, ..." as `mos atca-get-config FILE` writes
 * it, or plain "01 23", with `#` before comments. "-" is standard input. A configuration alone says nothing
 * about what is in the slots: has_data is false, and the data zone is that of an unused part.
 */
#ifndef CHIP_TOOL_SPECIMEN_H
#define CHIP_TOOL_SPECIMEN_H

#include "chip.h"

enum specimen_form { SPECIMEN_STATE, SPECIMEN_BINARY, SPECIMEN_HEX };

enum { SPECIMEN_ERROR_MAX = 512, SPECIMEN_FILE_MAX = 16384 };

struct specimen {
    struct chip
        chip; /* its EEPROM and nothing else; never run. For functions that ask a chip for its rules. */
    enum specimen_form form;
    bool has_data;
};

/* Bytes of a file to a specimen. NULL; or the end of the sentence "cannot use FILE: it ...". */
const char *specimen_decode(const uint8_t *bytes, size_t n, struct specimen *specimen);

/* 0; or -1 with a sentence in `error`. */
int specimen_load(const char *path, struct specimen *specimen, char error[SPECIMEN_ERROR_MAX]);

/* Key material may be inside. */
void specimen_wipe(struct specimen *specimen);

#endif
