/* The board as TLS client (MQTT's case), OpenSSL as server: handshakes, and what is said of failed ones. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "heap.h"
#include "test_board.h"
#include "test_meeting.h"

static void test_good_server(void **state)
{
    struct meeting m = {.owner.echo = true};

    meet_certificate(&m, world.peer, world.peer_key, &as_client_anonymous);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    assert_string_equal(SSL_get_version(peer_ssl(m.peer)), "TLSv1.2");
    assert_string_equal(SSL_get_cipher_name(peer_ssl(m.peer)), "ECDHE-ECDSA-AES128-GCM-SHA256");
    assert_string_equal(SSL_get_servername(peer_ssl(m.peer), TLSEXT_NAMETYPE_host_name), "mqtt.tmc.com");
    assert_non_null(strstr(test_log(), "ciphersuite: TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"));
    peer_send(m.peer, "hello", 5);
    peer_run(m.peer);
    assert_string_equal(peer_received(m.peer), "hello");
    part(&m);
}

static void test_server_with_an_RSA_certificate(void **state)
{
    struct meeting m = {0};
    X509 *certificate = signed_by_ca("mqtt.tmc.com", world.rsa_key, NULL);

    meet_certificate(&m, certificate, world.rsa_key, &as_client_anonymous);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    assert_string_equal(SSL_get_cipher_name(peer_ssl(m.peer)), "ECDHE-RSA-AES128-GCM-SHA256");
    part(&m);
    X509_free(certificate);
}

static void test_address_has_no_name_to_check(void **state)
{
    struct meeting m = {0};

    meet_certificate(&m, world.peer, world.peer_key, &(struct tls_options){.ca_file = "ca.pem"});
    assert_int_equal(m.owner.opened, 1);
    assert_null(SSL_get_servername(peer_ssl(m.peer), TLSEXT_NAMETYPE_host_name));
    part(&m);
}

static void test_large_data_comes_in_small_records(void **state)
{
    struct meeting m = {0};
    static char data[20000];

    memset(data, 'd', sizeof data);
    meet_certificate(&m, world.peer, world.peer_key, &as_client_anonymous);
    peer_send(m.peer, data, sizeof data);
    peer_run(m.peer);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.received_length, sizeof data);
    assert_memory_equal(m.owner.received, data, sizeof data);
    part(&m);
}

static void test_server_without_TLS_1_2(void **state)
{
    struct meeting m = {0};
    SSL_CTX *server = context_for_server(world.peer, world.peer_key);

    SSL_CTX_set_min_proto_version(server, TLS1_3_VERSION);
    meet_server(&m, server, &as_client_anonymous);
    assert_refused(&m, "alert 70 protocol version: this board speaks TLS 1.2 only");
    part(&m);
    SSL_CTX_free(server);
}

static void test_server_that_hangs_up(void **state)
{
    struct meeting m = {0};

    m.peer = peer_plain();
    m.owner.stream = tls_client(peer_wire(m.peer), &as_client_anonymous, owner_event, &m.owner, &m.refused);
    peer_cut(m.peer, NULL);
    peer_run(m.peer);
    assert_refused(&m, "the server closed the connection during the TLS handshake");
    part(&m);
}

static void test_connection_that_never_came_about(void **state)
{
    struct meeting m = {0};

    m.peer = peer_plain();
    m.owner.stream = tls_client(peer_wire(m.peer), &as_client_anonymous, owner_event, &m.owner, &m.refused);
    peer_cut(m.peer, "mqtt.tmc.com: no such name");
    peer_run(m.peer);
    assert_refused(&m, "mqtt.tmc.com: no such name");
    part(&m);
}

static void assert_no_start(const struct tls_options *options, const char *sentence)
{
    struct meeting m = {0};
    SSL_CTX *server = context_for_server(world.peer, world.peer_key);
    size_t before = heap_available();

    meet_server(&m, server, options);
    assert_null(m.owner.stream);
    assert_says(m.refused, sentence);
    assert_int_equal(heap_available(), before);
    part(&m);
    SSL_CTX_free(server);
}

static void test_settings_it_does_not_start_with(void **state)
{
    struct tls_options options = as_client_with_provider;

    assert_no_start(&(struct tls_options){.server_name = "mqtt.tmc.com"}, "needs a CA file");
    assert_no_start(&(struct tls_options){.ca_file = "none.pem"}, "there is no file none.pem on the board");
    options.key = "ATCA:9";
    assert_no_start(&options, "no such slot");
    test_board_set_time(0);
    assert_no_start(&as_client_anonymous, "does not know the time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good_server, meeting_start),
        cmocka_unit_test_setup(test_server_with_an_RSA_certificate, meeting_start),
        cmocka_unit_test_setup(test_address_has_no_name_to_check, meeting_start),
        cmocka_unit_test_setup(test_large_data_comes_in_small_records, meeting_start),
        cmocka_unit_test_setup(test_server_without_TLS_1_2, meeting_start),
        cmocka_unit_test_setup(test_server_that_hangs_up, meeting_start),
        cmocka_unit_test_setup(test_connection_that_never_came_about, meeting_start),
        cmocka_unit_test_setup(test_settings_it_does_not_start_with, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
