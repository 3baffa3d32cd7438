/* PEM, DER and hexadecimal keys, by what is in the file: see http_key_file.h. */

#include "http_key_file.h"

#include <stddef.h>
#include <string.h>

#include "storage.h"

/* --- PEM: the end of a BEGIN or END line, anywhere; certificate files may have one (http.ssl_key empty)
 * ---------------- */

static const char marker[] = "PRIVATE KEY-----";

static bool holds_pem(const char *name)
{
    enum { OVERLAP = sizeof marker - 2 };
    char piece[OVERLAP + 128];
    uint32_t offset = 0;
    size_t kept = 0;

    for (;;) {
        int32_t got = storage_read(name, offset, piece + kept, sizeof piece - kept);
        size_t length;

        if (got < 0)
            return true; /* what cannot be looked through does not leave */
        if (got == 0)
            return false;
        offset += (uint32_t)got;
        length = kept + (size_t)got;
        for (size_t i = 0; i + sizeof marker - 1 <= length; i++)
            if (memcmp(piece + i, marker, sizeof marker - 1) == 0)
                return true;
        kept = length < OVERLAP ? length : OVERLAP;
        memmove(piece, piece + length - kept, kept);
    }
}

/* --- DER: how the file begins
 * ---------------------------------------------------------------------------------------- */

enum { SEQUENCE = 0x30, INTEGER = 0x02, OCTET_STRING = 0x04 };

/* Where the content of the element at `at` begins; `length` when that is beyond what was read. */
static size_t content(const uint8_t *der, size_t length, size_t at)
{
    size_t begin;

    if (at + 1 >= length)
        return length;
    begin = at + 2 + (der[at + 1] & 0x80 ? der[at + 1] & 0x7f : 0);
    return begin < length ? begin : length;
}

/* SEQUENCE { INTEGER 0, 1 or 3, ...: the version of SEC1's ECPrivateKey (1, OCTET STRING; RFC 5915 3), of PKCS#8
 * (0 or 1, SEQUENCE; RFC 5958 2), of PKCS#1's RSAPrivateKey (0 or 1, INTEGER; RFC 8017 A.1.2), of PKCS#12's PFX (3,
 * SEQUENCE; RFC 7292 4). Certificates, requests and public keys begin with two SEQUENCEs. */
static bool is_key_with_version(const uint8_t *der, size_t length, size_t first)
{
    return first + 4 <= length && der[first] == INTEGER && der[first + 1] == 1 && der[first + 2] <= 3 &&
           (der[first + 3] == OCTET_STRING || der[first + 3] == SEQUENCE || der[first + 3] == INTEGER);
}

/* EncryptedPrivateKeyInfo: SEQUENCE { SEQUENCE { OBJECT IDENTIFIER of a password-based cipher, ... (RFC 5958 3). */
static bool is_encrypted_key(const uint8_t *der, size_t length, size_t first)
{
    static const uint8_t pkcs5[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05};
    static const uint8_t pkcs12[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01};
    size_t second = first < length && der[first] == SEQUENCE ? content(der, length, first) : length;

    return (length - second >= sizeof pkcs5 && memcmp(der + second, pkcs5, sizeof pkcs5) == 0) ||
           (length - second >= sizeof pkcs12 && memcmp(der + second, pkcs12, sizeof pkcs12) == 0);
}

static bool begins_like_der(const char *name)
{
    uint8_t head[32];
    int32_t got = storage_read(name, 0, head, sizeof head);
    size_t length, first;

    if (got < 0)
        return true;
    length = (size_t)got;
    if (length == 0 || head[0] != SEQUENCE)
        return false;
    first = content(head, length, 0);
    return is_key_with_version(head, length, first) || is_encrypted_key(head, length, first);
}

/* --- hexadecimal: the 32 bytes of a slot, as `openssl rand -hex 32` or `xxd -p` write them
 * ------------------------------ */

static bool is_hexadecimal(const char *name, uint32_t size)
{
    enum { DIGITS = 64, ROOM = 200 };
    char text[ROOM];
    int32_t got;
    size_t digits = 0;

    if (size < DIGITS || size > ROOM)
        return false;
    got = storage_read(name, 0, text, sizeof text);
    if (got < 0)
        return true;
    for (int32_t i = 0; i < got; i++) {
        char c = text[i];

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            digits++;
        else if (c == 'x' && digits == 1 && text[i - 1] == '0')
            digits = 0;
        else if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ':')
            return false;
    }
    return digits == DIGITS;
}

bool http_file_holds_a_key(const char *name, uint32_t size)
{
    return begins_like_der(name) || is_hexadecimal(name, size) || holds_pem(name);
}
