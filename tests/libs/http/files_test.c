/* Files of the board over HTTP: which is meant, with what type, in how much memory. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "heap.h"
#include "test_board.h"
#include "test_server.h"

static void test_files_and_their_types(void **state)
{
    http_server_start(&server, &plain);
    assert_says(get("/hello.txt"), "text/plain; charset=utf-8\r\nContent-Length: 5\r\n");
    assert_says(get("/hello.txt?x=1"), "\r\n\r\nhello");
    assert_says(get("/hel%6Co.txt"), "\r\n\r\nhello");
    assert_says(get("/board.crt.pem"), "-----BEGIN CERTIFICATE-----");
}

static void test_HEAD_has_the_length_but_not_the_body(void **state)
{
    const char *answer;

    http_server_start(&server, &plain);
    answer = ask("HEAD /hello.txt HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_says(answer, "200 OK");
    assert_says(answer, "Content-Length: 5\r\n");
    assert_null(strstr(answer, "hello"));
    answer = ask("HEAD /none HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_says(answer, "404 Not Found");
    assert_null(strstr(answer, "serves nothing"));
}

static void test_no_index_is_no_listing(void **state)
{
    struct http_server_options options = plain;

    options.index_files = "start.html";
    http_server_start(&server, &options);
    assert_says(get("/"), "404 Not Found: this board has no index page; mos put index.html gives it one");
    test_file("start.html", "started");
    assert_says(get("/"), "\r\n\r\nstarted");
}

static void test_no_document_root_is_no_file(void **state)
{
    struct http_server_options options = plain;

    options.document_root = "";
    http_server_start(&server, &options);
    assert_says(get("/hello.txt"), "404");
}

static void test_a_large_file_in_bounded_memory(void **state)
{
    static char text[30001];
    size_t before;

    memset(text, 'L', sizeof text - 1);
    test_file("large.txt", text);
    http_server_start(&server, &plain);
    before = heap_available();
    assert_int_equal(strlen(strstr(get("/large.txt"), "\r\n\r\n") + 4), 30000);
    assert_true(before - heap_low_water() < 2500);
    assert_int_equal(heap_available(), before);
}

static void test_a_slow_reader_gets_everything(void **state)
{
    struct peer *peer = peer_plain();
    static char text[3001];

    memset(text, 'S', sizeof text - 1);
    test_file("slow.txt", text);
    http_server_start(&server, &plain);
    test_net_connect(peer);
    peer_set_read_size(peer, 1);
    peer_set_write_room(peer, 7);
    peer_send_raw(peer, "GET /slow.txt HTTP/1.0\r\n\r\n", 26);
    peer_run(peer);
    assert_int_equal(strlen(strstr(peer_raw_received(peer), "\r\n\r\n") + 4), 3000);
    assert_true(peer_wire_closed(peer));
    peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_and_their_types, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_HEAD_has_the_length_but_not_the_body, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_no_index_is_no_listing, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_no_document_root_is_no_file, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_large_file_in_bounded_memory, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_slow_reader_gets_everything, test_server_start,
                                        test_server_stop),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
