/* mgos_config.h: structures and accessors. */

#include "config_writer.h"

#include <ctype.h>
#include <string.h>

static const struct config_node *structure_of(const struct config_node *object)
{
    while (object->copy_of)
        object = object->copy_of;
    return object;
}

static const char *c_type(const struct config_node *node)
{
    static const char *const types[] = {"",       "int ",    "unsigned int ", "int ",
                                        "float ", "double ", "const char *"};
    return types[node->type];
}

static bool exists(const struct config_node *node)
{
    return !node->abstract;
}

/* --- structures, innermost first
 * ------------------------------------------------------------------------------- */

static void write_members(FILE *out, const struct config_node *object)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        if (!exists(node))
            continue;
        if (node->type == CONFIG_OBJECT)
            fprintf(out, "    struct mgos_config_%s %s;\n", structure_of(node)->c_name, node->key);
        else
            fprintf(out, "    %s%s;\n", c_type(node), node->key);
    }
}

/* `written` are the structures that are there already: a copy may come before its original in the tree. */
static void write_structures(FILE *out, const struct config_node *object, struct arena *arena,
                             struct string_list *written)
{
    object = structure_of(object);
    if (string_list_find(written, object->c_name) >= 0)
        return;
    string_list_add(arena, written, object->c_name);
    for (size_t i = 0; i < object->member_count; i++) {
        if (object->members[i]->type == CONFIG_OBJECT)
            write_structures(out, object->members[i], arena, written);
    }
    fprintf(out, "struct mgos_config%s%s {\n", object->parent ? "_" : "", object->c_name);
    write_members(out, object);
    fprintf(out, "};\n\n");
}

/* --- accessors
 * ------------------------------------------------------------------------------------------------- */

static void write_upper(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(toupper((unsigned char)*text), out);
}

static void write_macros(FILE *out, const struct config_node *node)
{
    fputs("\n#define MGOS_CONFIG_HAVE_", out);
    write_upper(out, node->c_name);
    fputs("\n#define MGOS_SYS_CONFIG_HAVE_", out);
    write_upper(out, node->c_name);
    fputc('\n', out);
}

static void write_object_accessors(FILE *out, const struct config_node *node)
{
    const char *type = structure_of(node)->c_name, *name = node->c_name, *path = node->path;
    fprintf(out,
            "static inline const struct mgos_config_%s *mgos_config_get_%s(const struct mgos_config *cfg)\n"
            "{\n    return &cfg->%s;\n}\n"
            "static inline const struct mgos_config_%s *mgos_sys_config_get_%s(void)\n"
            "{\n    return &mgos_sys_config.%s;\n}\n",
            type, name, path, type, name, path);
}

static void write_object_helpers(FILE *out, const struct config_node *node)
{
    const char *name = node->c_name;
    fprintf(out,
            "\nconst struct mgos_conf_entry *mgos_config_%s_get_schema(void);\n"
            "void mgos_config_%s_set_defaults(struct mgos_config_%s *cfg);\n"
            "bool mgos_config_%s_parse(struct mg_str json, struct mgos_config_%s *cfg);\n"
            "void mgos_config_%s_emit(const struct mgos_config_%s *cfg, bool pretty, struct json_out *out);\n"
            "bool mgos_config_%s_copy(const struct mgos_config_%s *src, struct mgos_config_%s *dst);\n"
            "void mgos_config_%s_free(struct mgos_config_%s *cfg);\n",
            name, name, name, name, name, name, name, name, name, name, name, name);
}

static void write_scalar_accessors(FILE *out, const struct config_node *node)
{
    const char *type = c_type(node), *name = node->c_name, *path = node->path;
    fprintf(
        out,
        "static inline %smgos_config_get_%s(const struct mgos_config *cfg)\n{\n    return cfg->%s;\n}\n"
        "static inline %smgos_sys_config_get_%s(void)\n{\n    return mgos_sys_config.%s;\n}\n"
        "static inline %smgos_config_get_default_%s(void)\n{\n    return mgos_config_defaults.%s;\n}\n"
        "static inline %smgos_sys_config_get_default_%s(void)\n{\n    return mgos_config_defaults.%s;\n}\n",
        type, name, path, type, name, path, type, name, path, type, name, path);
    if (node->type == CONFIG_STRING)
        fprintf(out,
                "static inline void mgos_config_set_%s(struct mgos_config *cfg, const char *v)\n"
                "{\n    mgos_conf_set_str(&cfg->%s, v);\n}\n",
                name, path);
    else
        fprintf(
            out,
            "static inline void mgos_config_set_%s(struct mgos_config *cfg, %sv)\n{\n    cfg->%s = v;\n}\n",
            name, type, path);
    fprintf(out,
            "static inline void mgos_sys_config_set_%s(%sv)\n{\n    mgos_config_set_%s(&mgos_sys_config, "
            "v);\n}\n",
            name, type, name);
}

static void write_accessors(FILE *out, const struct config_node *object)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        if (exists(node)) {
            write_macros(out, node);
            if (node->type == CONFIG_OBJECT)
                write_object_accessors(out, node);
            else
                write_scalar_accessors(out, node);
        }
        if (exists(node))
            write_accessors(out, node);
    }
}

/* Copies use those of their original; abstract objects have nothing else. */
static void write_helpers(FILE *out, const struct config_node *object)
{
    for (size_t i = 0; i < object->member_count; i++) {
        const struct config_node *node = object->members[i];
        if (node->type == CONFIG_OBJECT && !node->copy_of)
            write_object_helpers(out, node);
        write_helpers(out, node);
    }
}

void config_write_header(FILE *out, const struct config_node *root)
{
    struct arena arena = {0};
    struct string_list written = {0};
    fputs("/* Generated by `mos build` from the manifests: the configuration of this firmware. */\n"
          "#ifndef MGOS_CONFIG_H\n#define MGOS_CONFIG_H\n\n"
          "#include <stdbool.h>\n\n#include \"mgos_config_util.h\"\n\n",
          out);
    write_structures(out, root, &arena, &written);
    fputs("extern struct mgos_config mgos_sys_config;\n"
          "extern const struct mgos_config mgos_config_defaults;\n"
          "const struct mgos_conf_entry *mgos_config_schema(void);\n",
          out);
    write_accessors(out, root);
    write_helpers(out, root);
    fputs("\n#endif\n", out);
    arena_release(&arena);
}
