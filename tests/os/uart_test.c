/* Serial ports, deferred calls, pins: what applications do with the board's wires. */

#include "check.h"

#include "fake_board.h"
#include "heap.h"
#include "loop.h"
#include "mgos_gpio.h"
#include "mgos_system.h"
#include "mgos_uart.h"

static char order[300];

static int start(void **state)
{
    struct mgos_uart_config config;

    fake_board_start();
    mgos_uart_config_set_defaults(0, &config);
    assert_int_equal(config.baud_rate, 115200);
    assert_true(mgos_uart_configure(0, &config));
    order[0] = '\0';
    return 0;
}

static void on_uart(int uart_no, void *arg)
{
    char bytes[300];
    size_t n = mgos_uart_read(uart_no, bytes, sizeof(bytes) - 1);

    bytes[n] = '\0';
    strcat(order, "[");
    strcat(order, bytes);
    strcat(order, "]");
}

static void arriving_bytes_reach_the_dispatcher(void **state)
{
    mgos_uart_set_dispatcher(0, on_uart, NULL);
    mgos_uart_set_rx_enabled(0, true);
    mgos_poll_at_most(0);
    order[0] = '\0';
    fake_uart_input("hello", 5);
    mgos_poll_at_most(0);
    assert_string_equal(order, "[hello]");
}

static void bytes_stay_outside_while_receiving_is_off(void **state)
{
    fake_uart_input("kept", 4);
    mgos_poll_at_most(0);
    assert_false(mgos_uart_is_rx_enabled(0));
    assert_int_equal(mgos_uart_read_avail(0), 0);
    mgos_uart_set_rx_enabled(0, true);
    assert_int_equal(mgos_uart_read_avail(0), 4);
}

static void more_than_the_buffer_arrives_in_portions(void **state)
{
    char big[1000], got[1000];
    size_t total = 0, n;

    for (int i = 0; i < 1000; i++)
        big[i] = (char)('a' + i % 26);
    mgos_uart_set_rx_enabled(0, true);
    fake_uart_input(big, sizeof(big));
    mgos_poll_at_most(0);
    assert_int_equal(mgos_uart_read_avail(0), 256);
    while ((n = mgos_uart_read(0, got + total, 100)) > 0)
        total += n;
    assert_int_equal(total, 1000);
    assert_memory_equal(got, big, 1000);
}

static void writing_waits_for_a_slow_line(void **state)
{
    char big[2000];

    memset(big, 'x', sizeof(big));
    fake_uart_set_room(10);
    assert_int_equal(mgos_uart_write(0, big, sizeof(big)), sizeof(big));
    mgos_uart_flush(0);
    assert_int_equal(strlen(fake_uart_output()), sizeof(big));
}

static void writing_to_a_dead_line_ends(void **state)
{
    char big[2000];

    memset(big, 'x', sizeof(big));
    fake_uart_set_room(0);
    assert_int_equal(mgos_uart_write(0, big, sizeof(big)), 256);
    assert_int_equal(mgos_uart_write_avail(0), 0);
}

static void room_that_appears_reaches_the_dispatcher(void **state)
{
    mgos_uart_set_dispatcher(0, on_uart, NULL);
    fake_uart_set_room(5);
    mgos_uart_write(0, "0123456789", 10);
    assert_int_equal(mgos_uart_write_avail(0), 251);
    mgos_poll_at_most(0);
    assert_string_equal(order, "[]");
    assert_string_equal(fake_uart_output(), "0123456789");
}

static void a_write_that_fits_needs_no_memory(void **state)
{
    while (heap_alloc(16))
        continue;
    assert_int_equal(mgos_uart_write(0, "abc", 3), 3);
    assert_string_equal(fake_uart_output(), "abc");
}

static void a_port_that_does_not_exist_is_refused(void **state)
{
    struct mgos_uart_config config;

    mgos_uart_config_set_defaults(3, &config);
    assert_false(mgos_uart_configure(3, &config));
    assert_false(mgos_uart_config_get(-1, &config));
    assert_int_equal(mgos_uart_write(3, "x", 1), 0);
}

static void printf_prints(void **state)
{
    assert_int_equal(mgos_uart_printf(0, "%d-%s", 7, "seven"), 7);
    assert_string_equal(fake_uart_output(), "7-seven");
}

/* --- deferred calls ----------------------------------------------------------------------------------- */

static void note(void *arg)
{
    strcat(order, arg);
}

static void note_again(void *arg)
{
    note(arg);
    mgos_invoke_cb(note, "later", 0);
}

static void deferred_calls_come_at_the_next_turn_in_order(void **state)
{
    assert_true(mgos_invoke_cb(note, "a", 0));
    assert_true(mgos_invoke_cb(note_again, "b", MGOS_INVOKE_CB_F_FROM_ISR));
    assert_string_equal(order, "");
    mgos_poll_at_most(0);
    assert_string_equal(order, "ab");
    mgos_poll_at_most(0);
    assert_string_equal(order, "ablater");
}

static void too_many_deferred_calls_are_refused(void **state)
{
    for (int i = 0; i < 16; i++)
        assert_true(mgos_invoke_cb(note, "x", 0));
    assert_false(mgos_invoke_cb(note, "x", 0));
    mgos_poll_at_most(0);
    assert_string_equal(order, "xxxxxxxxxxxxxxxx");
}

/* --- pins --------------------------------------------------------------------------------------------- */

static void on_pin(int pin, void *arg)
{
    note(arg);
}

static void pins_keep_what_was_written(void **state)
{
    assert_true(mgos_gpio_setup_output(2, true));
    assert_true(mgos_gpio_read_out(2));
    assert_false(mgos_gpio_toggle(2));
    assert_false(mgos_gpio_read(2));
    assert_false(mgos_gpio_set_mode(99, MGOS_GPIO_MODE_INPUT));
    char name[8];
    assert_string_equal(mgos_gpio_str(14, name), "14");
}

static void an_edge_calls_its_handler(void **state)
{
    mgos_gpio_set_int_handler(4, MGOS_GPIO_INT_EDGE_NEG, on_pin, "!");
    mgos_gpio_write(4, true);
    mgos_gpio_enable_int(4);
    fake_board_run_us(50000);
    mgos_gpio_write(4, false);
    fake_board_run_us(50000);
    mgos_gpio_write(4, true);
    fake_board_run_us(50000);
    assert_string_equal(order, "!");
    mgos_gpio_disable_int(4);
    mgos_gpio_write(4, false);
    fake_board_run_us(50000);
    assert_string_equal(order, "!");
}

static void a_bouncing_button_counts_once(void **state)
{
    mgos_gpio_write(0, true);
    assert_true(mgos_gpio_set_button_handler(0, MGOS_GPIO_PULL_UP, MGOS_GPIO_INT_EDGE_NEG, 50, on_pin, "b"));
    for (int i = 0; i < 7; i++) {
        mgos_gpio_write(0, i % 2 != 0);
        fake_board_run_us(10000);
    }
    assert_string_equal(order, "");
    fake_board_run_us(100000);
    assert_string_equal(order, "b");
}

static void a_blinking_pin(void **state)
{
    mgos_gpio_setup_output(5, false);
    assert_true(mgos_gpio_blink(5, 100, 300));
    fake_board_run_us(350000);
    assert_true(mgos_gpio_read(5));
    fake_board_run_us(100000);
    assert_false(mgos_gpio_read(5));
    mgos_gpio_blink(5, 0, 0);
    fake_board_run_us(1000000);
    assert_false(mgos_gpio_read(5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(arriving_bytes_reach_the_dispatcher, start),
        cmocka_unit_test_setup(bytes_stay_outside_while_receiving_is_off, start),
        cmocka_unit_test_setup(more_than_the_buffer_arrives_in_portions, start),
        cmocka_unit_test_setup(writing_waits_for_a_slow_line, start),
        cmocka_unit_test_setup(writing_to_a_dead_line_ends, start),
        cmocka_unit_test_setup(room_that_appears_reaches_the_dispatcher, start),
        cmocka_unit_test_setup(a_write_that_fits_needs_no_memory, start),
        cmocka_unit_test_setup(a_port_that_does_not_exist_is_refused, start),
        cmocka_unit_test_setup(printf_prints, start),
        cmocka_unit_test_setup(deferred_calls_come_at_the_next_turn_in_order, start),
        cmocka_unit_test_setup(too_many_deferred_calls_are_refused, start),
        cmocka_unit_test_setup(pins_keep_what_was_written, start),
        cmocka_unit_test_setup(an_edge_calls_its_handler, start),
        cmocka_unit_test_setup(a_bouncing_button_counts_once, start),
        cmocka_unit_test_setup(a_blinking_pin, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
