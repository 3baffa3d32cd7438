/* What goes wrong on the wire and in the chip, what the driver tries again and what it does not.
 * atecc608.md 1.4, 1.7 */

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "driver/atecc_internal.h"
#include "hex.h"
#include "mock_chip.h"

#define COUNT_00 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define COUNT_40 "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

struct rig {
    struct mock_chip chip;
    struct atecc dev;
    uint8_t out[64];
};

static void set_up(struct rig *rig)
{
    mock_chip_init(&rig->chip);
    mock_device(&rig->dev, &rig->chip);
    memset(rig->out, 0xA5, sizeof(rig->out));
}

/* --- answers damaged on their way ----------------------------------------------------------------------- */

static void a_damaged_answer_is_read_again_and_the_command_not_run_again(void **state)
{
    (void)state;
    for (unsigned times = 1; times <= 3; times++) {
        struct rig rig;

        set_up(&rig);
        rig.chip.damaged_reads = times;
        mock_expect(&rig.chip, "07 40 04 00 00 83 87", COUNT_00 COUNT_40, 50000);
        assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_OK);
        assert_hex(rig.out, 64, COUNT_00 COUNT_40);
        assert_int_equal(rig.chip.commands, 1);
        assert_int_equal(rig.chip.resets, times);
    }
}

static void a_damaged_count_is_read_again(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.damaged_counts = 2;
    mock_expect(&rig.chip, "07 40 04 00 00 83 87", COUNT_00 COUNT_40, 50000);
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_OK);
    assert_hex(rig.out, 64, COUNT_00 COUNT_40);
    assert_int_equal(rig.chip.commands, 1);
}

static void an_answer_that_stays_damaged_is_an_error_and_no_data(void **state)
{
    static const uint8_t zeros[64];
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.damaged_reads = 100;
    mock_expect(&rig.chip, "07 40 04 00 00 83 87", COUNT_00 COUNT_40, 50000);
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_ERROR_RESPONSE);
    assert_memory_equal(rig.out, zeros, 64);
    assert_int_equal(rig.dev.failure.stage, ATECC_STAGE_RECEIVE);
    assert_int_equal(rig.dev.failure.opcode, 0x40);
    assert_int_equal(rig.chip.commands, 1); /* a second run would make another key */
    assert_int_equal(rig.chip.power, MOCK_IDLE);
}

static void a_command_that_changes_nothing_is_run_again_after_that(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.damaged_reads = 100;
    for (unsigned i = 0; i < 3; i++)
        mock_expect(&rig.chip, "07 1b 00 00 00 24 cd", COUNT_00, 1000);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_ERROR_RESPONSE);
    assert_int_equal(rig.chip.commands, 3);

    set_up(&rig);
    rig.chip.damaged_reads = 5;
    for (unsigned i = 0; i < 2; i++)
        mock_expect(&rig.chip, "07 1b 00 00 00 24 cd", i ? COUNT_40 : COUNT_00, 1000);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_hex(rig.out, 32, COUNT_40);
}

/* A count is an attacker's until checked: nothing but 4 or the length that is due is believed. */
static void no_other_count_is_believed(void **state)
{
    (void)state;
    for (unsigned count = 0; count <= 0xFF; count++) {
        struct rig rig;
        struct mock_exchange *exchange;

        if (count == 4 || count == 67)
            continue;
        set_up(&rig);
        mock_expect(&rig.chip, "07 40 04 00 00 83 87", COUNT_00 COUNT_40, 0);
        exchange = &rig.chip.script[0];
        if (count > 4 && count < sizeof(exchange->answer)) {
            /* a good group, of the wrong length */
            exchange->answer[0] = (uint8_t)count;
            uint16_t crc = atecc_crc16(0, exchange->answer, count - 2);

            exchange->answer[count - 2] = (uint8_t)crc;
            exchange->answer[count - 1] = (uint8_t)(crc >> 8);
            exchange->answer_size = count;
        }
        exchange->answer[0] = (uint8_t)count;
        assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_ERROR_RESPONSE);
        assert_int_equal(rig.chip.commands, 1);
    }
}

static void done_where_data_is_due_is_not_data(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "07 40 04 00 00 83 87", "00", 0);
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_ERROR_RESPONSE);
    assert_int_equal(rig.dev.failure.stage, ATECC_STAGE_PARSE);
}

/* The command's word address was damaged, so the chip ignored it: it has nothing new, and what it had must
 * not be taken for the answer. */
static void an_old_answer_is_not_taken_for_a_new_one(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "", COUNT_00 COUNT_40, 0);
    mock_expect(&rig.chip, "", COUNT_00 COUNT_40, 0);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_OK);
    /* the next command leaves the output buffer alone: read to its end, it gives FF */
    memset(rig.chip.script[1].answer, 0xFF, sizeof(rig.chip.script[1].answer));
    rig.chip.script[1].answer_size = sizeof(rig.chip.script[1].answer);
    assert_int_equal(atecc_gen_key(&rig.dev, 1, rig.out), ATECC_ERROR_RESPONSE);
    assert_int_equal(rig.chip.resets, 0);
}

/* --- commands that do not arrive ------------------------------------------------------------------------ */

static void a_command_not_acknowledged_is_sent_again_after_a_wake(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.deaf_commands = 2;
    mock_expect(&rig.chip, "07 40 04 00 00 83 87", COUNT_00 COUNT_40, 0);
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_OK);
    assert_int_equal(rig.chip.commands, 1);
    assert_int_equal(rig.chip.wakes, 3);

    set_up(&rig);
    rig.chip.deaf_commands = 3;
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_ERROR_NO_DEVICE);
    assert_int_equal(rig.dev.failure.stage, ATECC_STAGE_SEND);
}

static void a_command_the_chip_received_damaged_is_sent_again(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "FF", 0);
    mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "FF", 0);
    mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "00", 0);
    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_OK);
    mock_assert_done(&rig.chip);

    set_up(&rig);
    for (unsigned i = 0; i < 3; i++)
        mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "FF", 0);
    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_ERROR_COMMUNICATION);
    assert_int_equal(rig.dev.failure.status, 0xFF);
    mock_assert_done(&rig.chip);
}

static void a_chip_short_of_time_is_woken_afresh(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "EE", 0);
    mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "00", 0);
    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 2);
    mock_assert_done(&rig.chip);

    set_up(&rig);
    for (unsigned i = 0; i < 3; i++)
        mock_expect(&rig.chip, "07 17 80 00 00 39 8d", "EE", 0);
    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_ERROR_WATCHDOG);
}

/* --- commands the chip refuses -------------------------------------------------------------------------- */

static void a_refusal_is_final(void **state)
{
    static const struct {
        const char *status;
        enum atecc_error error;
    } cases[] = {{"01", ATECC_ERROR_MISMATCH},    {"03", ATECC_ERROR_PARSE},
                 {"05", ATECC_ERROR_ECC_FAULT},   {"07", ATECC_ERROR_SELF_TEST},
                 {"08", ATECC_ERROR_HEALTH_TEST}, {"0F", ATECC_ERROR_EXECUTION},
                 {"11", ATECC_ERROR_RESPONSE},    {"42", ATECC_ERROR_STATUS}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig rig;
        uint8_t status;

        set_up(&rig);
        hex_bytes(cases[i].status, &status, 1);
        mock_expect(&rig.chip, "07 17 80 00 00 39 8d", cases[i].status, 1000);
        assert_int_equal(atecc_lock_config(&rig.dev), cases[i].error);
        assert_int_equal(rig.chip.commands, 1);
        assert_int_equal(rig.dev.failure.error, cases[i].error);
        assert_int_equal(rig.dev.failure.status, status);
        assert_int_equal(rig.dev.failure.opcode, 0x17);
        assert_int_equal(rig.dev.failure.param1, 0x80);
        assert_int_equal(rig.chip.power, MOCK_IDLE);
    }
}

static void genkey_is_tried_again_after_an_ecc_fault(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "", "05", 0);
    mock_expect(&rig.chip, "", COUNT_00 COUNT_40, 0);
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void a_success_clears_the_failure(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "", "0F", 0);
    mock_expect(&rig.chip, "", "FF", 0);
    mock_expect(&rig.chip, "", "00", 0);
    assert_int_equal(atecc_lock_data(&rig.dev), ATECC_ERROR_EXECUTION);
    assert_int_equal(atecc_lock_data(&rig.dev), ATECC_OK);
    assert_int_equal(rig.dev.failure.error, ATECC_OK);
}

/* --- chips that stop ------------------------------------------------------------------------------------ */

static void a_chip_busy_for_ever_is_given_up_after_2_5_seconds(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect_raw(&rig.chip, "07 17 80 00 00 39 8d", "", 0);
    rig.chip.watchdog_us = 0;
    uint32_t started_us = rig.chip.now_us;

    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_ERROR_TIMEOUT);
    assert_in_range(rig.chip.now_us - started_us, 2500000, 2600000);
    assert_int_equal(rig.dev.failure.stage, ATECC_STAGE_EXECUTE);
    assert_int_equal(rig.chip.commands, 1);
}

static uint32_t stopped_clock(const struct atecc_bus_class **bus)
{
    (void)bus;
    return 12345;
}

static void even_by_a_stopped_clock(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    struct atecc_bus_class class = *rig.chip.vtable;

    class.now_us = stopped_clock;
    rig.chip.vtable = &class;
    mock_expect_raw(&rig.chip, "", "", 0);
    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_ERROR_TIMEOUT);
}

static void an_interrupted_session_ends_and_the_next_one_works(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect_raw(&rig.chip, "", "", 0);
    mock_expect(&rig.chip, "", COUNT_00, 0);
    assert_int_equal(atecc_lock_config(&rig.dev), ATECC_ERROR_TIMEOUT);
    assert_int_equal(rig.dev.session_depth, 0);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
}

/* --- recipes whose TempKey is lost on the way ----------------------------------------------------------- */

static void a_recipe_that_lost_tempkey_starts_over_once(void **state)
{
    static const char block_0[] = "0123a1b2 00006002 c3d4e5f6ee 616100 c0005500 87648764876487648f0f8f8f";
    struct rig rig;
    uint8_t key[32] = {1};

    (void)state;
    set_up(&rig);
    /* the chip had fallen asleep, and something of the volatile state was lost with it: a step is refused */
    mock_expect(&rig.chip, "", block_0, 0);
    mock_expect(&rig.chip, "", COUNT_00, 0);
    mock_expect(&rig.chip, "", "0F", 0);
    mock_expect(&rig.chip, "", block_0, 0);
    mock_expect(&rig.chip, "", COUNT_00, 0);
    mock_expect(&rig.chip, "", "00", 0);
    mock_expect(&rig.chip, "", "00", 0);
    rig.chip.deaf_commands = 1;
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 0, key, 4, key), ATECC_OK);
    mock_assert_done(&rig.chip);
}

static void a_recipe_the_chip_refuses_is_not_repeated(void **state)
{
    static const char block_0[] = "0123a1b2 00006002 c3d4e5f6ee 616100 c0005500 87648764876487648f0f8f8f";
    struct rig rig;
    uint8_t key[32] = {1};

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "", block_0, 0);
    mock_expect(&rig.chip, "", COUNT_00, 0);
    mock_expect(&rig.chip, "", "00", 0);
    mock_expect(&rig.chip, "", "0F", 0);
    assert_int_equal(atecc_write_private_key_encrypted(&rig.dev, 0, key, 4, key), ATECC_ERROR_EXECUTION);
    mock_assert_done(&rig.chip);
    assert_int_equal(rig.dev.failure.opcode, 0x46);
    assert_int_equal(rig.dev.failure.write_slot, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_answer_is_read_again_and_the_command_not_run_again),
        cmocka_unit_test(a_damaged_count_is_read_again),
        cmocka_unit_test(an_answer_that_stays_damaged_is_an_error_and_no_data),
        cmocka_unit_test(a_command_that_changes_nothing_is_run_again_after_that),
        cmocka_unit_test(no_other_count_is_believed),
        cmocka_unit_test(done_where_data_is_due_is_not_data),
        cmocka_unit_test(an_old_answer_is_not_taken_for_a_new_one),
        cmocka_unit_test(a_command_not_acknowledged_is_sent_again_after_a_wake),
        cmocka_unit_test(a_command_the_chip_received_damaged_is_sent_again),
        cmocka_unit_test(a_chip_short_of_time_is_woken_afresh),
        cmocka_unit_test(a_refusal_is_final),
        cmocka_unit_test(genkey_is_tried_again_after_an_ecc_fault),
        cmocka_unit_test(a_success_clears_the_failure),
        cmocka_unit_test(a_chip_busy_for_ever_is_given_up_after_2_5_seconds),
        cmocka_unit_test(even_by_a_stopped_clock),
        cmocka_unit_test(an_interrupted_session_ends_and_the_next_one_works),
        cmocka_unit_test(a_recipe_that_lost_tempkey_starts_over_once),
        cmocka_unit_test(a_recipe_the_chip_refuses_is_not_repeated),
    };

    return cmocka_run_group_tests_name("driver: faults", tests, NULL, NULL);
}
