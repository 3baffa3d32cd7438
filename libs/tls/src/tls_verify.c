/* The peer's certificate: BearSSL's minimal engine decides; this adds what the certificate is meant for
 * (tls_purpose.h), and remembers the names it saw, for the messages.
 *
 * Dates are checked against the board's clock, always: a board that does not know the time refuses.
 */

#include "tls_internal.h"

#include <string.h>

#include "board.h"

static struct tls_verifier *verifier_of(const br_x509_class **context)
{
    return (struct tls_verifier *)(void *)context;
}

static br_x509_minimal_context *minimal(const br_x509_class **context)
{
    return &verifier_of(context)->minimal;
}

static void start_chain(const br_x509_class **context, const char *server_name)
{
    struct tls_verifier *verifier = verifier_of(context);
    br_x509_minimal_context *m = minimal(context);

    /* The first thing a client does after ServerHello. */
    if (!verifier->stream->server)
        tls_log_suite(verifier->stream, verifier->stream->engine->session.cipher_suite);
    verifier->certificates = 0;
    verifier->wrong_purpose = false;
    m->vtable->start_chain(&m->vtable, server_name);
}

static void start_cert(const br_x509_class **context, uint32_t length)
{
    struct tls_verifier *verifier = verifier_of(context);
    br_x509_minimal_context *m = minimal(context);

    if (verifier->certificates < 2)
        verifier->certificates++;
    if (verifier->certificates == 1)
        tls_purpose_start(&verifier->purpose, length);
    m->vtable->start_cert(&m->vtable, length);
}

static void append(const br_x509_class **context, const unsigned char *data, size_t length)
{
    struct tls_verifier *verifier = verifier_of(context);
    br_x509_minimal_context *m = minimal(context);

    if (verifier->certificates == 1)
        tls_purpose_push(&verifier->purpose, data, length);
    m->vtable->append(&m->vtable, data, length);
}

static void end_cert(const br_x509_class **context)
{
    br_x509_minimal_context *m = minimal(context);

    m->vtable->end_cert(&m->vtable);
}

static unsigned end_chain(const br_x509_class **context)
{
    struct tls_verifier *verifier = verifier_of(context);
    br_x509_minimal_context *m = minimal(context);
    unsigned error = m->vtable->end_chain(&m->vtable);

    if (error != 0)
        return error;
    if (!tls_purpose_is_readable(&verifier->purpose))
        return BR_ERR_X509_UNEXPECTED;
    verifier->wrong_purpose = !tls_purpose_allows(&verifier->purpose, !verifier->stream->server);
    return verifier->wrong_purpose ? BR_ERR_X509_FORBIDDEN_KEY_USAGE : 0;
}

static const br_x509_pkey *get_pkey(const br_x509_class *const *context, unsigned *usages)
{
    const br_x509_minimal_context *m = &((const struct tls_verifier *)(const void *)context)->minimal;

    return m->vtable->get_pkey(&m->vtable, usages);
}

static const br_x509_class verifier_class = {
    sizeof(struct tls_verifier), start_chain, start_cert, append, end_cert, end_chain, get_pkey,
};

static const unsigned char oid_common_name[] = {0x03, 0x55, 0x04, 0x03};
static const unsigned char san_dns_name[] = {0x00, 0x02};

const char *tls_verifier_init(struct tls_verifier *verifier, struct tls_stream *stream,
                              const struct tls_anchors *anchors)
{
    const uint32_t day = 86400, days_to_1970 = 719528; /* BearSSL counts from January 1st of the year 0 */
    br_x509_minimal_context *m = &verifier->minimal;
    int64_t now = board_time_us();
    uint32_t seconds;

    if (now <= 0)
        return "the board does not know the time, so it cannot check the dates of certificates: set its "
               "clock (SNTP)";
    seconds = (uint32_t)(now / 1000000);
    memset(verifier, 0, sizeof *verifier);
    verifier->vtable = &verifier_class;
    verifier->stream = stream;
    br_x509_minimal_init(m, &br_sha256_vtable, anchors->list, anchors->count);
    br_x509_minimal_set_hash(m, br_sha256_ID, &br_sha256_vtable);
    br_x509_minimal_set_hash(m, br_sha384_ID, &br_sha384_vtable);
    br_x509_minimal_set_rsa(m, br_rsa_i15_pkcs1_vrfy);
    br_x509_minimal_set_ecdsa(m, &tls_software_ec, br_ecdsa_i15_vrfy_asn1);
    br_x509_minimal_set_minrsa(m, 2048 / 8);
    br_x509_minimal_set_time(m, days_to_1970 + seconds / day, seconds % day);
    verifier->names[0] =
        (br_name_element){oid_common_name, verifier->common_name, sizeof verifier->common_name, 0};
    verifier->names[1] = (br_name_element){san_dns_name, verifier->dns_name, sizeof verifier->dns_name, 0};
    br_x509_minimal_set_name_elements(m, verifier->names, 2);
    return NULL;
}

const char *tls_verifier_peer_name(const struct tls_verifier *verifier)
{
    if (verifier->names[1].status == 1)
        return verifier->dns_name;
    return verifier->names[0].status == 1 ? verifier->common_name : "";
}
