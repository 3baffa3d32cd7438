/* A text with its length, not terminated: a window into someone else's memory (mongoose-os.md 6.10). */
#ifndef MG_STR_H
#define MG_STR_H

#include <stddef.h>

struct mg_str {
    const char *p;
    size_t len;
};

#define MG_MK_STR(literal)        { (literal), sizeof(literal) - 1 }
#define MG_MK_STR_N(pointer, n)   { (pointer), (n) }
#define MG_NULL_STR               { NULL, 0 }

struct mg_str mg_mk_str(const char *s); /* NULL: empty */
struct mg_str mg_mk_str_n(const char *s, size_t len);

/* Comparisons give <0, 0, >0; a shorter text comes before a longer that begins with it. The v forms take a
 * C string. */
int mg_vcmp(const struct mg_str *s, const char *c_string);
int mg_vcasecmp(const struct mg_str *s, const char *c_string);
int mg_strcmp(const struct mg_str a, const struct mg_str b);
int mg_strcasecmp(const struct mg_str a, const struct mg_str b);
int mg_strncmp(const struct mg_str a, const struct mg_str b, size_t n);
int mg_str_starts_with(struct mg_str s, struct mg_str prefix);

/* On the heap; p is NULL when memory is out. _nul: a NUL follows the text (not counted in len). */
struct mg_str mg_strdup(const struct mg_str s);
struct mg_str mg_strdup_nul(const struct mg_str s);
void mg_strfree(struct mg_str *s);

const char *mg_strchr(const struct mg_str s, int c);
const char *mg_strstr(const struct mg_str haystack, const struct mg_str needle);
struct mg_str mg_strstrip(struct mg_str s); /* without white space at both ends */

#endif
