/* Who may call what.  mongoose-os.md 1.4 */

#include "mg_rpc_acl.h"

#include <string.h>

#include "common/cs_file.h"
#include "common/str_util.h"
#include "frozen.h"
#include "heap.h"

enum verdict { NOT_CONCERNED, ALLOWED, REFUSED, NEEDS_USER, MALFORMED };

static struct mg_str string_of(const struct json_token *token)
{
    return mg_mk_str_n(token->ptr, (size_t)token->len);
}

static enum verdict judge(const struct json_token *entry, struct mg_str method, const char *ch_type)
{
    struct json_token pattern = JSON_INVALID_TOKEN, type = JSON_INVALID_TOKEN, users = JSON_INVALID_TOKEN;
    struct mg_str list;

    if (entry->type != JSON_TYPE_OBJECT_END ||
        json_scanf(entry->ptr, entry->len, "{method: %T, ch_type: %T, acl: %T}", &pattern, &type, &users) < 2)
        return MALFORMED;
    if (users.type != JSON_TYPE_STRING || (pattern.type != JSON_TYPE_STRING && type.type != JSON_TYPE_STRING))
        return MALFORMED;
    if (pattern.type == JSON_TYPE_STRING && !mg_match_whole(string_of(&pattern), method))
        return NOT_CONCERNED;
    if (type.type == JSON_TYPE_STRING && mg_strcmp(string_of(&type), mg_mk_str(ch_type)) != 0)
        return NOT_CONCERNED;

    list = string_of(&users);
    if (mg_vcmp(&list, "*") == 0 || mg_vcmp(&list, "+*") == 0)
        return ALLOWED;
    return mg_vcmp(&list, "-*") == 0 ? REFUSED : NEEDS_USER;
}

static void pass_over(void *user, const char *name, size_t name_length, const char *path,
                      const struct json_token *token)
{
    (void)user;
    (void)name;
    (void)name_length;
    (void)path;
    (void)token;
}

static bool is_json(struct mg_str text)
{
    return json_walk(text.p, (int)text.len, pass_over, NULL) > 0;
}

bool mg_rpc_acl_allows(struct mg_str acl_json, struct mg_str method, const char *ch_type, const char **why)
{
    struct json_token entry = JSON_INVALID_TOKEN;

    if (!is_json(acl_json)) {
        *why = "the RPC access list is not JSON";
        return false;
    }
    for (int i = 0; json_scanf_array_elem(acl_json.p, (int)acl_json.len, "", i, &entry) >= 0; i++) {
        switch (judge(&entry, method, ch_type)) {
        case NOT_CONCERNED:
            continue;
        case ALLOWED:
            return true;
        case REFUSED:
            *why = "the RPC access list refuses it";
            return false;
        case NEEDS_USER:
            *why = "the RPC access list asks for a user, and authentication is not implemented";
            return false;
        case MALFORMED:
            *why = "the RPC access list has an entry without acl, or without method and ch_type";
            return false;
        }
    }
    *why = "no entry of the RPC access list allows it";
    return false;
}

static bool file_allows(const char *name, struct mg_str method, const char *ch_type, const char **why)
{
    size_t size = 0;
    char *text = cs_read_file(name, &size);
    bool allowed;

    if (text == NULL) {
        *why = "the file of the RPC access list cannot be read";
        return false;
    }
    allowed = mg_rpc_acl_allows(mg_mk_str_n(text, size), method, ch_type, why);
    heap_free(text);
    return allowed;
}

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

bool mg_rpc_acl_settings_allow(const char *acl, const char *acl_file, struct mg_str method,
                               const char *ch_type, const char **why)
{
    if (!is_set(acl) && !is_set(acl_file))
        return true;
    if (is_set(acl) && is_set(acl_file)) {
        *why = "rpc.acl and rpc.acl_file are both set: unset one of them";
        return false;
    }
    if (is_set(acl_file))
        return file_allows(acl_file, method, ch_type, why);
    if (acl[0] == '@')
        return file_allows(acl + 1, method, ch_type, why);
    return mg_rpc_acl_allows(mg_mk_str(acl), method, ch_type, why);
}
