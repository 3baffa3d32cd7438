/* The way through a certificate to its extended key usage: see tls_purpose.h.  RFC 5280 4.1, X.690 8.1 */

#include "tls_purpose.h"

#include <string.h>

enum step { TAG, LENGTH, LONG_LENGTH, CONTENT };

enum {
    OBJECT_IDENTIFIER = 0x06,
    OCTET_STRING = 0x04,
    SEQUENCE = 0x30,
    EXTENSIONS = 0xa3, /* [3] of TBSCertificate */
    LONG_TAG = 0x1f,   /* a tag of several bytes: none occurs on the way */
    LENGTH_MAX = 3,    /* bytes of a long length: 16 MB */
};

/* The containers on the way, by their depth, and what the way goes into in each. */
enum level { FILE_LEVEL, CERTIFICATE, TBS, EXTENSIONS_TAG, EXTENSION_LIST, EXTENSION, VALUE, USAGES };

static const uint8_t oid_extended_key_usage[] = {0x55, 0x1d, 0x25};
static const uint8_t oid_any_usage[] = {0x55, 0x1d, 0x25, 0x00};
static const uint8_t oid_server[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};
static const uint8_t oid_client[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02};

static bool oid_is(const struct tls_purpose *p, const uint8_t *oid, size_t length)
{
    return p->oid_length == length && memcmp(p->oid, oid, length) == 0;
}

void tls_purpose_start(struct tls_purpose *p, uint32_t length)
{
    memset(p, 0, sizeof *p);
    p->left[FILE_LEVEL] = length;
}

/* Does the way go into the element that begins, the `first` of its container or not? */
static bool leads_on(const struct tls_purpose *p, bool first)
{
    switch ((enum level)p->level) {
    case FILE_LEVEL:
    case CERTIFICATE:
        return first && p->tag == SEQUENCE;
    case TBS:
        return p->tag == EXTENSIONS;
    case EXTENSIONS_TAG:
    case EXTENSION_LIST:
    case VALUE:
        return p->tag == SEQUENCE;
    case EXTENSION:
        return p->tag == OCTET_STRING && oid_is(p, oid_extended_key_usage, sizeof oid_extended_key_usage);
    case USAGES:
        break;
    }
    return false;
}

/* What must be where; the rest BearSSL has an opinion on. */
static bool belongs_here(const struct tls_purpose *p, bool first)
{
    switch ((enum level)p->level) {
    case FILE_LEVEL:
    case EXTENSIONS_TAG:
    case VALUE:
        return first && p->tag == SEQUENCE;
    case CERTIFICATE:
        return !first || p->tag == SEQUENCE;
    case TBS:
        break;
    case EXTENSION_LIST:
        return p->tag == SEQUENCE;
    case EXTENSION:
        return first == (p->tag == OBJECT_IDENTIFIER);
    case USAGES:
        return p->tag == OBJECT_IDENTIFIER;
    }
    return true;
}

/* An element is over, and with it the containers whose last one it was. */
static void go_up(struct tls_purpose *p)
{
    p->step = TAG;
    while (p->level > FILE_LEVEL && p->left[p->level] == 0)
        p->level--;
}

static void open_container(struct tls_purpose *p)
{
    if (p->level == EXTENSION) {
        p->broken = p->limited; /* twice: RFC 5280 4.2 */
        p->limited = true;
    }
    p->level++;
    p->left[p->level] = p->length;
    p->begun[p->level] = false;
    go_up(p); /* it may be empty */
}

static void element_over(struct tls_purpose *p)
{
    if (p->level == USAGES) {
        bool any = oid_is(p, oid_any_usage, sizeof oid_any_usage);

        p->for_servers |= any || oid_is(p, oid_server, sizeof oid_server);
        p->for_clients |= any || oid_is(p, oid_client, sizeof oid_client);
    }
    go_up(p);
}

static void header_over(struct tls_purpose *p)
{
    bool first = !p->begun[p->level];

    p->begun[p->level] = true;
    if (p->length > p->left[p->level] || !belongs_here(p, first)) {
        p->broken = true;
        return;
    }
    p->left[p->level] -= p->length;
    if (leads_on(p, first)) {
        open_container(p);
        return;
    }
    if (p->tag == OBJECT_IDENTIFIER)
        p->oid_length = 0;
    p->step = CONTENT;
    if (p->length == 0)
        element_over(p);
}

/* One byte of a tag or a length. */
static void header(struct tls_purpose *p, uint8_t byte)
{
    if (p->left[p->level] == 0) {
        p->broken = true;
        return;
    }
    p->left[p->level]--;
    if (p->step == TAG) {
        p->tag = byte;
        p->broken = (byte & LONG_TAG) == LONG_TAG;
        p->step = LENGTH;
        return;
    }
    if (p->step == LONG_LENGTH) {
        p->length = p->length << 8 | byte;
        if (--p->length_bytes == 0)
            header_over(p);
        return;
    }
    p->length = byte & 0x80 ? 0 : byte;
    p->length_bytes = byte & 0x80 ? byte & 0x7f : 0;
    if (p->length_bytes > LENGTH_MAX || byte == 0x80)
        p->broken = true;
    else if (p->length_bytes > 0)
        p->step = LONG_LENGTH;
    else
        header_over(p);
}

/* Skips content; an object identifier's is kept, as much of it as those we know are long. */
static size_t content(struct tls_purpose *p, const uint8_t *data, size_t length)
{
    size_t taken = length < p->length ? length : p->length;

    for (size_t i = 0; i < taken && p->tag == OBJECT_IDENTIFIER; i++, p->oid_length++)
        if (p->oid_length < TLS_PURPOSE_OID)
            p->oid[p->oid_length] = data[i];
    p->length -= (uint32_t)taken;
    if (p->length == 0)
        element_over(p);
    return taken;
}

void tls_purpose_push(struct tls_purpose *p, const uint8_t *data, size_t length)
{
    size_t used = 0;

    while (used < length && !p->broken) {
        if (p->step == CONTENT)
            used += content(p, data + used, length - used);
        else
            header(p, data[used++]);
    }
}

bool tls_purpose_is_readable(const struct tls_purpose *p)
{
    return !p->broken && p->step == TAG && p->level == FILE_LEVEL && p->begun[FILE_LEVEL] &&
           p->left[FILE_LEVEL] == 0;
}

bool tls_purpose_allows(const struct tls_purpose *p, bool server)
{
    return !p->limited || (server ? p->for_servers : p->for_clients);
}
