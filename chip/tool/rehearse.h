/* A lock rehearsed: performed by the real machine on a copy, and what follows from it told. Nothing is
 * written. */
#ifndef CHIP_TOOL_REHEARSE_H
#define CHIP_TOOL_REHEARSE_H

#include "show.h"

enum lock_target { LOCK_CONFIG_ZONE, LOCK_DATA_ZONE, LOCK_ONE_SLOT };

/* The CRC a host sends with Lock (atecc608.md 3.13). */
uint16_t lock_crc(const struct chip *chip, enum lock_target target, unsigned slot);

/* EXIT_NO when the lock would be refused, or would strand a slot: an empty one that nothing can fill
 * afterwards. */
int rehearse(FILE *out, const char *name, const struct study *study, enum lock_target target, unsigned slot);

#endif
