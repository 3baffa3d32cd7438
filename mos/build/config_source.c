/* mgos_config.c: the defaults, the schema tables, the functions of each object. mgos_config_schema.json. */

#include "config_writer.h"

#include <jansson.h>
#include <string.h>

void c_write_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\' || *c == '?') /* ? : trigraphs */
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c >= 0x7F)
            fprintf(out, "\\%03o", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

/* --- defaults
 * -------------------------------------------------------------------------------------------------- */

static void write_default(FILE *out, const struct config_node *node)
{
    switch (node->type) {
    case CONFIG_INT:
    case CONFIG_BOOL:
        fprintf(out, "%lld", node->integer);
        break;
    case CONFIG_UNSIGNED:
        fprintf(out, "%lluu", (unsigned long long)node->integer);
        break;
    case CONFIG_FLOAT:
        fprintf(out, "(float)%.17g", node->number);
        break;
    case CONFIG_DOUBLE:
        fprintf(out, "%.17g", node->number);
        break;
    default:
        if (node->string[0] == '\0')
            fputs("NULL", out);
        else
            c_write_string(out, node->string);
    }
}

static void write_defaults(FILE *out, const struct config_node *object, int depth)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        if (node->abstract)
            continue;
        fprintf(out, "%*s.%s = ", 4 * depth, "", node->key);
        if (node->type == CONFIG_OBJECT) {
            fputs("{\n", out);
            write_defaults(out, node, depth + 1);
            fprintf(out, "%*s},\n", 4 * depth, "");
        } else {
            write_default(out, node);
            fputs(",\n", out);
        }
    }
}

/* --- schema tables
 * --------------------------------------------------------------------------------------------- */

static unsigned count_entries(const struct config_node *object)
{
    unsigned count = 0;
    for (size_t i = 0; i < object->member_count; i++) {
        if (!object->members[i]->abstract)
            count += 1 + count_entries(object->members[i]);
    }
    return count;
}

static const char *table_type(enum config_type type)
{
    static const char *const types[] = {"OBJECT", "INT", "UNSIGNED_INT", "BOOL", "FLOAT", "DOUBLE", "STRING"};
    return types[type];
}

/* `prefix` is the path of the table's own object: offsets count from it. */
static void write_entries(FILE *out, const struct config_node *object, const char *structure, size_t prefix)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        if (node->abstract)
            continue;
        fprintf(out, "    {CONF_TYPE_%s, \"%s\", offsetof(struct %s, %s), %u},\n", table_type(node->type),
                node->key, structure, node->path + prefix, count_entries(node));
        write_entries(out, node, structure, prefix);
    }
}

static void write_table(FILE *out, const struct config_node *object, const char *structure, const char *name)
{
    fprintf(out, "static const struct mgos_conf_entry %s[] = {\n    {CONF_TYPE_OBJECT, \"\", 0, %u},\n", name,
            count_entries(object));
    write_entries(out, object, structure, object->parent ? strlen(object->path) + 1 : 0);
    fputs("};\n\n", out);
}

/* --- objects
 * --------------------------------------------------------------------------------------------------- */

static void write_defaults_of_object(FILE *out, const struct config_node *node)
{
    fprintf(out,
            "void mgos_config_%s_set_defaults(struct mgos_config_%s *cfg)\n{\n"
            "    static const struct mgos_config_%s defaults = {\n",
            node->c_name, node->c_name, node->c_name);
    write_defaults(out, node, 2);
    fputs("    };\n    *cfg = defaults;\n}\n\n", out);
}

static void write_object(FILE *out, struct arena *arena, const struct config_node *node)
{
    const char *name = node->c_name;
    const char *table = arena_format(arena, "schema_of_%s", name);
    write_table(out, node, arena_format(arena, "mgos_config_%s", name), table);
    fprintf(out, "const struct mgos_conf_entry *mgos_config_%s_get_schema(void)\n{\n    return %s;\n}\n\n",
            name, table);
    write_defaults_of_object(out, node);
    fprintf(out,
            "bool mgos_config_%s_parse(struct mg_str json, struct mgos_config_%s *cfg)\n{\n"
            "    char *error = NULL;\n"
            "    bool parsed = mgos_conf_parse(json, \"*\", %s, cfg, &error);\n"
            "    heap_free(error);\n"
            "    return parsed;\n}\n\n",
            name, name, table);
    fprintf(
        out,
        "void mgos_config_%s_emit(const struct mgos_config_%s *cfg, bool pretty, struct json_out *out)\n{\n"
        "    mgos_conf_emit(cfg, NULL, %s, %s, pretty, out);\n}\n\n",
        name, name, table, table);
    fprintf(out,
            "bool mgos_config_%s_copy(const struct mgos_config_%s *src, struct mgos_config_%s *dst)\n{\n"
            "    return mgos_conf_copy(%s, src, dst);\n}\n\n",
            name, name, name, table);
    fprintf(out,
            "void mgos_config_%s_free(struct mgos_config_%s *cfg)\n{\n    mgos_conf_free(%s, cfg);\n}\n\n",
            name, name, table);
}

static void write_objects(FILE *out, struct arena *arena, const struct config_node *object)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        if (node->type != CONFIG_OBJECT)
            continue;
        if (!node->copy_of)
            write_object(out, arena, node);
        write_objects(out, arena, node);
    }
}

void config_write_source(FILE *out, const struct config_node *root)
{
    struct arena arena = {0};
    fputs("/* Generated by `mos build` from the manifests: defaults and schema of the configuration. */\n\n"
          "#include \"mgos_config.h\"\n\n#include <stddef.h>\n\n#include \"heap.h\"\n\n"
          "struct mgos_config mgos_sys_config;\n\n"
          "const struct mgos_config mgos_config_defaults = {\n",
          out);
    write_defaults(out, root, 1);
    fputs("};\n\n", out);
    write_table(out, root, "mgos_config", "schema");
    fputs("const struct mgos_conf_entry *mgos_config_schema(void)\n{\n    return schema;\n}\n\n", out);
    write_objects(out, &arena, root);
    arena_release(&arena);
}

/* --- mgos_config_schema.json
 * ----------------------------------------------------------------------------------- */

static json_t *json_of_scalar(const struct yaml_node *scalar)
{
    long long integer;
    switch (yaml_type(scalar)) {
    case YAML_NULL:
        return json_null();
    case YAML_BOOL:
        return json_boolean(yaml_bool(scalar));
    case YAML_INTEGER:
        return yaml_integer(scalar, &integer) ? json_integer(integer) : json_string(scalar->text);
    case YAML_FLOAT:
        return json_real(yaml_number(scalar));
    default:
        return json_string(scalar->text);
    }
}

static json_t *json_of(const struct yaml_node *node)
{
    if (!node)
        return json_object();
    if (node->kind == YAML_SCALAR)
        return json_of_scalar(node);
    json_t *value = node->kind == YAML_LIST ? json_array() : json_object();
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_LIST)
            json_array_append_new(value, json_of(node->items[i]));
        else
            json_object_set_new(value, node->keys[i], json_of(node->items[i]));
    }
    return value;
}

static json_t *json_of_default(const struct config_node *node)
{
    switch (node->type) {
    case CONFIG_INT:
    case CONFIG_UNSIGNED:
        return json_integer(node->integer);
    case CONFIG_BOOL:
        return json_boolean(node->integer);
    case CONFIG_FLOAT:
    case CONFIG_DOUBLE:
        return json_real(node->number);
    default:
        return json_string(node->string);
    }
}

static void add_json_entries(json_t *list, const struct config_node *object)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        json_t *entry = json_pack("[s,s]", node->path, config_type_name(node->type));
        if (node->type != CONFIG_OBJECT)
            json_array_append_new(entry, json_of_default(node));
        json_array_append_new(entry, json_of(node->params));
        json_array_append_new(list, entry);
        add_json_entries(list, node);
    }
}

bool config_write_json(FILE *out, const struct config_node *root)
{
    json_t *list = json_array();
    add_json_entries(list, root);
    fputs("[", out);
    size_t i;
    json_t *entry;
    bool written = true;
    json_array_foreach(list, i, entry)
    {
        fputs(i > 0 ? ",\n  " : "\n  ", out);
        written = json_dumpf(entry, out, 0) == 0 && written;
    }
    fputs("\n]\n", out);
    json_decref(list);
    return written;
}
