/* The request parser: what it takes, what it refuses and with which status. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "http_request.h"

enum { LIMIT = 3072 };

static char memory[LIMIT];

/* Feeds `text` in pieces of `step` bytes, into memory that grows from 16 bytes. */
static struct http_request parse_in_steps(const char *text, size_t step)
{
    struct http_request r;
    size_t length = strlen(text), used = 0, room = 16;

    http_request_init(&r, memory, room, LIMIT);
    while (used < length && (r.state == HTTP_READING || r.state == HTTP_NEEDS_ROOM)) {
        size_t piece = length - used < step ? length - used : step;

        used += http_request_feed(&r, text + used, piece);
        if (r.state == HTTP_NEEDS_ROOM) {
            room = room * 2 < LIMIT ? room * 2 : LIMIT;
            http_request_move(&r, memory, room);
        }
    }
    return r;
}

static struct http_request parse(const char *text)
{
    struct http_request slow = parse_in_steps(text, 1), fast = parse_in_steps(text, 10000);

    assert_int_equal(slow.state, fast.state);
    assert_int_equal(slow.status, fast.status);
    return fast;
}

static void assert_span(const struct http_request *r, struct http_span span, const char *expected)
{
    char text[256];

    snprintf(text, sizeof text, "%.*s", (int)span.length, r->text + span.start);
    assert_string_equal(text, expected);
}

static void test_a_browser_s_request(void **state)
{
    struct http_request r = parse("GET /index.html?x=1 HTTP/1.1\r\nHost: 10.33.33.146\r\nUser-Agent:  "
                                  "curl/7.88 \r\nAccept: */*\r\n\r\n");
    struct http_span value;

    assert_int_equal(r.state, HTTP_COMPLETE);
    assert_span(&r, r.method, "GET");
    assert_span(&r, r.target, "/index.html?x=1");
    assert_int_equal(r.minor_version, 1);
    assert_int_equal(r.body.length, 0);
    assert_true(http_request_header(&r, "user-agent", &value));
    assert_span(&r, value, "curl/7.88");
    assert_false(http_request_header(&r, "Cookie", &value));
}

static void test_typed_by_hand(void **state)
{
    /* openssl s_client sends LF, and HTTP/1.0 needs no Host */
    struct http_request r = parse("\n\nGET / HTTP/1.0\n\n");

    assert_int_equal(r.state, HTTP_COMPLETE);
    assert_int_equal(r.minor_version, 0);
    assert_span(&r, r.target, "/");
}

static void test_a_body(void **state)
{
    struct http_request r =
        parse("POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n{\"id\": 1}\r\nnext request");

    assert_int_equal(r.state, HTTP_COMPLETE);
    assert_int_equal(r.body.length, 11);
    assert_span(&r, r.body, "{\"id\": 1}\r\n");
}

static void test_bytes_after_the_request_are_not_taken(void **state)
{
    const char text[] = "GET / HTTP/1.0\r\n\r\nGET /second HTTP/1.0\r\n\r\n";
    struct http_request r;

    http_request_init(&r, memory, sizeof memory, LIMIT);
    assert_int_equal(http_request_feed(&r, text, sizeof text - 1), 18);
    assert_int_equal(r.state, HTTP_COMPLETE);
}

static void test_an_unfinished_request_waits(void **state)
{
    assert_int_equal(parse("GET / HTTP/1.1\r\nHost: x\r\n").state, HTTP_READING);
    assert_int_equal(parse("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfour").state,
                     HTTP_READING);
}

static void test_refusals(void **state)
{
    static const struct {
        int status;
        const char *why, *text;
    } cases[] = {
        {400, "does not begin with a method", "\x16\x03\x01\x02"},
        {400, "does not begin with a method", "(GET) / HTTP/1.1\r\n"},
        {400, "does not begin with a method", " GET / HTTP/1.1\r\n"},
        {400, "does not begin with a method", "THISISNOMETHODATALL / HTTP/1.1\r\n"},
        {400, "METHOD SP target", "GET  HTTP/1.1\r\n\r\n"},
        {400, "METHOD SP target", "GET /\r\n"},
        {400, "METHOD SP target", "GET /\xc3\xa9 HTTP/1.1\r\n"},
        {400, "HTTP/1.1", "GET / HTTQ/1.1\r\n"},
        {400, "HTTP/1.1", "GET / HTTP/1.1 \r\n"},
        {400, "HTTP/1.1", "GET / \r\n"},
        {505, "HTTP/1.0 and HTTP/1.1", "GET / HTTP/2.0\r\n"},
        {505, "HTTP/1.0 and HTTP/1.1", "GET / HTTP/1.x\r\n"},
        {400, "requires a Host", "GET / HTTP/1.1\r\n\r\n"},
        {400, "two Host", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n"},
        {400, "not name: value", "GET / HTTP/1.1\r\nHost x\r\n"},
        {400, "not name: value", "GET / HTTP/1.1\r\nHost : x\r\n"},
        {400, "not name: value", "GET / HTTP/1.1\r\n: x\r\n"},
        {400, "begins with a space", "GET / HTTP/1.1\r\nA: b\r\n c\r\n"},
        {400, "control character", "GET / HTTP/1.1\r\nA: b\x01\r\n"},
        {400, "carriage return", "GET / HTTP/1.1\r\nA: b\rC: d\r\n"},
        {400, "not a number", "GET / HTTP/1.1\r\nContent-Length: 1x\r\n"},
        {400, "not a number", "GET / HTTP/1.1\r\nContent-Length: -1\r\n"},
        {400, "not a number", "GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n"},
        {400, "empty, or given twice", "GET / HTTP/1.1\r\nContent-Length:\r\n"},
        {400, "empty, or given twice", "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n"},
        {413, "larger than this board takes", "GET / HTTP/1.1\r\nContent-Length: 3073\r\n"},
        {413, "larger than this board takes",
         "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n"},
        {413, "head and body together", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3072\r\n\r\n"},
        {501, "chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_request r = parse(cases[i].text);

        if (r.state != HTTP_REFUSED || r.status != cases[i].status || strstr(r.why, cases[i].why) == NULL)
            fail_msg("%s: expected %d …%s…, got state %d, %d %s", cases[i].text, cases[i].status,
                     cases[i].why, r.state, r.status, r.why ? r.why : "");
    }
}

static void test_sizes(void **state)
{
    static char text[8192];
    struct http_request r;

    snprintf(text, sizeof text, "GET /%04000d HTTP/1.1\r\n", 0);
    r = parse(text);
    assert_int_equal(r.status, 414);

    snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\nCookie: %04000d\r\n\r\n", 0);
    r = parse(text);
    assert_int_equal(r.status, 431);

    strcpy(text, "GET / HTTP/1.1\r\n");
    for (int i = 0; i < 33; i++)
        sprintf(text + strlen(text), "X-%d: 1\r\n", i);
    r = parse(text);
    assert_int_equal(r.status, 431);
}

/* The limit counts what is kept; a head that fits it exactly is taken, one byte more is not. */
static void test_the_limit_to_the_byte(void **state)
{
    static char text[8192];
    const char head[] = "GET / HTTP/1.0\r\nA: ";
    size_t kept = 3 + 1 + 1; /* "GET", "/", "A" */

    for (int over = 0; over <= 1; over++) {
        size_t filling = LIMIT - kept + (size_t)over;

        strcpy(text, head);
        memset(text + strlen(head), 'v', filling);
        strcpy(text + strlen(head) + filling, "\r\n\r\n");
        assert_int_equal(parse(text).state, over ? HTTP_REFUSED : HTTP_COMPLETE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_browser_s_request),
        cmocka_unit_test(test_typed_by_hand),
        cmocka_unit_test(test_a_body),
        cmocka_unit_test(test_bytes_after_the_request_are_not_taken),
        cmocka_unit_test(test_an_unfinished_request_waits),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_the_limit_to_the_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
