/* Configurations of the reference as it prints them, and studies of them. */
#ifndef TESTS_CHIP_TOOL_IMAGES_H
#define TESTS_CHIP_TOOL_IMAGES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "describe.h"

/* 128 bytes each, in hexadecimal. */
extern const char MONGOOSE[];      /* atecc608.md 5.2 */
extern const char MONGOOSE_608A[]; /* ... its 608A variant */
extern const char FACTORY[];       /* 2.9, with bytes 0..15 of 7.1 */
extern const char LIBRARY_TEST[];  /* 2.9 */

/* A configuration alone. */
void study_image(struct study *study, const char *hexadecimal);
/* After a change of study->specimen.chip.eeprom: what is possible now. */
void study_again(struct study *study);

void put_slot(struct study *study, unsigned slot, uint16_t slot_config, uint16_t key_config);

/* The fact about this slot (or THE_PART) is exactly this text; NULL: nothing is said. */
#define expect_fact(description, slot, topic, text)                                                          \
    expect_fact_at(description, slot, topic, text, __FILE__, __LINE__)
void expect_fact_at(const struct description *description, int slot, const char *topic, const char *text,
                    const char *file, int line);

#endif
