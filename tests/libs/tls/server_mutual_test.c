/* The board as TLS server that wants a certificate of the client: whom it lets in. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "test_board.h"
#include "test_certificates.h"
#include "test_meeting.h"

static void test_client_with_a_certificate_of_our_authority(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(world.peer, world.peer_key);

    meet_client(&m, client, &as_server_mutual);
    assert_int_equal(m.owner.opened, 1);
    assert_true(peer_established(m.peer));
    part(&m);
    SSL_CTX_free(client);
}

/* Before encryption begins, BearSSL takes records piece by piece: they may be larger than the buffer. */
static void test_client_with_a_long_chain(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(world.peer, world.peer_key);

    for (int i = 0; i < 10; i++)
        SSL_CTX_add_extra_chain_cert(client, X509_dup(world.foreign_ca));
    meet_client(&m, client, &as_server_mutual);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    part(&m);
    SSL_CTX_free(client);
}

static void test_client_without_certificate(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    meet_client(&m, client, &as_server_mutual);
    assert_refused(&m, "the client showed no certificate; one signed by an authority in ca.pem is required");
    assert_true(peer_alert(m.peer) > 0);
    part(&m);
    SSL_CTX_free(client);
}

static void test_client_of_a_foreign_authority(void **state)
{
    struct meeting m = {0};
    X509 *foreign = make_certificate(&(struct recipe){.name = "stranger",
                                                      .key = world.peer_key,
                                                      .issuer = world.foreign_ca,
                                                      .issuer_key = world.foreign_ca_key});
    SSL_CTX *client = context_for_client(foreign, world.peer_key);

    meet_client(&m, client, &as_server_mutual);
    assert_refused(&m, "the client's certificate (stranger) is signed by an authority that is not in ca.pem");
    assert_int_equal(peer_alert(m.peer), TLS1_AD_UNKNOWN_CA);
    part(&m);
    SSL_CTX_free(client);
    X509_free(foreign);
}

static X509 *client_meant_for(const char *usage)
{
    return make_certificate(&(struct recipe){.name = "guest",
                                             .key = world.peer_key,
                                             .issuer = world.ca,
                                             .issuer_key = world.ca_key,
                                             .usage = usage});
}

static void test_client_that_is_meant_to_be_one(void **state)
{
    static const char *const usages[] = {"clientAuth", "serverAuth,clientAuth", "anyExtendedKeyUsage"};

    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        struct meeting m = {0};
        X509 *certificate = client_meant_for(usages[i]);
        SSL_CTX *client = context_for_client(certificate, world.peer_key);

        meet_client(&m, client, &as_server_mutual);
        assert_string_equal(m.owner.error, "");
        assert_int_equal(m.owner.opened, 1);
        part(&m);
        SSL_CTX_free(client);
        X509_free(certificate);
    }
}

static void test_server_that_plays_a_client(void **state)
{
    struct meeting m = {0};
    X509 *certificate = client_meant_for("serverAuth");
    SSL_CTX *client = context_for_client(certificate, world.peer_key);

    meet_client(&m, client, &as_server_mutual);
    assert_refused(&m,
                   "the client's certificate (guest) is not meant for clients (extended key usage): it has "
                   "to name clientAuth, or have no such extension");
    assert_int_equal(peer_alert(m.peer), SSL_AD_UNSUPPORTED_CERTIFICATE);
    part(&m);
    SSL_CTX_free(client);
    X509_free(certificate);
}

static void test_client_whose_certificate_has_expired(void **state)
{
    struct meeting m = {0};
    X509 *expired = make_certificate(&(struct recipe){.name = "old",
                                                      .key = world.peer_key,
                                                      .issuer = world.ca,
                                                      .issuer_key = world.ca_key,
                                                      .from_days = -10,
                                                      .to_days = -1});
    SSL_CTX *client = context_for_client(expired, world.peer_key);

    meet_client(&m, client, &as_server_mutual);
    assert_refused(&m, "the client's certificate or its authority's has expired or is not valid yet");
    assert_int_equal(peer_alert(m.peer), SSL_AD_CERTIFICATE_EXPIRED);
    part(&m);
    SSL_CTX_free(client);
    X509_free(expired);
}

static void test_board_that_does_not_know_the_time(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(world.peer, world.peer_key);

    test_board_set_time(0);
    meet_client(&m, client, &as_server_mutual);
    assert_null(m.owner.stream);
    assert_non_null(strstr(m.refused, "does not know the time"));
    part(&m);
    SSL_CTX_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_client_with_a_certificate_of_our_authority, meeting_start),
        cmocka_unit_test_setup(test_client_with_a_long_chain, meeting_start),
        cmocka_unit_test_setup(test_client_without_certificate, meeting_start),
        cmocka_unit_test_setup(test_client_of_a_foreign_authority, meeting_start),
        cmocka_unit_test_setup(test_client_that_is_meant_to_be_one, meeting_start),
        cmocka_unit_test_setup(test_server_that_plays_a_client, meeting_start),
        cmocka_unit_test_setup(test_client_whose_certificate_has_expired, meeting_start),
        cmocka_unit_test_setup(test_board_that_does_not_know_the_time, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
