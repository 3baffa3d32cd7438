/* Mongoose's patterns (mongoose-os.md 1.3). os/include/common/str_util.h */

#include <stdint.h>

#include "common/str_util.h"

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Where to come back to when what follows a star did not match: the star then takes one character more. */
struct retry {
    size_t pattern; /* behind the star; 0: there is none */
    size_t text;    /* the star's text ends here */
};

/* The star gives up at a slash ('*') or at the end. */
static bool extend(struct retry *star, struct mg_str text, bool over_slashes, size_t *p, size_t *t)
{
    if (star->pattern == 0 || star->text >= text.len || (!over_slashes && text.p[star->text] == '/'))
        return false;
    star->text++;
    *p = star->pattern;
    *t = star->text;
    return true;
}

/* One alternative against all of `text`. Only the last star of each kind is ever worth a retry: what an
 * earlier one could take instead, the later takes too. So the time is at most pattern × text. */
static bool matches(struct mg_str pattern, struct mg_str text, bool at_real_end)
{
    struct retry single = {0, 0}, twin = {0, 0};
    size_t p = 0, t = 0;

    for (;;) {
        char c = p < pattern.len ? pattern.p[p] : '\0';
        if (c == '*') {
            bool is_twin = p + 1 < pattern.len && pattern.p[p + 1] == '*';
            p += is_twin ? 2 : 1;
            if (is_twin)
                twin = (struct retry){p, t};
            single = is_twin ? (struct retry){0, 0} : (struct retry){p, t};
            continue;
        }
        if (p == pattern.len && t == text.len)
            return true;
        if (c == '$' && p < pattern.len && t == text.len && at_real_end) {
            p++;
            continue;
        }
        if (p < pattern.len && c != '$' && t < text.len && (c == '?' || fold(c) == fold(text.p[t]))) {
            p++;
            t++;
            continue;
        }
        if (extend(&single, text, false, &p, &t))
            continue;
        single.pattern = 0;
        if (!extend(&twin, text, true, &p, &t))
            return false;
    }
}

/* Cuts the first alternative off `*pattern`. */
static struct mg_str next_alternative(struct mg_str *pattern)
{
    const char *bar = mg_strchr(*pattern, '|');
    size_t length = bar ? (size_t)(bar - pattern->p) : pattern->len;
    struct mg_str alternative = mg_mk_str_n(pattern->p, length);

    pattern->p += length + (bar ? 1 : 0);
    pattern->len -= length + (bar ? 1 : 0);
    return alternative;
}

size_t mg_match_prefix_n(const struct mg_str pattern, const struct mg_str text)
{
    struct mg_str rest = pattern;

    while (rest.len > 0) {
        struct mg_str alternative = next_alternative(&rest);
        for (size_t n = text.len; n > 0; n--)
            if (matches(alternative, mg_mk_str_n(text.p, n), n == text.len))
                return n;
    }
    return 0;
}

size_t mg_match_prefix(const char *pattern, int pattern_length, const char *text)
{
    return mg_match_prefix_n(mg_mk_str_n(pattern, (size_t)pattern_length), mg_mk_str(text));
}

bool mg_match_whole(const struct mg_str pattern, const struct mg_str text)
{
    struct mg_str rest = pattern;

    while (rest.len > 0)
        if (matches(next_alternative(&rest), text, true))
            return true;
    return false;
}
