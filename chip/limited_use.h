/* Keys that may be used a limited number of times (atecc608.md 2.3, 2.13).
 *
 * On a 608 every LimitedUse slot counts counter 0 up, to the match value or the counter's end. On a 508A there
 * is no match value, and slot 15 has its own 128 uses, a bit each, in LastKeyUse.
 */
#ifndef CHIP_LIMITED_USE_H
#define CHIP_LIMITED_USE_H

#include "command.h"

/* For a slot with LimitedUse = 1: is a use left? */
enum chip_status chip_check_uses_left(const struct chip *chip, struct chip_call *call, unsigned slot);

/* One use less; one must be left. */
void chip_take_one_use(struct chip *chip, unsigned slot);

/* Where counter 0 stops limited-use keys: the match value if CountMatch is on, else COUNTER_MAX. */
uint32_t chip_counter_limit(const struct chip *chip);

#endif
