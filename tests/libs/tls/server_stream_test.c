/* An open connection to the board as TLS server: what it carries, and how it ends. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "heap.h"
#include "test_board.h"
#include "test_meeting.h"

static void test_record_larger_than_the_buffer(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    static const char head[4000];

    meet_client(&m, client, &as_server_with_key_file);
    peer_send(m.peer, head, 2000);
    peer_run(m.peer);
    assert_int_equal(m.owner.received_length, 2000);
    peer_send(m.peer, head, sizeof head);
    peer_run(m.peer);
    assert_int_equal(m.owner.closed, 1);
    assert_non_null(strstr(m.owner.error, "a record larger than this board takes"));
    part(&m);
    SSL_CTX_free(client);
}

static void test_room_after_a_full_pipe_is_announced(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    static char page[3000];

    meet_client(&m, client, &as_server_with_key_file);
    peer_set_write_room(m.peer, 0);
    assert_true(stream_write(m.owner.stream, page, sizeof page) < sizeof page);
    assert_int_equal(m.owner.sent_events, 0);
    peer_set_write_room(m.peer, SIZE_MAX);
    peer_run(m.peer);
    assert_int_equal(m.owner.sent_events, 1);
    part(&m);
    SSL_CTX_free(client);
}

static void test_peer_ends_in_order(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &as_server_with_key_file);
    peer_send(m.peer, "last words", 10);
    peer_close(m.peer);
    peer_run(m.peer);
    assert_string_equal(m.owner.received, "last words");
    assert_int_equal(m.owner.closed, 1);
    assert_string_equal(m.owner.error, "");
    assert_true(peer_got_close_notify(m.peer));
    assert_non_null(strstr(test_log(), "TLS connection closed by peer"));
    part(&m);
    SSL_CTX_free(client);
}

static void test_peer_vanishes(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &as_server_with_key_file);
    peer_cut(m.peer, NULL);
    peer_run(m.peer);
    assert_int_equal(m.owner.closed, 1);
    assert_non_null(strstr(m.owner.error, "without ending TLS"));
    part(&m);
    SSL_CTX_free(client);
}

static void test_bytes_before_the_end_can_be_read_later(void **state)
{
    struct meeting m = {.owner.lazy = true};
    SSL_CTX *client = context_for_client(NULL, NULL);
    static char two_records[3000];
    char out[4000];
    size_t taken = 0, got;

    memset(two_records, 'x', sizeof two_records);
    meet_client(&m, client, &as_server_with_key_file);
    SSL_set_max_send_fragment(peer_ssl(m.peer), 1000);
    peer_send(m.peer, two_records, sizeof two_records);
    peer_close(m.peer);
    peer_run(m.peer);
    assert_int_equal(m.owner.data_events, 1);
    assert_int_equal(m.owner.closed, 0);
    while ((got = stream_read(m.owner.stream, out + taken, 700)) > 0)
        taken += got;
    assert_int_equal(taken, 3000);
    assert_int_equal(m.owner.closed, 0); /* never from within the owner's own call */
    peer_run(m.peer);
    assert_int_equal(m.owner.closed, 1);
    assert_string_equal(m.owner.error, "");
    part(&m);
    SSL_CTX_free(client);
}

static void test_we_end_in_order(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &as_server_with_key_file);
    assert_int_equal(stream_write(m.owner.stream, "bye", 3), 3);
    stream_close(m.owner.stream);
    m.owner.stream = NULL;
    peer_run(m.peer);
    assert_string_equal(peer_received(m.peer), "bye");
    assert_true(peer_got_close_notify(m.peer));
    assert_int_equal(m.owner.closed, 0);
    part(&m);
    SSL_CTX_free(client);
}

static void test_what_was_accepted_leaves_after_close(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    static char page[3000];
    size_t accepted, before = heap_available();

    memset(page, 'p', sizeof page);
    meet_client(&m, client, &as_server_with_key_file);
    peer_set_write_room(m.peer, 0);
    accepted = stream_write(m.owner.stream, page, sizeof page);
    assert_true(accepted > 0 && accepted < sizeof page);
    stream_close(m.owner.stream);
    m.owner.stream = NULL;
    assert_false(peer_wire_closed(m.peer));
    peer_set_write_room(m.peer, 100);
    peer_run(m.peer);
    assert_int_equal(peer_received_length(m.peer), accepted);
    assert_true(peer_got_close_notify(m.peer));
    assert_true(peer_wire_closed(m.peer));
    assert_int_equal(heap_available(), before);
    part(&m);
    SSL_CTX_free(client);
}

static void test_lingering_is_bounded(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    size_t before = heap_available();

    meet_client(&m, client, &as_server_with_key_file);
    peer_set_write_room(m.peer, 0);
    stream_write(m.owner.stream, "never read", 10);
    stream_close(m.owner.stream);
    m.owner.stream = NULL;
    assert_false(peer_wire_closed(m.peer));
    test_advance_ms(6000);
    assert_true(peer_wire_closed(m.peer));
    assert_int_equal(heap_available(), before);
    part(&m);
    SSL_CTX_free(client);
}

static void test_close_from_within_the_handler(void **state)
{
    struct meeting m = {.owner.close_on_open = true};
    SSL_CTX *client = context_for_client(NULL, NULL);
    size_t before = heap_available();

    meet_client(&m, client, &as_server_with_key_file);
    m.owner.stream = NULL;
    peer_run(m.peer);
    assert_true(peer_got_close_notify(m.peer));
    assert_int_equal(heap_available(), before);
    part(&m);
    SSL_CTX_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_record_larger_than_the_buffer, meeting_start),
        cmocka_unit_test_setup(test_room_after_a_full_pipe_is_announced, meeting_start),
        cmocka_unit_test_setup(test_peer_ends_in_order, meeting_start),
        cmocka_unit_test_setup(test_peer_vanishes, meeting_start),
        cmocka_unit_test_setup(test_bytes_before_the_end_can_be_read_later, meeting_start),
        cmocka_unit_test_setup(test_we_end_in_order, meeting_start),
        cmocka_unit_test_setup(test_what_was_accepted_leaves_after_close, meeting_start),
        cmocka_unit_test_setup(test_lingering_is_bounded, meeting_start),
        cmocka_unit_test_setup(test_close_from_within_the_handler, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
