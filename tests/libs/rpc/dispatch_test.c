/* The engine: frames to the byte (mongoose-os.md 1.1, 1.2), dispatch (1.3), RPC.* (2.1). */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "heap.h"
#include "loopback.h"
#include "mgos_uart.h"

static struct mg_rpc *rpc;
static struct loopback line;
static char heard[256];
static struct mg_rpc_request_info *kept;

static void echo(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    (void)arg;
    snprintf(heard, sizeof(heard), "%.*s over %s", (int)args.len, args.len > 0 ? args.p : "",
             fi->channel_type);
    mg_rpc_send_responsef(ri, "%.*s", args.len > 0 ? (int)args.len : 2, args.len > 0 ? args.p : "{}");
}

static void nothing(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi,
                    struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    mg_rpc_send_responsef(ri, NULL);
}

static void fail_with(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi,
                      struct mg_str args)
{
    (void)fi;
    (void)args;
    mg_rpc_send_errorf(ri, 500, "%s", (const char *)arg);
}

static void fail_silently(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi,
                          struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    mg_rpc_send_errorf(ri, -1, NULL);
}

static void fail_in_json(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi,
                         struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    mg_rpc_send_error_jsonf(ri, 401, "{auth_type: %Q, nc: %d}", "digest", 1);
}

static void keep(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    kept = ri;
}

static void big(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi, struct mg_str args)
{
    static char text[FAKE_HEAP_SIZE];

    (void)arg;
    (void)fi;
    (void)args;
    memset(text, 'x', sizeof(text) - 1);
    mg_rpc_send_responsef(ri, "%Q", text);
}

static int start(void **state)
{
    struct mgos_uart_config console;

    (void)state;
    fake_board_start();
    mgos_uart_config_set_defaults(0, &console);
    assert_true(mgos_uart_configure(0, &console));
    heard[0] = '\0';
    kept = NULL;
    rpc = loopback_start(&line);
    mg_rpc_add_list_handlers(rpc);
    mg_rpc_add_handler(rpc, "Test.Echo", "{a: %d}", echo, NULL);
    mg_rpc_add_handler(rpc, "Test.Nothing", "", nothing, NULL);
    mg_rpc_add_handler(rpc, "Test.Fail", "", fail_with, "a \"quoted\" sentence");
    mg_rpc_add_handler(rpc, "Test.FailSilently", "", fail_silently, NULL);
    mg_rpc_add_handler(rpc, "Test.FailInJson", "", fail_in_json, NULL);
    mg_rpc_add_handler(rpc, "Test.Keep", "", keep, NULL);
    mg_rpc_add_handler(rpc, "Test.Big", "", big, NULL);
    return 0;
}

/* Everything taken from the heap has been given back. */
static int stop(void **state)
{
    size_t before;

    (void)state;
    mg_rpc_free(rpc);
    before = heap_available();
    fake_board_start();
    assert_int_equal(before, heap_available());
    return 0;
}

static void answers(const char *request, const char *answer)
{
    loopback_receive(&line, request);
    assert_string_equal(loopback_take(&line), answer);
}

/* --- frames --------------------------------------------------------------------------------------------- */

static void swaps_addresses_and_echoes_a_number(void **state)
{
    (void)state;
    answers("{\"src\":\"mos\",\"id\":1945849494124,\"method\":\"Test.Echo\",\"params\":[\"conf0.json\",\"ca."
            "pem\"]}",
            "{\"id\":1945849494124,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"result\":[\"conf0.json\","
            "\"ca.pem\"]}\n");
}

static void echoes_a_text_id_and_the_tag(void **state)
{
    (void)state;
    answers(
        "{\"v\":2,\"id\":\"a\\\"b\",\"tag\":\"t\\n\",\"src\":\"s\",\"dst\":\"esp8266_A1B2C3\",\"method\":"
        "\"Test.Nothing\"}",
        "{\"id\":\"a\\\"b\",\"src\":\"esp8266_A1B2C3\",\"dst\":\"s\",\"tag\":\"t\\n\",\"result\":null}\n");
}

static void quotes_a_number_that_is_not_all_digits(void **state)
{
    (void)state;
    answers("{\"id\":-5,\"method\":\"Test.Nothing\"}",
            "{\"id\":\"-5\",\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
    answers("{\"id\":0,\"method\":\"Test.Nothing\"}",
            "{\"id\":0,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
}

static void without_id_there_is_no_answer(void **state)
{
    (void)state;
    answers("{\"method\":\"Test.Echo\",\"params\":{\"a\":1}}", "");
    assert_string_equal(heard, "{\"a\":1} over UART");
    answers("{\"id\":\"\",\"method\":\"Test.Fail\"}", "");
    answers("{\"method\":\"No.Such\"}", "");
}

static void args_is_an_old_name_for_params(void **state)
{
    (void)state;
    loopback_receive(&line, "{\"id\":1,\"method\":\"Test.Echo\",\"args\":{\"a\":1}}");
    assert_string_equal(heard, "{\"a\":1} over UART");
    loopback_receive(&line, "{\"id\":1,\"params\":{\"a\":2},\"method\":\"Test.Echo\",\"args\":{\"a\":1}}");
    assert_string_equal(heard, "{\"a\":2} over UART");
}

static void a_string_keeps_its_quotes(void **state)
{
    (void)state;
    loopback_receive(&line, "{\"id\":1,\"method\":\"Test.Echo\",\"params\":\"text\"}");
    assert_string_equal(heard, "\"text\" over UART");
}

static void unknown_members_are_ignored(void **state)
{
    (void)state;
    answers(
        "{\"jsonrpc\":\"2.0\",\"key\":\"k\",\"timeout\":3,\"id\":1,\"method\":\"Test.Nothing\",\"trace\":{}}",
        "{\"id\":1,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
}

static void an_error_has_code_and_message(void **state)
{
    (void)state;
    assert_string_equal(loopback_call(&line, "Test.Fail", NULL),
                        "\"error\":{\"code\":500,\"message\":\"a \\\"quoted\\\" sentence\"}");
    assert_string_equal(loopback_call(&line, "Test.FailSilently", NULL), "\"error\":{\"code\":-1}");
    assert_string_equal(
        loopback_call(&line, "Test.FailInJson", NULL),
        "\"error\":{\"code\":401,\"message\":\"{\\\"auth_type\\\": \\\"digest\\\", \\\"nc\\\": 1}\"}");
}

/* --- dispatch ------------------------------------------------------------------------------------------- */

static void refuses_what_is_no_frame(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "{}",
        "[]",
        "[1,2]",
        "nonsense",
        "{\"other\":1}",
        "{\"id\":null,\"method\":\"Test.Nothing\"}",
        "{\"id\":{},\"method\":\"Test.Nothing\"}",
        "{\"id\":true,\"method\":\"Test.Nothing\"}",
        "{\"id\":1,\"method\":\"Test.Nothing\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        answers(bad[i], "");
    assert_int_equal(line.closed, 0);
    line.vtable.persistent = false;
    answers("nonsense", "");
    assert_int_equal(line.closed, 1);
}

static void stays_silent_when_somebody_else_is_meant(void **state)
{
    (void)state;
    answers("{\"id\":1,\"dst\":\"somebody\",\"method\":\"Test.Nothing\"}", "");
}

static void an_unknown_method_is_404(void **state)
{
    (void)state;
    assert_string_equal(loopback_call(&line, "No.Such", NULL),
                        "\"error\":{\"code\":404,\"message\":\"No handler for No.Such\"}");
    assert_string_equal(loopback_call(&line, "Test.Echo2", NULL),
                        "\"error\":{\"code\":404,\"message\":\"No handler for Test.Echo2\"}");
}

static void the_newest_registration_wins_and_names_are_patterns(void **state)
{
    (void)state;
    mg_rpc_add_handler(rpc, "Test.*", "", fail_with, "caught");
    assert_string_equal(loopback_call(&line, "test.echo", NULL),
                        "\"error\":{\"code\":500,\"message\":\"caught\"}");
    assert_string_equal(loopback_call(&line, "Test.New", NULL),
                        "\"error\":{\"code\":500,\"message\":\"caught\"}");
}

static bool refuse_all(struct mg_rpc_request_info *ri, void *arg, struct mg_rpc_frame_info *fi,
                       struct mg_str args)
{
    (void)arg;
    (void)fi;
    (void)args;
    mg_rpc_send_errorf(ri, 403, "unauthorized");
    return false;
}

static void the_prehandler_comes_between(void **state)
{
    (void)state;
    mg_rpc_set_prehandler(rpc, refuse_all, NULL);
    assert_string_equal(loopback_call(&line, "Test.Echo", NULL),
                        "\"error\":{\"code\":403,\"message\":\"unauthorized\"}");
    assert_string_equal(heard, "");
    /* An unknown method is unknown before it is forbidden. */
    assert_string_equal(loopback_call(&line, "No.Such", NULL),
                        "\"error\":{\"code\":404,\"message\":\"No handler for No.Such\"}");
}

static void a_log_line_tells_who_called_what(void **state)
{
    (void)state;
    fake_uart_output();
    loopback_call(&line, "Test.Echo", NULL);
    assert_non_null(strstr(fake_uart_output(), "Test.Echo via UART UART0\n"));
}

/* --- lists ---------------------------------------------------------------------------------------------- */

static void lists_newest_first(void **state)
{
    (void)state;
    assert_string_equal(
        loopback_call(&line, "RPC.List", NULL),
        "\"result\":[\"Test.Big\",\"Test.Keep\",\"Test.FailInJson\",\"Test.FailSilently\",\"Test.Fail\","
        "\"Test.Nothing\",\"Test.Echo\",\"RPC.Ping\",\"RPC.Describe\",\"RPC.List\"]");
}

static void describes_one_method(void **state)
{
    (void)state;
    assert_string_equal(loopback_call(&line, "RPC.Describe", "{\"name\":\"Test.Echo\"}"),
                        "\"result\":{\"name\": \"Test.Echo\", \"args_fmt\": \"{a: %d}\"}");
    assert_string_equal(loopback_call(&line, "RPC.Describe", "{\"name\":\"Test.*\"}"),
                        "\"error\":{\"code\":404,\"message\":\"name not found\"}");
    assert_string_equal(loopback_call(&line, "RPC.Describe", NULL),
                        "\"error\":{\"code\":400,\"message\":\"name is required\"}");
}

static void pings(void **state)
{
    (void)state;
    assert_string_equal(loopback_call(&line, "RPC.Ping", NULL), "\"result\":{\"channel_info\": \"UART0\"}");
}

/* --- channels ------------------------------------------------------------------------------------------- */

static void answers_wait_their_turn(void **state)
{
    (void)state;
    line.asynchronous = true;
    loopback_receive(&line, "{\"id\":1,\"method\":\"Test.Nothing\"}");
    loopback_receive(&line, "{\"id\":2,\"method\":\"Test.Nothing\"}");
    loopback_receive(&line, "{\"id\":3,\"method\":\"Test.Nothing\"}");
    assert_string_equal(loopback_take(&line), "{\"id\":1,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
    loopback_sent(&line);
    assert_string_equal(loopback_take(&line), "{\"id\":2,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
    loopback_sent(&line);
    assert_string_equal(loopback_take(&line), "{\"id\":3,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
    loopback_sent(&line);
    assert_string_equal(loopback_take(&line), "");
}

/* max_queue_length is 3 here. */
static void a_full_queue_loses_its_oldest(void **state)
{
    char request[64];

    (void)state;
    line.asynchronous = true;
    for (int id = 1; id <= 5; id++) {
        snprintf(request, sizeof(request), "{\"id\":%d,\"method\":\"Test.Nothing\"}", id);
        loopback_receive(&line, request);
    }
    for (int i = 0; i < 4; i++)
        loopback_sent(&line);
    assert_string_equal(loopback_take(&line), "{\"id\":1,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n"
                                              "{\"id\":3,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n"
                                              "{\"id\":4,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n"
                                              "{\"id\":5,\"src\":\"esp8266_A1B2C3\",\"result\":null}\n");
}

static void an_answer_may_come_later(void **state)
{
    (void)state;
    answers("{\"id\":7,\"src\":\"mos\",\"method\":\"Test.Keep\"}", "");
    assert_non_null(kept);
    assert_string_equal(kept->method.p, "Test.Keep");
    assert_true(mg_rpc_send_responsef(kept, "{done: %B}", 1));
    assert_string_equal(
        loopback_take(&line),
        "{\"id\":7,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"result\":{\"done\": true}}\n");
}

static void an_answer_to_a_channel_that_is_gone_goes_nowhere(void **state)
{
    (void)state;
    loopback_receive(&line, "{\"id\":7,\"method\":\"Test.Keep\"}");
    mg_rpc_remove_channel(&line.channel);
    assert_null(kept->ch);
    assert_false(mg_rpc_send_responsef(kept, "{done: %B}", 1));
    assert_string_equal(loopback_take(&line), "");
}

static void an_answer_that_does_not_fit_into_memory_becomes_an_error(void **state)
{
    (void)state;
    assert_string_equal(loopback_call(&line, "Test.Big", NULL),
                        "\"error\":{\"code\":500,\"message\":\"out of memory\"}");
}

/* --- calls ---------------------------------------------------------------------------------------------- */

static char result_text[128];

static void note_result(struct mg_rpc *from, void *arg, struct mg_rpc_frame_info *fi, struct mg_str result,
                        int code, struct mg_str message)
{
    (void)from;
    (void)arg;
    (void)fi;
    snprintf(result_text, sizeof(result_text), "%d [%.*s] [%.*s]", code, (int)result.len,
             result.len > 0 ? result.p : "", (int)message.len, message.len > 0 ? message.p : "");
}

/* The id of the call in `frame`, as a text. */
static const char *id_in(const char *frame)
{
    static char id[16];
    const char *at = strstr(frame, "\"id\":");

    assert_non_null(at);
    sscanf(at, "\"id\":%15[0-9]", id);
    return id;
}

static void calls_and_hears_the_result(void **state)
{
    char expected[160], answer[160];
    const char *frame;

    (void)state;
    result_text[0] = '\0';
    assert_true(mg_rpc_callf(rpc, mg_mk_str("Host.Do"), note_result, NULL, NULL, "{a: %d}", 5));
    frame = loopback_take(&line);
    snprintf(expected, sizeof(expected),
             "{\"src\":\"esp8266_A1B2C3\",\"id\":%s,\"method\":\"Host.Do\",\"params\":{\"a\": 5}}\n",
             id_in(frame));
    assert_string_equal(frame, expected);
    snprintf(answer, sizeof(answer), "{\"id\":%s,\"src\":\"host\",\"result\":\"yes\"}", id_in(frame));
    loopback_receive(&line, answer);
    assert_string_equal(result_text, "0 [\"yes\"] []");
    result_text[0] = '\0';
    loopback_receive(&line, answer);
    assert_string_equal(result_text, "");
}

static void hears_an_error(void **state)
{
    char answer[160];

    (void)state;
    assert_true(mg_rpc_callf(rpc, mg_mk_str("Host.Do"), note_result, NULL, NULL, NULL));
    snprintf(answer, sizeof(answer), "{\"id\":%s,\"error\":{\"code\":404,\"message\":\"no \\\"Do\\\"\"}}",
             id_in(loopback_take(&line)));
    loopback_receive(&line, answer);
    assert_string_equal(result_text, "404 [] [no \"Do\"]");
}

static void without_callback_it_is_a_notification(void **state)
{
    (void)state;
    assert_true(mg_rpc_callf(rpc, mg_mk_str("Host.Tell"), NULL, NULL, NULL, NULL));
    assert_string_equal(loopback_take(&line), "{\"src\":\"esp8266_A1B2C3\",\"method\":\"Host.Tell\"}\n");
}

static void calls_go_where_the_addressee_was_seen(void **state)
{
    static struct loopback other;
    struct mg_rpc_call_opts opts = {.dst = mg_mk_str("mos"), .tag = mg_mk_str("t"), .key = mg_mk_str("k")};

    (void)state;
    loopback_receive(&line, "{\"src\":\"mos\",\"method\":\"Test.Nothing\"}");
    loopback_add(rpc, &other);
    assert_true(mg_rpc_callf(rpc, mg_mk_str("Host.Tell"), NULL, NULL, &opts, NULL));
    assert_string_equal(loopback_take(&line),
                        "{\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"tag\":\"t\",\"key\":\"k\","
                        "\"method\":\"Host.Tell\"}\n");
    assert_string_equal(loopback_take(&other), "");
}

static void too_many_calls_give_up_the_oldest(void **state)
{
    (void)state;
    line.asynchronous = true;
    result_text[0] = '\0';
    for (int i = 0; i < 3; i++)
        mg_rpc_callf(rpc, mg_mk_str("Host.Do"), note_result, NULL, NULL, NULL);
    assert_string_equal(result_text, "");
    mg_rpc_callf(rpc, mg_mk_str("Host.Do"), note_result, NULL, NULL, NULL);
    assert_string_equal(result_text, "429 [] [Request queue overflow]");
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(swaps_addresses_and_echoes_a_number),
        POINT(echoes_a_text_id_and_the_tag),
        POINT(quotes_a_number_that_is_not_all_digits),
        POINT(without_id_there_is_no_answer),
        POINT(args_is_an_old_name_for_params),
        POINT(a_string_keeps_its_quotes),
        POINT(unknown_members_are_ignored),
        POINT(an_error_has_code_and_message),
        POINT(refuses_what_is_no_frame),
        POINT(stays_silent_when_somebody_else_is_meant),
        POINT(an_unknown_method_is_404),
        POINT(the_newest_registration_wins_and_names_are_patterns),
        POINT(the_prehandler_comes_between),
        POINT(a_log_line_tells_who_called_what),
        POINT(lists_newest_first),
        POINT(describes_one_method),
        POINT(pings),
        POINT(answers_wait_their_turn),
        POINT(a_full_queue_loses_its_oldest),
        POINT(an_answer_may_come_later),
        POINT(an_answer_to_a_channel_that_is_gone_goes_nowhere),
        POINT(an_answer_that_does_not_fit_into_memory_becomes_an_error),
        POINT(calls_and_hears_the_result),
        POINT(hears_an_error),
        POINT(without_callback_it_is_a_notification),
        POINT(calls_go_where_the_addressee_was_seen),
        POINT(too_many_calls_give_up_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
