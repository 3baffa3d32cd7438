/* Taking a JSON text apart. os/json_doc.h */

#define JSMN_STATIC
#include "json_doc.h"

#include <string.h>

#include "heap.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_identifier(const char *s, int length)
{
    for (int i = 0; i < length; i++)
        if (!is_letter(s[i]) && !(i > 0 && is_digit(s[i])))
            return false;
    return length > 0;
}

static int digits(const char *s, int from, int length)
{
    int i = from;

    while (i < length && is_digit(s[i]))
        i++;
    return i - from;
}

static bool is_hex_number(const char *s, int length)
{
    if (length < 3 || s[0] != '0' || (s[1] != 'x' && s[1] != 'X'))
        return false;
    for (int i = 2; i < length; i++)
        if (!is_digit(s[i]) && !((s[i] | 32) >= 'a' && (s[i] | 32) <= 'f'))
            return false;
    return true;
}

/* JSON's numbers, with leading zeros, and hexadecimal ones (mongoose-os.md 4.1). */
static bool is_number(const char *s, int length)
{
    int i = length > 0 && s[0] == '-';
    int n = digits(s, i, length);

    if (is_hex_number(s + i, length - i))
        return true;
    if (n == 0)
        return false;
    i += n;
    if (i < length && s[i] == '.') {
        n = digits(s, ++i, length);
        if (n == 0)
            return false;
        i += n;
    }
    if (i < length && (s[i] == 'e' || s[i] == 'E')) {
        i++;
        if (i < length && (s[i] == '+' || s[i] == '-'))
            i++;
        n = digits(s, i, length);
        if (n == 0)
            return false;
        i += n;
    }
    return i == length;
}

static enum json_token_type primitive_type(const char *s, int length)
{
    if (length == 4 && memcmp(s, "true", 4) == 0)
        return JSON_TYPE_TRUE;
    if (length == 5 && memcmp(s, "false", 5) == 0)
        return JSON_TYPE_FALSE;
    if (length == 4 && memcmp(s, "null", 4) == 0)
        return JSON_TYPE_NULL;
    return is_number(s, length) ? JSON_TYPE_NUMBER : JSON_TYPE_INVALID;
}

struct json_token json_doc_token(const struct json_doc *doc, int index)
{
    const jsmntok_t *t = &doc->tokens[index];
    struct json_token token = {doc->text + t->start, t->end - t->start, JSON_TYPE_STRING};

    if (t->type == JSMN_OBJECT)
        token.type = JSON_TYPE_OBJECT_END;
    else if (t->type == JSMN_ARRAY)
        token.type = JSON_TYPE_ARRAY_END;
    else if (t->type == JSMN_PRIMITIVE)
        token.type = primitive_type(token.ptr, token.len);
    return token;
}

/* --- what jsmn lets pass ------------------------------------------------------------------------------ */

static bool is_container(const jsmntok_t *t)
{
    return t->type == JSMN_OBJECT || t->type == JSMN_ARRAY;
}

/* Between `from` and `to` stand white space and, when `mark` is not 0, exactly one `mark`. */
static bool gap_is(const char *text, int from, int to, char mark)
{
    int marks = 0;

    for (int i = from; i < to; i++) {
        if (mark && text[i] == mark)
            marks++;
        else if (!is_space(text[i]))
            return false;
    }
    return marks == (mark ? 1 : 0);
}

static bool is_key(const struct json_doc *doc, const jsmntok_t *t)
{
    return t->parent >= 0 && doc->tokens[t->parent].type == JSMN_OBJECT;
}

static bool token_is_sound(const struct json_doc *doc, const jsmntok_t *t)
{
    const char *s = doc->text + t->start;
    int length = t->end - t->start;

    if (is_key(doc, t))
        return t->size == 1 &&
               (t->type == JSMN_STRING || (t->type == JSMN_PRIMITIVE && is_identifier(s, length)));
    if (is_container(t))
        return true;
    return t->size == 0 && (t->type == JSMN_STRING || primitive_type(s, length) != JSON_TYPE_INVALID);
}

/* The container in which a token stands, over its key. */
static int container_of(const struct json_doc *doc, int index)
{
    int parent = doc->tokens[index].parent;

    if (parent >= 0 && !is_container(&doc->tokens[parent]))
        parent = doc->tokens[parent].parent;
    return parent;
}

static bool punctuation_is_sound(struct json_doc *doc, int length)
{
    int at = 0;         /* end of what was checked */
    int container = -1; /* the innermost that is open */
    bool first = true;  /* nothing has come in it yet */

    for (int i = 0; i < doc->count; i++) {
        const jsmntok_t *t = &doc->tokens[i];
        int quote = t->type == JSMN_STRING;
        while (container >= 0 && t->start >= doc->tokens[container].end) {
            if (!gap_is(doc->text, at, doc->tokens[container].end - 1, 0))
                return false;
            at = doc->tokens[container].end;
            container = container_of(doc, container);
            first = false;
        }
        bool is_value = t->parent >= 0 && !is_container(&doc->tokens[t->parent]);
        if (container_of(doc, i) != container || !token_is_sound(doc, t))
            return false;
        if (container < 0 && i > 0)
            return false;
        if (!gap_is(doc->text, at, t->start - quote, is_value ? ':' : first ? 0 : ','))
            return false;
        first = is_container(t);
        if (first)
            container = i;
        at = is_container(t) ? t->start + 1 : t->end + quote;
    }
    for (; container >= 0; container = container_of(doc, container)) {
        if (!gap_is(doc->text, at, doc->tokens[container].end - 1, 0))
            return false;
        at = doc->tokens[container].end;
    }
    doc->consumed = at;
    return gap_is(doc->text, at, length, 0);
}

/* --- interface ---------------------------------------------------------------------------------------- */

int json_doc_parse(struct json_doc *doc, const char *text, int length)
{
    jsmn_parser parser;

    *doc = (struct json_doc){.text = text};
    if (length < 0 || (length > 0 && memchr(text, 0, (size_t)length)))
        return JSON_STRING_INVALID;
    jsmn_init(&parser);
    int count = jsmn_parse(&parser, text, (size_t)length, NULL, 0);
    if (count == 0 || count == JSMN_ERROR_PART)
        return JSON_STRING_INCOMPLETE;
    if (count < 0)
        return JSON_STRING_INVALID;

    doc->tokens = heap_alloc((size_t)count * sizeof(*doc->tokens));
    if (!doc->tokens)
        return JSON_OUT_OF_MEMORY;
    jsmn_init(&parser);
    doc->count = jsmn_parse(&parser, text, (size_t)length, doc->tokens, (unsigned)count);
    if (doc->count == count && punctuation_is_sound(doc, length))
        return 0;
    int error = doc->count == JSMN_ERROR_PART ? JSON_STRING_INCOMPLETE : JSON_STRING_INVALID;
    json_doc_free(doc);
    return error;
}

void json_doc_free(struct json_doc *doc)
{
    heap_free(doc->tokens);
    doc->tokens = NULL;
    doc->count = 0;
}

int json_doc_first(const struct json_doc *doc, int container)
{
    const jsmntok_t *t = &doc->tokens[container];

    return is_container(t) && t->size > 0 ? container + 1 : -1;
}

int json_doc_next(const struct json_doc *doc, int child)
{
    int parent = doc->tokens[child].parent;

    if (parent < 0)
        return -1;
    int last = doc->tokens[parent].type == JSMN_OBJECT ? child + 1 : child; /* a key goes with its value */
    int end = doc->tokens[last].end;
    int next = last + 1;
    while (next < doc->count && doc->tokens[next].start < end)
        next++;
    return next < doc->count && doc->tokens[next].parent == parent ? next : -1;
}

int json_doc_member(const struct json_doc *doc, int object, const char *key, int key_length)
{
    int found = -1;

    if (doc->tokens[object].type != JSMN_OBJECT)
        return -1;
    for (int k = json_doc_first(doc, object); k >= 0; k = json_doc_next(doc, k)) {
        const jsmntok_t *t = &doc->tokens[k];
        if (t->end - t->start == key_length && memcmp(doc->text + t->start, key, (size_t)key_length) == 0)
            found = k + 1;
    }
    return found;
}

static int element(const struct json_doc *doc, int array, int index)
{
    if (doc->tokens[array].type != JSMN_ARRAY)
        return -1;
    int e = json_doc_first(doc, array);
    while (e >= 0 && index-- > 0)
        e = json_doc_next(doc, e);
    return e;
}

int json_doc_find(const struct json_doc *doc, const char *path)
{
    int at = 0;

    while (*path && at >= 0) {
        if (*path == '[') {
            int index = 0;
            for (path++; is_digit(*path) && index < 100000; path++)
                index = index * 10 + (*path - '0');
            at = *path == ']' ? element(doc, at, index) : -1;
            path += *path != 0;
        } else {
            path += *path == '.';
            int length = (int)strcspn(path, ".[");
            at = json_doc_member(doc, at, path, length);
            path += length;
        }
    }
    return at;
}
