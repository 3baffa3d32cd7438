/* Setting members of a configuration from JSON. os/include/mgos_config_util.h */

#include <float.h>
#include <limits.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "common/str_util.h"
#include "config_member.h"
#include "heap.h"
#include "json_doc.h"
#include "mgos_config_util.h"
#include "number.h"

enum { PATH_MAX_LENGTH = 127 };

struct parse {
    struct json_doc doc;
    const char *acl;
    void *cfg;
    char **error;
    char path[PATH_MAX_LENGTH + 1];
};

static bool fail(struct parse *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool fail(struct parse *p, const char *fmt, ...)
{
    va_list ap;

    if (!p->error)
        return false;
    va_start(ap, fmt);
    *p->error = NULL;
    mg_avprintf(p->error, 0, fmt, ap);
    va_end(ap);
    return false;
}

/* --- values ------------------------------------------------------------------------------------------- */

static bool set_int(struct parse *p, const struct mgos_conf_entry *e, const struct json_token *token)
{
    bool is_unsigned = e->type == CONF_TYPE_UNSIGNED_INT;
    int64_t low = is_unsigned ? 0 : INT_MIN, high = is_unsigned ? (int64_t)UINT_MAX : INT_MAX, value;

    if (token->type != JSON_TYPE_NUMBER)
        return fail(p, "[%s] is not a number", p->path);
    if (!number_parse(token->ptr, (size_t)token->len, 0, &value) || value < low || value > high)
        return fail(p, "[%s] failed to parse [%.*s]", p->path, token->len, token->ptr);
    if (is_unsigned)
        *(unsigned *)config_member(p->cfg, e) = (unsigned)value;
    else
        *(int *)config_member(p->cfg, e) = (int)value;
    return true;
}

static bool set_double(struct parse *p, const struct mgos_conf_entry *e, const struct json_token *token)
{
    double value, limit = e->type == CONF_TYPE_FLOAT ? FLT_MAX : DBL_MAX;

    if (token->type != JSON_TYPE_NUMBER)
        return fail(p, "[%s] is not a number", p->path);
    if (!number_parse_double(token->ptr, (size_t)token->len, &value) || value > limit || value < -limit)
        return fail(p, "[%s] failed to parse [%.*s]", p->path, token->len, token->ptr);
    if (e->type == CONF_TYPE_DOUBLE)
        *(double *)config_member(p->cfg, e) = value;
    else
        *(float *)config_member(p->cfg, e) = (float)value;
    return true;
}

static bool set_bool(struct parse *p, const struct mgos_conf_entry *e, const struct json_token *token)
{
    if (token->type != JSON_TYPE_TRUE && token->type != JSON_TYPE_FALSE)
        return fail(p, "[%s] is not a boolean", p->path);
    *(int *)config_member(p->cfg, e) = token->type == JSON_TYPE_TRUE;
    return true;
}

static bool set_string(struct parse *p, const struct mgos_conf_entry *e, const struct json_token *token)
{
    if (token->type != JSON_TYPE_STRING)
        return fail(p, "[%s] is not a string", p->path);
    char *text = heap_alloc((size_t)token->len + 1);
    if (!text)
        return fail(p, "insufficient memory");
    int length = json_unescape(token->ptr, token->len, text, token->len);
    bool valid = length >= 0 && !memchr(text, 0, (size_t)length);
    bool set = false;
    if (valid) {
        text[length] = '\0';
        set = mgos_conf_set_str(config_member(p->cfg, e), text);
    }
    heap_free_secret(text);
    if (!valid)
        return fail(p, "[%s] invalid string", p->path);
    return set || fail(p, "insufficient memory");
}

static bool set_scalar(struct parse *p, const struct mgos_conf_entry *e, const struct json_token *token)
{
    switch (e->type) {
    case CONF_TYPE_INT:
    case CONF_TYPE_UNSIGNED_INT:
        return set_int(p, e, token);
    case CONF_TYPE_DOUBLE:
    case CONF_TYPE_FLOAT:
        return set_double(p, e, token);
    case CONF_TYPE_BOOL:
        return set_bool(p, e, token);
    default:
        return set_string(p, e, token);
    }
}

static bool parse_scalar(struct parse *p, const struct mgos_conf_entry *e, int at)
{
    struct json_token token = json_doc_token(&p->doc, at);

    if (!mgos_conf_check_access(p->path, p->acl)) {
        LOG(LL_ERROR, ("Not allowed to set [%s]", p->path));
        return true;
    }
    if (!set_scalar(p, e, &token))
        return false;
    bool secret = strstr(e->key, "pass") != NULL;
    LOG(LL_DEBUG, ("Set [%s] = [%.*s]", p->path, secret ? 3 : token.len, secret ? "..." : token.ptr));
    return true;
}

/* --- objects ------------------------------------------------------------------------------------------ */

static bool parse_value(struct parse *p, const struct mgos_conf_entry *e, int at);

/* Recursion goes as deep as the schema, not as the text. */
static bool parse_object(struct parse *p, const struct mgos_conf_entry *object, int at)
{
    size_t outer = strlen(p->path);

    if (p->doc.tokens[at].type != JSMN_OBJECT)
        return outer > 0 ? fail(p, "[%s] is not an object", p->path) : fail(p, "Invalid JSON");
    for (int k = json_doc_first(&p->doc, at); k >= 0; k = json_doc_next(&p->doc, k)) {
        struct json_token key = json_doc_token(&p->doc, k);
        const struct mgos_conf_entry *e = config_child(object, key.ptr, (size_t)key.len);
        if (!e || outer + 1 + (size_t)key.len > PATH_MAX_LENGTH) {
            LOG(LL_DEBUG, ("Unknown key [%s%s%.*s]", p->path, outer > 0 ? "." : "", key.len, key.ptr));
            continue;
        }
        size_t end = outer;
        if (outer > 0)
            p->path[end++] = '.';
        memcpy(p->path + end, key.ptr, (size_t)key.len);
        p->path[end + (size_t)key.len] = '\0';
        if (!parse_value(p, e, k + 1))
            return false;
        p->path[outer] = '\0';
    }
    return true;
}

static bool parse_value(struct parse *p, const struct mgos_conf_entry *e, int at)
{
    return e->type == CONF_TYPE_OBJECT ? parse_object(p, e, at) : parse_scalar(p, e, at);
}

/* --- interface ---------------------------------------------------------------------------------------- */

bool mgos_conf_parse_at(const char *path, const struct mg_str json, const char *acl,
                        const struct mgos_conf_entry *schema, void *cfg, char **error)
{
    struct parse p = {.cfg = cfg, .error = error};
    const struct mgos_conf_entry *e = mgos_conf_find_schema_entry(path, schema);
    size_t length = path ? strlen(path) : 0;

    if (error)
        *error = NULL;
    if (!e || length > PATH_MAX_LENGTH)
        return fail(&p, "invalid config key");
    if (length > 0)
        memcpy(p.path, path, length);
    int err = json_doc_parse(&p.doc, json.p, (int)json.len);
    if (err)
        return fail(&p, err == JSON_OUT_OF_MEMORY ? "insufficient memory" : "Invalid JSON");
    /* The list may be a member of the very configuration that changes. */
    char *acl_copy = heap_strdup(acl ? acl : "");
    p.acl = acl_copy;
    bool done = acl_copy ? parse_value(&p, e, 0) : fail(&p, "insufficient memory");
    heap_free(acl_copy);
    json_doc_free(&p.doc);
    return done;
}

bool mgos_conf_parse(const struct mg_str json, const char *acl, const struct mgos_conf_entry *schema,
                     void *cfg, char **error)
{
    return mgos_conf_parse_at("", json, acl, schema, cfg, error);
}
