/* What connections cost, that they give it back, and what happens when it is not there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "heap.h"
#include "test_board.h"
#include "test_meeting.h"

enum role { BOARD_IS_SERVER, BOARD_IS_MUTUAL_SERVER, BOARD_IS_CLIENT };

static SSL_CTX *contexts[3];

static int make(void **state)
{
    world_make(state);
    contexts[BOARD_IS_SERVER] = context_for_client(NULL, NULL);
    contexts[BOARD_IS_MUTUAL_SERVER] = context_for_client(world.peer, world.peer_key);
    contexts[BOARD_IS_CLIENT] = context_for_server(world.peer, world.peer_key);
    SSL_CTX_set_verify(contexts[BOARD_IS_CLIENT], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return 0;
}

static int start(void **state)
{
    meeting_start(state);
    tls_register_ecdhe_provider(&fake_ecdhe);
    return 0;
}

/* One whole connection; true when it opened. `open_cost` is what it held while open. */
static bool connect_once(enum role role, size_t *open_cost)
{
    struct peer *peer =
        role == BOARD_IS_CLIENT ? peer_server(contexts[role]) : peer_client(contexts[role], NULL);
    struct owner owner = {0};
    size_t before = heap_available();
    const char *error = "none";

    owner.stream = role == BOARD_IS_CLIENT
                       ? tls_client(peer_wire(peer), &as_client_with_provider, owner_event, &owner, &error)
                       : tls_server(peer_wire(peer),
                                    role == BOARD_IS_SERVER ? &as_server_with_provider : &as_server_mutual,
                                    owner_event, &owner, &error);
    if (owner.stream != NULL) {
        peer_run(peer);
        *open_cost = before - heap_available();
        stream_close(owner.stream);
        peer_run(peer);
    } else {
        assert_non_null(error);
        assert_true(strlen(error) > 5);
    }
    if (!owner.opened && owner.stream)
        assert_true(owner.closed == 1 && owner.error[0] != '\0');
    assert_true(peer_wire_closed(peer));
    assert_int_equal(test_timers_pending(), 0);
    peer_free(peer);
    ERR_clear_error();
    return owner.opened;
}

static void assert_cost(enum role role, const char *what, size_t peak_limit, size_t open_limit)
{
    size_t before = heap_available(), open_cost = 0, peak;

    assert_true(connect_once(role, &open_cost));
    peak = before - heap_low_water();
    print_message("%s: %zu bytes at the peak of the handshake, %zu while open\n", what, peak, open_cost);
    assert_true(peak <= peak_limit);
    assert_true(open_cost <= open_limit);
}

/* The limits are those of README.md, "What a connection costs". */
static void test_cost_of_an_HTTPS_connection(void **state)
{
    assert_cost(BOARD_IS_SERVER, "server", 10000, 7500);
}

static void test_cost_of_an_HTTPS_connection_with_client_certificate(void **state)
{
    assert_cost(BOARD_IS_MUTUAL_SERVER, "server that wants a certificate", 13000, 7500);
}

static void test_cost_of_an_MQTT_connection(void **state)
{
    assert_cost(BOARD_IS_CLIENT, "client", 12000, 6500);
}

static void test_fifty_connections_give_everything_back(void **state)
{
    size_t before = heap_available(), cost;

    for (int i = 0; i < 50; i++)
        assert_true(connect_once((enum role)(i % 3), &cost));
    assert_int_equal(heap_available(), before);
}

/* Leaves the heap with less and less, so that memory runs out at every point on the way to an open
 * connection. */
static void sweep(enum role role)
{
    int opened = 0, refused = 0;

    for (size_t room = 200; room < 20000; room += 160) {
        size_t before = heap_available(), cost;
        void *ballast = heap_alloc(before - room);

        assert_non_null(ballast);
        *(connect_once(role, &cost) ? &opened : &refused) += 1;
        heap_free(ballast);
        assert_int_equal(heap_available(), before);
        assert_int_equal(ecdhe_record.generated, ecdhe_record.agreed + ecdhe_record.released);
    }
    assert_true(refused > 10);
    assert_true(opened > 10);
    assert_true(connect_once(role, &(size_t){0}));
}

static void test_memory_runs_out_in_the_server(void **state)
{
    sweep(BOARD_IS_SERVER);
}

static void test_memory_runs_out_in_the_mutual_server(void **state)
{
    sweep(BOARD_IS_MUTUAL_SERVER);
}

static void test_memory_runs_out_in_the_client(void **state)
{
    sweep(BOARD_IS_CLIENT);
}

/* An open connection does not suffer when the next one does not fit. */
static void test_exhaustion_refuses_the_new_connection_only(void **state)
{
    struct peer *first = peer_client(contexts[BOARD_IS_SERVER], NULL),
                *second = peer_client(contexts[BOARD_IS_SERVER], NULL);
    struct owner first_owner = {.echo = true}, second_owner = {0};
    const char *error = NULL;
    void *ballast;

    first_owner.stream =
        tls_server(peer_wire(first), &as_server_with_provider, owner_event, &first_owner, &error);
    peer_run(first);
    ballast = heap_alloc(heap_available() - 3000);
    assert_non_null(ballast);
    second_owner.stream =
        tls_server(peer_wire(second), &as_server_with_provider, owner_event, &second_owner, &error);
    assert_null(second_owner.stream);
    assert_string_equal(error, "out of memory");
    assert_true(peer_wire_closed(second));
    peer_send(first, "still here", 10);
    peer_run(first);
    assert_string_equal(peer_received(first), "still here");
    stream_close(first_owner.stream);
    peer_run(first);
    heap_free(ballast);
    peer_free(first);
    peer_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_cost_of_an_HTTPS_connection, start),
        cmocka_unit_test_setup(test_cost_of_an_HTTPS_connection_with_client_certificate, start),
        cmocka_unit_test_setup(test_cost_of_an_MQTT_connection, start),
        cmocka_unit_test_setup(test_fifty_connections_give_everything_back, start),
        cmocka_unit_test_setup(test_memory_runs_out_in_the_server, start),
        cmocka_unit_test_setup(test_memory_runs_out_in_the_mutual_server, start),
        cmocka_unit_test_setup(test_memory_runs_out_in_the_client, start),
        cmocka_unit_test_setup(test_exhaustion_refuses_the_new_connection_only, start),
    };

    return cmocka_run_group_tests(tests, make, NULL);
}
