/* Walking a JSON text, and printing it changed. os/include/frozen.h */

#include "frozen.h"

#include <string.h>

#include "heap.h"
#include "json_doc.h"
#include "mgos_utils.h"

struct walk {
    struct json_doc doc;
    json_walk_callback_t callback;
    void *user;
    char path[JSON_MAX_PATH_LEN]; /* cut when it gets longer */
    int path_length;              /* as if it were not */
    char index[12];
};

static void path_append(struct walk *w, const char *text, int length)
{
    for (int i = 0; i < length; i++, w->path_length++)
        if (w->path_length < JSON_MAX_PATH_LEN - 1)
            w->path[w->path_length] = text[i];
}

static void path_cut(struct walk *w, int length)
{
    w->path_length = length;
    w->path[length < JSON_MAX_PATH_LEN ? length : JSON_MAX_PATH_LEN - 1] = '\0';
}

/* Appends what `i` is called in its container, ".key" or "[2]"; gives the bare name. `size` of an array's
 * token counts the elements that have been seen. */
static struct json_token enter(struct walk *w, int i)
{
    int parent = w->doc.tokens[i].parent;
    struct json_token name = {"", 0, JSON_TYPE_STRING};

    if (parent < 0)
        return name;
    if (w->doc.tokens[parent].type == JSMN_ARRAY) {
        name.ptr = w->index;
        name.len = mgos_itoa(w->doc.tokens[parent].size++, w->index, 10);
        path_append(w, "[", 1);
        path_append(w, name.ptr, name.len);
        path_append(w, "]", 1);
    } else {
        name = json_doc_token(&w->doc, parent);
        path_append(w, ".", 1);
        path_append(w, name.ptr, name.len);
    }
    path_cut(w, w->path_length);
    return name;
}

/* The name of `i` again, after its children; and how long the path was before it. */
static struct json_token leave(struct walk *w, int i, int *outer)
{
    int parent = w->doc.tokens[i].parent;
    struct json_token name = {"", 0, JSON_TYPE_STRING};

    *outer = 0;
    if (parent < 0)
        return name;
    if (w->doc.tokens[parent].type == JSMN_ARRAY) {
        name.ptr = w->index;
        name.len = mgos_itoa(w->doc.tokens[parent].size - 1, w->index, 10);
        *outer = w->path_length - name.len - 2;
    } else {
        name = json_doc_token(&w->doc, parent);
        *outer = w->path_length - name.len - 1;
    }
    return name;
}

static int container_over(const struct walk *w, int i)
{
    int parent = w->doc.tokens[i].parent;

    if (parent >= 0 && w->doc.tokens[parent].type != JSMN_ARRAY)
        parent = w->doc.tokens[parent].parent; /* over the key */
    return parent;
}

static int close_container(struct walk *w, int container)
{
    struct json_token token = json_doc_token(&w->doc, container);
    int outer;
    struct json_token name = leave(w, container, &outer);

    w->callback(w->user, name.ptr, (size_t)name.len, w->path, &token);
    path_cut(w, outer);
    return container_over(w, container);
}

static void walk_all(struct walk *w)
{
    int container = -1;

    for (int i = 0; i < w->doc.count; i++) {
        jsmntok_t *t = &w->doc.tokens[i];
        while (container >= 0 && t->start >= w->doc.tokens[container].end)
            container = close_container(w, container);
        if (t->parent >= 0 && w->doc.tokens[t->parent].type == JSMN_OBJECT)
            continue; /* a key: its value comes next */

        int outer = w->path_length;
        struct json_token name = enter(w, i);
        struct json_token token = json_doc_token(&w->doc, i);
        if (t->type == JSMN_OBJECT || t->type == JSMN_ARRAY) {
            t->size = 0;
            token = (struct json_token){
                NULL, 0, t->type == JSMN_OBJECT ? JSON_TYPE_OBJECT_START : JSON_TYPE_ARRAY_START};
            container = i;
        }
        w->callback(w->user, name.ptr, (size_t)name.len, w->path, &token);
        if (container != i)
            path_cut(w, outer);
    }
    while (container >= 0)
        container = close_container(w, container);
}

int json_walk(const char *text, int length, json_walk_callback_t callback, void *user)
{
    struct walk w = {.callback = callback, .user = user};

    int err = json_doc_parse(&w.doc, text, length);
    if (err)
        return err;
    int consumed = w.doc.consumed;
    walk_all(&w);
    json_doc_free(&w.doc);
    return consumed;
}
