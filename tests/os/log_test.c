/* The log and the console. mongoose-os.md 6.3, 1.5.4; os/console.h */

#include "check.h"

#include "common/cs_dbg.h"
#include "console.h"
#include "fake_board.h"
#include "heap.h"
#include "mgos_debug.h"
#include "mgos_event.h"
#include "mgos_uart.h"

static int start(void **state)
{
    struct mgos_uart_config config;

    fake_board_start();
    mgos_uart_config_set_defaults(0, &config);
    mgos_uart_configure(0, &config);
    return 0;
}

static void log_as(enum cs_log_level level, const char *file, int line, const char *message)
{
    if (cs_log_print_prefix(level, file, line))
        cs_log_printf("%s", message);
}

static void the_prefix_has_24_columns(void **state)
{
    log_as(LL_INFO, "main.c", 5, "Tick");
    assert_string_equal(fake_uart_output(), "main.c:5                Tick\n");
    log_as(LL_INFO, "mgos_sys_config.c", 470, "MAC: 5c:cf:7f:a1:b2:c3");
    assert_string_equal(fake_uart_output(), "mgos_sys_config.c:470   MAC: 5c:cf:7f:a1:b2:c3\n");
}

static void a_long_name_is_cut_so_that_a_space_remains(void **state)
{
    log_as(LL_INFO, "mgos_rpc_channel_uart.c", 320, "0x3fff1234 UART0");
    assert_string_equal(fake_uart_output(), "mgos_rpc_channel_ua:320 0x3fff1234 UART0\n");
    log_as(LL_INFO, "mgos_ssl_if_mbedtls.c", 61, "0x3ffe1234 ciphersuite");
    assert_string_equal(fake_uart_output(), "mgos_ssl_if_mbedtls.:61 0x3ffe1234 ciphersuite\n");
    log_as(LL_INFO, "a_name_that_fills_it.c", 1234, "x");
    assert_string_equal(fake_uart_output(), "a_name_that_fills_:1234 x\n");
}

static void only_the_base_name_counts(void **state)
{
    log_as(LL_INFO, "/some/where/else/main.c", 5, "x");
    assert_string_equal(fake_uart_output(), "main.c:5                x\n");
}

static void the_macro_names_its_own_place(void **state)
{
    char expected[80];

    LOG(LL_WARN, ("%s is %d", "answer", 42));
    snprintf(expected, sizeof(expected), "log_test.c:%d", __LINE__ - 1);
    const char *got = fake_uart_output();
    assert_memory_equal(got, expected, strlen(expected));
    assert_string_equal(got + 24, "answer is 42\n");
}

static void levels_decide(void **state)
{
    log_as(LL_DEBUG, "a.c", 1, "no");
    assert_string_equal(fake_uart_output(), "");
    cs_log_set_level(LL_DEBUG);
    log_as(LL_DEBUG, "a.c", 1, "yes");
    log_as(LL_VERBOSE_DEBUG, "a.c", 1, "no");
    assert_string_equal(fake_uart_output() + 24, "yes\n");
    cs_log_set_level(LL_NONE);
    log_as(LL_ERROR, "a.c", 1, "no");
    assert_string_equal(fake_uart_output(), "");
}

static void file_levels_override_and_the_first_match_wins(void **state)
{
    cs_log_set_level(LL_INFO);
    cs_log_set_file_level("noisy.c:7=3,noisy.c=0,http=4");
    log_as(LL_DEBUG, "noisy.c", 7, "yes");
    assert_string_equal(fake_uart_output() + 24, "yes\n");
    log_as(LL_INFO, "noisy.c", 8, "no");
    log_as(LL_DEBUG, "other.c", 1, "no");
    assert_string_equal(fake_uart_output(), "");
    log_as(LL_VERBOSE_DEBUG, "http_server.c", 1, "yes");
    log_as(LL_INFO, "other.c", 1, "yes");
    assert_string_equal(fake_uart_output() + 24, "yes\nother.c:1               yes\n");
    cs_log_set_file_level("=3");
    log_as(LL_DEBUG, "any.c", 1, "yes");
    assert_string_equal(fake_uart_output() + 24, "yes\n");
    cs_log_set_file_level(NULL);
    log_as(LL_DEBUG, "any.c", 1, "no");
    assert_string_equal(fake_uart_output(), "");
}

static void a_long_message_is_whole_as_long_as_there_is_memory(void **state)
{
    char message[1001];

    memset(message, 'm', 1000);
    message[1000] = '\0';
    for (int length = 170; length < 180; length++) {
        log_as(LL_INFO, "a.c", 1, message + 1000 - length);
        const char *got = fake_uart_output();
        assert_int_equal(strlen(got), 24 + length + 1);
    }
    log_as(LL_INFO, "a.c", 1, message);
    assert_int_equal(strlen(fake_uart_output()), 24 + 1000 + 1);
    while (heap_alloc(16))
        continue;
    log_as(LL_INFO, "a.c", 1, message);
    const char *got = fake_uart_output();
    assert_in_range(strlen(got), 150, 200);
    assert_string_equal(got + strlen(got) - 4, "...\n");
}

static void no_line_looks_like_a_frame(void **state)
{
    log_as(LL_INFO, "a.c", 1, "two\n{\"lines\":1}");
    assert_string_equal(fake_uart_output() + 24, "two\n {\"lines\":1}\n");
    mgos_debug_write(1, "{\"id\":1}\n\"\"\"\n", 13);
    assert_string_equal(fake_uart_output(), " {\"id\":1}\n \"\"\"\n");
    mgos_debug_write(1, "a", 1);
    mgos_debug_write(1, "{b}", 3);
    assert_string_equal(fake_uart_output(), "a{b}");
}

static void while_a_frame_is_sent_text_waits(void **state)
{
    console_suspend();
    mgos_uart_write(0, "\nframe", 6);
    log_as(LL_INFO, "a.c", 1, "meanwhile");
    mgos_uart_write(0, "s end\n", 6);
    assert_string_equal(fake_uart_output(), "\nframes end\n");
    console_resume();
    assert_string_equal(fake_uart_output(), "a.c:1                   meanwhile\n");
    console_resume();
    log_as(LL_INFO, "a.c", 1, "later");
    assert_string_equal(fake_uart_output() + 24, "later\n");
}

static void too_much_waiting_text_is_lost_and_the_loss_is_told(void **state)
{
    size_t before = heap_available();
    char block[1000];

    memset(block, 'x', sizeof(block));
    console_suspend();
    console_write(block, sizeof(block));
    console_write(block, sizeof(block));
    console_resume();
    const char *got = fake_uart_output();
    assert_int_equal(strspn(got, "x"), CONSOLE_PENDING_MAX);
    assert_string_equal(got + CONSOLE_PENDING_MAX, "\n(976 bytes of log lost)\n");
    assert_int_equal(heap_available(), before);
}

static char hooked[300];

static void hook(int ev, void *ev_data, void *userdata)
{
    const struct mgos_debug_hook_arg *arg = ev_data;
    char line[120];

    snprintf(line, sizeof(line), "%d %d %.*s", arg->fd, arg->level, (int)arg->len, (const char *)arg->data);
    strcat(hooked, line);
    LOG(LL_INFO, ("from within the hook"));
}

static void every_line_is_an_event_too(void **state)
{
    mgos_event_add_handler(MGOS_EVENT_LOG, hook, NULL);
    log_as(LL_WARN, "a.c", 1, "x");
    mgos_debug_write(1, "printed\n", 8);
    assert_string_equal(hooked, "2 1 a.c:1                   x\n1 0 printed\n");
}

static void a_stream_can_be_switched_off(void **state)
{
    assert_false(mgos_set_stdout_uart(7));
    assert_true(mgos_set_stdout_uart(-1));
    mgos_debug_write(1, "x", 1);
    log_as(LL_INFO, "a.c", 1, "y");
    assert_string_equal(fake_uart_output() + 24, "y\n");
    assert_true(mgos_set_stderr_uart(-1));
    log_as(LL_INFO, "a.c", 1, "z");
    assert_string_equal(fake_uart_output(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_prefix_has_24_columns, start),
        cmocka_unit_test_setup(a_long_name_is_cut_so_that_a_space_remains, start),
        cmocka_unit_test_setup(only_the_base_name_counts, start),
        cmocka_unit_test_setup(the_macro_names_its_own_place, start),
        cmocka_unit_test_setup(levels_decide, start),
        cmocka_unit_test_setup(file_levels_override_and_the_first_match_wins, start),
        cmocka_unit_test_setup(a_long_message_is_whole_as_long_as_there_is_memory, start),
        cmocka_unit_test_setup(no_line_looks_like_a_frame, start),
        cmocka_unit_test_setup(while_a_frame_is_sent_text_waits, start),
        cmocka_unit_test_setup(too_much_waiting_text_is_lost_and_the_loss_is_told, start),
        cmocka_unit_test_setup(every_line_is_an_event_too, start),
        cmocka_unit_test_setup(a_stream_can_be_switched_off, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
