/* The client's part: the suites it offers, its certificate when the server asks for one, the server's name.
 */

#include "tls_internal.h"

#include <stddef.h>
#include <string.h>

#include "common/cs_dbg.h"

static struct tls_handshake *handshake_of(const br_ssl_client_certificate_class **context)
{
    return (struct tls_handshake *)(void *)((char *)context -
                                            offsetof(struct tls_handshake, client_certificate));
}

/* The names of the authorities the server knows do not matter: there is one chain to choose from. */
static void ignore(const br_ssl_client_certificate_class **context)
{
}

static void ignore_name(const br_ssl_client_certificate_class **context, size_t length)
{
}

static void ignore_bytes(const br_ssl_client_certificate_class **context, const unsigned char *data,
                         size_t length)
{
}

static void choose(const br_ssl_client_certificate_class **context, const br_ssl_client_context *client,
                   uint32_t auth_types, br_ssl_client_certificate *choices)
{
    struct tls_handshake *h = handshake_of(context);

    h->asked_for_certificate = true;
    memset(choices, 0, sizeof *choices);
    if (h->chain.count == 0)
        return;
    if ((auth_types & (uint32_t)1 << (8 + br_sha256_ID)) == 0) {
        LOG(LL_WARN, ("%p the server takes no ECDSA signatures with SHA-256: our certificate stays here",
                      h->stream->log_context));
        return;
    }
    choices->auth_type = BR_AUTH_ECDSA;
    choices->hash_id = br_sha256_ID;
    choices->chain = h->chain.certificates;
    choices->chain_len = h->chain.count;
}

static uint32_t do_keyx(const br_ssl_client_certificate_class **context, unsigned char *data, size_t *length)
{
    return 0; /* static ECDH is not offered */
}

static size_t do_sign(const br_ssl_client_certificate_class **context, int hash_id, size_t hash_length,
                      unsigned char *data, size_t size)
{
    return tls_handshake_sign(handshake_of(context), data, hash_length, size);
}

static const br_ssl_client_certificate_class certificate_class = {
    sizeof(struct tls_handshake), ignore, ignore_name, ignore_bytes, ignore, ignore, choose, do_keyx, do_sign,
};

/* RSA for brokers whose authority is an RSA one; the ephemeral key is on P-256 all the same. */
static const uint16_t suites[] = {
    BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
};

static const char *set_up(struct tls_stream *s, const struct tls_options *options)
{
    br_ssl_client_context *client = &s->context.client;
    const char *error;

    if (options->ca_file == NULL)
        return "a TLS client needs a CA file to know the server by (ssl_ca_cert)";
    br_ssl_client_zero(client);
    s->engine = &client->eng;
    tls_profile(s);
    br_ssl_engine_set_suites(s->engine, suites, sizeof suites / sizeof *suites);
    error = tls_handshake_load(s, options);
    if (error != NULL)
        return error;
    s->handshake->client_certificate = &certificate_class;
    br_ssl_client_set_client_certificate(client, &s->handshake->client_certificate);
    return tls_stream_start(s, options->server_name);
}

struct stream *tls_client(struct stream *lower, const struct tls_options *options, stream_handler handler,
                          void *user, const char **error)
{
    return tls_wrap(lower, options, false, set_up, handler, user, error);
}
