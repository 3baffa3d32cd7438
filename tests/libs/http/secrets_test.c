/* What the server never gives out: configuration, hidden files, and private keys in whatever form. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "test_board.h"
#include "test_server.h"

static void test_what_is_never_served(void **state)
{
    static const char *const paths[] = {"/conf9.json",   "/board.key.pem", "/CONF9.json",    "/.secret",
                                        "/%2esecret",    "/both.pem",      "/late.txt",      "/notes.doc",
                                        "/../hello.txt", "//hello.txt",    "/sub/hello.txt", "/none"};
    struct http_server_options options = plain;
    char late[400];

    memset(late, 'x', 300);
    strcpy(late + 300, "\n-----BEGIN PRIVATE KEY-----\n");
    options.hidden_files = "*.doc";
    test_file(".secret", "s");
    test_file("both.pem",
              "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n");
    test_file("late.txt", late);
    test_file("notes.doc", "d");
    http_server_start(&server, &options);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *answer = get(paths[i]);

        if (strstr(answer, "HTTP/1.1 404 Not Found\r\n") == NULL ||
            strstr(answer, "serves nothing of that name") == NULL)
            fail_msg("%s: %s", paths[i], answer);
    }
}

/* The marker is found wherever it lies across the pieces in which the file is looked through. */
static void test_a_key_at_any_offset_is_seen(void **state)
{
    http_server_start(&server, &plain);
    for (int offset = 0; offset < 300; offset++) {
        char text[400];

        memset(text, 'x', (size_t)offset);
        strcpy(text + offset, "PRIVATE KEY-----");
        test_file("late.txt", text);
        assert_says(get("/late.txt"), "404");
    }
}

static void assert_content_served(const void *content, size_t length, bool served, const char *what)
{
    test_file_bytes("content.bin", content, length);
    if ((strstr(get("/content.bin"), "HTTP/1.1 200 OK\r\n") != NULL) != served)
        fail_msg("%s: %s served", what, served ? "not" : "is");
}

/* What is no PEM, under a name that says nothing. */
static void test_keys_in_DER_are_seen(void **state)
{
    EVP_PKEY *rsa = world.rsa_key, *ec = world.board_key;
    EVP_PKEY *const keys[] = {ec, rsa};

    http_server_start(&server, &plain);
    for (size_t i = 0; i < 2; i++) {
        unsigned char *plain_form = NULL, *pkcs8 = NULL, *encrypted = NULL, *bundle = NULL, *public = NULL;
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(keys[i]);
        X509_SIG *sealed = PKCS8_encrypt(-1, EVP_aes_128_cbc(), "x", 1, NULL, 0, 1, info);
        X509_SIG *old = PKCS8_encrypt(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NULL, "x", 1, NULL, 0, 1, info);
        X509 *own = signed_by_ca("own", keys[i], NULL);
        PKCS12 *p12 = PKCS12_create("x", "own", keys[i], own, NULL, 0, 0, 0, 0, 0);
        int length;

        length = i2d_PrivateKey(keys[i], &plain_form);
        assert_content_served(plain_form, (size_t)length, false, "SEC1, PKCS#1");
        length = i2d_PKCS8_PRIV_KEY_INFO(info, &pkcs8);
        assert_content_served(pkcs8, (size_t)length, false, "PKCS#8");
        length = i2d_X509_SIG(sealed, &encrypted);
        assert_content_served(encrypted, (size_t)length, false, "encrypted PKCS#8");
        OPENSSL_free(encrypted);
        encrypted = NULL;
        if (old != NULL) {
            length = i2d_X509_SIG(old, &encrypted);
            assert_content_served(encrypted, (size_t)length, false, "encrypted PKCS#8, the old way");
        }
        length = i2d_PKCS12(p12, &bundle);
        assert_content_served(bundle, (size_t)length, false, "PKCS#12");

        length = i2d_PUBKEY(keys[i], &public);
        assert_content_served(public, (size_t)length, true, "a public key");
        OPENSSL_free(public);
        public = NULL;
        length = i2d_X509(own, &public);
        assert_content_served(public, (size_t)length, true, "a certificate");
        OPENSSL_free(plain_form);
        OPENSSL_free(pkcs8);
        OPENSSL_free(encrypted);
        OPENSSL_free(bundle);
        OPENSSL_free(public);
        X509_SIG_free(sealed);
        X509_SIG_free(old);
        PKCS8_PRIV_KEY_INFO_free(info);
        PKCS12_free(p12);
        X509_free(own);
    }
    ERR_clear_error();
}

static void test_keys_in_hexadecimal_are_seen(void **state)
{
    static const struct {
        const char *text;
        bool served;
    } cases[] = {
        /* openssl rand -hex 32, as for slot 4 of the lab; xxd -p; xxd -i; with colons */
        {"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n", false},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", false},
        {"\r\n 00112233445566778899aabbccddeeff00112233445566778899aabbccdd\neeff\r\n\n", false},
        {"0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", false},
        {"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\n",
         false},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeef", true},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0", true},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff  firmware.zip\n", true},
        {"", true},
        {"hello", true},
    };

    http_server_start(&server, &plain);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_content_served(cases[i].text, strlen(cases[i].text), cases[i].served, cases[i].text);
}

/* Broken DER is whatever it is, but never read beyond its end. */
static void test_files_that_begin_like_DER(void **state)
{
    static const unsigned char cases[][8] = {
        {0x30}, {0x30, 0x82}, {0x30, 0x84, 1, 2}, {0x30, 0xff}, {0x30, 0x03, 0x02, 0x01}};
    static const size_t lengths[] = {1, 2, 4, 2, 4};

    http_server_start(&server, &plain);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        assert_content_served(cases[i], lengths[i], true, "a few bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_never_served, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_a_key_at_any_offset_is_seen, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_keys_in_DER_are_seen, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_keys_in_hexadecimal_are_seen, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_files_that_begin_like_DER, test_server_start, test_server_stop),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
