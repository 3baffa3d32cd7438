/* A JSON text taken apart: the tokens of jsmn, checked for what jsmn lets pass (missing commas, keys without
 * values, bare words), and how to find one's way in them. The text stays the caller's and must outlive the
 * document.
 *
 * Tokens stand in the order of the text, children behind their parent. An object's children are its keys; a
 * key's value is the token behind it. Nothing recurses, so nesting costs heap and no stack.
 */
#ifndef OS_JSON_DOC_H
#define OS_JSON_DOC_H

#include <stdbool.h>

#include "frozen.h"

#define JSMN_PARENT_LINKS
#ifndef JSMN_STATIC
#define JSMN_HEADER
#endif
#include <jsmn.h>

struct json_doc {
    const char *text;
    jsmntok_t *tokens; /* on the heap; [0] is the root */
    int count;
    int consumed;      /* bytes of the text up to the end of the root */
};

/* 0, or a negative enum json_error; then there is nothing to free. White space may follow the root,
 * nothing else. */
int json_doc_parse(struct json_doc *doc, const char *text, int length);
void json_doc_free(struct json_doc *doc);

/* The token as frozen.h shows it: strings without quotes, containers with their brackets. */
struct json_token json_doc_token(const struct json_doc *doc, int index);
/* First child of a container, next sibling of a child (or key); -1 when there is none. */
int json_doc_first(const struct json_doc *doc, int container);
int json_doc_next(const struct json_doc *doc, int child);
/* Value of `key` in an object; the last one when it stands there twice. -1: absent, or not an object. */
int json_doc_member(const struct json_doc *doc, int object, const char *key, int key_length);
/* Value at ".a.b[0].c" ("" is the root); -1: absent. */
int json_doc_find(const struct json_doc *doc, const char *path);

#endif
