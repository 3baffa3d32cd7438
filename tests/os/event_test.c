/* Events. os/include/mgos_event.h */

#include "check.h"

#include "fake_board.h"
#include "heap.h"
#include "mgos_event.h"

#define MINE MGOS_EVENT_BASE('T', 'S', 'T')

static char order[64];

static int start(void **state)
{
    fake_board_start();
    order[0] = '\0';
    return 0;
}

static void note(int ev, void *ev_data, void *userdata)
{
    strcat(order, userdata);
    if (ev_data)
        strcat(order, ev_data);
}

static void the_numbers_are_those_of_mongoose_os(void **state)
{
    assert_int_equal(MGOS_EVENT_INIT_DONE, 'M' << 24 | 'O' << 16 | 'S' << 8);
    assert_int_equal(MGOS_EVENT_REBOOT, MGOS_EVENT_INIT_DONE + 2);
    assert_int_equal(MGOS_EVENT_CLOUD_CONNECTED, MGOS_EVENT_INIT_DONE + 4);
    assert_int_equal(MGOS_EVENT_REBOOT_AFTER, MGOS_EVENT_INIT_DONE + 8);
}

static void handlers_run_in_the_order_of_asking_and_are_counted(void **state)
{
    mgos_event_add_handler(MINE + 1, note, "a");
    mgos_event_add_handler(MINE + 2, note, "never");
    mgos_event_add_handler(MINE + 1, note, "b");
    assert_int_equal(mgos_event_trigger(MINE + 1, "-"), 2);
    assert_string_equal(order, "a-b-");
    assert_int_equal(mgos_event_trigger(MINE + 9, NULL), 0);
}

static void a_group_handler_gets_every_event_of_its_group(void **state)
{
    mgos_event_add_group_handler(MINE, note, "g");
    mgos_event_trigger(MINE, NULL);
    mgos_event_trigger(MINE + 255, NULL);
    mgos_event_trigger(MINE + 256, NULL);
    assert_string_equal(order, "gg");
}

static void removed_handlers_are_silent_and_their_memory_comes_back(void **state)
{
    size_t before = heap_available();

    mgos_event_add_handler(MINE, note, "a");
    assert_false(mgos_event_remove_handler(MINE, note, "b"));
    assert_false(mgos_event_remove_group_handler(MINE, note, "a"));
    assert_true(mgos_event_remove_handler(MINE, note, "a"));
    assert_int_equal(mgos_event_trigger(MINE, NULL), 0);
    assert_int_equal(heap_available(), before);
}

static void remove_both(int ev, void *ev_data, void *userdata)
{
    note(ev, ev_data, userdata);
    mgos_event_remove_handler(ev, remove_both, "1");
    mgos_event_remove_handler(ev, note, "2");
}

static void a_handler_may_remove_itself_and_others(void **state)
{
    size_t before = heap_available();

    mgos_event_add_handler(MINE, remove_both, "1");
    mgos_event_add_handler(MINE, note, "2");
    mgos_event_trigger(MINE, NULL);
    mgos_event_trigger(MINE, NULL);
    assert_string_equal(order, "1");
    assert_int_equal(heap_available(), before);
}

static void add_more(int ev, void *ev_data, void *userdata)
{
    note(ev, ev_data, userdata);
    mgos_event_add_handler(ev, note, "new");
}

static void a_handler_added_meanwhile_is_for_the_next_event(void **state)
{
    mgos_event_add_handler(MINE, add_more, "1");
    assert_int_equal(mgos_event_trigger(MINE, NULL), 1);
    assert_string_equal(order, "1");
}

static void a_group_belongs_to_one_name(void **state)
{
    assert_true(mgos_event_register_base(MINE, "mine"));
    assert_true(mgos_event_register_base(MINE, "mine"));
    assert_false(mgos_event_register_base(MINE, "theirs"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_numbers_are_those_of_mongoose_os, start),
        cmocka_unit_test_setup(handlers_run_in_the_order_of_asking_and_are_counted, start),
        cmocka_unit_test_setup(a_group_handler_gets_every_event_of_its_group, start),
        cmocka_unit_test_setup(removed_handlers_are_silent_and_their_memory_comes_back, start),
        cmocka_unit_test_setup(a_handler_may_remove_itself_and_others, start),
        cmocka_unit_test_setup(a_handler_added_meanwhile_is_for_the_next_event, start),
        cmocka_unit_test_setup(a_group_belongs_to_one_name, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
