/* Which servers the board as TLS client trusts: authority, name and time of their certificates. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "test_board.h"
#include "test_certificates.h"
#include "test_meeting.h"

/* The CA file of a lab: openssl req -x509, or x509 -signkey, which makes version 1 and cannot say CA:TRUE. */
static void assert_authority_works(const char *curve, const char *hash, int version_1)
{
    struct meeting m = {0};
    EVP_PKEY *key = make_key(curve);
    X509 *ca = make_certificate(&(struct recipe){
        .name = "Other CA", .key = key, .authority = 1, .version_1 = version_1, .hash = hash});
    X509 *certificate = make_certificate(&(struct recipe){.name = "mqtt.tmc.com",
                                                          .key = world.peer_key,
                                                          .issuer = ca,
                                                          .issuer_key = key,
                                                          .version_1 = version_1,
                                                          .hash = hash});

    put_certificate("ca.pem", ca);
    meet_certificate(&m, certificate, world.peer_key, &as_client_anonymous);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    part(&m);
    X509_free(ca);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void test_authority_with_an_RSA_key(void **state)
{
    assert_authority_works("RSA", "SHA256", 0);
}

static void test_authority_on_P384(void **state)
{
    assert_authority_works("P-384", "SHA384", 0);
}

static void test_authority_of_version_1(void **state)
{
    assert_authority_works("P-256", "SHA256", 1);
}

static void test_self_signed_server_that_is_in_the_file(void **state)
{
    struct meeting m = {0};
    X509 *alone = make_certificate(&(struct recipe){.name = "mqtt.tmc.com", .key = world.peer_key});

    put_certificate("ca.pem", alone);
    meet_certificate(&m, alone, world.peer_key, &as_client_anonymous);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    part(&m);
    X509_free(alone);
}

static void test_one_authority_of_several(void **state)
{
    struct meeting m = {0};
    char *foreign = pem_of_certificate(world.foreign_ca), *ours = pem_of_certificate(world.ca), *both;

    assert_true(asprintf(&both, "# authorities\n%s\n%s", foreign, ours) > 0);
    test_file("ca.pem", both);
    meet_certificate(&m, world.peer, world.peer_key, &as_client_anonymous);
    assert_int_equal(m.owner.opened, 1);
    part(&m);
    free(foreign);
    free(ours);
    free(both);
}

static void test_foreign_authority(void **state)
{
    struct meeting m = {0};

    put_certificate("ca.pem", world.foreign_ca);
    meet_certificate(&m, world.peer, world.peer_key, &as_client_anonymous);
    assert_refused(&m,
                   "the server's certificate (mqtt.tmc.com) is signed by an authority that is not in ca.pem");
    assert_int_equal(peer_alert(m.peer), TLS1_AD_UNKNOWN_CA);
    part(&m);
}

static void test_authority_of_the_same_name_with_another_key(void **state)
{
    struct meeting m = {0};
    X509 *impostor =
        make_certificate(&(struct recipe){.name = "Lab CA", .key = world.foreign_ca_key, .authority = 1});
    X509 *forged = make_certificate(&(struct recipe){.name = "mqtt.tmc.com",
                                                     .key = world.peer_key,
                                                     .issuer = impostor,
                                                     .issuer_key = world.foreign_ca_key});

    meet_certificate(&m, forged, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "not in ca.pem");
    part(&m);
    X509_free(impostor);
    X509_free(forged);
}

static void test_end_entity_that_plays_authority(void **state)
{
    struct meeting m = {0};
    EVP_PKEY *key = make_key("P-256");
    X509 *leaf = make_certificate(&(struct recipe){
        .name = "mqtt.tmc.com", .key = key, .issuer = world.board, .issuer_key = world.board_key});
    SSL_CTX *server = context_for_server(leaf, key);

    SSL_CTX_add_extra_chain_cert(server, X509_dup(world.board));
    meet_server(&m, server, &as_client_anonymous);
    assert_refused(&m, "no authority");
    part(&m);
    SSL_CTX_free(server);
    X509_free(leaf);
    EVP_PKEY_free(key);
}

static void test_wrong_name(void **state)
{
    struct meeting m = {0};
    X509 *other = signed_by_ca("evil.tmc.com", world.peer_key, "evil.tmc.com");

    meet_certificate(&m, other, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "for another name: expected mqtt.tmc.com, found evil.tmc.com");
    assert_int_equal(peer_alert(m.peer), SSL_AD_BAD_CERTIFICATE);
    part(&m);
    X509_free(other);
}

static void test_subject_alternative_name_wins_over_the_common_name(void **state)
{
    struct meeting m = {0};
    X509 *other = signed_by_ca("mqtt.tmc.com", world.peer_key, "evil.tmc.com");

    meet_certificate(&m, other, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "for another name");
    part(&m);
    X509_free(other);
}

static void test_names_do_not_steer_the_console(void **state)
{
    struct meeting m = {0};
    X509 *other = signed_by_ca("evil\n\x1b[2J", world.peer_key, NULL);

    meet_certificate(&m, other, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "found evil??[2J");
    part(&m);
    X509_free(other);
}

static void test_expired(void **state)
{
    struct meeting m = {0};
    X509 *expired = make_certificate(&(struct recipe){.name = "mqtt.tmc.com",
                                                      .key = world.peer_key,
                                                      .issuer = world.ca,
                                                      .issuer_key = world.ca_key,
                                                      .from_days = -20,
                                                      .to_days = -1});

    meet_certificate(&m, expired, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "has expired or is not valid yet");
    assert_int_equal(peer_alert(m.peer), SSL_AD_CERTIFICATE_EXPIRED);
    part(&m);
    X509_free(expired);
}

static void test_not_valid_yet(void **state)
{
    struct meeting m = {0};

    test_board_set_time(1500000000);
    meet_certificate(&m, world.peer, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "not valid yet");
    part(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_authority_with_an_RSA_key, meeting_start),
        cmocka_unit_test_setup(test_authority_on_P384, meeting_start),
        cmocka_unit_test_setup(test_authority_of_version_1, meeting_start),
        cmocka_unit_test_setup(test_self_signed_server_that_is_in_the_file, meeting_start),
        cmocka_unit_test_setup(test_one_authority_of_several, meeting_start),
        cmocka_unit_test_setup(test_foreign_authority, meeting_start),
        cmocka_unit_test_setup(test_authority_of_the_same_name_with_another_key, meeting_start),
        cmocka_unit_test_setup(test_end_entity_that_plays_authority, meeting_start),
        cmocka_unit_test_setup(test_wrong_name, meeting_start),
        cmocka_unit_test_setup(test_subject_alternative_name_wins_over_the_common_name, meeting_start),
        cmocka_unit_test_setup(test_names_do_not_steer_the_console, meeting_start),
        cmocka_unit_test_setup(test_expired, meeting_start),
        cmocka_unit_test_setup(test_not_valid_yet, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
