/* What went wrong, in sentences: which side refused what, and what to do about it. */

#include "tls_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE = 224 };

const char *tls_sentence(const char *format, ...)
{
    static char sentence[SENTENCE]; /* tls.h: "valid until the next call" */
    char composed[SENTENCE];        /* arguments may lie in `sentence` */
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(composed, sizeof composed, format, arguments);
    va_end(arguments);
    /* Names in certificates are the peer's: none of them steers the console. */
    for (char *c = composed; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    memcpy(sentence, composed, sizeof sentence);
    return sentence;
}

/* --- the certificate we were shown
 * ------------------------------------------------------------------------------- */

static const char *wrong_name(const struct tls_stream *s)
{
    const char *expected = br_ssl_engine_get_server_name(s->engine);
    const char *found = tls_verifier_peer_name(s->handshake->verifier);

    if (*found == '\0')
        return tls_sentence(
            "the server's certificate is for another name: expected %s, found none it could have "
            "(dNSName or common name)",
            expected);
    return tls_sentence("the server's certificate is for another name: expected %s, found %s", expected,
                        found);
}

static const char *explain_certificate(const struct tls_stream *s, int error)
{
    const struct tls_handshake *h = s->handshake;
    const char *whose = s->server ? "client" : "server";
    const char *name = tls_verifier_peer_name(h->verifier);
    char it[96];

    /* The dates of a certificate come before its name: an expired one is refused before its name is known. */
    snprintf(it, sizeof it, "the %s's certificate%s%s%s", whose, *name ? " (" : "", name, *name ? ")" : "");
    switch (error) {
    case BR_ERR_X509_BAD_SERVER_NAME:
        return wrong_name(s);
    case BR_ERR_X509_EXPIRED:
        return tls_sentence(
            "%s or its authority's has expired or is not valid yet: check the dates, and the board's clock",
            it);
    case BR_ERR_X509_NOT_TRUSTED:
    case BR_ERR_X509_BAD_SIGNATURE:
    case BR_ERR_X509_DN_MISMATCH:
        return tls_sentence("%s is signed by an authority that is not in %s", it, h->ca_file);
    case BR_ERR_X509_EMPTY_CHAIN:
        return tls_sentence("the %s showed no certificate; one signed by an authority in %s is required",
                            whose, h->ca_file);
    case BR_ERR_X509_NOT_CA:
        return tls_sentence(
            "%s is signed by one that is no authority's (basicConstraints CA:TRUE is missing)", it);
    case BR_ERR_X509_WEAK_PUBLIC_KEY:
        return tls_sentence("%s or its authority's has an RSA key of less than 2048 bits", it);
    case BR_ERR_X509_FORBIDDEN_KEY_USAGE:
        if (h->verifier->wrong_purpose)
            return tls_sentence("%s is not meant for %ss (extended key usage): it has to name %s, or have no "
                                "such extension",
                                it, whose, s->server ? "clientAuth" : "serverAuth");
        return tls_sentence("%s forbids this use of its key (keyUsage)", it);
    case BR_ERR_X509_UNSUPPORTED:
    case BR_ERR_X509_WRONG_KEY_TYPE:
        return tls_sentence(
            "%s uses an algorithm this board does not have: it knows ECDSA and RSA with SHA-256 or SHA-384",
            it);
    case BR_ERR_X509_CRITICAL_EXTENSION:
        return tls_sentence("%s has a critical extension this board does not know", it);
    }
    return tls_sentence("%s cannot be read (X.509 error %d)", it, error);
}

/* --- what the peer says
 * -------------------------------------------------------------------------------------------- */

struct alert_text {
    uint8_t code;
    const char *name;
    const char *advice;
};

/* RFC 5246 7.2 */
static const struct alert_text alerts[] = {
    {BR_ALERT_UNEXPECTED_MESSAGE, "unexpected message", NULL},
    {BR_ALERT_BAD_RECORD_MAC, "bad record MAC",
     "the keys differ: was a record damaged, or is the key not the certificate's?"},
    {BR_ALERT_RECORD_OVERFLOW, "record overflow", NULL},
    {BR_ALERT_HANDSHAKE_FAILURE, "handshake failure",
     "no common suite or curve (ECDHE-ECDSA-AES128-GCM-SHA256 on P-256 is needed), or it wants a certificate "
     "from us"},
    {BR_ALERT_BAD_CERTIFICATE, "bad certificate",
     "it does not like our certificate: who signed it, and for which key?"},
    {BR_ALERT_UNSUPPORTED_CERTIFICATE, "unsupported certificate",
     "it cannot use our certificate for this purpose"},
    {BR_ALERT_CERTIFICATE_REVOKED, "certificate revoked", "our certificate was withdrawn"},
    {BR_ALERT_CERTIFICATE_EXPIRED, "certificate expired",
     "check the dates of our certificate, and both clocks"},
    {BR_ALERT_CERTIFICATE_UNKNOWN, "certificate unknown", "it does not accept our certificate"},
    {BR_ALERT_ILLEGAL_PARAMETER, "illegal parameter", NULL},
    {BR_ALERT_UNKNOWN_CA, "unknown CA", "it does not know the authority that signed our certificate"},
    {BR_ALERT_ACCESS_DENIED, "access denied", "our certificate is good but not allowed"},
    {BR_ALERT_DECODE_ERROR, "decode error", NULL},
    {BR_ALERT_DECRYPT_ERROR, "decrypt error",
     "our signature does not fit our certificate: is the key the certificate's?"},
    {BR_ALERT_PROTOCOL_VERSION, "protocol version", "this board speaks TLS 1.2 only"},
    {BR_ALERT_INSUFFICIENT_SECURITY, "insufficient security",
     "ECDHE-ECDSA-AES128-GCM-SHA256 is the best this board has"},
    {BR_ALERT_INTERNAL_ERROR, "internal error", "see the peer's log"},
    {BR_ALERT_USER_CANCELED, "user canceled", NULL},
    {BR_ALERT_NO_RENEGOTIATION, "no renegotiation", NULL},
    {BR_ALERT_UNSUPPORTED_EXTENSION, "unsupported extension", NULL},
    {112, "unrecognized name", "the server has no certificate for that name"},
    {116, "certificate required", "it wants a certificate from us (ssl_cert)"},
};

static const char *explain_alert(const struct tls_stream *s, int code)
{
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
        if (alerts[i].code == code)
            return tls_sentence("the %s refused: alert %d %s%s%s", s->server ? "client" : "server", code,
                                alerts[i].name, alerts[i].advice ? ": " : "",
                                alerts[i].advice ? alerts[i].advice : "");
    return tls_sentence("the %s refused: alert %d", s->server ? "client" : "server", code);
}

/* --- the engine
 * ---------------------------------------------------------------------------------------------------- */

static const char *nothing_in_common(const struct tls_stream *s)
{
    return tls_sentence(
        "nothing in common with the %s: this board speaks ECDHE-ECDSA-AES128-GCM-SHA256 with TLS 1.2, P-256 "
        "and SHA-256 signatures",
        s->server ? "client" : "server");
}

static const char *hung_up(const struct tls_stream *s)
{
    if (s->open)
        return "the peer closed the connection without ending TLS (no close_notify)";
    if (!s->server && s->handshake && s->handshake->asked_for_certificate && s->handshake->chain.count == 0)
        return "the server asked for a certificate, got none and closed the connection: set ssl_cert and "
               "ssl_key";
    return tls_sentence("the %s closed the connection during the TLS handshake, without saying why",
                        s->server ? "client" : "server");
}

const char *tls_explain(const struct tls_stream *s, int error)
{
    const struct tls_handshake *h = s->handshake;

    if (h != NULL && h->sign_refused)
        return tls_sentence("our key %s did not sign: %s", h->key.name,
                            h->key.provider ? "is the chip connected, and has the slot a key?"
                                            : "the file holds no valid key");
    if (h != NULL && h->agree_refused)
        return "the secure element lost the ephemeral key: is the chip connected?";
    if (h != NULL && h->wrong_suite)
        return nothing_in_common(s);
    if (error > BR_ERR_SEND_FATAL_ALERT)
        return error == BR_ERR_SEND_FATAL_ALERT + BR_ALERT_HANDSHAKE_FAILURE
                   ? nothing_in_common(s)
                   : tls_sentence("the handshake was ended with alert %d", error - BR_ERR_SEND_FATAL_ALERT);
    if (error >= BR_ERR_RECV_FATAL_ALERT)
        return explain_alert(s, error - BR_ERR_RECV_FATAL_ALERT);
    if (error >= BR_ERR_X509_OK && h != NULL && h->verifier != NULL)
        return explain_certificate(s, error);
    switch (error) {
    case BR_ERR_IO:
        return hung_up(s);
    case BR_ERR_NO_CLIENT_AUTH:
        return tls_sentence("the client showed no certificate; one signed by an authority in %s is required",
                            h ? h->ca_file : "the CA file");
    case BR_ERR_TOO_LARGE:
        return tls_sentence(
            "the peer sent a record larger than this board takes (%u bytes): it has to send smaller ones",
            (unsigned)s->engine->ibuf_len);
    case BR_ERR_UNSUPPORTED_VERSION:
    case BR_ERR_BAD_VERSION:
        return "the peer does not speak TLS 1.2 (or no TLS at all)";
    case BR_ERR_UNKNOWN_TYPE:
    case BR_ERR_BAD_LENGTH:
        return "what the peer sent is no TLS: is it speaking plain HTTP or MQTT?";
    case BR_ERR_BAD_MAC:
    case BR_ERR_BAD_FINISHED:
        return "a record from the peer was damaged or is not from the peer (bad MAC)";
    case BR_ERR_BAD_SIGNATURE:
        return tls_sentence("the %s's signature does not fit its certificate: it does not have the key",
                            s->server ? "client" : "server");
    case BR_ERR_WRONG_KEY_USAGE:
        return "the peer's certificate does not allow its key to sign (keyUsage)";
    case BR_ERR_BAD_FRAGLEN:
        return "the server answered the request for small records with another size";
    case BR_ERR_NO_RANDOM:
        return "no randomness to seed TLS with";
    }
    return tls_sentence("the peer broke the TLS protocol (BearSSL error %d)", error);
}

uint8_t tls_alert_for(int error)
{
    if (error >= BR_ERR_RECV_FATAL_ALERT)
        return 0;
    switch (error) {
    case BR_ERR_X509_EXPIRED:
        return BR_ALERT_CERTIFICATE_EXPIRED;
    case BR_ERR_X509_NOT_TRUSTED:
    case BR_ERR_X509_DN_MISMATCH:
        return BR_ALERT_UNKNOWN_CA;
    case BR_ERR_X509_UNSUPPORTED:
    case BR_ERR_X509_WRONG_KEY_TYPE:
    case BR_ERR_X509_FORBIDDEN_KEY_USAGE: /* as OpenSSL */
        return BR_ALERT_UNSUPPORTED_CERTIFICATE;
    case BR_ERR_NO_CLIENT_AUTH:
    case BR_ERR_BAD_CIPHER_SUITE:
        return BR_ALERT_HANDSHAKE_FAILURE;
    case BR_ERR_BAD_SIGNATURE:
        return BR_ALERT_DECRYPT_ERROR;
    case BR_ERR_TOO_LARGE:
        return BR_ALERT_RECORD_OVERFLOW;
    case BR_ERR_UNSUPPORTED_VERSION:
    case BR_ERR_BAD_VERSION:
    case BR_ERR_UNKNOWN_TYPE:
        return 0; /* of a record: whoever speaks no TLS understands no alert. BearSSL itself answers a
                     ClientHello. */
    }
    return error >= BR_ERR_X509_OK ? BR_ALERT_BAD_CERTIFICATE : BR_ALERT_DECODE_ERROR;
}
