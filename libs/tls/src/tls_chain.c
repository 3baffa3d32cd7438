/* Our own certificate chain, from a PEM file, and whether it belongs to our key. */

#include "tls_internal.h"

#include <string.h>

#include "heap.h"

struct chain_reader {
    struct tls_pem_reader reader;
    struct tls_chain *chain;
    size_t room;
};

enum { GROWTH = 256, CERTIFICATE_MAX = 4096 };

static bool begin(struct tls_pem_reader *reader, const char *label)
{
    struct chain_reader *r = (struct chain_reader *)reader;

    if (strcmp(label, "CERTIFICATE") != 0 && strcmp(label, "X509 CERTIFICATE") != 0)
        return false;
    if (r->chain->count == TLS_CHAIN_MAX) {
        reader->error =
            "a certificate chain of more than 4 certificates: leave out the root and what is not ours";
        return false;
    }
    r->chain->certificates[r->chain->count++] = (br_x509_certificate){NULL, 0};
    r->room = 0;
    return true;
}

static void bytes(struct tls_pem_reader *reader, const void *data, size_t length)
{
    struct chain_reader *r = (struct chain_reader *)reader;
    br_x509_certificate *certificate = &r->chain->certificates[r->chain->count - 1];
    size_t needed = certificate->data_len + length;

    if (needed > CERTIFICATE_MAX) {
        reader->error = "a certificate of more than 4096 bytes is no certificate";
        return;
    }
    if (needed > r->room) {
        size_t room = (needed + GROWTH - 1) / GROWTH * GROWTH;
        unsigned char *grown = heap_realloc(certificate->data, room);

        if (grown == NULL) {
            reader->error = "out of memory";
            return;
        }
        certificate->data = grown;
        r->room = room;
    }
    memcpy(certificate->data + certificate->data_len, data, length);
    certificate->data_len = needed;
}

static const char *end(struct tls_pem_reader *reader)
{
    struct chain_reader *r = (struct chain_reader *)reader;
    br_x509_certificate *certificate = &r->chain->certificates[r->chain->count - 1];
    unsigned char *fitted;

    if (certificate->data == NULL)
        return "a certificate without content";
    fitted = heap_realloc(certificate->data, certificate->data_len);
    if (fitted != NULL)
        certificate->data = fitted;
    return NULL;
}

const char *tls_chain_load(struct tls_chain *chain, const char *file)
{
    struct chain_reader r = {.reader = {begin, bytes, end, NULL}, .chain = chain};
    const char *error;

    memset(chain, 0, sizeof *chain);
    error = tls_pem_read(file, &r.reader);
    if (error == NULL && chain->count == 0)
        error = tls_sentence("%s holds no certificate (a block -----BEGIN CERTIFICATE-----)", file);
    if (error != NULL)
        tls_chain_free(chain);
    return error;
}

void tls_chain_free(struct tls_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        heap_free(chain->certificates[i].data);
    memset(chain, 0, sizeof *chain);
}

static const char *compare(br_x509_decoder_context *decoder, const char *file, const struct tls_key *key)
{
    const br_ec_private_key private_key = {BR_EC_secp256r1, (unsigned char *)key->scalar, sizeof key->scalar};
    const br_x509_pkey *theirs = br_x509_decoder_get_pkey(decoder);
    unsigned char point[BR_EC_KBUF_PUB_MAX_SIZE];
    br_ec_public_key ours;

    if (theirs == NULL)
        return tls_sentence("%s holds a certificate that cannot be read (X.509 error %d)", file,
                            br_x509_decoder_last_error(decoder));
    if (theirs->key_type != BR_KEYTYPE_EC || theirs->key.ec.curve != BR_EC_secp256r1)
        return tls_sentence(
            "%s is not for an elliptic curve key on P-256 (prime256v1), the only kind this board signs with",
            file);
    if (key->provider != NULL)
        return NULL;
    if (br_ec_compute_pub(&tls_software_ec, &ours, point, &private_key) == 0)
        return tls_sentence("%s holds no valid P-256 key", key->name);
    if (ours.qlen != theirs->key.ec.qlen || memcmp(ours.q, theirs->key.ec.q, ours.qlen) != 0)
        return tls_sentence("the certificate %s is for another key than the one in %s", file, key->name);
    return NULL;
}

const char *tls_chain_check_key(const struct tls_chain *chain, const char *file, const struct tls_key *key)
{
    br_x509_decoder_context *decoder = heap_alloc(sizeof *decoder);
    const char *error;

    if (decoder == NULL)
        return "out of memory";
    br_x509_decoder_init(decoder, NULL, NULL);
    br_x509_decoder_push(decoder, chain->certificates[0].data, chain->certificates[0].data_len);
    error = compare(decoder, file, key);
    heap_free(decoder);
    return error;
}
