/* RPC on the board's UART, beside the console: mongoose-os.md 1.5.3, 1.5.4, vectors of 9.1. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "console.h"
#include "fake_board.h"
#include "mgos_rpc_channel_uart.h"
#include "mgos_uart.h"

#define LIST "{\"src\":\"mos\",\"id\":1945849494124,\"method\":\"FS.List\",\"params\":{\"path\":\"/\"}}"
#define ANSWER                                                                                               \
    "{\"id\":1945849494124,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"result\":[\"conf0.json\",\"ca."      \
    "pem\"]}"

static struct mg_rpc *rpc;

static void list(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    mg_rpc_send_responsef(ri, "[%Q,%Q]", "conf0.json", "ca.pem");
}

static void talk(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    mg_rpc_send_responsef(ri, "%Q", "0123456789012345678901234567890123456789");
    console_write("said meanwhile\n", 15);
}

static int start(void **state)
{
    struct mg_rpc_options options = {.id = "esp8266_A1B2C3", .max_queue_length = 25};
    struct mgos_rpc_channel_uart_options uart = {.baud_rate = 115200, .fc_type = 2, .max_frame_size = 4096};
    struct mgos_uart_config console;

    (void)state;
    fake_board_start();
    cs_log_set_level(LL_ERROR);
    mgos_uart_config_set_defaults(0, &console);
    assert_true(mgos_uart_configure(0, &console));
    rpc = mg_rpc_create(&options);
    mg_rpc_add_handler(rpc, "FS.List", "", list, NULL);
    mg_rpc_add_handler(rpc, "Test.Talk", "", talk, NULL);
    assert_true(mgos_rpc_channel_uart_add(rpc, &uart));
    fake_uart_output();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mg_rpc_free(rpc);
    return 0;
}

static const char *exchange(const char *bytes)
{
    fake_uart_input(bytes, strlen(bytes));
    fake_board_run_us(50000);
    return fake_uart_output();
}

static void shakes_hands(void **state)
{
    (void)state;
    assert_string_equal(exchange("\"\"\"\x04\"\"\"\n\n"), "\n\"\"\"\x04\"\"\"\n\n");
}

static void answers_mos(void **state)
{
    (void)state;
    assert_string_equal(exchange("\n\"\"\"" LIST "d512c452\"\"\"\n"),
                        "\n\n\"\"\"" ANSWER "a50cb299\"\"\"\n\n");
}

static void answers_a_person(void **state)
{
    (void)state;
    assert_string_equal(exchange(LIST "\n"), "\n" ANSWER "\n");
}

static void an_empty_line_alone_is_not_answered(void **state)
{
    (void)state;
    assert_string_equal(exchange("\n"), "");
    assert_string_equal(exchange(LIST "\n"), "\n\n" ANSWER "\n");
}

static void a_frame_in_pieces_is_one_frame(void **state)
{
    (void)state;
    assert_string_equal(exchange("{\"src\":\"mos\",\"id\":1945849494124,"), "");
    assert_string_equal(exchange("\"method\":\"FS.List\"}\n"), "\n" ANSWER "\n");
}

static void two_frames_get_two_answers(void **state)
{
    (void)state;
    assert_string_equal(exchange(LIST "\n" LIST "\n"), "\n" ANSWER "\n\n" ANSWER "\n");
}

static void console_text_never_mixes_with_a_frame(void **state)
{
    char seen[1024] = "";

    (void)state;
    fake_uart_set_room(7);
    fake_uart_input("{\"id\":1,\"method\":\"Test.Talk\"}\n", 30);
    for (int i = 0; i < 60; i++) {
        fake_board_run_us(10000);
        strcat(seen, fake_uart_output());
    }
    assert_string_equal(
        seen,
        "\n{\"id\":1,\"src\":\"esp8266_A1B2C3\",\"result\":\"0123456789012345678901234567890123456789\"}\n"
        "said meanwhile\n");
}

static void a_lost_frame_is_a_line_in_the_log(void **state)
{
    (void)state;
    assert_non_null(strstr(exchange("nonsense {\n"), "INVALID FRAME (1): '{'"));
    cs_log_set_level(LL_WARN);
    assert_non_null(
        strstr(exchange("{\"id\":1}00000000\n"), "Corrupted frame (8): '{\"id\":1}' '00000000' 00000000"));
}

static void refuses_an_unknown_flow_control(void **state)
{
    struct mgos_rpc_channel_uart_options uart = {.baud_rate = 115200, .fc_type = 3, .max_frame_size = 4096};

    (void)state;
    assert_false(mgos_rpc_channel_uart_add(rpc, &uart));
    uart.fc_type = 2;
    uart.uart_no = 9;
    assert_false(mgos_rpc_channel_uart_add(rpc, &uart));
}

static void keeps_the_console_settings_but_for_flow_control(void **state)
{
    struct mgos_uart_config config;

    (void)state;
    assert_true(mgos_uart_config_get(0, &config));
    assert_int_equal(config.baud_rate, 115200);
    assert_int_equal(config.rx_fc_type, MGOS_UART_FC_SW);
    assert_int_equal(config.tx_fc_type, MGOS_UART_FC_SW);
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(shakes_hands),
        POINT(answers_mos),
        POINT(answers_a_person),
        POINT(an_empty_line_alone_is_not_answered),
        POINT(a_frame_in_pieces_is_one_frame),
        POINT(two_frames_get_two_answers),
        POINT(console_text_never_mixes_with_a_frame),
        POINT(a_lost_frame_is_a_line_in_the_log),
        POINT(refuses_an_unknown_flow_control),
        POINT(keeps_the_console_settings_but_for_flow_control),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
