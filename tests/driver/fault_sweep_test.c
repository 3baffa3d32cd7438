/* Every recipe of the driver against the real server, with each of its transfers going wrong in each way the server
 * knows: success after a retry or a clean error; never a wrong answer, a hang or a damaged slot.
 *
 * HALLMARK_CHIP names the program. The driver's clock is the test's own, so its patience passes at once. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "chip/bus_client.h"
#include "tests/driver/sweep_recipes.h"

enum { TRANSFERS_MAX = 400 };

static int control; /* the connection that sends requests to the server */

/* ---- faults ----------------------------------------------------------------------------------------- */

/* %u is the transfer, counted from 1. */
static const struct fault_row {
    const char *rule;
    int forgets; /* the chip loses its volatile state: what rests on it may fail */
} faults[] = {
    {"at %u nack", 0},
    {"at %u nack 4", 0},
    {"at %u nack forever", 0},
    {"at %u lost", 0},
    {"at %u flip 0", 0},
    {"at %u flip 1", 0},
    {"at %u flip 7", 0},
    {"at %u flip 9", 0},
    {"at %u flip 21", 0},
    {"at %u flip 45", 0},
    {"at %u flip 290", 0},
    {"at %u truncate 0", 0},
    {"at %u truncate 1", 0},
    {"at %u truncate 5", 0},
    {"at %u oversize 1", 0},
    {"at %u oversize 120", 0},
    {"at read %u answer 00", 0},
    {"at read %u answer 03", 0},
    {"at read %u answer FF", 0},
    {"at read %u answer 0400FFFF", 0},
    {"at read %u answer 23FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0000", 0},
    {"at %u busy 2", 0},
    {"at %u watchdog", 1},
    {"at %u power-loss before", 1},
    {"at %u power-loss after", 1},
    {"at %u disconnect before", 0},
    {"at %u disconnect after", 0},
    {"at eeprom %u power-loss before", 1},
    {"at eeprom %u power-loss after", 1},
};

enum { FAULT_ROWS = sizeof faults / sizeof faults[0] };

static char said[1024];

static void ask(const char *request)
{
    if (bus_client_control(control, request, said, sizeof said) != 1)
        fail_msg("%s: %s: %s", rig.where, request, said);
}

struct outcome {
    unsigned pending, struck;
};

static struct outcome take_back(void)
{
    struct outcome outcome = {0};

    ask("status");
    if (sscanf(said, "transfers %*u\nfaults pending %u\nfaults struck %u", &outcome.pending,
               &outcome.struck) != 2)
        fail_msg("not a status: %s", said);
    ask("clear");
    return outcome;
}

/* Chip and driver find each other again, and what nobody wrote is as it was. */
static void check_the_rest(void)
{
    uint8_t public_key[64], slot[32];

    sweep_quiet(atecc_public_key(&rig.dev, 0, public_key));
    sweep_must_be_equal(public_key, rig.public_key, 64);
    sweep_quiet(atecc_read_slot(&rig.dev, 11, 0, slot));
    sweep_must_be_equal(slot, rig.slot_11, 32);
}

struct tally {
    unsigned strikes, overcome;
};

/* False once the recipe has fewer transfers than that. */
static int strike(const struct sweep_recipe *recipe, const struct fault_row *fault, unsigned transfer,
                  struct tally *tally)
{
    char request[200] = "fault ";

    snprintf(request + 6, sizeof request - 6, fault->rule, transfer);
    snprintf(rig.where, sizeof rig.where, "%s, %.90s", recipe->name, request);
    if (recipe->before)
        recipe->before();
    ask(request);
    int err = recipe->run();
    struct atecc_failure failure = rig.dev.failure;
    struct outcome outcome = take_back();

    rig.dev.failure = failure;
    sweep_check_error(recipe, err, fault->forgets);
    if (recipe->check)
        recipe->check(err == ATECC_OK ? NEW : OLD_OR_NEW);
    check_the_rest();
    tally->strikes += outcome.struck > 0;
    tally->overcome += outcome.struck > 0 && err == ATECC_OK;
    return !outcome.pending || outcome.struck > 0;
}

static void sweep(void **state)
{
    const struct sweep_recipe *recipe = *state;
    struct tally all = {0, 0};

    for (unsigned i = 0; i < FAULT_ROWS; i++) {
        struct tally tally = {0, 0};
        unsigned transfer = 1;
        while (strike(recipe, &faults[i], transfer, &tally))
            assert_true(transfer++ < TRANSFERS_MAX);
        all.strikes += tally.strikes;
        all.overcome += tally.overcome;
        /* a transfer that is not acknowledged is always overcome, but for an idle that is not heard */
        if (i == 0 && !recipe->may_lose)
            assert_int_equal(tally.overcome, tally.strikes);
    }
    print_message("%s: %u faults, %u overcome\n", recipe->name, all.strikes, all.overcome);
    assert_true(all.strikes > FAULT_ROWS);
    assert_true(all.overcome * 2 > all.strikes);
}

/* ---- a chip that is really gone --------------------------------------------------------------------- */

static void connect_control(void)
{
    control = bus_client_connect(rig.chip.where + strlen("unix:"), SOCK_CLOEXEC);
    assert_true(control >= 0);
}

/* Stuck for good, at every transfer: an error in the driver's patience, not a hang. */
static void test_stuck_for_good(void **state)
{
    for (unsigned i = 0; i < SWEEP_RECIPES; i++) {
        struct tally tally = {0, 0};
        const struct fault_row stuck = {"at %u busy forever", 0};
        (void)strike(&sweep_recipes[i], &stuck, 1, &tally);
        (void)strike(&sweep_recipes[i], &stuck, 4, &tally);
        assert_int_equal(tally.strikes, 2);
        assert_int_equal(tally.overcome, 0);
    }
}

/* The server is killed around an EEPROM change and started anew: the state file has the old value or the new. */
static void test_killed_and_started_anew(void **state)
{
    static const char *const moments[] = {"before", "after"};

    for (unsigned i = 0; i < SWEEP_RECIPES; i++) {
        const struct sweep_recipe *recipe = &sweep_recipes[i];
        for (unsigned moment = 0; recipe->check && moment < 2; moment++) {
            char request[100];
            snprintf(rig.where, sizeof rig.where, "%s, killed %s the change", recipe->name, moments[moment]);
            if (recipe->before)
                recipe->before();
            snprintf(request, sizeof request, "fault at eeprom 1 power-loss %s", moments[moment]);
            ask(request);
            (void)recipe->run();
            close(control);
            kill(rig.chip.pid, SIGKILL);
            waitpid(rig.chip.pid, NULL, 0);
            chip_process_restart(&rig.chip);
            connect_control();
            recipe->check(OLD_OR_NEW);
            check_the_rest();
        }
    }
}

static int set_up(void **state)
{
    sweep_set_up();
    connect_control();
    return 0;
}

static int tear_down(void **state)
{
    close(control);
    sweep_tear_down();
    return 0;
}

int main(void)
{
    struct CMUnitTest tests[SWEEP_RECIPES + 2];

    for (size_t i = 0; i < SWEEP_RECIPES; i++)
        tests[i] = (struct CMUnitTest){sweep_recipes[i].name, sweep, NULL, NULL,
                                       (void *)(uintptr_t)&sweep_recipes[i]};
    tests[SWEEP_RECIPES] = (struct CMUnitTest)cmocka_unit_test(test_stuck_for_good);
    tests[SWEEP_RECIPES + 1] = (struct CMUnitTest)cmocka_unit_test(test_killed_and_started_anew);
    return cmocka_run_group_tests_name("driver: fault sweep", tests, set_up, tear_down);
}
