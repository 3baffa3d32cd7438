/* The two monotonic counters and their encoding in the configuration zone (atecc608.md 2.5). */
#ifndef CHIP_COUNTER_FIELD_H
#define CHIP_COUNTER_FIELD_H

#include "chip.h"

enum { COUNTER_MAX = 2097151 };

void chip_counter_encode(uint32_t count, uint8_t field[8]);
uint32_t chip_counter_decode(const uint8_t field[8]);

/* counter 0 or 1 */
uint32_t chip_counter_read(const struct chip *chip, unsigned counter);
void chip_counter_increment(struct chip *chip, unsigned counter); /* must be below COUNTER_MAX */

#endif
