/* Every recipe, with every one of its transfers going wrong in every way, against the virtual chip: the
 * outcome is success or a clean error, never a wrong answer, and the next call works. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/driver/sweep_recipes.h"

static void disarm(void)
{
    rig.faulty.countdown = 0;
}

/* What a success says was written is there. */
static void check_success(const struct sweep_recipe *recipe, int err)
{
    if (err == ATECC_OK && recipe->check)
        recipe->check(NEW);
}

struct tally {
    unsigned runs, good;
};

/* Returns 0 once the recipe has fewer transfers than that. */
static int strike(const struct sweep_recipe *recipe, enum fault fault, unsigned bit, unsigned transfer,
                  struct tally *tally)
{
    snprintf(rig.where, sizeof(rig.where), "%s, transfer %u, fault %d, bit %u", recipe->name, transfer, fault,
             bit);
    if (recipe->before)
        recipe->before();
    faulty_bus_arm(&rig.faulty, fault, bit, transfer);

    int err = recipe->run();

    sweep_check_error(recipe, err, fault == FAULT_CHIP_SLEEPS);
    disarm();
    check_success(recipe, err);
    if (!rig.faulty.struck)
        return 0;
    tally->runs++;
    tally->good += err == ATECC_OK;

    /* whatever happened, the chip and the driver find each other again */
    uint8_t public_key[64];

    sweep_quiet(atecc_public_key(&rig.dev, 0, public_key));
    sweep_must_be_equal(public_key, rig.public_key, 64);
    return 1;
}

static void sweep_fault(const struct sweep_recipe *recipe, enum fault fault, unsigned bit,
                        struct tally *tally)
{
    for (unsigned transfer = 0; strike(recipe, fault, bit, transfer, tally); transfer++)
        assert_true(transfer < 3000);
}

static void sweep(const struct sweep_recipe *recipe)
{
    /* all bits of the first byte (word address; count), then of the next two, and some further on */
    static const unsigned more_bits[] = {8, 11, 15, 16, 23, 40, 61, 300};
    struct tally tally = {0}, nacked = {0};

    snprintf(rig.where, sizeof(rig.where), "%s", recipe->name);
    if (recipe->before)
        recipe->before();
    faulty_bus_arm(&rig.faulty, FAULT_NONE, 0, 0);
    sweep_quiet(recipe->run());
    check_success(recipe, ATECC_OK);

    sweep_fault(recipe, FAULT_NACK, 0, &nacked);
    for (enum fault fault = FAULT_LOST_WRITE; fault < FAULTS; fault++) {
        if (fault != FAULT_FLIPPED_BIT)
            sweep_fault(recipe, fault, 0, &tally);
    }
    for (unsigned bit = 0; bit < 8; bit++)
        sweep_fault(recipe, FAULT_FLIPPED_BIT, bit, &tally);
    for (size_t i = 0; i < sizeof(more_bits) / sizeof(more_bits[0]); i++)
        sweep_fault(recipe, FAULT_FLIPPED_BIT, more_bits[i], &tally);
    print_message("%s: %u faults, %u overcome\n", recipe->name, tally.runs + nacked.runs,
                  tally.good + nacked.good);
    /* one transfer that is not acknowledged is always overcome, but for an idle that is not heard: that may
     * cost the ephemeral key, which is not here */
    if (!recipe->may_lose)
        assert_int_equal(nacked.good, nacked.runs);
    assert_true(tally.good * 2 > tally.runs);
}

static void sweep_one(void **state)
{
    sweep(*state);
}

static int set_up(void **state)
{
    (void)state;
    sweep_set_up();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sweep_tear_down();
    return 0;
}

int main(void)
{
    struct CMUnitTest tests[SWEEP_RECIPES];

    for (size_t i = 0; i < SWEEP_RECIPES; i++)
        tests[i] = (struct CMUnitTest){sweep_recipes[i].name, sweep_one, NULL, NULL,
                                       (void *)(uintptr_t)&sweep_recipes[i]};
    return cmocka_run_group_tests_name("driver: sweep", tests, set_up, tear_down);
}
