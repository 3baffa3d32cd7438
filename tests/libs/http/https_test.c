/* The server over TLS, with OpenSSL as the client. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "heap.h"
#include "test_board.h"
#include "test_server.h"

static struct peer *https(SSL_CTX *client, const char *request)
{
    struct peer *peer = peer_client(client, NULL);

    test_net_connect(peer);
    peer_send(peer, request, strlen(request));
    if (!peer_wire_closed(peer))
        peer_run(peer);
    return peer;
}

static void test_HTTPS(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct peer *peer;

    http_server_start(&server, &secure);
    assert_says(test_log(), "HTTP server started on [:443] (SSL)");
    peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_says(peer_received(peer), "<h1>It works</h1>");
    assert_true(peer_got_close_notify(peer));
    assert_true(peer_wire_closed(peer));
    assert_true(strstr(test_log(), "ciphersuite") < strstr(test_log(), "HTTP connection from"));
    peer_free(peer);
    SSL_CTX_free(client);
}

/* The first boot of the lab: ecc.crt.pem comes later, by mos put. */
static void test_a_certificate_that_comes_later(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct http_server_options options = secure;
    struct peer *peer;

    options.ssl_cert = "ecc.crt.pem";
    assert_true(http_server_start(&server, &options));
    assert_says(test_log(), "HTTPS connections will be refused until this is put right, no restart needed: "
                            "Invalid SSL cert: there is "
                            "no file ecc.crt.pem on the board: mos put ecc.crt.pem");
    assert_string_equal(test_net_address, ":443");
    peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_true(peer_wire_closed(peer));
    assert_says(test_log(), "connection from 10.33.33.254:55318 refused: Invalid SSL cert");
    peer_free(peer);

    put_certificate("ecc.crt.pem", world.board);
    peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_says(peer_received(peer), "<h1>It works</h1>");
    peer_free(peer);
    SSL_CTX_free(client);
}

static void test_a_failed_handshake_is_on_the_console(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct http_server_options options = secure;
    struct peer *peer;

    options.ssl_key = "ATCA:1";
    http_server_start(&server, &options);
    peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_says(
        test_log(),
        "connection from 10.33.33.254:55318 failed: our key ATCA:1 did not sign: is the chip connected");
    assert_true(peer_wire_closed(peer));
    peer_free(peer);
    SSL_CTX_free(client);
}

static void test_client_certificates(void **state)
{
    SSL_CTX *stranger = context_for_client(NULL, NULL),
            *friend = context_for_client(world.peer, world.peer_key);
    struct http_server_options options = secure;
    struct peer *peer;

    options.ssl_ca_cert = "ca.pem";
    http_server_start(&server, &options);
    peer = https(stranger, "GET / HTTP/1.0\r\n\r\n");
    assert_int_equal(peer_received_length(peer), 0);
    assert_says(test_log(), "the client showed no certificate");
    peer_free(peer);
    peer = https(friend, "GET / HTTP/1.0\r\n\r\n");
    assert_says(peer_received(peer), "<h1>It works</h1>");
    peer_free(peer);
    SSL_CTX_free(stranger);
    SSL_CTX_free(friend);
}

static void test_silent_connections_do_not_close_HTTPS(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct peer *silent[12], *peer;

    http_server_start(&server, &secure);
    for (int i = 0; i < 12; i++)
        test_net_connect(silent[i] = peer_plain());
    for (int i = 0; i < 12; i++)
        assert_int_equal(peer_wire_closed(silent[i]), i < 8);
    peer_cut(silent[11], NULL);
    peer_run(silent[11]);
    assert_says(test_log(), "connection from 10.33.33.254:55318 failed: closed before it said anything");
    peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_says(peer_received(peer), "<h1>It works</h1>");
    peer_free(peer);
    http_server_stop(&server);
    for (int i = 0; i < 12; i++)
        peer_free(silent[i]);
    SSL_CTX_free(client);
}

/* Fewer than four would keep others out where each holds the memory for its handshake. */
static void test_silent_connections_do_not_hold_the_memory(void **state)
{
    SSL_CTX *client = context_for_client(world.peer, world.peer_key);
    struct http_server_options options = secure;

    options.ssl_ca_cert = "ca.pem";
    for (size_t room = 20000; room < 46000; room += 1000) {
        struct peer *silent[3], *peer;
        void *ballast;

        http_server_start(&server, &options);
        ballast = heap_alloc(heap_available() - room);
        for (int i = 0; i < 3; i++)
            test_net_connect(silent[i] = peer_plain());
        peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
        if (strstr(peer_received(peer), "<h1>It works</h1>") == NULL)
            fail_msg("no answer with %zu bytes: %s", room, test_log());
        peer_free(peer);
        http_server_stop(&server);
        heap_free(ballast);
        for (int i = 0; i < 3; i++)
            peer_free(silent[i]);
    }
    SSL_CTX_free(client);
}

/* One whose ClientHello has begun to come keeps its place, however slow it is. */
static void test_a_handshake_that_has_begun_is_not_closed_for_another(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct peer *slow[4], *peer;

    http_server_start(&server, &secure);
    for (int i = 0; i < 4; i++) {
        test_net_connect(slow[i] = peer_plain());
        peer_send_raw(slow[i], "\x16", 1);
        peer_run(slow[i]);
    }
    peer = https(client, "GET / HTTP/1.1\r\nHost: board\r\n\r\n");
    assert_true(peer_wire_closed(peer));
    assert_says(test_log(), "refused: 4 are open");
    for (int i = 0; i < 4; i++)
        assert_false(peer_wire_closed(slow[i]));
    peer_free(peer);
    http_server_stop(&server);
    for (int i = 0; i < 4; i++)
        peer_free(slow[i]);
    SSL_CTX_free(client);
}

static void test_fifty_HTTPS_requests_give_everything_back(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    size_t before;

    http_server_start(&server, &secure);
    before = heap_available();
    for (int i = 0; i < 50; i++) {
        struct peer *peer = https(client, "GET / HTTP/1.0\r\n\r\n");

        assert_says(peer_received(peer), "It works");
        peer_free(peer);
    }
    assert_int_equal(heap_available(), before);
    print_message("HTTPS request: %zu bytes of heap at the peak\n", before - heap_low_water());
    assert_true(before - heap_low_water() < 10000);
    SSL_CTX_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_HTTPS, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_certificate_that_comes_later, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_failed_handshake_is_on_the_console, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_client_certificates, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_silent_connections_do_not_close_HTTPS, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_silent_connections_do_not_hold_the_memory, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_handshake_that_has_begun_is_not_closed_for_another,
                                        test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_fifty_HTTPS_requests_give_everything_back, test_server_start,
                                        test_server_stop),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
