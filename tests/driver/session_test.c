/* Sessions: one wake for many commands, fresh time before the watchdog bites, idle at the end, and patient
 * waiting. atecc608.md 1.2, 1.8, 4.3 */

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "driver/atecc_internal.h"
#include "hex.h"
#include "mock_chip.h"

#define COUNT_00 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

struct rig {
    struct mock_chip chip;
    struct atecc dev;
    uint8_t out[64];
};

static void set_up(struct rig *rig)
{
    mock_chip_init(&rig->chip);
    mock_device(&rig->dev, &rig->chip);
}

static void expect_random(struct rig *rig, unsigned times, uint32_t busy_us)
{
    while (times--)
        mock_expect(&rig->chip, "07 1b 00 00 00 24 cd", COUNT_00, busy_us);
}

static void many_commands_share_one_wake(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    expect_random(&rig, 10, 1000);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_int_equal(rig.chip.power, MOCK_AWAKE);
    assert_int_equal(atecc_end(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 1);
    assert_int_equal(rig.chip.pulses, 1);
    assert_int_equal(rig.chip.idles, 1);
    assert_int_equal(rig.chip.power, MOCK_IDLE);
}

static void begin_and_end_nest(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(atecc_end(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.power, MOCK_AWAKE);
    assert_int_equal(atecc_end(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.power, MOCK_IDLE);
    assert_int_equal(atecc_end(&rig.dev), ATECC_ERROR_PARAMETER);
}

static void without_a_session_each_function_wakes_and_idles(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    expect_random(&rig, 2, 1000);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_int_equal(rig.chip.power, MOCK_IDLE);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 2);
    assert_int_equal(rig.chip.idles, 2);
}

static void a_session_outlives_the_watchdog_and_tempkey_with_it(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.tempkey = 1;
    expect_random(&rig, 40, 45000); /* 1.8 s of commands, the watchdog bites after 0.7 s */
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    for (unsigned i = 0; i < 40; i++)
        assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_int_equal(atecc_end(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.tempkey, 1);
    assert_in_range(rig.chip.wakes, 3, 4);
    assert_int_equal(rig.chip.idles, rig.chip.wakes);
    mock_assert_done(&rig.chip);
}

/* Waiting between commands inside a session counts too. */
static void a_pause_in_a_session_is_noticed(void **state)
{
    static const uint32_t pauses_ms[] = {500, 600, 640, 700, 1000, 60000};

    (void)state;
    for (size_t i = 0; i < sizeof(pauses_ms) / sizeof(pauses_ms[0]); i++) {
        struct rig rig;

        set_up(&rig);
        expect_random(&rig, 2, 1000);
        assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
        assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
        rig.chip.vtable->delay_us(&rig.chip.vtable, pauses_ms[i] * 1000);
        assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
        assert_int_equal(rig.chip.wakes, pauses_ms[i] <= 600 ? 1 : 2);
        assert_int_equal(atecc_end(&rig.dev), ATECC_OK);
        mock_assert_done(&rig.chip);
    }
}

/* What is left must do for the longest the next command may take, not just for what was used. */
static void slow_commands_ask_for_more_time(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    mock_expect(&rig.chip, "07 40 04 00 00 83 87", COUNT_00 COUNT_00, 1000);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    rig.chip.vtable->delay_us(&rig.chip.vtable,
                              600000); /* 100 ms left: enough for Random, not for GenKey's 115 */
    assert_int_equal(atecc_gen_key(&rig.dev, 0, rig.out), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 2);
}

static void execution_times_follow_the_clock_divider(void **state)
{
    struct atecc dev = {0};

    (void)state;
    assert_int_equal(atecc_execution_time_ms(&dev, 0x45), 105);
    dev.chip_mode = 0x28;
    assert_int_equal(atecc_execution_time_ms(&dev, 0x45), 295);
    dev.chip_mode = 0x6C; /* M2, long watchdog */
    assert_int_equal(atecc_execution_time_ms(&dev, 0x45), 1085);
    assert_int_equal(atecc_execution_time_ms(&dev, 0x77), 2324);
}

/* Verify at the slowest clock takes longer than the whole watchdog: it gets all there is, once. */
static void a_command_longer_than_the_watchdog_starts_right_after_a_wake(void **state)
{
    struct rig rig;
    uint8_t digest[32] = {0}, signature[64] = {0}, key[64] = {0};

    (void)state;
    set_up(&rig);
    rig.dev.chip_mode = 0x68;
    rig.chip.watchdog_us = 10000000;
    mock_expect(&rig.chip, "", "00", 1000);
    mock_expect(&rig.chip, "", "00", 900000);
    assert_int_equal(atecc_verify(&rig.dev, digest, signature, key), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 2);
    mock_assert_done(&rig.chip);
}

static void sleep_wakes_an_idle_chip_to_tell_it(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.power = MOCK_IDLE;
    rig.chip.tempkey = 1;
    assert_int_equal(atecc_sleep(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.power, MOCK_ASLEEP);
    assert_int_equal(rig.chip.tempkey, 0);

    /* and within a session the next command wakes it again */
    expect_random(&rig, 1, 0);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(atecc_sleep(&rig.dev), ATECC_OK);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_int_equal(atecc_end(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.power, MOCK_IDLE);
}

static void polling_starts_at_once_and_slows_to_2_ms(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    expect_random(&rig, 1, 50000);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    rig.chip.busy_polls = 0;
    uint32_t sent_us = rig.chip.now_us;

    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_in_range(rig.chip.busy_polls, 20, 35);
    assert_in_range(rig.chip.poll_at_us[0] - sent_us, 100, 1500);
    for (unsigned i = 1; i < rig.chip.busy_polls; i++) {
        uint32_t pause_us = rig.chip.poll_at_us[i] - rig.chip.poll_at_us[i - 1];

        assert_in_range(pause_us, 100, 2200);
        if (i > 6)
            assert_in_range(pause_us, 2000, 2200);
    }
    /* not later than one pause and the transfers after the chip was ready */
    assert_in_range(rig.chip.now_us - sent_us, 50000, 50000 + 2200 + 5000);
}

static void a_quick_answer_is_not_waited_for(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    expect_random(&rig, 1, 0);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    uint32_t sent_us = rig.chip.now_us;

    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
    assert_in_range(rig.chip.now_us - sent_us, 0, 6000); /* 46 bytes at 90 us */
}

static void a_missed_wake_is_repeated(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.deaf_pulses = 3;
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.pulses, 4);
    assert_int_equal(rig.chip.wakes, 1);
}

/* Another program died in mid-session: the pulse is ignored, the answer is an old one, or FF. */
static void a_chip_left_awake_is_put_to_idle_and_woken(void **state)
{
    struct rig rig;

    (void)state;
    for (int drained = 0; drained < 2; drained++) {
        set_up(&rig);
        rig.chip.power = MOCK_AWAKE;
        rig.chip.tempkey = 1;
        rig.chip.woken_at_us = rig.chip.now_us;
        rig.chip.output_size = hex_bytes("04 00 03 40", rig.chip.output, 4);
        rig.chip.output_at = drained ? 4 : 0;
        assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
        assert_int_equal(rig.chip.idles, 1);
        assert_int_equal(rig.chip.wakes, 1);
        assert_int_equal(rig.chip.tempkey, 1);
    }
}

static void a_chip_with_half_a_command_in_it_is_freed(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.power = MOCK_AWAKE;
    rig.chip.woken_at_us = rig.chip.now_us;
    rig.chip.output_size = hex_bytes("04 00 03 40", rig.chip.output, 4);
    rig.chip.partial = 5;
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 1);
}

static void a_chip_busy_for_another_program_is_waited_for(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.power = MOCK_AWAKE;
    rig.chip.woken_at_us = rig.chip.now_us;
    rig.chip.output_size = hex_bytes("04 00 03 40", rig.chip.output, 4);
    rig.chip.busy_until_us = rig.chip.now_us + 165000;
    assert_int_equal(atecc_begin(&rig.dev), ATECC_OK);
    assert_int_equal(rig.chip.wakes, 1);
}

static void an_absent_chip_is_given_up_after_a_quarter_of_a_second(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.absent = 1;
    uint32_t started_us = rig.chip.now_us;

    assert_int_equal(atecc_begin(&rig.dev), ATECC_ERROR_NO_DEVICE);
    assert_in_range(rig.chip.now_us - started_us, 230000, 270000);
    assert_int_equal(rig.dev.failure.stage, ATECC_STAGE_WAKE);
    assert_int_equal(rig.dev.session_depth, 0);

    /* plugged in again it works */
    rig.chip.absent = 0;
    expect_random(&rig, 1, 0);
    assert_int_equal(atecc_random(&rig.dev, rig.out), ATECC_OK);
}

static void a_stranger_at_the_address_is_not_an_absent_chip(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    memset(rig.chip.wake_answer, 0x5A, 4);
    assert_int_equal(atecc_begin(&rig.dev), ATECC_ERROR_RESPONSE);
    assert_int_equal(rig.dev.failure.stage, ATECC_STAGE_WAKE);
}

static void a_failed_self_test_is_said_at_the_wake(void **state)
{
    static const char *const answers[] = {"04 07 40 C2", "04 07 C4 40"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;

        set_up(&rig);
        hex_bytes(answers[i], rig.chip.wake_answer, 4);
        assert_int_equal(atecc_begin(&rig.dev), ATECC_ERROR_SELF_TEST);
        assert_int_equal(rig.chip.pulses, 1);
    }
}

static void a_broken_bus_is_not_an_absent_chip(void **state)
{
    struct rig rig;

    (void)state;
    set_up(&rig);
    rig.chip.bus_broken = 1;
    assert_int_equal(atecc_begin(&rig.dev), ATECC_ERROR_BUS);
    assert_in_range(rig.chip.transfers, 1, 8);
}

static void the_8_bit_address_is_refused(void **state)
{
    static const uint8_t addresses[] = {0xC0, 0x80, 0x78, 0x07, 0x00};
    struct rig rig;

    (void)state;
    set_up(&rig);
    for (size_t i = 0; i < sizeof(addresses); i++)
        assert_int_equal(atecc_init(&rig.dev, &rig.chip.vtable, addresses[i], rig.dev.sha256),
                         ATECC_ERROR_ADDRESS);
    assert_int_equal(rig.chip.transfers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_commands_share_one_wake),
        cmocka_unit_test(begin_and_end_nest),
        cmocka_unit_test(without_a_session_each_function_wakes_and_idles),
        cmocka_unit_test(a_session_outlives_the_watchdog_and_tempkey_with_it),
        cmocka_unit_test(a_pause_in_a_session_is_noticed),
        cmocka_unit_test(slow_commands_ask_for_more_time),
        cmocka_unit_test(execution_times_follow_the_clock_divider),
        cmocka_unit_test(a_command_longer_than_the_watchdog_starts_right_after_a_wake),
        cmocka_unit_test(sleep_wakes_an_idle_chip_to_tell_it),
        cmocka_unit_test(polling_starts_at_once_and_slows_to_2_ms),
        cmocka_unit_test(a_quick_answer_is_not_waited_for),
        cmocka_unit_test(a_missed_wake_is_repeated),
        cmocka_unit_test(a_chip_left_awake_is_put_to_idle_and_woken),
        cmocka_unit_test(a_chip_with_half_a_command_in_it_is_freed),
        cmocka_unit_test(a_chip_busy_for_another_program_is_waited_for),
        cmocka_unit_test(an_absent_chip_is_given_up_after_a_quarter_of_a_second),
        cmocka_unit_test(a_stranger_at_the_address_is_not_an_absent_chip),
        cmocka_unit_test(a_failed_self_test_is_said_at_the_wake),
        cmocka_unit_test(a_broken_bus_is_not_an_absent_chip),
        cmocka_unit_test(the_8_bit_address_is_refused),
    };

    return cmocka_run_group_tests_name("driver: sessions", tests, NULL, NULL);
}
