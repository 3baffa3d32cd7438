/* The bounds of the server: how many connections, how long, in how much memory. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "heap.h"
#include "test_board.h"
#include "test_server.h"

static void test_silence_is_bounded(void **state)
{
    struct peer *peer = peer_plain();

    http_server_start(&server, &plain);
    test_net_connect(peer);
    peer_send_raw(peer, "GET / HT", 8);
    peer_run(peer);
    test_advance_ms(9000);
    assert_false(peer_wire_closed(peer));
    peer_send_raw(peer, "TP", 2); /* a byte now and then does not help */
    peer_run(peer);
    test_advance_ms(1500);
    assert_true(peer_wire_closed(peer));
    assert_says(test_log(), "nothing came for 10 s");
    peer_free(peer);
}

static void test_the_fifth_connection_is_refused(void **state)
{
    struct peer *peers[5];

    http_server_start(&server, &plain);
    for (int i = 0; i < 5; i++) {
        test_net_connect(peers[i] = peer_plain());
        if (!peer_wire_closed(peers[i]))
            peer_send_raw(peers[i], "G", 1);
        if (!peer_wire_closed(peers[i]))
            peer_run(peers[i]);
    }
    for (int i = 0; i < 5; i++)
        assert_int_equal(peer_wire_closed(peers[i]), i == 4);
    assert_says(test_log(), "connection from 10.33.33.254:55318 refused: 4 are open");
    peer_cut(peers[0], NULL);
    peer_run(peers[0]);
    assert_says(get("/"), "200 OK");
    http_server_stop(&server);
    for (int i = 0; i < 5; i++)
        peer_free(peers[i]);
}

/* Connections that say nothing keep nobody out: the oldest of them makes room. */
static void test_silent_connections_make_room(void **state)
{
    struct peer *silent[4];

    http_server_start(&server, &plain);
    for (int i = 0; i < 4; i++)
        test_net_connect(silent[i] = peer_plain());
    peer_send_raw(silent[0], "G", 1);
    peer_run(silent[0]);
    assert_says(get("/"), "200 OK");
    for (int i = 0; i < 4; i++)
        assert_int_equal(peer_wire_closed(silent[i]), i == 1); /* the oldest that is silent */
    assert_says(test_log(), "10.33.33.254:55318: has said nothing yet, closed for a new connection");
    http_server_stop(&server);
    for (int i = 0; i < 4; i++)
        peer_free(silent[i]);
}

static void test_memory_runs_out_everywhere(void **state)
{
    int answered = 0, refused = 0;

    http_server_start(&server, &plain);
    for (size_t room = 32; room < 3000; room += 32) {
        size_t before = heap_available();
        void *ballast = heap_alloc(before - room);

        *(strstr(get("/hello.txt"), "hello") ? &answered : &refused) += 1;
        heap_free(ballast);
        assert_int_equal(heap_available(), before);
    }
    assert_true(answered > 5);
    assert_true(refused > 5);
}

static void test_a_taken_port_is_tried_again(void **state)
{
    test_net_refusal = "address in use";
    assert_true(http_server_start(&server, &plain));
    assert_says(test_log(), "Error binding to [:80]: address in use; trying again in 10 s");
    test_net_refusal = NULL;
    test_advance_ms(10000);
    assert_says(test_log(), "HTTP server started on [:80]");
    assert_says(get("/"), "200 OK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_silence_is_bounded, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_the_fifth_connection_is_refused, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_silent_connections_make_room, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_memory_runs_out_everywhere, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_taken_port_is_tried_again, test_server_start,
                                        test_server_stop),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
