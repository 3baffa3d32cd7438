/* Booting and ending: the boot log, failures, restarts, the loop. mongoose-os.md 7.5, 6.1, 2.2 */

#include "check.h"

#include "fake_board.h"
#include "fake_config.h"
#include "heap.h"
#include "loop.h"
#include "mgos_app.h"
#include "mgos_deps.h"
#include "mgos_event.h"
#include "mgos_mongoose.h"
#include "mgos_ro_vars.h"
#include "mgos_system.h"
#include "mgos_time.h"
#include "mgos_timers.h"

static bool deps_fail;
static enum mgos_app_init_result app_result;
static int preinits, events_seen;

bool mgos_deps_init(void)
{
    return !deps_fail;
}

enum mgos_app_init_result mgos_app_init(void)
{
    return app_result;
}

void mgos_app_preinit(void)
{
    preinits++;
}

static int start(void **state)
{
    fake_board_start();
    deps_fail = false;
    app_result = MGOS_APP_INIT_SUCCESS;
    preinits = events_seen = 0;
    return 0;
}

/* Each line's message stands behind 24 columns; gives the one that begins with `beginning`. */
static const char *line(const char *log, const char *beginning)
{
    static char text[200];

    for (const char *s = log; s && *s; s = strchr(s, '\n') + 1) {
        size_t length = strcspn(s, "\n");
        if (length < 24 || strncmp(s + 24, beginning, strlen(beginning)) != 0)
            continue;
        snprintf(text, sizeof(text), "%.*s", (int)length, s);
        return text;
    }
    fail_msg("no line '%s...' in:\n%s", beginning, log);
    return NULL;
}

static void the_boot_log_tells_what_the_board_is(void **state)
{
    fake_board_set_reset_cause(4);
    mgos_start();
    const char *log = fake_uart_output();
    assert_int_equal(log[0], '\n');
    assert_memory_equal(line(log, "test-app"), "mgos_init.c:", 12);
    assert_string_equal(line(log, "test-app") + 24, "test-app 1.0 (20240101-120000/gdeadbee-main)");
    assert_string_equal(line(log, "Hallmark") + 24,
                        "Hallmark 0.1.0 (20240101-120000/gdeadbee-main), Mongoose OS compatible");
    assert_memory_equal(line(log, "CPU: ") + 24, "CPU: fake, RAM: 53600 total, 5", 30);
    assert_string_equal(line(log, "Reset cause") + 24, "Reset cause: 4 (soft reset)");
    assert_string_equal(line(log, "/: size") + 24, "/: size 262144, used: 0, free: 262144");
    assert_string_equal(line(log, "MAC") + 24, "MAC: 5c:cf:7f:a1:b2:c3");
    assert_memory_equal(line(log, "Init done") + 24, "Init done, RAM: 53600 total, ", 29);
    assert_int_equal(preinits, 1);
}

static void the_firmware_knows_itself(void **state)
{
    assert_string_equal(mgos_sys_ro_vars_get_app(), "test-app");
    assert_string_equal(mgos_sys_ro_vars_get_mac_address(), "5CCF7FA1B2C3");
    assert_string_equal(mgos_sys_ro_vars_get_arch(), "linux");
    assert_string_equal(mgos_sys_ro_vars_get_fw_version(), "1.0");
}

static void a_library_that_fails_restarts_the_board(void **state)
{
    deps_fail = true;
    int end = setjmp(fake_board_end);
    if (end == FAKE_RUNNING) {
        mgos_start();
        fail();
    }
    assert_int_equal(end, FAKE_RESTARTED);
    const char *log = fake_uart_output();
    line(log, "MG init error: -32");
    line(log, "Init failed: -32");
    line(log, "Restarting");
    assert_true(mgos_uptime_micros() >= 500000);
}

static void an_application_that_fails_restarts_the_board(void **state)
{
    app_result = MGOS_APP_INIT_ERROR;
    int end = setjmp(fake_board_end);
    if (end == FAKE_RUNNING) {
        mgos_start();
        fail();
    }
    assert_int_equal(end, FAKE_RESTARTED);
    line(fake_uart_output(), "Init failed: -2");
}

static void count_event(int ev, void *ev_data, void *userdata)
{
    events_seen++;
}

static void a_restart_comes_when_it_was_asked_for(void **state)
{
    mgos_start();
    mgos_event_add_handler(MGOS_EVENT_REBOOT_AFTER, count_event, NULL);
    mgos_event_add_handler(MGOS_EVENT_REBOOT, count_event, NULL);
    assert_int_equal(mgos_system_restart_in(), -1);
    fake_uart_output();
    int end = setjmp(fake_board_end);
    if (end == FAKE_RUNNING) {
        mgos_system_restart_after(500);
        mgos_system_restart_after(10000); /* changes nothing */
        assert_int_equal(mgos_system_restart_in(), 500);
        fake_board_run_us(499000);
        assert_int_equal(mgos_system_restart_in(), 1);
        fake_board_run_us(1000);
        fail();
    }
    assert_int_equal(end, FAKE_RESTARTED);
    assert_int_equal(events_seen, 2);
    const char *log = fake_uart_output();
    assert_memory_equal(line(log, "Rebooting in 500 ms"), "mgos_system.c:", 14);
    line(log, "Restarting");
}

static void an_abort_is_no_restart(void **state)
{
    mgos_start();
    int end = setjmp(fake_board_end);
    if (end == FAKE_RUNNING) {
        mgos_system_abort_after(100);
        fake_board_run_us(200000);
        fail();
    }
    assert_int_equal(end, FAKE_ABORTED);
    line(fake_uart_output(), "Aborting in 100 ms");
}

static void new_low_water_marks_are_told_once(void **state)
{
    mgos_start();
    fake_uart_output();
    mgos_poll_at_most(0);
    assert_string_equal(fake_uart_output(), "");
    void *p = heap_alloc(10000);
    size_t mark = heap_low_water();
    heap_free(p);
    mgos_poll_at_most(0);
    char expected[60];
    snprintf(expected, sizeof(expected), "New heap free LWM: %u", (unsigned)mark);
    const char *log = fake_uart_output();
    assert_memory_equal(log, "mgos_mongoose.c:", 16);
    assert_string_equal(line(log, "New heap") + 24, expected);
    mgos_poll_at_most(0);
    assert_string_equal(fake_uart_output(), "");
}

static void count(void *arg)
{
    ++*(int *)arg;
}

static void count_and_go(void *arg)
{
    count(arg);
    mgos_remove_poll_cb(count_and_go, arg);
}

static void poll_callbacks_run_every_turn_until_removed(void **state)
{
    int often = 0, once = 0;

    mgos_start();
    mgos_add_poll_cb(count, &often);
    mgos_add_poll_cb(count_and_go, &once);
    for (int i = 0; i < 3; i++)
        mongoose_poll(0);
    assert_int_equal(often, 3);
    assert_int_equal(once, 1);
    mgos_remove_poll_cb(count, &often);
    mongoose_poll(0);
    assert_int_equal(often, 3);
}

static void the_loop_sleeps_until_the_next_timer(void **state)
{
    int fired = 0;

    mgos_start();
    mgos_set_timer(250, 0, count, &fired);
    int64_t before = mgos_uptime_micros();
    mgos_poll();
    mgos_poll_at_most(0);
    assert_int_equal(fired, 1);
    assert_int_equal(mgos_uptime_micros() - before, 250000);
}

static double delta_seen;

static void on_time(int ev, void *ev_data, void *userdata)
{
    delta_seen = ((struct mgos_time_changed_arg *)ev_data)->delta;
}

static void the_clock_can_be_set(void **state)
{
    char text[40];

    mgos_event_add_handler(MGOS_EVENT_TIME_CHANGED, on_time, NULL);
    fake_board_set_time_us(INT64_C(1500000000000000));
    assert_true(mgos_time_micros() == INT64_C(1500000000000000));
    mgos_settimeofday(1600000000.5, NULL);
    assert_true(mgos_time_micros() == INT64_C(1600000000500000));
    assert_true(delta_seen == 100000000.5);
    fake_board_advance_us(500000);
    assert_true(mg_time() == 1600000001.0);
    assert_int_equal(mgos_strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", 1500000000), 20);
    assert_string_equal(text, "2017-07-14T02:40:00Z");
    mgos_settimeofday(1500000000.0, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_boot_log_tells_what_the_board_is, start),
        cmocka_unit_test_setup(the_firmware_knows_itself, start),
        cmocka_unit_test_setup(a_library_that_fails_restarts_the_board, start),
        cmocka_unit_test_setup(an_application_that_fails_restarts_the_board, start),
        cmocka_unit_test_setup(a_restart_comes_when_it_was_asked_for, start),
        cmocka_unit_test_setup(an_abort_is_no_restart, start),
        cmocka_unit_test_setup(new_low_water_marks_are_told_once, start),
        cmocka_unit_test_setup(poll_callbacks_run_every_turn_until_removed, start),
        cmocka_unit_test_setup(the_loop_sleeps_until_the_next_timer, start),
        cmocka_unit_test_setup(the_clock_can_be_set, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
