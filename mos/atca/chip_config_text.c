/* The configuration zone in files: YAML, JSON, hex.  mongoose-os.md 3.13, 3.14 */

#include "chip_config_text.h"

#include "hex_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static bool has_suffix(const char *path, const char *suffix)
{
    size_t length = path ? strlen(path) : 0;

    return length > strlen(suffix) && strcasecmp(path + length - strlen(suffix), suffix) == 0;
}

int chip_config_format(const char *format, const char *path, enum chip_config_format *which, char *why,
                       size_t why_size)
{
    bool given = format && *format;

    if (given ? !strcasecmp(format, "yaml") || !strcasecmp(format, "yml")
              : has_suffix(path, ".yml") || has_suffix(path, ".yaml")) {
        *which = CHIP_CONFIG_YAML;
    } else if (given ? !strcasecmp(format, "json") : has_suffix(path, ".json")) {
        *which = CHIP_CONFIG_JSON;
    } else if (!given || !strcasecmp(format, "hex")) {
        *which = CHIP_CONFIG_HEX;
    } else {
        snprintf(why, why_size, "--format=%s: expected yaml, json or hex", format);
        return -1;
    }
    return 0;
}

/* ---- printing ---- */

static void print_yaml_scalar(FILE *file, const char *name, const json_t *value)
{
    if (json_is_string(value) && strcmp(name, "serialnum") == 0)
        fprintf(file, "\"%s\"\n",
                json_string_value(value)); /* it may consist of decimal digits, and is no number */
    else if (json_is_string(value))
        fprintf(file, "%s\n", json_string_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true\n" : "false\n", file);
    else if (chip_config_is_hex(name))
        fprintf(file, "0x%llx\n", (unsigned long long)json_integer_value(value));
    else
        fprintf(file, "%lld\n", (long long)json_integer_value(value));
}

static void print_yaml(FILE *file, json_t *object, int depth, bool in_list)
{
    const char *name;
    json_t *value, *item;
    size_t i;

    json_object_foreach(object, name, value)
    {
        fprintf(file, "%*s%s:", in_list ? 0 : 2 * depth, "", name);
        in_list = false; /* only the first name stands beside the dash */
        if (json_is_object(value)) {
            fputc('\n', file);
            print_yaml(file, value, depth + 1, false);
        } else if (json_is_array(value)) {
            fputc('\n', file);
            json_array_foreach(value, i, item)
            {
                fprintf(file, "%*s- ", 2 * depth, "");
                print_yaml(file, item, depth + 1, true);
            }
        } else {
            fputc(' ', file);
            print_yaml_scalar(file, name, value);
        }
    }
}

int chip_config_print(FILE *file, const uint8_t bytes[CHIP_CONFIG_SIZE], enum chip_config_format format)
{
    json_t *tree;

    if (format == CHIP_CONFIG_HEX) {
        hex_text_print(file, bytes, CHIP_CONFIG_SIZE, 4);
        return 0;
    }
    tree = chip_config_to_tree(bytes);
    if (!tree)
        return -1;
    if (format == CHIP_CONFIG_YAML) {
        print_yaml(file, tree, 0, false);
    } else {
        json_dumpf(tree, file, JSON_INDENT(2));
        fputc('\n', file);
    }
    json_decref(tree);
    return 0;
}

/* ---- YAML to tree ---- */

/* A zone has 400 values; aliases could make a short file stand for any number of them. */
enum { MAX_NODES = 4000, MAX_DEPTH = 8 };

static json_t *yaml_scalar(const yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;
    char *end;
    long long number;

    if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        if (strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0)
            return json_true();
        if (strcasecmp(text, "false") == 0 || strcasecmp(text, "no") == 0)
            return json_false();
        errno = 0;
        number = strtoll(text, &end, 0);
        if (end != text && *end == '\0' && errno == 0)
            return json_integer(number);
    }
    return json_string(text); /* NULL if it is no UTF-8 */
}

static json_t *yaml_to_tree(yaml_document_t *document, const yaml_node_t *node, int depth, int *nodes)
{
    json_t *tree;
    bool ok = true;

    if (!node || depth > MAX_DEPTH || ++*nodes > MAX_NODES)
        return NULL;
    if (node->type == YAML_SCALAR_NODE)
        return yaml_scalar(node);
    if (node->type == YAML_SEQUENCE_NODE) {
        tree = json_array();
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             ok && item < node->data.sequence.items.top; item++)
            ok = json_array_append_new(tree, yaml_to_tree(document, yaml_document_get_node(document, *item),
                                                          depth + 1, nodes)) == 0;
    } else {
        tree = json_object();
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             ok && pair < node->data.mapping.pairs.top; pair++) {
            const yaml_node_t *key = yaml_document_get_node(document, pair->key);

            ok = key && key->type == YAML_SCALAR_NODE &&
                 json_object_set_new(tree, (const char *)key->data.scalar.value,
                                     yaml_to_tree(document, yaml_document_get_node(document, pair->value),
                                                  depth + 1, nodes)) == 0;
        }
    }
    if (ok)
        return tree;
    json_decref(tree);
    return NULL;
}

static json_t *parse_yaml(const char *text, size_t length, char *why, size_t why_size)
{
    yaml_parser_t parser;
    yaml_document_t document;
    json_t *tree = NULL;
    int nodes = 0;

    if (!yaml_parser_initialize(&parser)) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    if (yaml_parser_load(&parser, &document)) {
        tree = yaml_to_tree(&document, yaml_document_get_root_node(&document), 0, &nodes);
        if (!tree)
            snprintf(why, why_size, "it is no list of named values, or far too deep or long for one");
        yaml_document_delete(&document);
    } else {
        snprintf(why, why_size, "line %zu: %s", parser.problem_mark.line + 1,
                 parser.problem ? parser.problem : "not YAML");
    }
    yaml_parser_delete(&parser);
    return tree;
}

/* ---- parsing ---- */

static int parse_hex(const char *text, size_t length, uint8_t *bytes, char *why, size_t why_size)
{
    size_t count;

    if (hex_text_parse(text, length, bytes, CHIP_CONFIG_SIZE, &count, why, why_size))
        return -1;
    if (count != CHIP_CONFIG_SIZE) {
        snprintf(why, why_size, "expected %d bytes, got %zu", CHIP_CONFIG_SIZE, count);
        return -1;
    }
    return 0;
}

int chip_config_parse(const char *text, size_t length, enum chip_config_format format,
                      uint8_t bytes[CHIP_CONFIG_SIZE], char *why, size_t why_size)
{
    json_error_t error;
    json_t *tree;
    int status;

    if (format == CHIP_CONFIG_HEX)
        return parse_hex(text, length, bytes, why, why_size);
    if (format == CHIP_CONFIG_YAML) {
        tree = parse_yaml(text, length, why, why_size);
    } else {
        tree = json_loadb(text, length, 0, &error);
        if (!tree)
            snprintf(why, why_size, "line %d: %s", error.line, error.text);
    }
    if (!tree)
        return -1;
    status = chip_config_from_tree(tree, bytes, why, why_size);
    json_decref(tree);
    return status;
}
