/* See test_world.h. */

#include "test_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "test_board.h"
#include "test_certificates.h"

struct world world;

void put_certificate(const char *file, X509 *certificate)
{
    char *text = pem_of_certificate(certificate);

    test_file(file, text);
    free(text);
}

static void put_key(const char *file, EVP_PKEY *key)
{
    char *text = pem_of_key(key);

    test_file(file, text);
    free(text);
}

X509 *signed_by_ca(const char *name, EVP_PKEY *key, const char *dns_name)
{
    return make_certificate(&(struct recipe){
        .name = name, .key = key, .issuer = world.ca, .issuer_key = world.ca_key, .dns_name = dns_name});
}

int world_make(void **state)
{
    world.ca_key = make_key("P-256");
    world.foreign_ca_key = make_key("P-256");
    world.board_key = make_key("P-256");
    world.peer_key = make_key("P-256");
    world.rsa_key = make_key("RSA");
    world.ca = make_certificate(&(struct recipe){.name = "Lab CA", .key = world.ca_key, .authority = 1});
    world.foreign_ca =
        make_certificate(&(struct recipe){.name = "Foreign CA", .key = world.foreign_ca_key, .authority = 1});
    world.board = signed_by_ca("board", world.board_key, "board.tmc.com");
    world.peer = signed_by_ca("mqtt.tmc.com", world.peer_key, "mqtt.tmc.com");
    return 0;
}

void world_start(void)
{
    test_board_start();
    ecdhe_reset();
    tls_register_ecdhe_provider(NULL);
    provider_register();
    provider_signatures = 0;
    put_certificate("ca.pem", world.ca);
    put_certificate("foreign.pem", world.foreign_ca);
    put_certificate("board.crt.pem", world.board);
    put_key("board.key.pem", world.board_key);
}

/* --- keys in a "chip"
 * --------------------------------------------------------------------------------------------- */

int provider_signatures;

static const char *check(const char *name)
{
    return strcmp(name, "ATCA:0") == 0 || strcmp(name, "ATCA:1") == 0 ? NULL : "no such slot (0 to 15)";
}

static bool sign(const char *name, const uint8_t digest[32], uint8_t signature[64])
{
    EVP_PKEY_CTX *context;
    unsigned char der[80];
    size_t length = sizeof der;
    const unsigned char *cursor = der;
    ECDSA_SIG *decoded;

    if (strcmp(name, "ATCA:0") != 0)
        return false;
    context = EVP_PKEY_CTX_new(world.board_key, NULL);
    EVP_PKEY_sign_init(context);
    if (EVP_PKEY_sign(context, der, &length, digest, 32) != 1)
        abort();
    EVP_PKEY_CTX_free(context);
    decoded = d2i_ECDSA_SIG(NULL, &cursor, (long)length);
    BN_bn2binpad(ECDSA_SIG_get0_r(decoded), signature, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(decoded), signature + 32, 32);
    ECDSA_SIG_free(decoded);
    provider_signatures++;
    return true;
}

void provider_register(void)
{
    static const struct tls_key_provider provider = {.prefix = "ATCA:", .check = check, .sign = sign};

    tls_register_key_provider(&provider);
}

/* --- an ephemeral key in a "chip"
 * ----------------------------------------------------------------------------------- */

struct ecdhe_record ecdhe_record;
static EVP_PKEY *ephemeral;

void ecdhe_reset(void)
{
    EVP_PKEY_free(ephemeral);
    ephemeral = NULL;
    memset(&ecdhe_record, 0, sizeof ecdhe_record);
}

static bool generate(uint8_t public_key[64])
{
    unsigned char *point;

    if (ecdhe_record.busy || ecdhe_record.busy_times-- > 0)
        return false;
    if (ephemeral != NULL)
        abort(); /* one at a time */
    ephemeral = make_key("P-256");
    EVP_PKEY_get1_encoded_public_key(ephemeral, &point);
    memcpy(public_key, point + 1, 64);
    OPENSSL_free(point);
    ecdhe_record.generated++;
    return true;
}

static bool agree(const uint8_t peer[64], uint8_t secret[32])
{
    EVP_PKEY *other = EVP_PKEY_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(ephemeral, NULL);
    unsigned char point[65] = {4};
    size_t length = 32;
    bool good;

    memcpy(point + 1, peer, 64);
    good = EVP_PKEY_copy_parameters(other, ephemeral) == 1 &&
           EVP_PKEY_set1_encoded_public_key(other, point, sizeof point) == 1 &&
           EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, other) == 1 &&
           EVP_PKEY_derive(context, secret, &length) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(other);
    EVP_PKEY_free(ephemeral);
    ephemeral = NULL;
    ecdhe_record.agreed++;
    return good && !ecdhe_record.break_agree;
}

static void release(void)
{
    if (ephemeral == NULL)
        abort();
    EVP_PKEY_free(ephemeral);
    ephemeral = NULL;
    ecdhe_record.released++;
}

const struct tls_ecdhe_provider fake_ecdhe = {generate, agree, release};

/* --- OpenSSL
 * ----------------------------------------------------------------------------------------------------------
 */

static SSL_CTX *context(const SSL_METHOD *method, X509 *certificate, EVP_PKEY *key)
{
    SSL_CTX *c = SSL_CTX_new(method);

    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(c), world.ca);
    if (certificate) {
        SSL_CTX_use_certificate(c, certificate);
        SSL_CTX_use_PrivateKey(c, key);
    }
    return c;
}

SSL_CTX *context_for_client(X509 *certificate, EVP_PKEY *key)
{
    SSL_CTX *c = context(TLS_client_method(), certificate, key);

    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
    return c;
}

SSL_CTX *context_for_server(X509 *certificate, EVP_PKEY *key)
{
    return context(TLS_server_method(), certificate, key);
}

/* --- the owner
 * ----------------------------------------------------------------------------------------------------------
 */

static void read_all(struct owner *owner)
{
    size_t got;

    while ((got = stream_read(owner->stream, owner->received + owner->received_length,
                              sizeof owner->received - owner->received_length)) > 0) {
        if (owner->echo && stream_write(owner->stream, owner->received + owner->received_length, got) != got)
            abort();
        owner->received_length += got;
    }
}

void owner_event(struct stream *stream, enum stream_event event, void *user)
{
    struct owner *owner = user;

    switch (event) {
    case STREAM_OPEN:
        owner->opened++;
        if (owner->close_on_open)
            stream_close(stream);
        break;
    case STREAM_DATA:
        owner->data_events++;
        if (!owner->lazy)
            read_all(owner);
        break;
    case STREAM_SENT:
        owner->sent_events++;
        break;
    case STREAM_CLOSE:
        if (owner->closed)
            abort(); /* nothing follows it */
        owner->closed++;
        if (stream_error(stream))
            snprintf(owner->error, sizeof owner->error, "%s", stream_error(stream));
        if (owner->close_on_close)
            stream_close(stream);
        break;
    }
}

void assert_says(const char *text, const char *expected)
{
    if (text == NULL || strstr(text, expected) == NULL)
        fail_msg("expected \"…%s…\" in:\n%s", expected, text ? text : "(nothing)");
}
