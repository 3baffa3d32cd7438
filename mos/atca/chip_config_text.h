/* The configuration zone in files: YAML, JSON, hex.  mongoose-os.md 3.13, 3.14 */
#ifndef MOS_CHIP_CONFIG_TEXT_H
#define MOS_CHIP_CONFIG_TEXT_H

#include "chip_config.h"

#include <stdio.h>

enum chip_config_format {
    CHIP_CONFIG_YAML,
    CHIP_CONFIG_JSON,
    CHIP_CONFIG_HEX, /* four bytes a line, `0x01, 0x23, 0x52, 0xaa, ` */
};

/* By `--format` if that is not NULL, else by the suffix of `path` (NULL: standard output): .yml and .yaml,
 * .json, else hex. -1 with a sentence in `why` when `format` is unknown. */
int chip_config_format(const char *format, const char *path, enum chip_config_format *which, char *why,
                       size_t why_size);

/* The same bytes give the same text. 0, or -1 when memory ran out. */
int chip_config_print(FILE *file, const uint8_t bytes[CHIP_CONFIG_SIZE], enum chip_config_format format);

/* 0, or -1 with a sentence in `why`. */
int chip_config_parse(const char *text, size_t length, enum chip_config_format format,
                      uint8_t bytes[CHIP_CONFIG_SIZE], char *why, size_t why_size);

#endif
