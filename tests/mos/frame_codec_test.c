/* Frames on the serial line, with the vectors of mongoose-os.md 9.1. */

#include "frame_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char get_info[] = "{\"src\":\"mos\",\"id\":1945849494123,\"method\":\"Sys.GetInfo\"}";
static const char list[] =
    "{\"src\":\"mos\",\"id\":1945849494124,\"method\":\"FS.List\",\"params\":{\"path\":\"/\"}}";
static const char listed[] = "{\"id\":1945849494124,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\",\"result\":["
                             "\"conf0.json\",\"ca.pem\"]}";

static void feed(struct frame_decoder *decoder, const char *text)
{
    assert_int_equal(frame_decoder_feed(decoder, text, strlen(text)), 0);
}

static void expect_json(struct frame_decoder *decoder, const char *json)
{
    assert_int_equal(frame_decoder_next(decoder), FRAME_JSON);
    assert_int_equal(decoder->json_length, strlen(json));
    assert_memory_equal(decoder->json, json, strlen(json));
}

static void checksums_of_the_reference(void **state)
{
    assert_int_equal(frame_crc32("123456789", 9), 0xcbf43926);
    assert_int_equal(frame_crc32(get_info, strlen(get_info)), 0xe2586d69);
    assert_int_equal(frame_crc32(list, strlen(list)), 0xd512c452);
    assert_int_equal(frame_crc32(listed, strlen(listed)), 0xa50cb299);
}

static void bytes_sent_by_mos(void **state)
{
    static const char wire[] =
        "\n\"\"\"{\"src\":\"mos\",\"id\":1945849494123,\"method\":\"Sys.GetInfo\"}e2586d69\"\"\"\n";
    size_t size;
    uint8_t *frame = frame_encode(get_info, strlen(get_info), true, &size);

    assert_int_equal(size, strlen(wire));
    assert_memory_equal(frame, wire, size);
    free(frame);
}

static void no_checksum_over_tcp(void **state)
{
    size_t size;
    uint8_t *frame = frame_encode("{}", 2, false, &size);

    assert_int_equal(size, 10);
    assert_memory_equal(frame, "\n\"\"\"{}\"\"\"\n", size);
    free(frame);
}

static void handshake_of_the_reference(void **state)
{
    static const uint8_t host[] = {0x22, 0x22, 0x22, 0x04, 0x22, 0x22, 0x22, 0x0a, 0x0a};
    static const uint8_t device[] = {0x0a, 0x22, 0x22, 0x22, 0x04, 0x22, 0x22, 0x22, 0x0a, 0x0a};
    struct frame_decoder decoder;

    assert_memory_equal(frame_handshake, host, sizeof host);
    assert_int_equal(sizeof frame_handshake, sizeof host);
    frame_decoder_init(&decoder);
    frame_decoder_feed(&decoder, device, sizeof device);
    assert_int_equal(frame_decoder_next(&decoder), FRAME_HANDSHAKE);
    assert_int_equal(frame_decoder_next(&decoder), FRAME_NONE);
    frame_decoder_free(&decoder);
}

/* What a board sends after `\n"""{...}CRC"""\n`: 1.5.4. */
static const char conversation[] = "[boot] mgos_init.c:36  Mongoose OS {not a frame} \"quoted\" \"\"\n"
                                   "\n\"\"\"\x04\"\"\"\n\n\n"
                                   "\n\"\"\"{\"id\":1945849494124,\"src\":\"esp8266_A1B2C3\",\"dst\":\"mos\","
                                   "\"result\":[\"conf0.json\",\"ca.pem\"]}"
                                   "a50cb299\"\"\"\n\n"
                                   "main.c:5          Tick uptime: 46.54, RAM: 53600, 43760 free\r\n"
                                   "\n\"\"\"{\"id\":2,\"result\":null}\"\"\"\n\n";

static void expect_conversation(struct frame_decoder *decoder)
{
    expect_json(decoder, listed);
    expect_json(decoder, "{\"id\":2,\"result\":null}");
    assert_int_equal(frame_decoder_next(decoder), FRAME_NONE);
}

static void frames_between_log_lines(void **state)
{
    struct frame_decoder decoder;

    frame_decoder_init(&decoder);
    feed(&decoder, conversation);
    assert_int_equal(frame_decoder_next(&decoder), FRAME_HANDSHAKE);
    expect_conversation(&decoder);
    frame_decoder_free(&decoder);
}

static void frames_cut_anywhere(void **state)
{
    for (size_t cut = 0; cut <= strlen(conversation); cut++) {
        struct frame_decoder decoder;
        enum frame_event events[8];
        size_t count = 0;

        frame_decoder_init(&decoder);
        frame_decoder_feed(&decoder, conversation, cut);
        while ((events[count] = frame_decoder_next(&decoder)) != FRAME_NONE)
            count++;
        frame_decoder_feed(&decoder, conversation + cut, strlen(conversation) - cut);
        while ((events[count] = frame_decoder_next(&decoder)) != FRAME_NONE)
            count++;
        assert_int_equal(count, 3);
        assert_int_equal(events[0], FRAME_HANDSHAKE);
        assert_int_equal(events[1], FRAME_JSON);
        assert_int_equal(events[2], FRAME_JSON);
        frame_decoder_free(&decoder);
    }
}

static void frames_byte_by_byte(void **state)
{
    struct frame_decoder decoder;
    int frames = 0;

    frame_decoder_init(&decoder);
    for (const char *c = conversation; *c; c++) {
        frame_decoder_feed(&decoder, c, 1);
        while (frame_decoder_next(&decoder) == FRAME_JSON)
            frames++;
    }
    assert_int_equal(frames, 2);
    frame_decoder_free(&decoder);
}

static void flow_control_is_taken_out(void **state)
{
    struct frame_decoder decoder;

    frame_decoder_init(&decoder);
    feed(&decoder, "\n\"\"\"{\"id\"\x13:1");
    assert_true(decoder.stopped);
    feed(&decoder, "\x11,\"result\":null}\"\"\"\n");
    assert_false(decoder.stopped);
    expect_json(&decoder, "{\"id\":1,\"result\":null}");
    frame_decoder_free(&decoder);
}

static void wrong_checksum_is_damage(void **state)
{
    static const char *const damaged[] = {
        "\n\"\"\"{\"id\":1}00000000\"\"\"\n", /* another CRC */
        "\n\"\"\"{\"id\":1}e2\"\"\"\n",       /* half of one */
        "\n\"\"\"{\"id\":1}zzzzzzzz\"\"\"\n", /* none at all */
        "\n\"\"\"{\"id\":1\"\"\"\n",          /* the end is missing */
    };

    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct frame_decoder decoder;

        frame_decoder_init(&decoder);
        feed(&decoder, damaged[i]);
        feed(&decoder, "\n\"\"\"{\"id\":2}\"\"\"\n");
        assert_int_equal(frame_decoder_next(&decoder), FRAME_DAMAGED);
        expect_json(&decoder, "{\"id\":2}");
        frame_decoder_free(&decoder);
    }
}

static void checksum_may_have_reserved_fields_behind_it(void **state)
{
    struct frame_decoder decoder;
    char frame[256];

    snprintf(frame, sizeof frame, "\n\"\"\"%sa50cb299,x,y\"\"\"\n", listed);
    frame_decoder_init(&decoder);
    feed(&decoder, frame);
    expect_json(&decoder, listed);
    frame_decoder_free(&decoder);
}

static void line_feeds_delimit_too(void **state)
{
    struct frame_decoder decoder;

    frame_decoder_init(&decoder);
    feed(&decoder, "\n{\"id\":1}\r\n{\"id\":2}\n\n");
    expect_json(&decoder, "{\"id\":1}");
    expect_json(&decoder, "{\"id\":2}");
    frame_decoder_free(&decoder);
}

/* The original ends the connection here (1.5.5). */
static void log_line_with_a_brace_is_no_damage(void **state)
{
    struct frame_decoder decoder;

    frame_decoder_init(&decoder);
    feed(&decoder, "x\n{ this is a log line\n{and} another one\n\"\"\"{\"id\":1}\"\"\"\n");
    expect_json(&decoder, "{\"id\":1}");
    frame_decoder_free(&decoder);
}

static void quote_before_a_frame(void **state)
{
    struct frame_decoder decoder;

    frame_decoder_init(&decoder);
    feed(&decoder, "log \"x\"\"\"\"{\"id\":1}\"\"\"\n");
    expect_json(&decoder, "{\"id\":1}");
    frame_decoder_free(&decoder);
}

static void endless_frame_is_given_up(void **state)
{
    struct frame_decoder decoder;
    char piece[4096];

    memset(piece, 'x', sizeof piece);
    frame_decoder_init(&decoder);
    feed(&decoder, "\n{");
    for (int i = 0; i < 100; i++) {
        frame_decoder_feed(&decoder, piece, sizeof piece);
        if (frame_decoder_next(&decoder) == FRAME_DAMAGED)
            break;
    }
    assert_true(decoder.capacity <= 2 * FRAME_MAX);
    feed(&decoder, "\n\"\"\"{\"id\":1}\"\"\"\n");
    expect_json(&decoder, "{\"id\":1}");
    frame_decoder_free(&decoder);
}

static void log_text_is_not_kept(void **state)
{
    struct frame_decoder decoder;
    char piece[4096];

    memset(piece, '"', sizeof piece); /* the worst: every one may begin a delimiter */
    frame_decoder_init(&decoder);
    for (int i = 0; i < 20; i++) {
        frame_decoder_feed(&decoder, piece, sizeof piece);
        assert_int_equal(frame_decoder_next(&decoder), FRAME_NONE);
    }
    assert_true(decoder.length <= 3);
    frame_decoder_free(&decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_of_the_reference),
        cmocka_unit_test(bytes_sent_by_mos),
        cmocka_unit_test(no_checksum_over_tcp),
        cmocka_unit_test(handshake_of_the_reference),
        cmocka_unit_test(frames_between_log_lines),
        cmocka_unit_test(frames_cut_anywhere),
        cmocka_unit_test(frames_byte_by_byte),
        cmocka_unit_test(flow_control_is_taken_out),
        cmocka_unit_test(wrong_checksum_is_damage),
        cmocka_unit_test(checksum_may_have_reserved_fields_behind_it),
        cmocka_unit_test(line_feeds_delimit_too),
        cmocka_unit_test(log_line_with_a_brace_is_no_damage),
        cmocka_unit_test(quote_before_a_frame),
        cmocka_unit_test(endless_frame_is_given_up),
        cmocka_unit_test(log_text_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
