/* The configuration schema: `config_schema` lists of the platform, the libraries and the application, merged
 * into one tree. mongoose-os.md 4.1
 *
 * Entries are added in that order. A later entry of an existing path replaces it; one of two elements only
 * its default. A copy (type = path of an object) has its own defaults and shares the object's C structure, so
 * members that the object gets later appear in the copy too, and a copy gets none of its own.
 */
#ifndef MOS_BUILD_CONFIG_SCHEMA_H
#define MOS_BUILD_CONFIG_SCHEMA_H

#include "arena.h"
#include "build_error.h"
#include "yaml_tree.h"

enum config_type {
    CONFIG_OBJECT,
    CONFIG_INT,
    CONFIG_UNSIGNED,
    CONFIG_BOOL,
    CONFIG_FLOAT,
    CONFIG_DOUBLE,
    CONFIG_STRING
};

struct config_node {
    enum config_type type;
    const char *key;    /* "ssid"; "" at the root */
    const char *path;   /* "wifi.sta.ssid" */
    const char *c_name; /* "wifi_sta_ssid" */
    struct config_node *parent;
    struct config_node *copy_of;  /* objects, and members of copies: whose structure it shares */
    struct config_node **members; /* objects */
    size_t member_count;
    const struct yaml_node *params; /* {title: …}; NULL */
    bool abstract;                  /* only a type: its copies exist, it does not */
    /* the default */
    long long integer;  /* INT, UNSIGNED, BOOL */
    double number;      /* FLOAT, DOUBLE */
    const char *string; /* STRING; "" is NULL in C */
};

struct config_node *config_schema_new(struct arena *arena);

/* Adds a list of entries. Overrides of paths that do not exist are an error, unless `forgive_unknown`
 * (libraries adjust others that may not be there). */
bool config_schema_add(struct arena *arena, struct config_node *root, const struct yaml_node *list,
                       bool forgive_unknown, struct build_error *error);
/* What can only be seen when all are there: sizes, and C names that two paths share. */
bool config_schema_check(struct arena *arena, struct config_node *root, struct build_error *error);

struct config_node *config_schema_find(struct config_node *root, const char *path);
/* "i", "ui", "b", "f", "d", "s", "o" */
const char *config_type_name(enum config_type type);

#endif
