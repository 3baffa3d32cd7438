/* The board as TLS client with keys of its own: of its certificate, and the ephemeral one of a provider. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_certificates.h"
#include "test_meeting.h"

static SSL_CTX *server_that_asks(void)
{
    SSL_CTX *server = context_for_server(world.peer, world.peer_key);

    SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return server;
}

static void assert_mutual(const struct tls_options *options)
{
    struct meeting m = {0};
    SSL_CTX *server = server_that_asks();
    X509 *seen;

    meet_server(&m, server, options);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    assert_true(peer_established(m.peer));
    seen = SSL_get1_peer_certificate(peer_ssl(m.peer));
    assert_int_equal(X509_cmp(seen, world.board), 0);
    X509_free(seen);
    part(&m);
    SSL_CTX_free(server);
}

static void test_mutual_with_a_key_file(void **state)
{
    assert_mutual(&as_client_with_key_file);
    assert_int_equal(provider_signatures, 0);
}

static void test_mutual_with_a_provider(void **state)
{
    assert_mutual(&as_client_with_provider);
    assert_int_equal(provider_signatures, 1);
}

static void test_ephemeral_key_of_a_provider(void **state)
{
    tls_register_ecdhe_provider(&fake_ecdhe);
    assert_mutual(&as_client_with_provider);
    assert_int_equal(ecdhe_record.generated, 1);
    assert_int_equal(ecdhe_record.agreed, 1);
    assert_int_equal(ecdhe_record.released, 0);
}

/* A client asks for the secret first and for its public key after: a key that is free only by then comes too
 * late. */
static void test_ephemeral_key_that_is_free_too_late_is_left_alone(void **state)
{
    tls_register_ecdhe_provider(&fake_ecdhe);
    ecdhe_record.busy_times = 1;
    assert_mutual(&as_client_with_provider);
    assert_int_equal(ecdhe_record.generated, 0);
}

static void test_lost_ephemeral_key_is_said(void **state)
{
    struct meeting m = {0};

    tls_register_ecdhe_provider(&fake_ecdhe);
    ecdhe_record.break_agree = true;
    meet_certificate(&m, world.peer, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "lost the ephemeral key");
    assert_int_equal(peer_alert(m.peer), SSL_AD_INTERNAL_ERROR);
    part(&m);
}

static void test_key_that_does_not_sign(void **state)
{
    struct meeting m = {0};
    SSL_CTX *server = server_that_asks();
    struct tls_options options = as_client_with_provider;

    options.key = "ATCA:1";
    meet_server(&m, server, &options);
    assert_refused(&m, "our key ATCA:1 did not sign");
    part(&m);
    SSL_CTX_free(server);
}

static void test_server_wants_a_certificate_we_do_not_have(void **state)
{
    struct meeting m = {0};
    SSL_CTX *server = server_that_asks();

    meet_server(&m, server, &as_client_anonymous);
    assert_refused(&m, "the server refused: alert 40 handshake failure");
    part(&m);
    SSL_CTX_free(server);
}

/* A thief who copied the flash but not the chip. */
static void test_certificate_with_another_key(void **state)
{
    struct meeting m = {0};
    SSL_CTX *server = server_that_asks();

    X509 *copied = signed_by_ca("board", world.peer_key, NULL);

    put_certificate("board.crt.pem", copied);
    X509_free(copied);
    meet_server(&m, server, &as_client_with_provider);
    assert_refused(&m,
                   "the server refused: alert 51 decrypt error: our signature does not fit our certificate");
    part(&m);
    SSL_CTX_free(server);
}

static void test_server_does_not_know_our_authority(void **state)
{
    struct meeting m = {0};
    SSL_CTX *server = server_that_asks();
    X509 *foreign = make_certificate(&(struct recipe){.name = "board",
                                                      .key = world.board_key,
                                                      .issuer = world.foreign_ca,
                                                      .issuer_key = world.foreign_ca_key});

    put_certificate("board.crt.pem", foreign);
    meet_server(&m, server, &as_client_with_key_file);
    assert_refused(&m, "the server refused: alert 48 unknown CA");
    part(&m);
    SSL_CTX_free(server);
    X509_free(foreign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_mutual_with_a_key_file, meeting_start),
        cmocka_unit_test_setup(test_mutual_with_a_provider, meeting_start),
        cmocka_unit_test_setup(test_ephemeral_key_of_a_provider, meeting_start),
        cmocka_unit_test_setup(test_ephemeral_key_that_is_free_too_late_is_left_alone, meeting_start),
        cmocka_unit_test_setup(test_lost_ephemeral_key_is_said, meeting_start),
        cmocka_unit_test_setup(test_key_that_does_not_sign, meeting_start),
        cmocka_unit_test_setup(test_server_wants_a_certificate_we_do_not_have, meeting_start),
        cmocka_unit_test_setup(test_certificate_with_another_key, meeting_start),
        cmocka_unit_test_setup(test_server_does_not_know_our_authority, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
