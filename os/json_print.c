/* Printing JSON by format. os/include/frozen.h */

#include "frozen.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/cs_base64.h"
#include "heap.h"
#include "mbuf.h"

int json_printer_buf(struct json_out *out, const char *text, size_t length)
{
    size_t used = out->u.buf.len, size = out->u.buf.size;

    if (used + 1 < size) {
        size_t room = size - used - 1;
        memcpy(out->u.buf.buf + used, text, length < room ? length : room);
    }
    out->u.buf.len += length;
    if (size > 0)
        out->u.buf.buf[out->u.buf.len < size ? out->u.buf.len : size - 1] = '\0';
    return (int)length;
}

int json_printer_mbuf(struct json_out *out, const char *text, size_t length)
{
    struct mbuf *mb = (struct mbuf *)(void *)out->u.buf.buf;

    if (length > 0 && mbuf_append(mb, text, length) == 0)
        out->u.buf.len = 1;
    return (int)length;
}

static int put(struct json_out *out, const char *text, size_t length)
{
    return out->printer(out, text, length);
}

/* --- escaping (mongoose-os.md 1.2) -------------------------------------------------------------------- */

/* Bytes of the UTF-8 character at `s`, 0 when it is none (RFC 3629 4). */
static size_t utf8_length(const unsigned char *s, size_t length)
{
    static const struct {
        unsigned char lead_min, lead_max, second_min, second_max, length;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        if (s[0] < forms[f].lead_min || s[0] > forms[f].lead_max)
            continue;
        if (length < forms[f].length || s[1] < forms[f].second_min || s[1] > forms[f].second_max)
            return 0;
        for (size_t i = 2; i < forms[f].length; i++)
            if (s[i] < 0x80 || s[i] > 0xbf)
                return 0;
        return forms[f].length;
    }
    return 0;
}

static int escape_control(struct json_out *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    const char text[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};

    return put(out, text, sizeof(text));
}

int json_escape(struct json_out *out, const char *text, size_t length)
{
    static const char named[] = "\b\t\n\f\r\"\\", names[] = "btnfr\"\\";
    const unsigned char *s = (const unsigned char *)text;
    int n = 0;

    for (size_t i = 0; i < length;) {
        const char *name = s[i] ? strchr(named, s[i]) : NULL;
        size_t plain = 0;
        while (i + plain < length && s[i + plain] >= 0x20 && s[i + plain] < 0x7f && s[i + plain] != '"' &&
               s[i + plain] != '\\')
            plain++;
        size_t wide = s[i] >= 0x80 ? utf8_length(s + i, length - i) : 0;
        if (plain > 0 || wide > 0) {
            n += put(out, text + i, plain + wide);
            i += plain + wide;
            continue;
        }
        if (name)
            n += put(out, (const char[]){'\\', names[name - named]}, 2);
        else if (s[i] < 0x80)
            n += escape_control(out, s[i]);
        else
            n += put(out, "\xef\xbf\xbd", 3); /* U+FFFD, replacement character */
        i++;
    }
    return n;
}

static int put_quoted(struct json_out *out, const char *text, size_t length)
{
    int n = put(out, "\"", 1);

    n += json_escape(out, text, length);
    return n + put(out, "\"", 1);
}

static int put_hex(struct json_out *out, const unsigned char *data, int length)
{
    static const char digits[] = "0123456789abcdef";
    int n = put(out, "\"", 1);

    for (int i = 0; i < length; i++)
        n += put(out, (const char[]){digits[data[i] >> 4], digits[data[i] & 15]}, 2);
    return n + put(out, "\"", 1);
}

static int put_base64(struct json_out *out, const unsigned char *data, int length)
{
    int n = put(out, "\"", 1);

    for (int i = 0; i < length; i += 48) {
        char text[CS_BASE64_LENGTH(48) + 1];
        int part = length - i < 48 ? length - i : 48;
        n += put(out, text, cs_base64_encode(data + i, (size_t)part, text));
    }
    return n + put(out, "\"", 1);
}

/* --- printf's conversions ----------------------------------------------------------------------------- */

/* One conversion of the format: "%-08.3lld". */
struct conversion {
    char spec[24];     /* what printf gets, with '*' replaced by its value */
    const char *end;   /* behind it in the format */
    int precision;     /* -1: none */
    bool plain_string; /* no width */
    enum { SIZE_INT, SIZE_LONG, SIZE_LONG_LONG, SIZE_SIZE, SIZE_PTRDIFF } size;
    char letter;
};

static const char *parse_number(const char *f, va_list *ap, int *value)
{
    if (*f == '*') {
        *value = va_arg(*ap, int);
        return f + 1;
    }
    for (*value = 0; *f >= '0' && *f <= '9'; f++)
        if (*value < 100000)
            *value = *value * 10 + (*f - '0');
    return f;
}

static void parse_conversion(const char *f, va_list *ap, struct conversion *c)
{
    size_t n = 0;
    int width = -1;

    *c = (struct conversion){.precision = -1};
    c->spec[n++] = *f++;
    while (*f && strchr("-+ #0", *f)) {
        if (n < 6)
            c->spec[n++] = *f;
        f++;
    }
    if (*f == '*' || (*f >= '1' && *f <= '9'))
        f = parse_number(f, ap, &width);
    c->plain_string = width < 0;
    if (width >= 0)
        n += (size_t)snprintf(c->spec + n, 8, "%d", width % 1000);
    if (*f == '.') {
        f = parse_number(f + 1, ap, &c->precision);
        if (c->precision >= 0)
            n += (size_t)snprintf(c->spec + n, 8, ".%d", c->precision % 1000);
    }
    for (; *f == 'l' || *f == 'h' || *f == 'z' || *f == 'j' || *f == 't'; f++) {
        if (*f == 'l')
            c->size = c->size == SIZE_LONG ? SIZE_LONG_LONG : SIZE_LONG;
        else if (*f == 'j')
            c->size = SIZE_LONG_LONG;
        else if (*f == 'z' || *f == 't')
            c->size = *f == 'z' ? SIZE_SIZE : SIZE_PTRDIFF;
        if (n < 20)
            c->spec[n++] = *f;
    }
    c->letter = *f;
    if (*f) {
        c->spec[n++] = *f++;
        c->spec[n] = '\0';
    }
    c->end = f;
}

/* vsnprintf into `text`, or into heap memory when that is too small. */
static int put_formatted(struct json_out *out, const char *spec, ...)
{
    char text[64], *big = NULL;
    va_list ap;

    va_start(ap, spec);
    int n = vsnprintf(text, sizeof(text), spec, ap);
    va_end(ap);
    if (n >= (int)sizeof(text)) {
        big = heap_alloc((size_t)n + 1);
        if (big) {
            va_start(ap, spec);
            vsnprintf(big, (size_t)n + 1, spec, ap);
            va_end(ap);
        }
    }
    if (n > 0)
        put(out, big ? big : text, big ? (size_t)n : strlen(text));
    heap_free(big);
    return n > 0 ? n : 0;
}

/* The specs are built by parse_conversion() from a format whose types the caller answers for, as with
 * printf itself. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static int put_integer(struct json_out *out, const struct conversion *c, va_list *ap)
{
    switch (c->size) {
    case SIZE_LONG:
        return put_formatted(out, c->spec, va_arg(*ap, long));
    case SIZE_LONG_LONG:
        return put_formatted(out, c->spec, va_arg(*ap, long long));
    case SIZE_SIZE:
        return put_formatted(out, c->spec, va_arg(*ap, size_t));
    case SIZE_PTRDIFF:
        return put_formatted(out, c->spec, va_arg(*ap, ptrdiff_t));
    default:
        return put_formatted(out, c->spec, va_arg(*ap, int));
    }
}

static size_t bounded_length(const char *s, int precision)
{
    size_t n = 0;

    while ((precision < 0 || n < (size_t)precision) && s[n])
        n++;
    return n;
}

static int put_string(struct json_out *out, const struct conversion *c, const char *s)
{
    if (!s)
        s = "(null)";
    if (!c->plain_string)
        return put_formatted(out, c->spec, s);
    return put(out, s, bounded_length(s, c->precision));
}
#pragma GCC diagnostic pop

static int put_q(struct json_out *out, const struct conversion *c, const char *s)
{
    if (!s)
        return put(out, "null", 4);
    return put_quoted(out, s, c->precision >= 0 ? (size_t)c->precision : strlen(s));
}

static int put_conversion(struct json_out *out, const struct conversion *c, va_list *ap)
{
    switch (c->letter) {
    case 'Q':
        return put_q(out, c, va_arg(*ap, const char *));
    case 'B':
        return va_arg(*ap, int) ? put(out, "true", 4) : put(out, "false", 5);
    case 'V': {
        const unsigned char *data = va_arg(*ap, const unsigned char *);
        return put_base64(out, data, va_arg(*ap, int));
    }
    case 'H': {
        int length = va_arg(*ap, int);
        return put_hex(out, va_arg(*ap, const unsigned char *), length);
    }
    case 'M': {
        json_printf_callback_t callback = va_arg(*ap, json_printf_callback_t);
        return callback(out, ap);
    }
    case 's':
        return put_string(out, c, va_arg(*ap, const char *));
    case 'p':
        return put_formatted(out, "%p", va_arg(*ap, void *));
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
        return put_formatted(out, c->spec, va_arg(*ap, double));
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
    case 'c':
        return put_integer(out, c, ap);
    case '%':
        return put(out, "%", 1);
    default: /* no conversion we know: nothing can be taken from the arguments */
        return 0;
    }
}

/* --- the format --------------------------------------------------------------------------------------- */

static size_t identifier_length(const char *s)
{
    size_t n = 0;

    while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') || s[n] == '_' ||
           (n > 0 && s[n] >= '0' && s[n] <= '9'))
        n++;
    return n;
}

static int print(struct json_out *out, const char *f, va_list *ap)
{
    bool in_quotes = false;
    int n = 0;

    while (*f) {
        size_t word = in_quotes ? 0 : identifier_length(f);
        if (*f == '%') {
            struct conversion c;
            parse_conversion(f, ap, &c);
            n += put_conversion(out, &c, ap);
            f = c.end;
        } else if (word > 0) {
            n += put_quoted(out, f, word);
            f += word;
        } else {
            in_quotes ^= *f == '"';
            n += put(out, f++, 1);
        }
    }
    return n;
}

int json_vprintf(struct json_out *out, const char *fmt, va_list ap)
{
    va_list copy;

    va_copy(copy, ap);
    int n = print(out, fmt, &copy);
    va_end(copy);
    return n;
}

int json_printf(struct json_out *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = print(out, fmt, &ap);
    va_end(ap);
    return n;
}

char *json_vasprintf(const char *fmt, va_list ap)
{
    struct mbuf mb;
    struct json_out out = JSON_OUT_MBUF(&mb);

    mbuf_init(&mb, 0);
    json_vprintf(&out, fmt, ap);
    json_printer_mbuf(&out, "", 1);
    if (out.u.buf.len != 0) {
        mbuf_free(&mb);
        return NULL;
    }
    mbuf_trim(&mb);
    return mb.buf;
}

char *json_asprintf(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char *text = json_vasprintf(fmt, ap);
    va_end(ap);
    return text;
}

int json_printf_array(struct json_out *out, va_list *ap)
{
    const char *array = va_arg(*ap, const char *);
    size_t bytes = va_arg(*ap, size_t), each = va_arg(*ap, size_t);
    const char *fmt = va_arg(*ap, const char *);
    int n = put(out, "[", 1);

    for (size_t at = 0; at + each <= bytes && each > 0; at += each) {
        union {
            int8_t i8;
            int16_t i16;
            int32_t i32;
            int64_t i64;
        } v = {0};
        memcpy(&v, array + at, each < sizeof(v) ? each : sizeof(v));
        if (at > 0)
            n += put(out, ", ", 2);
        if (each == sizeof(int64_t))
            n += json_printf(out, fmt, v.i64);
        else
            n += json_printf(out, fmt, each == 1 ? v.i8 : each == 2 ? v.i16 : v.i32);
    }
    return n + put(out, "]", 1);
}
