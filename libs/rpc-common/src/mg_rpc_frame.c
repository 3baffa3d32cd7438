/* A frame as text: taken apart, and the beginning of one put together.  mongoose-os.md 1.1, 1.2 */

#include "mg_rpc_internal.h"

#include <stdio.h>
#include <string.h>

#include "heap.h"

/* --- taking apart --------------------------------------------------------------------------------------- */

static struct mg_str token_text(const struct json_token *token)
{
    return (struct mg_str){token->ptr, token->ptr != NULL ? (size_t)token->len : 0};
}

static struct mg_str string_text(const struct json_token *token)
{
    return token->type == JSON_TYPE_STRING ? token_text(token) : (struct mg_str){NULL, 0};
}

/* Any value as JSON: the scanner gives strings without their quotes. */
static struct mg_str json_text(const struct json_token *token)
{
    struct mg_str text = token_text(token);

    if (token->type == JSON_TYPE_STRING && text.p != NULL)
        return (struct mg_str){text.p - 1, text.len + 2};
    return text;
}

static struct mg_str object_text(const struct json_token *token)
{
    return token->type == JSON_TYPE_OBJECT_END ? token_text(token) : (struct mg_str){NULL, 0};
}

static void parse_error(const struct json_token *error, struct mg_rpc_frame *frame)
{
    struct mg_str text = object_text(error);

    if (text.len == 0)
        return;
    frame->has_error = true;
    json_scanf(text.p, (int)text.len, "{code: %d, message: %Q}", &frame->error_code, &frame->error_message);
}

bool mg_rpc_frame_parse(struct mg_str text, struct mg_rpc_frame *frame)
{
    struct json_token id = JSON_INVALID_TOKEN, src = JSON_INVALID_TOKEN, dst = JSON_INVALID_TOKEN;
    struct json_token tag = JSON_INVALID_TOKEN, method = JSON_INVALID_TOKEN, args = JSON_INVALID_TOKEN;
    struct json_token auth = JSON_INVALID_TOKEN, result = JSON_INVALID_TOKEN, error = JSON_INVALID_TOKEN;

    memset(frame, 0, sizeof(*frame));
    if (text.len == 0)
        return false;
    /* "params" after "args": the newer name wins. */
    if (json_scanf(text.p, (int)text.len,
                   "{v: %d, id: %T, src: %T, dst: %T, tag: %T, method: %T, args: %T, params: %T, auth: %T, "
                   "result: %T, "
                   "error: %T}",
                   &frame->version, &id, &src, &dst, &tag, &method, &args, &args, &auth, &result, &error) < 1)
        return false;
    if (id.ptr != NULL && id.type != JSON_TYPE_NUMBER && id.type != JSON_TYPE_STRING)
        return false;

    frame->id = token_text(&id);
    frame->src = string_text(&src);
    frame->dst = string_text(&dst);
    frame->tag = string_text(&tag);
    frame->method = string_text(&method);
    frame->args = json_text(&args);
    frame->auth = object_text(&auth);
    frame->result = json_text(&result);
    parse_error(&error, frame);
    return true;
}

void mg_rpc_frame_free(struct mg_rpc_frame *frame)
{
    heap_free(frame->error_message);
    frame->error_message = NULL;
}

/* --- putting together ----------------------------------------------------------------------------------- */

enum { FIRST_SIZE = 128 };

static int append(struct json_out *out, const char *bytes, size_t length)
{
    struct mg_rpc_text *text = (struct mg_rpc_text *)out;
    size_t size = text->size > 0 ? text->size : FIRST_SIZE;

    if (text->failed)
        return 0;
    while (size < text->length + length)
        size += size / 2;
    if (size > text->size) {
        char *p = heap_realloc(text->p, size);

        if (p == NULL) {
            text->failed = true;
            return 0;
        }
        text->p = p;
        text->size = size;
    }
    memcpy(text->p + text->length, bytes, length);
    text->length += length;
    return (int)length;
}

void mg_rpc_text_init(struct mg_rpc_text *text)
{
    memset(text, 0, sizeof(*text));
    text->out.printer = append;
}

void mg_rpc_text_free(struct mg_rpc_text *text)
{
    heap_free(text->p);
    text->p = NULL;
    text->length = text->size = 0;
}

static bool is_number(struct mg_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        if (id.p[i] < '0' || id.p[i] > '9')
            return false;
    }
    return true;
}

/* The text of a JSON string comes back as it came, escapes and all. Control characters, which a lenient
 * scanner lets pass, would end a line of the UART: they go out as escapes. */
static void echo_string(struct mg_rpc_text *text, struct mg_str string)
{
    char escape[8];

    append(&text->out, "\"", 1);
    for (size_t i = 0; i < string.len; i++) {
        unsigned char c = (unsigned char)string.p[i];

        if (c < 0x20)
            append(&text->out, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)c));
        else
            append(&text->out, string.p + i, 1);
    }
    append(&text->out, "\"", 1);
}

static void member(struct mg_rpc_text *text, const char *name, struct mg_str value)
{
    if (value.len == 0)
        return;
    json_printf(&text->out, ",%Q:", name);
    echo_string(text, value);
}

void mg_rpc_frame_begin(struct mg_rpc_text *text, const struct mg_rpc_header *header)
{
    append(&text->out, "{", 1);
    if (header->id.len > 0) {
        append(&text->out, "\"id\":", 5);
        if (is_number(header->id))
            append(&text->out, header->id.p, header->id.len);
        else
            echo_string(text, header->id);
        append(&text->out, ",", 1);
    }
    append(&text->out, "\"src\":", 6);
    echo_string(text, header->src);
    member(text, "dst", header->dst);
    member(text, "tag", header->tag);
    member(text, "key", header->key);
    append(&text->out, ",", 1);
}

char *mg_rpc_strdup(struct mg_str text)
{
    char *copy = heap_alloc(text.len + 1);

    if (copy == NULL)
        return NULL;
    if (text.len > 0)
        memcpy(copy, text.p, text.len);
    copy[text.len] = '\0';
    return copy;
}
