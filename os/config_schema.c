/* Finding one's way in a configuration's schema; access; copying and freeing what it describes.
 * os/include/mgos_config_util.h */

#include "mgos_config_util.h"

#include <string.h>

#include "common/str_util.h"
#include "config_member.h"
#include "heap.h"

const struct mgos_conf_entry *config_child(const struct mgos_conf_entry *object, const char *key,
                                           size_t length)
{
    const struct mgos_conf_entry *end = object + object->num_desc;

    for (const struct mgos_conf_entry *e = object + 1; e <= end;
         e += e->type == CONF_TYPE_OBJECT ? e->num_desc + 1 : 1)
        if (strlen(e->key) == length && memcmp(e->key, key, length) == 0)
            return e;
    return NULL;
}

const struct mgos_conf_entry *mgos_conf_find_schema_entry(const char *path,
                                                          const struct mgos_conf_entry *schema)
{
    const struct mgos_conf_entry *e = schema;

    while (path && *path) {
        size_t length = strcspn(path, ".");
        e = e->type == CONF_TYPE_OBJECT ? config_child(e, path, length) : NULL;
        path += length;
        if (!e || (*path == '.' && *++path == '\0'))
            return NULL;
    }
    return e;
}

size_t config_size(const struct mgos_conf_entry *schema)
{
    size_t size = 0;

    for (int i = 1; i <= schema->num_desc; i++) {
        size_t end = schema[i].offset + sizeof(double); /* the largest member there is */
        if (schema[i].type != CONF_TYPE_OBJECT && end > size)
            size = end;
    }
    return size;
}

bool mgos_conf_copy(const struct mgos_conf_entry *schema, const void *from, void *to)
{
    bool complete = true;

    for (int i = 1; i <= schema->num_desc; i++) {
        const struct mgos_conf_entry *e = &schema[i];
        if (e->type == CONF_TYPE_OBJECT)
            continue;
        memcpy(config_member(to, e), config_member_const(from, e), config_member_size(e));
        if (e->type != CONF_TYPE_STRING)
            continue;
        const char **member = config_member(to, e);
        if (!*member || !heap_owns(*member)) /* a literal is shared */
            continue;
        *member = heap_strdup(*member);
        complete &= *member != NULL;
    }
    return complete;
}

void mgos_conf_free(const struct mgos_conf_entry *schema, void *cfg)
{
    for (int i = 1; i <= schema->num_desc; i++)
        if (schema[i].type == CONF_TYPE_STRING)
            mgos_conf_set_str(config_member(cfg, &schema[i]), NULL);
}

bool mgos_conf_set_str(const char **member, const char *value)
{
    char *copy = NULL;

    if (value && *value) {
        if (*member && strcmp(*member, value) == 0)
            return true;
        copy = heap_strdup(value);
        if (!copy)
            return false;
    }
    if (*member && heap_owns(*member))
        heap_free_secret((void *)(uintptr_t)*member); /* it may be a password */
    *member = copy;
    return true;
}

/* mongoose-os.md 4.5: the first entry that matches decides, no match is a refusal. */
bool mgos_conf_check_access(const char *path, const char *acl)
{
    while (acl && *acl) {
        struct mg_str entry = mg_strstrip(mg_mk_str_n(acl, strcspn(acl, ",")));
        acl += strcspn(acl, ",");
        acl += *acl == ',';
        bool refuses = entry.len > 0 && entry.p[0] == '-';
        if (entry.len > 0 && (entry.p[0] == '-' || entry.p[0] == '+')) {
            entry.p++;
            entry.len--;
        }
        if (mg_match_whole(entry, mg_mk_str(path)))
            return !refuses;
    }
    return false;
}
