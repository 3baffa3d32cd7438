/* Targets, paths and names: see http_path.h. */

#include "http_path.h"

#include <string.h>

#include "common/str_util.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place; the new length, or -1. */
static int percent_decode(char *text, size_t length)
{
    size_t to = 0;

    for (size_t from = 0; from < length; from++) {
        int high, low;

        if (text[from] != '%') {
            text[to++] = text[from];
            continue;
        }
        high = from + 2 < length ? hex_digit(text[from + 1]) : -1;
        low = from + 2 < length ? hex_digit(text[from + 2]) : -1;
        if (high < 0 || low < 0 || (high << 4 | low) == 0)
            return -1;
        text[to++] = (char)(high << 4 | low);
        from += 2;
    }
    return (int)to;
}

static size_t offset_of(const char *text, size_t length, char c)
{
    const char *found = length ? memchr(text, c, length) : NULL;

    return found ? (size_t)(found - text) : length;
}

bool http_path_decode(char *target, size_t length, struct mg_str *path, struct mg_str *query)
{
    size_t end;
    int decoded;

    /* absolute-form, which a proxy would get (RFC 9112 3.2.2) */
    if (length > 7 && memcmp(target, "http://", 7) == 0) {
        size_t slash = 7 + offset_of(target + 7, length - 7, '/');

        target += slash;
        length -= slash;
    } else if (length > 8 && memcmp(target, "https://", 8) == 0) {
        size_t slash = 8 + offset_of(target + 8, length - 8, '/');

        target += slash;
        length -= slash;
    }
    if (length == 0 || target[0] != '/')
        return false;
    end = offset_of(target, length, '?');
    *query = end < length ? mg_mk_str_n(target + end + 1, length - end - 1) : mg_mk_str_n(target + length, 0);
    decoded = percent_decode(target, end);
    if (decoded < 0)
        return false;
    *path = mg_mk_str_n(target, (size_t)decoded);
    return true;
}

static bool is_like(const char *name, const char *pattern)
{
    return mg_match_whole(mg_mk_str(pattern), mg_mk_str(name));
}

static void to_lower(char *out, size_t size, const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0' && i + 1 < size; i++)
        out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
    out[i] = '\0';
}

bool http_name_is_hidden(const char *name, const char *patterns)
{
    char lowered[64];

    to_lower(lowered, sizeof lowered, name);
    /* Passwords, keys, and what somebody wanted out of sight. conf9.json.try and conf9.json.tmp are
     * configurations too. */
    if (lowered[0] == '.' || is_like(lowered, "conf*.json*") || is_like(lowered, "*.key*") ||
        is_like(lowered, "*key.pem*") || is_like(lowered, "*.der|*.p8|*.pk8|*.p12|*.pfx"))
        return true;
    return patterns != NULL && *patterns != '\0' && (is_like(name, patterns) || is_like(lowered, patterns));
}

static const struct {
    const char *extension, *type;
} types[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"txt", "text/plain; charset=utf-8"},
    {"pem", "application/x-pem-file"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"gif", "image/gif"},
    {"ico", "image/x-icon"},
};

const char *http_content_type(const char *name)
{
    const char *dot = strrchr(name, '.');
    char extension[8];

    to_lower(extension, sizeof extension, dot ? dot + 1 : "");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(extension, types[i].extension) == 0)
            return types[i].type;
    return "application/octet-stream";
}

bool http_path_is_below(struct mg_str path, const char *uri)
{
    size_t length = strlen(uri);

    if (length > 1 && uri[length - 1] == '/')
        length--;
    if (path.len < length || memcmp(path.p, uri, length) != 0)
        return false;
    return path.len == length || length == 0 || path.p[length] == '/' || uri[length - 1] == '/';
}
