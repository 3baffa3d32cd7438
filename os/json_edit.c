/* Printing a JSON text again: indented, or with one value changed. os/include/frozen.h */

#include "frozen.h"

#include <string.h>

#include "json_doc.h"

/* --- indented ----------------------------------------------------------------------------------------- */

static int put(struct json_out *out, const char *text, size_t length)
{
    return out->printer(out, text, length);
}

static int new_line(struct json_out *out, int depth)
{
    int n = put(out, "\n", 1);

    for (int i = 0; i < depth; i++)
        n += put(out, "  ", 2);
    return n;
}

int json_prettify(const char *text, int length, struct json_out *out)
{
    struct json_doc doc;
    bool in_string = false;
    int depth = 0, n = 0;

    int err = json_doc_parse(&doc, text, length);
    if (err)
        return err;
    int end = doc.consumed;
    json_doc_free(&doc);

    for (int i = 0; i < end; i++) {
        char c = text[i];
        bool opens = !in_string && (c == '{' || c == '['), closes = !in_string && (c == '}' || c == ']');
        if (!in_string && (c == ' ' || c == '\t' || c == '\r' || c == '\n'))
            continue;
        if (closes)
            n += new_line(out, --depth);
        n += put(out, &c, 1);
        if (c == '"')
            in_string = !in_string;
        else if (in_string && c == '\\')
            n += put(out, &text[++i], 1);
        else if (opens || (!in_string && c == ','))
            n += new_line(out, depth += opens);
        else if (!in_string && c == ':')
            n += put(out, " ", 1);
    }
    return n;
}

/* --- changed ------------------------------------------------------------------------------------------ */

struct edit {
    const char *text;
    int at; /* printed up to here */
    struct json_out *out;
};

static void copy_to(struct edit *e, int position)
{
    if (position > e->at)
        put(e->out, e->text + e->at, (size_t)(position - e->at));
    e->at = position;
}

/* Where the text of a token begins and ends, quotes included. */
static int begin_of(const struct json_doc *doc, int token)
{
    return doc->tokens[token].start - (doc->tokens[token].type == JSMN_STRING);
}

static int end_of(const struct json_doc *doc, int token)
{
    return doc->tokens[token].end + (doc->tokens[token].type == JSMN_STRING);
}

/* Leaves out `child` (a key with its value, or an array's element) with one of the commas around it. */
static void remove_child(struct edit *e, const struct json_doc *doc, int child)
{
    int value = doc->tokens[doc->tokens[child].parent].type == JSMN_OBJECT ? child + 1 : child;
    int next = json_doc_next(doc, child);

    if (next >= 0) {
        copy_to(e, begin_of(doc, child));
        e->at = begin_of(doc, next);
        return;
    }
    int before = begin_of(doc, child);
    while (before > 0 && e->text[before - 1] != ',' && e->text[before - 1] != '{' &&
           e->text[before - 1] != '[')
        before--;
    copy_to(e, before > 0 && e->text[before - 1] == ',' ? before - 1 : before);
    e->at = end_of(doc, value);
}

/* Adds the members of `path` that are missing in the object where the path ends in the document. */
static bool add_members(struct edit *e, const struct json_doc *doc, const char *path, const char *fmt,
                        va_list ap)
{
    int object = 0, braces = 0;
    size_t length = 0;

    for (;; path += length) {
        path += *path == '.';
        length = strcspn(path, ".");
        int member = json_doc_member(doc, object, path, (int)length);
        if (member < 0)
            break;
        object = member;
    }
    if (doc->tokens[object].type != JSMN_OBJECT || strchr(path, '['))
        return false;
    copy_to(e, doc->tokens[object].end - 1);
    if (doc->tokens[object].size > 0)
        put(e->out, ",", 1);
    for (;;) {
        json_printf(e->out, "%.*Q:", (int)length, path);
        path += length;
        if (*path != '.')
            break;
        put(e->out, "{", 1);
        braces++;
        length = strcspn(++path, ".");
    }
    json_vprintf(e->out, fmt, ap);
    while (braces-- > 0)
        put(e->out, "}", 1);
    return true;
}

static bool edit_at(struct edit *e, const struct json_doc *doc, const char *path, const char *fmt, va_list ap)
{
    int value = json_doc_find(doc, path);

    if (value < 0)
        return fmt && add_members(e, doc, path, fmt, ap);
    if (fmt) {
        copy_to(e, begin_of(doc, value));
        json_vprintf(e->out, fmt, ap);
        e->at = end_of(doc, value);
        return true;
    }
    if (value == 0)
        return false;
    int parent = doc->tokens[value].parent;
    remove_child(e, doc, doc->tokens[parent].type == JSMN_ARRAY ? value : parent);
    return true;
}

int json_setf(const char *text, int length, struct json_out *out, const char *path, const char *fmt, ...)
{
    struct edit e = {.text = text, .out = out};
    struct json_doc doc;
    va_list ap;

    int err = json_doc_parse(&doc, text, length);
    if (err)
        return err;
    va_start(ap, fmt);
    bool changed = edit_at(&e, &doc, path, fmt, ap);
    va_end(ap);
    copy_to(&e, length);
    json_doc_free(&doc);
    return changed;
}
