/* Every recipe of the driver, to be run while something goes wrong: each knows what a right answer is and what its
 * slot may hold afterwards. Shared by the sweeps, which bring the faults.
 *
 * HALLMARK_CHIP names the program. The driver's clock is the test's own, so its patience passes at once. */
#ifndef TESTS_DRIVER_SWEEP_RECIPES_H
#define TESTS_DRIVER_SWEEP_RECIPES_H

#include <stdint.h>

#include "bus/bus.h"
#include "driver/atecc.h"
#include "tests/driver/chip_process.h"
#include "tests/driver/faulty_bus.h"

/* What one slot may hold after a strike: what it held, or what was being written. */
struct sweep_content {
    uint8_t before[64], after[64];
};

struct sweep_rig {
    struct chip_process chip;
    struct bus bus;
    struct faulty_bus faulty;
    struct atecc dev;
    uint8_t write_key[32];               /* slot 4 */
    uint8_t key[32], public_key[64];     /* slot 0 */
    uint8_t other[32], other_public[64]; /* the far end's */
    uint8_t config[128], slot_11[32], slot_12[32];
    uint8_t digest[32], signature[64];
    struct sweep_content written;
    char where[120]; /* recipe and fault, for what fails */
};

extern struct sweep_rig rig;

enum sweep_expected { OLD_OR_NEW, NEW };

struct sweep_recipe {
    const char *name;
    void (*before)(void); /* without faults */
    int (*run)(void);     /* the driver's error; a success that is wrong fails the test */
    void (*check)(enum sweep_expected expect); /* afterwards, without faults: the slot written to */
    int may_lose; /* the recipe rests on volatile state that an unheard idle may cost: an execution error is clean */
};

enum { SWEEP_RECIPES = 16 };
extern const struct sweep_recipe sweep_recipes[SWEEP_RECIPES];

/* A chip with the keys and data the recipes need, and the driver on it; `rig` is theirs. */
void sweep_set_up(void);
void sweep_tear_down(void);

/* Fails the test, saying where: an error of a call that no fault touches; an answer that is not the expected one. */
void sweep_quiet(int err);
void sweep_must_be_equal(const uint8_t *got, const uint8_t *expected, size_t length);

/* The error a recipe came back with can follow from a fault of the bus; the rest would say that the request or the
 * driver was wrong. `forgets`: the fault makes the chip lose its volatile state, so what rests on it may fail. */
void sweep_check_error(const struct sweep_recipe *recipe, int err, int forgets);

#endif
