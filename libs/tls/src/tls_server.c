/* The server's part: which suite, which signature, and whose certificates it takes. */

#include "tls_internal.h"

#include <stddef.h>
#include <string.h>

static struct tls_handshake *handshake_of(const br_ssl_server_policy_class **context)
{
    return (struct tls_handshake *)(void *)((char *)context - offsetof(struct tls_handshake, server_policy));
}

static int choose(const br_ssl_server_policy_class **context, const br_ssl_server_context *server,
                  br_ssl_server_choices *choices)
{
    struct tls_handshake *h = handshake_of(context);
    size_t count;
    const br_suite_translated *suites = br_ssl_server_get_client_suites(server, &count);
    bool sha256 = br_ssl_server_get_client_hashes(server) & (uint32_t)1 << (8 + br_sha256_ID);
    bool p256 = br_ssl_server_get_client_curves(server) & (uint32_t)1 << BR_EC_secp256r1;

    for (size_t i = 0; i < count && sha256 && p256; i++) {
        if (suites[i][0] != BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
            continue;
        choices->cipher_suite = suites[i][0];
        choices->algo_id = 0xff00 + br_sha256_ID;
        choices->chain = h->chain.certificates;
        choices->chain_len = h->chain.count;
        tls_log_suite(h->stream, choices->cipher_suite);
        return 1;
    }
    h->wrong_suite = true;
    return 0;
}

static uint32_t do_keyx(const br_ssl_server_policy_class **context, unsigned char *data, size_t *length)
{
    return 0; /* static ECDH and RSA key exchange are not offered */
}

static size_t do_sign(const br_ssl_server_policy_class **context, unsigned algo_id, unsigned char *data,
                      size_t hash_length, size_t size)
{
    return tls_handshake_sign(handshake_of(context), data, hash_length, size);
}

static const br_ssl_server_policy_class policy_class = {sizeof(struct tls_handshake), choose, do_keyx,
                                                        do_sign};

static const uint16_t suites[] = {BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};

static const char *set_up(struct tls_stream *s, const struct tls_options *options)
{
    br_ssl_server_context *server = &s->context.server;
    struct tls_handshake *h = s->handshake;
    const char *error;

    if (options->cert_file == NULL)
        return "a TLS server needs a certificate (ssl_cert)";
    br_ssl_server_zero(server);
    s->engine = &server->eng;
    tls_profile(s);
    br_ssl_engine_set_suites(s->engine, suites, sizeof suites / sizeof *suites);
    br_ssl_engine_add_flags(s->engine, BR_OPT_ENFORCE_SERVER_PREFERENCES);
    error = tls_handshake_load(s, options);
    if (error != NULL)
        return error;
    h->server_policy = &policy_class;
    br_ssl_server_set_policy(server, &h->server_policy);
    if (h->verifier != NULL)
        br_ssl_server_set_trust_anchor_names_alt(server, h->anchors.list, h->anchors.count);
    return tls_stream_start(s, NULL);
}

struct stream *tls_server(struct stream *lower, const struct tls_options *options, stream_handler handler,
                          void *user, const char **error)
{
    return tls_wrap(lower, options, true, set_up, handler, user, error);
}

static const char *check(const struct tls_options *options, struct tls_chain *chain, struct tls_key *key)
{
    struct tls_anchors anchors;
    const char *error;

    if (options->cert_file == NULL)
        return "a TLS server needs a certificate (ssl_cert)";
    error = tls_chain_load(chain, options->cert_file);
    if (error != NULL)
        return tls_sentence("Invalid SSL cert: %s", error);
    error = tls_key_open(key, options->key ? options->key : options->cert_file);
    if (error == NULL)
        error = tls_chain_check_key(chain, options->cert_file, key);
    if (error != NULL || options->ca_file == NULL)
        return error;
    error = tls_anchors_load(&anchors, options->ca_file);
    tls_anchors_free(&anchors);
    return error ? tls_sentence("Invalid SSL CA cert: %s", error) : NULL;
}

const char *tls_check_server(const struct tls_options *options)
{
    struct tls_chain chain = {.count = 0};
    struct tls_key key;
    const char *error;

    memset(&key, 0, sizeof key);
    error = check(options, &chain, &key);
    tls_chain_free(&chain);
    tls_key_forget(&key);
    return error;
}
