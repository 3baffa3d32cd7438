/* What the certificate of a server is meant for, to the board as TLS client (RFC 5280 4.2.1.12). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_certificates.h"
#include "test_meeting.h"

static X509 *server_meant_for(const char *usage)
{
    return make_certificate(&(struct recipe){.name = "mqtt.tmc.com",
                                             .key = world.peer_key,
                                             .issuer = world.ca,
                                             .issuer_key = world.ca_key,
                                             .dns_name = "mqtt.tmc.com",
                                             .usage = usage});
}

static void test_server_that_is_meant_to_be_one(void **state)
{
    static const char *const usages[] = {"serverAuth", "clientAuth,serverAuth",
                                         "codeSigning,anyExtendedKeyUsage"};

    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        struct meeting m = {0};
        X509 *certificate = server_meant_for(usages[i]);

        meet_certificate(&m, certificate, world.peer_key, &as_client_anonymous);
        assert_string_equal(m.owner.error, "");
        assert_int_equal(m.owner.opened, 1);
        part(&m);
        X509_free(certificate);
    }
}

/* Another device of the same authority, which plays the broker. */
static void test_device_that_plays_the_server(void **state)
{
    static const char *const usages[] = {"clientAuth", "codeSigning",
                                         "clientAuth,emailProtection,1.3.6.1.5.5.7.3.1.1"};

    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        struct meeting m = {0};
        X509 *certificate = server_meant_for(usages[i]);

        meet_certificate(&m, certificate, world.peer_key, &as_client_anonymous);
        assert_refused(&m, "the server's certificate (mqtt.tmc.com) is not meant for servers (extended key "
                           "usage): it has to name serverAuth, or have no such extension");
        assert_int_equal(peer_alert(m.peer), SSL_AD_UNSUPPORTED_CERTIFICATE);
        part(&m);
        X509_free(certificate);
    }
}

static void test_self_signed_server_in_the_file_is_asked_for_its_purpose_too(void **state)
{
    struct meeting m = {0};
    X509 *alone = make_certificate(
        &(struct recipe){.name = "mqtt.tmc.com", .key = world.peer_key, .usage = "clientAuth"});

    put_certificate("ca.pem", alone);
    meet_certificate(&m, alone, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "not meant for servers");
    part(&m);
    X509_free(alone);
}

/* The bytes of serverAuth elsewhere in the certificate do not count. */
static void test_purpose_is_not_looked_for_in_names(void **state)
{
    static const char extension[] =
        "\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
    struct meeting m = {0};
    X509 *certificate = make_certificate(&(struct recipe){.name = extension,
                                                          .key = world.peer_key,
                                                          .issuer = world.ca,
                                                          .issuer_key = world.ca_key,
                                                          .dns_name = "mqtt.tmc.com",
                                                          .usage = "clientAuth"});

    meet_certificate(&m, certificate, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "is not meant for servers");
    part(&m);
    X509_free(certificate);
}

/* Those of an authority speak of the authority. */
static void test_purpose_of_the_authority_is_its_own(void **state)
{
    struct meeting m = {0};
    EVP_PKEY *key = make_key("P-256");
    X509 *middle = make_certificate(&(struct recipe){.name = "Middle",
                                                     .key = key,
                                                     .issuer = world.ca,
                                                     .issuer_key = world.ca_key,
                                                     .authority = 1,
                                                     .usage = "OCSPSigning"});
    X509 *leaf = make_certificate(&(struct recipe){.name = "mqtt.tmc.com",
                                                   .key = world.peer_key,
                                                   .issuer = middle,
                                                   .issuer_key = key,
                                                   .usage = "serverAuth"});
    SSL_CTX *server = context_for_server(leaf, world.peer_key);

    SSL_CTX_add1_chain_cert(server, middle);
    meet_server(&m, server, &as_client_anonymous);
    assert_string_equal(m.owner.error, "");
    assert_int_equal(m.owner.opened, 1);
    part(&m);
    SSL_CTX_free(server);
    X509_free(leaf);
    X509_free(middle);
    EVP_PKEY_free(key);
}

/* BearSSL knows no critical extension of this kind, and whatever is critical and unknown is refused. */
static void test_critical_purpose_is_refused(void **state)
{
    struct meeting m = {0};
    X509 *certificate = server_meant_for("critical,serverAuth");

    meet_certificate(&m, certificate, world.peer_key, &as_client_anonymous);
    assert_refused(&m, "has a critical extension this board does not know");
    part(&m);
    X509_free(certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_server_that_is_meant_to_be_one, meeting_start),
        cmocka_unit_test_setup(test_device_that_plays_the_server, meeting_start),
        cmocka_unit_test_setup(test_self_signed_server_in_the_file_is_asked_for_its_purpose_too,
                               meeting_start),
        cmocka_unit_test_setup(test_purpose_is_not_looked_for_in_names, meeting_start),
        cmocka_unit_test_setup(test_purpose_of_the_authority_is_its_own, meeting_start),
        cmocka_unit_test_setup(test_critical_purpose_is_refused, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
