/* RPC frames on a serial line: mongoose-os.md 1.5, vectors of 9.1. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "uart_framing.h"

#define GETINFO "{\"src\":\"mos\",\"id\":1945849494123,\"method\":\"Sys.GetInfo\"}"
#define LIST    "{\"src\":\"mos\",\"id\":1945849494124,\"method\":\"FS.List\",\"params\":{\"path\":\"/\"}}"
#define ANSWER                                                                                               \
    "{\"id\":1945849494124,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"result\":[\"conf0.json\",\"ca."      \
    "pem\"]}"

enum { MAX_FRAME = 512 };

/* What happened, one line an event: "frame {...}", "handshake", "empty", "corrupted: ...". */
struct listener {
    struct uart_framing framing;
    char events[8192];
};

static void note(struct uart_framing *framing, const char *what, struct mg_str text)
{
    struct listener *listener = (struct listener *)framing;
    size_t length = strlen(listener->events);

    snprintf(listener->events + length, sizeof(listener->events) - length, "%s%.*s\n", what, (int)text.len,
             text.p);
}

static void on_frame(struct uart_framing *framing, struct mg_str json)
{
    note(framing, "frame ", json);
}

static void on_handshake(struct uart_framing *framing)
{
    note(framing, "handshake", (struct mg_str){"", 0});
}

static void on_empty(struct uart_framing *framing)
{
    note(framing, "empty", (struct mg_str){"", 0});
}

static void on_corrupted(struct uart_framing *framing, const char *why)
{
    note(framing, "corrupted: ", (struct mg_str){why, strlen(why)});
}

static void on_refused(struct uart_framing *framing, const char *why)
{
    note(framing, "refused: ", (struct mg_str){why, strlen(why)});
}

static const struct uart_framing_events events = {on_frame, on_handshake, on_empty, on_corrupted, on_refused};

static struct listener listener;

static int listen(void **state)
{
    (void)state;
    fake_board_start();
    memset(&listener, 0, sizeof(listener));
    uart_framing_init(&listener.framing, &events, MAX_FRAME);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    uart_framing_free(&listener.framing);
    return 0;
}

static void feed(const char *text)
{
    uart_framing_feed(&listener.framing, (const uint8_t *)text, strlen(text));
}

static const char *wrapped(const char *json)
{
    static char line[512];
    char before[5], after[13];

    uart_framing_wrap(&listener.framing, (struct mg_str){json, strlen(json)}, before, after);
    snprintf(line, sizeof(line), "%s%s%s", before, json, after);
    return line;
}

/* --- the receiver --------------------------------------------------------------------------------------- */

static void takes_what_mos_sends(void **state)
{
    (void)state;
    feed("\n\"\"\"" GETINFO "e2586d69\"\"\"\n");
    assert_string_equal(listener.events, "empty\nframe " GETINFO "\nempty\n");
    assert_true(listener.framing.delimiter_used);
    assert_true(listener.framing.crc_used);
}

static void takes_a_bare_line(void **state)
{
    (void)state;
    feed(GETINFO "\n");
    assert_string_equal(listener.events, "frame " GETINFO "\n");
    assert_false(listener.framing.delimiter_used);
    assert_false(listener.framing.crc_used);
}

static void takes_a_line_with_crc(void **state)
{
    (void)state;
    feed(LIST "d512c452\n");
    assert_string_equal(listener.events, "frame " LIST "\n");
    assert_true(listener.framing.crc_used);
}

static void takes_a_crc_followed_by_reserved_fields(void **state)
{
    (void)state;
    feed(LIST "D512C452,future\n");
    assert_string_equal(listener.events, "frame " LIST "\n");
}

static void ignores_short_metadata(void **state)
{
    (void)state;
    feed(GETINFO "\r\n" GETINFO "1234567\n");
    assert_string_equal(listener.events, "frame " GETINFO "\nframe " GETINFO "\n");
    assert_false(listener.framing.crc_used);
}

static void drops_a_frame_with_a_wrong_crc(void **state)
{
    (void)state;
    feed(GETINFO "e2586d6a\n" GETINFO "\n");
    assert_string_equal(listener.events,
                        "corrupted: Corrupted frame (55): '{\"src\":\"mos\",\"id\":1945849494123,\"method\"'"
                        " 'e2586d6a' e2586d6a e2586d69\nframe " GETINFO "\n");
    assert_false(listener.framing.crc_used);
}

static void a_corrupted_frame_does_not_take_its_secrets_to_the_log(void **state)
{
    (void)state;
    feed("{\"id\":1,\"method\":\"ATCA.SetKey\",\"params\":{\"slot\":4,\"key\":\"c2VjcmV0\"}}00000000\n");
    assert_non_null(strstr(listener.events, "corrupted: Corrupted frame"));
    assert_null(strstr(listener.events, "c2Vj"));
}

static void answers_the_handshake(void **state)
{
    (void)state;
    uart_framing_feed(&listener.framing, (const uint8_t *)"\"\"\"\x04\"\"\"\n\n", 9);
    assert_string_equal(listener.events, "empty\nhandshake\nempty\nempty\n");
}

static void understands_a_lone_resync_line(void **state)
{
    (void)state;
    feed("\x04\n");
    assert_string_equal(listener.events, "handshake\n");
}

static void takes_one_byte_at_a_time(void **state)
{
    const char *text = "\n\"\"\"" GETINFO "e2586d69\"\"\"\n";

    (void)state;
    for (; *text != '\0'; text++)
        uart_framing_feed(&listener.framing, (const uint8_t *)text, 1);
    assert_string_equal(listener.events, "empty\nempty\nframe " GETINFO "\nempty\n");
}

static void skips_text_before_the_brace(void **state)
{
    (void)state;
    feed("hello " GETINFO "\n");
    assert_string_equal(listener.events, "frame " GETINFO "\n");
}

static void takes_no_notice_of_text_without_a_brace(void **state)
{
    (void)state;
    feed("hello\n" GETINFO "\n");
    assert_string_equal(listener.events, "frame " GETINFO "\n");
}

static void passes_on_what_has_no_end(void **state)
{
    (void)state;
    feed("{\"id\":1,\n");
    assert_string_equal(listener.events, "frame {\"id\":1,\n");
}

static void a_high_byte_throws_everything_away(void **state)
{
    (void)state;
    feed("{\"id\":1,");
    feed("\xc3\xa9\"method\":\"X\"}\n");
    feed(GETINFO "\n");
    assert_string_equal(listener.events, "frame " GETINFO "\n");
}

/* "method":"..." of 600 bytes and no delimiter. */
static void drops_a_frame_that_is_too_big(void **state)
{
    char big[MAX_FRAME + 7];

    (void)state;
    memset(big, 'a', sizeof(big));
    big[0] = '{';
    uart_framing_feed(&listener.framing, (const uint8_t *)big, sizeof(big) - 1);
    assert_string_equal(listener.events, "");
    uart_framing_feed(&listener.framing, (const uint8_t *)"a", 1);
    assert_string_equal(listener.events, "refused: Incoming frame is too big, dropping.\n");
    assert_int_equal(listener.framing.length, 0);
    feed(GETINFO "\n");
    assert_non_null(strstr(listener.events, "\nframe " GETINFO "\n"));
}

static void the_newer_delimiter_counts_only_without_the_older(void **state)
{
    (void)state;
    feed("{\"a\":\n1}\"\"\"");
    assert_string_equal(listener.events, "frame {\"a\":\n1}\n");
}

/* --- the transmitter ------------------------------------------------------------------------------------ */

static void answers_plainly_a_plain_speaker(void **state)
{
    (void)state;
    feed(LIST "\n");
    assert_string_equal(wrapped(ANSWER), "\n" ANSWER "\n");
}

static void answers_with_delimiter_and_crc_when_they_were_used(void **state)
{
    (void)state;
    feed("\"\"\"" LIST "d512c452\"\"\"\n");
    assert_string_equal(wrapped(ANSWER), "\n\"\"\"" ANSWER "a50cb299\"\"\"\n");
    feed(LIST "\n");
    assert_string_equal(wrapped(ANSWER), "\n\"\"\"" ANSWER "a50cb299\"\"\"\n");
}

static void answers_with_crc_alone(void **state)
{
    (void)state;
    feed(LIST "d512c452\n");
    assert_string_equal(wrapped(ANSWER), "\n" ANSWER "a50cb299\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_what_mos_sends, listen, stop),
        cmocka_unit_test_setup_teardown(takes_a_bare_line, listen, stop),
        cmocka_unit_test_setup_teardown(takes_a_line_with_crc, listen, stop),
        cmocka_unit_test_setup_teardown(takes_a_crc_followed_by_reserved_fields, listen, stop),
        cmocka_unit_test_setup_teardown(ignores_short_metadata, listen, stop),
        cmocka_unit_test_setup_teardown(drops_a_frame_with_a_wrong_crc, listen, stop),
        cmocka_unit_test_setup_teardown(a_corrupted_frame_does_not_take_its_secrets_to_the_log, listen, stop),
        cmocka_unit_test_setup_teardown(answers_the_handshake, listen, stop),
        cmocka_unit_test_setup_teardown(understands_a_lone_resync_line, listen, stop),
        cmocka_unit_test_setup_teardown(takes_one_byte_at_a_time, listen, stop),
        cmocka_unit_test_setup_teardown(skips_text_before_the_brace, listen, stop),
        cmocka_unit_test_setup_teardown(takes_no_notice_of_text_without_a_brace, listen, stop),
        cmocka_unit_test_setup_teardown(passes_on_what_has_no_end, listen, stop),
        cmocka_unit_test_setup_teardown(a_high_byte_throws_everything_away, listen, stop),
        cmocka_unit_test_setup_teardown(drops_a_frame_that_is_too_big, listen, stop),
        cmocka_unit_test_setup_teardown(the_newer_delimiter_counts_only_without_the_older, listen, stop),
        cmocka_unit_test_setup_teardown(answers_plainly_a_plain_speaker, listen, stop),
        cmocka_unit_test_setup_teardown(answers_with_delimiter_and_crc_when_they_were_used, listen, stop),
        cmocka_unit_test_setup_teardown(answers_with_crc_alone, listen, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
