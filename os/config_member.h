/* Members of a configuration by their schema entries: for the files that implement mgos_config_util.h. */
#ifndef OS_CONFIG_MEMBER_H
#define OS_CONFIG_MEMBER_H

#include "mgos_config_util.h"

static inline void *config_member(void *cfg, const struct mgos_conf_entry *entry)
{
    return (char *)cfg + entry->offset;
}

static inline const void *config_member_const(const void *cfg, const struct mgos_conf_entry *entry)
{
    return (const char *)cfg + entry->offset;
}

static inline size_t config_member_size(const struct mgos_conf_entry *entry)
{
    switch (entry->type) {
    case CONF_TYPE_DOUBLE:
        return sizeof(double);
    case CONF_TYPE_FLOAT:
        return sizeof(float);
    case CONF_TYPE_STRING:
        return sizeof(char *);
    default:
        return sizeof(int);
    }
}

/* The member of `object` called `key`, NULL if there is none. */
const struct mgos_conf_entry *config_child(const struct mgos_conf_entry *object, const char *key,
                                           size_t length);
/* Room that every configuration of this schema fits in. */
size_t config_size(const struct mgos_conf_entry *schema);

#endif
