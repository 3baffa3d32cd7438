/* Scanning JSON by format. os/include/frozen.h */

#include "frozen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cs_base64.h"
#include "common/cs_hex.h"
#include "heap.h"
#include "json_doc.h"
#include "number.h"

/* --- strings ------------------------------------------------------------------------------------------ */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of "\uXXXX" at `s`, -1 when it is none. */
static int32_t unicode_escape(const char *s, const char *end)
{
    int32_t value = 0;

    if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(s[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static int put_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (char)((0xf00u >> n & 0xff) | c);
    return n;
}

/* One character of the text at `*s`, moved on; bytes in `out`, or -1 for a bad escape. */
static int unescape_one(const char **s, const char *end, char out[4])
{
    static const char names[] = "btnfrv\"\\/", values[] = "\b\t\n\f\r\v\"\\/";

    if (**s != '\\') {
        out[0] = *(*s)++;
        return 1;
    }
    if (*s + 1 < end && (*s)[1] != 'u') {
        const char *name = (*s)[1] ? strchr(names, (*s)[1]) : NULL;
        if (!name)
            return -1;
        out[0] = values[name - names];
        *s += 2;
        return 1;
    }
    int32_t unit = unicode_escape(*s, end);
    if (unit < 0)
        return -1;
    *s += 6;
    if (unit < 0xd800 || unit > 0xdfff)
        return put_utf8((uint32_t)unit, out);
    int32_t low = unicode_escape(*s, end);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return -1; /* half a surrogate pair */
    *s += 6;
    return put_utf8(0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00), out);
}

int json_unescape(const char *text, int length, char *out, int size)
{
    const char *end = text + length;
    int n = 0;

    while (text < end) {
        char c[4];
        int bytes = unescape_one(&text, end, c);
        if (bytes < 0)
            return -1;
        for (int i = 0; i < bytes; i++, n++)
            if (n < size)
                out[n] = c[i];
    }
    return n;
}

static char *unescaped(const struct json_token *token, int *length)
{
    char *out = heap_alloc((size_t)token->len + 1);

    if (!out)
        return NULL;
    *length = json_unescape(token->ptr, token->len, out, token->len);
    if (*length < 0) {
        heap_free(out);
        return NULL;
    }
    out[*length] = '\0';
    return out;
}

/* --- conversions -------------------------------------------------------------------------------------- */

enum integer_size { SIZE_CHAR, SIZE_SHORT, SIZE_INT, SIZE_LONG, SIZE_LONG_LONG };

struct conversion {
    enum integer_size size;
    char letter;
};

static const char *parse_conversion(const char *f, struct conversion *c)
{
    c->size = SIZE_INT;
    for (f++; *f == 'l' || *f == 'h' || *f == 'z'; f++) {
        if (*f == 'h')
            c->size = c->size == SIZE_SHORT ? SIZE_CHAR : SIZE_SHORT;
        else
            c->size = c->size == SIZE_LONG ? SIZE_LONG_LONG : SIZE_LONG;
    }
    c->letter = *f;
    return *f ? f + 1 : f;
}

static size_t bytes_of(enum integer_size size)
{
    static const unsigned char bytes[] = {sizeof(char), sizeof(short), sizeof(int), sizeof(long),
                                          sizeof(long long)};

    return bytes[size];
}

/* Out of range is "wrong type": the variable is left alone. */
static bool scan_integer(const struct json_token *token, const struct conversion *c, void *target)
{
    bool is_unsigned = c->letter == 'u' || c->letter == 'x';
    size_t bytes = bytes_of(c->size);
    int64_t value;

    if (token->type != JSON_TYPE_NUMBER && token->type != JSON_TYPE_STRING)
        return false;
    if (!number_parse(token->ptr, (size_t)token->len, c->letter == 'x' ? 16 : 0, &value))
        return false;
    if (bytes < sizeof(value)) {
        int64_t limit = (int64_t)1 << (8 * bytes - 1);
        if (is_unsigned ? value < 0 || value >= 2 * limit : value < -limit || value >= limit)
            return false;
    } else if (is_unsigned && value < 0) {
        return false;
    }
    switch (bytes) {
    case 1:
        *(int8_t *)target = (int8_t)value;
        return true;
    case 2:
        *(int16_t *)target = (int16_t)value;
        return true;
    case 4:
        *(int32_t *)target = (int32_t)value;
        return true;
    default:
        *(int64_t *)target = value;
        return true;
    }
}

static bool scan_double(const struct json_token *token, const struct conversion *c, void *target)
{
    double value;

    if ((token->type != JSON_TYPE_NUMBER && token->type != JSON_TYPE_STRING) ||
        !number_parse_double(token->ptr, (size_t)token->len, &value))
        return false;
    if (c->size >= SIZE_LONG)
        *(double *)target = value;
    else
        *(float *)target = (float)value;
    return true;
}

static bool scan_string(const struct json_token *token, char **target)
{
    int length;

    if (token->type == JSON_TYPE_NULL)
        *target = NULL;
    if (token->type != JSON_TYPE_STRING)
        return false;
    char *text = unescaped(token, &length);
    if (!text)
        return false;
    *target = text;
    return true;
}

/* `*length` and `*target` come in this order or the other; both forms end here. */
static bool scan_bytes(const struct json_token *token, bool is_hex, char **target, int *length)
{
    int n;

    if (token->type != JSON_TYPE_STRING)
        return false;
    char *text = unescaped(token, &n);
    if (!text)
        return false;
    if (is_hex)
        n = cs_from_hex((unsigned char *)text, text, (size_t)n);
    else
        n = (int)cs_base64_decode(text, (size_t)n, text);
    if (n < 0) {
        heap_free(text);
        return false;
    }
    text[n] = '\0';
    *target = text;
    *length = n;
    return true;
}

/* Takes the conversion's arguments whether there is a token or not. */
static bool convert(const struct json_token *token, const struct conversion *c, va_list *ap)
{
    void *first = va_arg(*ap, void *);

    switch (c->letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
        return token && scan_integer(token, c, first);
    case 'f':
    case 'g':
        return token && scan_double(token, c, first);
    case 'B':
        if (!token || (token->type != JSON_TYPE_TRUE && token->type != JSON_TYPE_FALSE))
            return false;
        *(bool *)first = token->type == JSON_TYPE_TRUE;
        return true;
    case 'Q':
        return token && scan_string(token, first);
    case 'V': {
        int *length = va_arg(*ap, int *);
        return token && scan_bytes(token, false, first, length);
    }
    case 'H': {
        char **target = va_arg(*ap, char **);
        return token && scan_bytes(token, true, target, first);
    }
    case 'T':
        if (token)
            *(struct json_token *)first = *token;
        return token;
    case 'M': {
        void *user_data = va_arg(*ap, void *);
        if (token)
            ((json_scanner_t)(uintptr_t)first)(token->ptr, token->len, user_data);
        return token;
    }
    default:
        return false;
    }
}

/* --- the format --------------------------------------------------------------------------------------- */

/* Where the format is in the document. */
enum { SCAN_DEPTH = 16 };

struct place {
    int objects[SCAN_DEPTH]; /* token of each open brace, -1 for absent */
    int depth;
    int value; /* what the last key names; the root before any */
};

static const char *scan_key(const struct json_doc *doc, const char *f, struct place *p)
{
    size_t length = strcspn(f, ":%{}[], \r\n\t\"");
    int object = p->depth > 0 && p->depth <= SCAN_DEPTH ? p->objects[p->depth - 1] : -1;

    p->value = object >= 0 ? json_doc_member(doc, object, f, (int)length) : -1;
    return f + length;
}

static int scan(const struct json_doc *doc, const char *f, va_list *ap)
{
    struct place p = {.value = 0};
    int conversions = 0;

    while (*f) {
        if (*f == '{') {
            if (p.depth < SCAN_DEPTH)
                p.objects[p.depth] = p.value;
            p.depth++;
            f++;
        } else if (*f == '}') {
            p.depth -= p.depth > 0;
            f++;
        } else if (*f == '%') {
            struct conversion c;
            struct json_token token;
            f = parse_conversion(f, &c);
            if (p.value >= 0)
                token = json_doc_token(doc, p.value);
            conversions += convert(p.value >= 0 ? &token : NULL, &c, ap);
        } else if (strchr(":[], \r\n\t\"", *f)) {
            f++;
        } else {
            f = scan_key(doc, f, &p);
        }
    }
    return conversions;
}

int json_vscanf(const char *text, int length, const char *fmt, va_list ap)
{
    struct json_doc doc;
    va_list copy;

    int err = json_doc_parse(&doc, text, length);
    if (err)
        return err;
    va_copy(copy, ap);
    int n = scan(&doc, fmt, &copy);
    va_end(copy);
    json_doc_free(&doc);
    return n;
}

int json_scanf(const char *text, int length, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = json_vscanf(text, length, fmt, ap);
    va_end(ap);
    return n;
}

int json_scanf_array_elem(const char *text, int length, const char *path, int index, struct json_token *token)
{
    struct json_doc doc;

    *token = (struct json_token)JSON_INVALID_TOKEN;
    if (json_doc_parse(&doc, text, length) != 0)
        return -1;
    int array = json_doc_find(&doc, path);
    int element = array >= 0 && doc.tokens[array].type == JSMN_ARRAY ? json_doc_first(&doc, array) : -1;
    while (element >= 0 && index-- > 0)
        element = json_doc_next(&doc, element);
    if (element >= 0)
        *token = json_doc_token(&doc, element);
    json_doc_free(&doc);
    return element >= 0 ? token->len : -1;
}
