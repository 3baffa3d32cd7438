/* Timers. os/include/mgos_timers.h */

#include "check.h"

#include "fake_board.h"
#include "heap.h"
#include "loop.h"
#include "mgos_mongoose.h"
#include "mgos_timers.h"

static char order[64];

static int start(void **state)
{
    fake_board_start();
    order[0] = '\0';
    return 0;
}

static void note(void *arg)
{
    strcat(order, arg);
}

static void they_fire_once_in_the_order_of_their_times(void **state)
{
    mgos_set_timer(30, 0, note, "c");
    mgos_set_timer(10, 0, note, "a");
    mgos_set_timer(20, 0, note, "b");
    mgos_set_timer(20, 0, note, "B");
    fake_board_run_us(9999);
    assert_string_equal(order, "");
    fake_board_run_us(1);
    assert_string_equal(order, "a");
    fake_board_run_us(100000);
    assert_string_equal(order, "abBc");
}

static void repeating_ones_keep_their_rhythm(void **state)
{
    mgos_set_timer(100, MGOS_TIMER_REPEAT, note, "x");
    fake_board_run_us(350000);
    assert_string_equal(order, "xxx");
}

static void run_now_fires_at_the_next_turn(void **state)
{
    mgos_set_timer(1000, MGOS_TIMER_REPEAT | MGOS_TIMER_RUN_NOW, note, "x");
    assert_string_equal(order, "");
    mgos_poll_at_most(0);
    assert_string_equal(order, "x");
    fake_board_run_us(1000000);
    assert_string_equal(order, "xx");
}

static void missed_calls_are_skipped_not_made_up_for(void **state)
{
    mgos_set_timer(100, MGOS_TIMER_REPEAT, note, "x");
    fake_board_advance_us(1000000);
    fake_board_run_us(0);
    assert_string_equal(order, "x");
    fake_board_run_us(100000);
    assert_string_equal(order, "xx");
}

static void the_memory_of_a_one_shot_timer_comes_back(void **state)
{
    size_t before = heap_available();

    mgos_set_timer(1, 0, note, "x");
    fake_board_run_us(2000);
    assert_int_equal(heap_available(), before);
}

static mgos_timer_id id_to_clear;

static void clear_it(void *arg)
{
    note(arg);
    mgos_clear_timer(id_to_clear);
}

static void a_callback_may_clear_its_own_timer(void **state)
{
    id_to_clear = mgos_set_timer(10, MGOS_TIMER_REPEAT, clear_it, "x");
    fake_board_run_us(100000);
    assert_string_equal(order, "x");
}

static void a_callback_may_clear_a_timer_that_is_due_at_the_same_time(void **state)
{
    mgos_set_timer(10, 0, clear_it, "x");
    id_to_clear = mgos_set_timer(10, 0, note, "never");
    fake_board_run_us(100000);
    assert_string_equal(order, "x");
}

static void clearing_a_stale_id_is_harmless(void **state)
{
    mgos_timer_id old = mgos_set_timer(10, 0, note, "a");

    fake_board_run_us(10000);
    mgos_set_timer(10, 0, note, "b");
    mgos_clear_timer(old);
    mgos_clear_timer(MGOS_INVALID_TIMER_ID);
    mgos_clear_timer(4711);
    fake_board_run_us(10000);
    assert_string_equal(order, "ab");
}

static void poll_and_clear(void *arg)
{
    note(arg);
    mgos_set_timer(0, 0, clear_it, "i");
    mongoose_poll(1);
}

/* A callback that waits within the loop can lose its own timer to another callback meanwhile. */
static void a_timer_can_be_cleared_while_its_callback_polls_the_loop(void **state)
{
    id_to_clear = mgos_set_timer(10, MGOS_TIMER_REPEAT, poll_and_clear, "o");
    fake_board_run_us(100000);
    assert_string_equal(order, "oi");
}

static void set_again(void *arg)
{
    note(arg);
    mgos_set_timer(0, 0, set_again, arg);
}

static void timers_of_no_interval_do_not_hold_the_loop(void **state)
{
    mgos_set_timer(0, 0, set_again, "s");
    mgos_set_timer(0, MGOS_TIMER_REPEAT, note, "r");
    mgos_poll_at_most(0);
    mgos_poll_at_most(0);
    assert_in_range(strlen(order), 2, 6);
}

static void their_state_can_be_asked(void **state)
{
    struct mgos_timer_info info;
    mgos_timer_id id = mgos_set_timer(500, MGOS_TIMER_REPEAT, note, "q");

    fake_board_advance_us(100000);
    assert_true(mgos_get_timer_info(id, &info));
    assert_int_equal(info.interval_ms, 500);
    assert_int_equal(info.msecs_left, 400);
    assert_ptr_equal(info.cb, note);
    assert_string_equal(info.cb_arg, "q");
    mgos_clear_timer(id);
    assert_false(mgos_get_timer_info(id, &info));
}

static void without_memory_there_is_no_timer(void **state)
{
    while (heap_alloc(16))
        continue;
    assert_int_equal(mgos_set_timer(10, 0, note, "x"), MGOS_INVALID_TIMER_ID);
}

static void microseconds_work_too(void **state)
{
    mgos_set_hw_timer(150, MGOS_TIMER_REPEAT, note, "u");
    fake_board_run_us(450);
    assert_string_equal(order, "uuu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(they_fire_once_in_the_order_of_their_times, start),
        cmocka_unit_test_setup(repeating_ones_keep_their_rhythm, start),
        cmocka_unit_test_setup(run_now_fires_at_the_next_turn, start),
        cmocka_unit_test_setup(missed_calls_are_skipped_not_made_up_for, start),
        cmocka_unit_test_setup(the_memory_of_a_one_shot_timer_comes_back, start),
        cmocka_unit_test_setup(a_callback_may_clear_its_own_timer, start),
        cmocka_unit_test_setup(a_callback_may_clear_a_timer_that_is_due_at_the_same_time, start),
        cmocka_unit_test_setup(clearing_a_stale_id_is_harmless, start),
        cmocka_unit_test_setup(a_timer_can_be_cleared_while_its_callback_polls_the_loop, start),
        cmocka_unit_test_setup(timers_of_no_interval_do_not_hold_the_loop, start),
        cmocka_unit_test_setup(their_state_can_be_asked, start),
        cmocka_unit_test_setup(without_memory_there_is_no_timer, start),
        cmocka_unit_test_setup(microseconds_work_too, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
