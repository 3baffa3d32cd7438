/* What only the handshake needs, from the files to its end: algorithms, own chain and key, the peer's authorities.
 */

#include "tls_internal.h"

#include "common/cs_dbg.h"
#include "heap.h"

void tls_profile(struct tls_stream *s)
{
    br_ssl_engine_context *e = s->engine;

    br_ssl_engine_set_versions(e, BR_TLS12, BR_TLS12);
    br_ssl_engine_set_hash(e, br_sha256_ID, &br_sha256_vtable);
    br_ssl_engine_set_hash(e, br_sha384_ID, &br_sha384_vtable);
    br_ssl_engine_set_prf_sha256(e, br_tls12_sha256_prf);
    br_ssl_engine_set_ec(e, &tls_ecdhe_ec);
    br_ssl_engine_set_ecdsa(e, br_ecdsa_i15_vrfy_asn1);
    br_ssl_engine_set_rsavrfy(e, br_rsa_i15_pkcs1_vrfy);
    br_ssl_engine_set_aes_ctr(e, &br_aes_ct_ctr_vtable);
    br_ssl_engine_set_ghash(e, br_ghash_ctmul32);
    br_ssl_engine_set_gcm(e, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
    br_ssl_engine_add_flags(e, BR_OPT_NO_RENEGOTIATION);
}

static const char *load_identity(struct tls_handshake *h, const struct tls_options *options)
{
    const char *error;

    if (options->cert_file == NULL)
        return NULL;
    error = tls_chain_load(&h->chain, options->cert_file);
    if (error != NULL)
        return tls_sentence("Invalid SSL cert: %s", error);
    error = tls_key_open(&h->key, options->key ? options->key : options->cert_file);
    if (error == NULL)
        error = tls_chain_check_key(&h->chain, options->cert_file, &h->key);
    return error;
}

/* The order keeps the peak low: what needs much memory for a moment comes before what stays. */
const char *tls_handshake_load(struct tls_stream *s, const struct tls_options *options)
{
    struct tls_handshake *h = s->handshake;
    const char *error = load_identity(h, options);

    if (error != NULL || options->ca_file == NULL)
        return error;
    error = tls_anchors_load(&h->anchors, options->ca_file);
    if (error != NULL)
        return tls_sentence("Invalid SSL CA cert: %s", error);
    h->ca_file = heap_strdup(options->ca_file);
    h->verifier = heap_alloc(sizeof *h->verifier);
    if (h->verifier == NULL || h->ca_file == NULL)
        return "out of memory";
    error = tls_verifier_init(h->verifier, s, &h->anchors);
    if (error == NULL)
        br_ssl_engine_set_x509(s->engine, &h->verifier->vtable);
    return error;
}

size_t tls_handshake_sign(struct tls_handshake *h, unsigned char *data, size_t hash_length, size_t size)
{
    size_t length = hash_length == 32 ? tls_key_sign_asn1(&h->key, data, data, size) : 0;

    h->sign_refused = length == 0;
    return length;
}

void tls_handshake_free(struct tls_stream *s)
{
    struct tls_handshake *h = s->handshake;

    if (h == NULL)
        return;
    tls_chain_free(&h->chain);
    tls_anchors_free(&h->anchors);
    heap_free(h->verifier);
    heap_free(h->ca_file);
    heap_free_secret(h);
    s->handshake = NULL;
}

void tls_log_suite(const struct tls_stream *s, uint16_t suite)
{
    const char *name =
        suite == BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 ? "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"
        : suite == BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ? "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256"
                                                            : "unknown";

    LOG(LL_INFO, ("%p ciphersuite: %s", s->log_context, name));
}
