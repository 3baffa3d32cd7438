/* Texts with a length. os/include/mg_str.h */

#include "mg_str.h"

#include <string.h>

#include "heap.h"

struct mg_str mg_mk_str_n(const char *s, size_t len)
{
    return (struct mg_str){s, len};
}

struct mg_str mg_mk_str(const char *s)
{
    return mg_mk_str_n(s, s ? strlen(s) : 0);
}

static int fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

static int same(char c)
{
    return (unsigned char)c;
}

static int compare(struct mg_str a, struct mg_str b, int (*of)(char))
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (of(a.p[i]) != of(b.p[i]))
            return of(a.p[i]) < of(b.p[i]) ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

int mg_strcmp(const struct mg_str a, const struct mg_str b)
{
    return compare(a, b, same);
}

int mg_strcasecmp(const struct mg_str a, const struct mg_str b)
{
    return compare(a, b, fold);
}

int mg_strncmp(const struct mg_str a, const struct mg_str b, size_t n)
{
    return compare(mg_mk_str_n(a.p, a.len < n ? a.len : n), mg_mk_str_n(b.p, b.len < n ? b.len : n), same);
}

int mg_vcmp(const struct mg_str *s, const char *c_string)
{
    return compare(*s, mg_mk_str(c_string), same);
}

int mg_vcasecmp(const struct mg_str *s, const char *c_string)
{
    return compare(*s, mg_mk_str(c_string), fold);
}

int mg_str_starts_with(struct mg_str s, struct mg_str prefix)
{
    return s.len >= prefix.len && compare(mg_mk_str_n(s.p, prefix.len), prefix, same) == 0;
}

static struct mg_str duplicate(struct mg_str s, size_t extra)
{
    char *copy = heap_alloc(s.len + extra);

    if (!copy)
        return (struct mg_str)MG_NULL_STR;
    if (s.len > 0)
        memcpy(copy, s.p, s.len);
    if (extra)
        copy[s.len] = '\0';
    return mg_mk_str_n(copy, s.len);
}

struct mg_str mg_strdup(const struct mg_str s)
{
    return duplicate(s, 0);
}

struct mg_str mg_strdup_nul(const struct mg_str s)
{
    return duplicate(s, 1);
}

void mg_strfree(struct mg_str *s)
{
    heap_free((void *)(size_t)s->p);
    *s = (struct mg_str)MG_NULL_STR;
}

const char *mg_strchr(const struct mg_str s, int c)
{
    return s.len > 0 ? memchr(s.p, c, s.len) : NULL;
}

const char *mg_strstr(const struct mg_str haystack, const struct mg_str needle)
{
    for (size_t i = 0; i + needle.len <= haystack.len; i++)
        if (mg_strncmp(mg_mk_str_n(haystack.p + i, needle.len), needle, needle.len) == 0)
            return haystack.p + i;
    return NULL;
}

static int is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct mg_str mg_strstrip(struct mg_str s)
{
    while (s.len > 0 && is_space(s.p[0])) {
        s.p++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.p[s.len - 1]))
        s.len--;
    return s;
}
