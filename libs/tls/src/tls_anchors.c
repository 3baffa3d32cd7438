/* Trust anchors: the name and public key of every certificate in a CA file. The certificates themselves are
 * not kept. */

#include "tls_internal.h"

#include <string.h>

#include "heap.h"

/* A certificate's first bytes are enough to see its version. */
enum { HEAD = 16 };

struct anchor_reader {
    struct tls_pem_reader reader;
    struct tls_anchors *anchors;
    const char *file;
    br_x509_decoder_context *decoder;
    br_x509_trust_anchor anchor; /* being made */
    unsigned char head[HEAD];
    size_t head_length;
    bool out_of_memory;
};

static void append_name(void *context, const void *data, size_t length)
{
    struct anchor_reader *r = context;
    unsigned char *grown = heap_realloc(r->anchor.dn.data, r->anchor.dn.len + length);

    if (grown == NULL) {
        r->out_of_memory = true;
        return;
    }
    memcpy(grown + r->anchor.dn.len, data, length);
    r->anchor.dn.data = grown;
    r->anchor.dn.len += length;
}

static bool begin(struct tls_pem_reader *reader, const char *label)
{
    struct anchor_reader *r = (struct anchor_reader *)reader;

    if (strcmp(label, "CERTIFICATE") != 0 && strcmp(label, "X509 CERTIFICATE") != 0 &&
        strcmp(label, "TRUSTED CERTIFICATE") != 0)
        return false;
    memset(&r->anchor, 0, sizeof r->anchor);
    r->head_length = 0;
    br_x509_decoder_init(r->decoder, append_name, r);
    return true;
}

static void bytes(struct tls_pem_reader *reader, const void *data, size_t length)
{
    struct anchor_reader *r = (struct anchor_reader *)reader;
    size_t missing = HEAD - r->head_length;

    if (missing > length)
        missing = length;
    memcpy(r->head + r->head_length, data, missing);
    r->head_length += missing;
    if (r->decoder->err == 0) /* the same as in tls_keys.c: nothing may follow an error */
        br_x509_decoder_push(r->decoder, data, length);
}

/* Where the content of the DER element at `offset` begins; 0: too short. */
static size_t content(const unsigned char *der, size_t length, size_t offset)
{
    if (offset + 1 >= length)
        return 0;
    return offset + 2 + (der[offset + 1] & 0x80 ? der[offset + 1] & 0x7f : 0);
}

/* X.509 version 1: TBSCertificate begins without [0] (RFC 5280 4.1.2.1). Such a certificate cannot say that
 * it is an authority. `openssl x509 -req -signkey`, as in the lab, makes them, and to be in the CA file is
 * enough then. GUESS: mongoose-os.md 7.2 does not say what mbedTLS does with such a file; OpenSSL takes it. */
static bool is_version_1(const unsigned char *der, size_t length)
{
    size_t tbs = content(der, length, 0);
    size_t first = tbs ? content(der, length, tbs) : 0;

    return first != 0 && first < length && der[first] != 0xa0;
}

static bool copy_rsa(br_rsa_public_key *to, const br_rsa_public_key *from)
{
    *to = (br_rsa_public_key){heap_alloc(from->nlen), from->nlen, heap_alloc(from->elen), from->elen};
    if (to->n == NULL || to->e == NULL)
        return false;
    memcpy(to->n, from->n, from->nlen);
    memcpy(to->e, from->e, from->elen);
    return true;
}

static bool copy_ec(br_ec_public_key *to, const br_ec_public_key *from)
{
    *to = (br_ec_public_key){from->curve, heap_alloc(from->qlen), from->qlen};
    if (to->q == NULL)
        return false;
    memcpy(to->q, from->q, from->qlen);
    return true;
}

static void free_anchor(br_x509_trust_anchor *anchor)
{
    heap_free(anchor->dn.data);
    if (anchor->pkey.key_type == BR_KEYTYPE_RSA) {
        heap_free(anchor->pkey.key.rsa.n);
        heap_free(anchor->pkey.key.rsa.e);
    } else if (anchor->pkey.key_type == BR_KEYTYPE_EC) {
        heap_free(anchor->pkey.key.ec.q);
    }
    memset(anchor, 0, sizeof *anchor);
}

static bool keep(struct anchor_reader *r, const br_x509_pkey *key)
{
    struct tls_anchors *anchors = r->anchors;
    br_x509_trust_anchor *list;

    r->anchor.pkey.key_type = key->key_type;
    if (key->key_type == BR_KEYTYPE_RSA ? !copy_rsa(&r->anchor.pkey.key.rsa, &key->key.rsa)
                                        : !copy_ec(&r->anchor.pkey.key.ec, &key->key.ec))
        return false;
    list = heap_realloc(anchors->list, (anchors->count + 1) * sizeof *list);
    if (list == NULL)
        return false;
    anchors->list = list;
    list[anchors->count++] = r->anchor;
    memset(&r->anchor, 0, sizeof r->anchor);
    return true;
}

static const char *end(struct tls_pem_reader *reader)
{
    struct anchor_reader *r = (struct anchor_reader *)reader;
    br_x509_pkey *key = br_x509_decoder_get_pkey(r->decoder);

    if (r->out_of_memory)
        return "out of memory";
    if (key == NULL)
        return tls_sentence("certificate %u of %s cannot be read (X.509 error %d)",
                            (unsigned)r->anchors->count + 1, r->file, br_x509_decoder_last_error(r->decoder));
    if (br_x509_decoder_isCA(r->decoder) || is_version_1(r->head, r->head_length))
        r->anchor.flags = BR_X509_TA_CA;
    r->out_of_memory = !keep(r, key);
    return r->out_of_memory ? "out of memory" : NULL;
}

const char *tls_anchors_load(struct tls_anchors *anchors, const char *file)
{
    struct anchor_reader r = {.reader = {begin, bytes, end, NULL}, .anchors = anchors, .file = file};
    const char *error;

    *anchors = (struct tls_anchors){NULL, 0};
    r.decoder = heap_alloc(sizeof *r.decoder);
    if (r.decoder == NULL)
        return "out of memory";
    error = tls_pem_read(file, &r.reader);
    heap_free(r.decoder);
    free_anchor(&r.anchor);
    if (r.out_of_memory)
        error = tls_sentence(
            "out of memory after %u certificates of %s: keep only the authority of the peer in it",
            (unsigned)anchors->count, file);
    else if (error == NULL && anchors->count == 0)
        error = tls_sentence("%s holds no certificate (a block -----BEGIN CERTIFICATE-----)", file);
    if (error != NULL)
        tls_anchors_free(anchors);
    return error;
}

void tls_anchors_free(struct tls_anchors *anchors)
{
    for (size_t i = 0; i < anchors->count; i++)
        free_anchor(&anchors->list[i]);
    heap_free(anchors->list);
    *anchors = (struct tls_anchors){NULL, 0};
}
