/* What the board as TLS server says of its certificate, key and CA files before there is a connection. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "test_board.h"
#include "test_certificates.h"
#include "test_meeting.h"

static void test_check_server(void **state)
{
    char *encrypted = pem_of_key_pkcs8(world.board_key, "secret"), *rsa = pem_of_key(world.rsa_key);
    char *rsa8 = pem_of_key_pkcs8(world.rsa_key, NULL), *other = pem_of_key(world.peer_key);

    test_file("encrypted.pem", encrypted);
    test_file("rsa.pem", rsa);
    test_file("rsa8.pem", rsa8);
    test_file("other.pem", other);
    test_file("empty.pem", "nothing here\n");
    test_file("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    test_file("noise.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    size_t before = heap_available();

    assert_null(tls_check_server(&as_server_with_key_file));
    assert_null(tls_check_server(&as_server_with_provider));
    assert_null(tls_check_server(&as_server_mutual));
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "ecc.crt.pem", .key = "ATCA:0"}),
                "Invalid SSL cert: there is no file ecc.crt.pem on the board: mos put ecc.crt.pem");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem", .key = "ATCA:9"}),
                "Invalid SSL key: no such slot (0 to 15)");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem", .key = "encrypted.pem"}),
                "encrypted with a password");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem", .key = "rsa.pem"}),
                "RSA key");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem", .key = "rsa8.pem"}),
                "RSA key");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem", .key = "other.pem"}),
                "the certificate board.crt.pem is for another key than the one in other.pem");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem"}),
                "board.crt.pem holds no private key");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "empty.pem"}),
                "empty.pem holds no certificate");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "cut.pem"}), "cut.pem is cut off");
    assert_says(tls_check_server(&(struct tls_options){.cert_file = "noise.pem"}), "noise.pem is damaged");
    assert_says(tls_check_server(&(struct tls_options){
                    .cert_file = "board.crt.pem", .key = "ATCA:0", .ca_file = "no.pem"}),
                "Invalid SSL CA cert: there is no file no.pem");
    assert_int_equal(heap_available(), before);
    free(encrypted);
    free(rsa);
    free(rsa8);
    free(other);
}

/* `der` as a PEM file with `extra` bytes after what belongs into the block; frees `der`. */
static void put_with_more(const char *file, const char *label, unsigned char *der, int length, size_t extra)
{
    unsigned char *more = calloc(1, (size_t)length + extra);
    char *text;

    memcpy(more, der, (size_t)length);
    memset(more + length, 'A', extra);
    text = pem_of_bytes(label, more, (size_t)length + extra);
    test_file(file, text);
    free(text);
    free(more);
    OPENSSL_free(der);
}

/* BearSSL's decoders must not be given anything after they have refused. */
static void test_blocks_that_go_on_are_refused(void **state)
{
    for (size_t extra = 1; extra < 1200; extra += 37) {
        unsigned char *certificate = NULL, *key = NULL;
        int certificate_length = i2d_X509(world.board, &certificate),
            key_length = i2d_PrivateKey(world.board_key, &key);

        put_with_more("long.crt.pem", "CERTIFICATE", certificate, certificate_length, extra);
        put_with_more("long.key.pem", "EC PRIVATE KEY", key, key_length, extra);
        assert_says(
            tls_check_server(&(struct tls_options){.cert_file = "long.crt.pem", .key = "board.key.pem"}),
            "long.crt.pem holds a certificate that cannot be read");
        assert_says(
            tls_check_server(&(struct tls_options){.cert_file = "board.crt.pem", .key = "long.key.pem"}),
            "the private key in long.key.pem cannot be read");
        assert_says(tls_check_server(&(struct tls_options){
                        .cert_file = "board.crt.pem", .key = "board.key.pem", .ca_file = "long.crt.pem"}),
                    "certificate 1 of long.crt.pem cannot be read");
    }
}

static void test_wrong_settings_refuse_the_connection_and_close_it(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);
    size_t before = heap_available();

    meet_client(&m, client, &(struct tls_options){.cert_file = "ecc.crt.pem", .key = "ATCA:0"});
    assert_null(m.owner.stream);
    assert_says(m.refused, "there is no file ecc.crt.pem");
    assert_true(peer_wire_closed(m.peer));
    assert_int_equal(heap_available(), before);
    part(&m);
    SSL_CTX_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_check_server, meeting_start),
        cmocka_unit_test_setup(test_blocks_that_go_on_are_refused, meeting_start),
        cmocka_unit_test_setup(test_wrong_settings_refuse_the_connection_and_close_it, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
