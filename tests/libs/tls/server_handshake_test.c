/* The board as TLS server, OpenSSL as client: handshakes, and what is said of failed ones. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "test_board.h"
#include "test_certificates.h"
#include "test_meeting.h"

static void test_key_from_a_file(void **state)
{
    struct meeting m = {.owner.echo = true};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &as_server_with_key_file);
    assert_int_equal(m.owner.opened, 1);
    assert_true(peer_established(m.peer));
    assert_string_equal(SSL_get_version(peer_ssl(m.peer)), "TLSv1.2");
    assert_string_equal(SSL_get_cipher_name(peer_ssl(m.peer)), "ECDHE-ECDSA-AES128-GCM-SHA256");
    assert_non_null(strstr(test_log(), "ciphersuite: TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"));
    assert_string_equal(m.owner.stream->peer, "10.33.33.254:55318");

    peer_send(m.peer, "GET / HTTP/1.1\r\n\r\n", 18);
    peer_run(m.peer);
    assert_string_equal(m.owner.received, "GET / HTTP/1.1\r\n\r\n");
    assert_string_equal(peer_received(m.peer), "GET / HTTP/1.1\r\n\r\n");
    part(&m);
    SSL_CTX_free(client);
}

static void test_the_ephemeral_key_is_on_P256(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    EVP_PKEY *key = NULL;
    char group[32] = "";

    SSL_CTX_set1_groups_list(client, "X25519:P-384:P-256");
    meet_client(&m, client, &as_server_with_key_file);
    assert_int_equal(SSL_get_server_tmp_key(peer_ssl(m.peer), &key), 1);
    EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
    assert_string_equal(group, "prime256v1");
    EVP_PKEY_free(key);
    part(&m);
    SSL_CTX_free(client);
}

static void test_key_of_a_provider(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &as_server_with_provider);
    assert_int_equal(m.owner.opened, 1);
    assert_true(peer_established(m.peer));
    assert_int_equal(provider_signatures, 1);
    part(&m);
    SSL_CTX_free(client);
}

static void test_certificate_file_with_text_and_key(void **state)
{
    /* openssl x509 -text -out, as in the lab, and the key appended: ssl_key empty */
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    char *certificate = pem_of_certificate(world.board), *key = pem_of_key_pkcs8(world.board_key, NULL), *all;

    assert_true(
        asprintf(&all,
                 "Certificate:\n    Data:\n        Version: 1 (0x0)\n%s-----BEGIN EC PARAMETERS-----\n"
                 "BggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n%s",
                 certificate, key) > 0);
    test_file("both.pem", all);
    meet_client(&m, client, &(struct tls_options){.cert_file = "both.pem"});
    assert_int_equal(m.owner.opened, 1);
    part(&m);
    SSL_CTX_free(client);
    free(certificate);
    free(key);
    free(all);
}

static void test_one_byte_at_a_time(void **state)
{
    struct meeting m = {.owner.echo = true};
    SSL_CTX *client = context_for_client(world.peer, world.peer_key);

    m.peer = peer_client(client, "board.tmc.com");
    peer_set_read_size(m.peer, 1);
    peer_set_write_room(m.peer, 1);
    m.owner.stream = tls_server(peer_wire(m.peer), &as_server_mutual, owner_event, &m.owner, &m.refused);
    peer_run(m.peer);
    assert_int_equal(m.owner.opened, 1);
    peer_send(m.peer, "slowly", 6);
    peer_run(m.peer);
    assert_string_equal(peer_received(m.peer), "slowly");
    part(&m);
    SSL_CTX_free(client);
}

static void test_key_that_does_not_sign(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &(struct tls_options){.cert_file = "board.crt.pem", .key = "ATCA:1"});
    assert_refused(&m, "our key ATCA:1 did not sign: is the chip connected");
    assert_int_equal(peer_alert(m.peer), SSL_AD_INTERNAL_ERROR);
    part(&m);
    SSL_CTX_free(client);
}

static void test_client_with_other_suites(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(client, "ECDHE-ECDSA-AES256-GCM-SHA384");
    meet_client(&m, client, &as_server_with_key_file);
    assert_refused(&m, "nothing in common with the client");
    assert_int_equal(peer_alert(m.peer), SSL3_AD_HANDSHAKE_FAILURE);
    part(&m);
    SSL_CTX_free(client);
}

static void test_client_that_speaks_TLS_1_3_only(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    SSL_CTX_set_min_proto_version(client, TLS1_3_VERSION);
    meet_client(&m, client, &as_server_with_key_file);
    assert_int_equal(m.owner.opened, 0);
    assert_int_equal(m.owner.closed, 1);
    assert_true(strlen(m.owner.error) > 20);
    assert_true(peer_alert(m.peer) > 0);
    part(&m);
    SSL_CTX_free(client);
}

static void test_client_that_does_not_trust_us(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    put_certificate("board.crt.pem", world.foreign_ca);
    meet_client(&m, client, &(struct tls_options){.cert_file = "board.crt.pem", .key = "ATCA:0"});
    assert_refused(&m, "the client refused: alert ");
    part(&m);
    SSL_CTX_free(client);
}

static void test_plain_HTTP_is_recognised(void **state)
{
    struct peer *peer = peer_plain();
    struct owner owner = {0};
    const char *error;

    owner.stream = tls_server(peer_wire(peer), &as_server_with_key_file, owner_event, &owner, &error);
    peer_send_raw(peer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    peer_run(peer);
    assert_int_equal(owner.closed, 1);
    assert_non_null(strstr(owner.error, "no TLS"));
    stream_close(owner.stream);
    peer_free(peer);
}

static void test_peer_that_never_speaks(void **state)
{
    struct peer *peer = peer_plain();
    struct owner owner = {0};
    const char *error;

    owner.stream = tls_server(peer_wire(peer), &as_server_with_key_file, owner_event, &owner, &error);
    test_advance_ms(19000);
    assert_int_equal(owner.closed, 0);
    test_advance_ms(2000);
    assert_int_equal(owner.closed, 1);
    assert_non_null(strstr(owner.error, "did not end within 20 s"));
    stream_close(owner.stream);
    assert_int_equal(test_timers_pending(), 0);
    peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_key_from_a_file, meeting_start),
        cmocka_unit_test_setup(test_the_ephemeral_key_is_on_P256, meeting_start),
        cmocka_unit_test_setup(test_key_of_a_provider, meeting_start),
        cmocka_unit_test_setup(test_certificate_file_with_text_and_key, meeting_start),
        cmocka_unit_test_setup(test_one_byte_at_a_time, meeting_start),
        cmocka_unit_test_setup(test_key_that_does_not_sign, meeting_start),
        cmocka_unit_test_setup(test_client_with_other_suites, meeting_start),
        cmocka_unit_test_setup(test_client_that_speaks_TLS_1_3_only, meeting_start),
        cmocka_unit_test_setup(test_client_that_does_not_trust_us, meeting_start),
        cmocka_unit_test_setup(test_plain_HTTP_is_recognised, meeting_start),
        cmocka_unit_test_setup(test_peer_that_never_speaks, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
