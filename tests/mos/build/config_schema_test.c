/* Merging configuration schemas, and the C that comes of it.  mongoose-os.md 4.1, 4.2 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_writer.h"

static struct arena arena;
static struct build_error error;
static struct config_node *root;

static int begin(void **state)
{
    arena = (struct arena){0};
    error = (struct build_error){{0}};
    root = config_schema_new(&arena);
    return 0;
}

static int end(void **state)
{
    arena_release(&arena);
    return 0;
}

static bool add(const char *entries, bool is_library)
{
    struct yaml_node *list = yaml_parse(&arena, "mos.yml", entries, strlen(entries), &error);
    return list && config_schema_add(&arena, root, list, is_library, &error);
}

static void accepts(const char *entries)
{
    error.text[0] = '\0';
    if (!add(entries, false))
        fail_msg("%s", error.text);
}

static void refuses(const char *entries, const char *why)
{
    error.text[0] = '\0';
    assert_false(add(entries, false));
    if (!strstr(error.text, why))
        fail_msg("expected '%s' in '%s'", why, error.text);
}

static struct config_node *at(const char *path)
{
    struct config_node *node = config_schema_find(root, path);
    if (!node)
        fail_msg("there is no %s", path);
    return node;
}

static void definitions(void **state)
{
    accepts("[[\"a.b.c\", \"i\", {title: T}], [a.b.d, s, \"x\", {}], [a.e, b, {}], [a.f, d, 2.5, {}], [a.g, "
            "ui, 4294967295, {}], "
            "[a.h, f, -1, {}], [a.i, i, -0x10, {}]]");
    assert_int_equal(at("a")->type, CONFIG_OBJECT); /* parents come by themselves */
    assert_int_equal(at("a.b.c")->integer, 0);
    assert_string_equal(at("a.b.d")->string, "x");
    assert_int_equal(at("a.e")->integer, 0);
    assert_true(at("a.f")->number == 2.5);
    assert_int_equal(at("a.g")->integer, 4294967295);
    assert_true(at("a.h")->number == -1);
    assert_int_equal(at("a.i")->integer, -16);
    assert_string_equal(at("a.b.c")->c_name, "a_b_c");
}

static void overrides(void **state)
{
    accepts("[[debug.level, i, 2, {}], [debug.on, b, {}]]");
    accepts("[[debug.level, 3], [debug.on, true]]");
    assert_int_equal(at("debug.level")->integer, 3);
    assert_int_equal(at("debug.on")->integer, 1);
    refuses("[[http.enable, true]]", "mos.yml:1: `http.enable` is no configuration key of this firmware");
    error.text[0] = '\0';
    assert_true(add("[[http.enable, true]]", true)); /* libraries adjust what may not be there */
}

static void redefinition_replaces(void **state)
{
    accepts("[[sys.atca.enable, b, false, {title: Old}], [x, i, 5, {}]]");
    accepts("[[sys.atca.enable, b, true, {title: New}], [x, s, {}]]");
    assert_int_equal(at("sys.atca.enable")->integer, 1);
    assert_string_equal(yaml_get(at("sys.atca.enable")->params, "title")->text, "New");
    assert_int_equal(at("x")->type, CONFIG_STRING);
    assert_string_equal(at("x")->string, "");
    refuses("[[sys.atca, i, {}]]", "`sys.atca` is already there with type \"o\"");
    refuses("[[x.y, i, {}]]", "`x` is already there with type \"s\"");
}

static void copies(void **state)
{
    accepts("[[mqtt, o, {}], [mqtt.enable, b, true, {}], [mqtt.tls.cert, s, \"c\", {}], [mqtt1, mqtt, "
            "{title: Second}], [mqtt1.enable, false]]");
    assert_int_equal(at("mqtt.enable")->integer, 1);
    assert_int_equal(at("mqtt1.enable")->integer, 0);
    assert_string_equal(at("mqtt1.tls.cert")->string, "c");
    assert_ptr_equal(at("mqtt1")->copy_of, at("mqtt"));
    /* A member that comes later comes into the copy too; a copy of a copy as well. */
    accepts("[[mqtt2, mqtt1, {}], [mqtt.late, i, 7, {}]]");
    assert_int_equal(at("mqtt1.late")->integer, 7);
    assert_int_equal(at("mqtt2.late")->integer, 7);
    refuses("[[mqtt1.own, i, {}]]", "`mqtt1` is a copy of `mqtt`, add it there");
    refuses("[[mqtt3, nothing, {}]]", "neither i, ui, b, f, d, s, o nor the path of an object");
    refuses("[[mqtt.inner, mqtt, {}]]", "holds what it is in");
    refuses("[[mqtt1, mqtt, {}]]", "is already there");
    refuses("[[mqtt1.enable, i, {}]]", "`mqtt1.enable` is already there with type \"b\"");
}

static void copies_that_contain_each_other(void **state)
{
    accepts("[[a.x, i, {}], [c.y, i, {}], [a.b, c, {}]]");
    refuses("[[c.d, a, {}]]", "holds what it is in");
}

static void copies_do_not_explode(void **state)
{
    char entries[4096] = "[[a0.x, i, {}]";
    for (int i = 1; i < 30; i++) {
        size_t length = strlen(entries);
        snprintf(entries + length, sizeof entries - length, ", [a%d.l, a%d, {}], [a%d.r, a%d, {}]", i, i - 1,
                 i, i - 1);
    }
    strcat(entries, "]");
    refuses(entries, "more than 4096 keys");
}

static void wrong_types(void **state)
{
    accepts("[[i, i, {}], [u, ui, {}], [b, b, {}], [d, d, {}], [f, f, {}], [s, s, {}], [o, o, {}]]");
    refuses("[[i, \"5\"]]", "mos.yml:1: i: Invalid default value type: `5` where \"i\" wants a whole number");
    refuses("[[i, 2147483648]]", "i: Invalid default value type");
    refuses("[[i, 1.5]]", "i: Invalid default value type");
    refuses("[[i, true]]", "i: Invalid default value type");
    refuses("[[u, -1]]", "u: Invalid default value type");
    refuses("[[u, 4294967296]]", "u: Invalid default value type");
    refuses("[[b, 1]]", "wants true or false");
    refuses("[[d, x]]", "wants a number");
    refuses("[[f, 1e300]]", "wants a number");
    refuses("[[s, 80]]", "wants a text in quotes");
    refuses("[[s, [a]]]", "Invalid default value type: `a list or map`");
    refuses("[[o, 1]]", "Invalid default value type");
    refuses("[[p, o, 5, {}]]", "is an object and has no default");
    accepts("[[i, -2147483648], [i, 2147483647], [u, 0], [d, 5], [s, \"80\"], [s, word]]");
}

static void malformed_entries(void **state)
{
    refuses("[[a]]", "Invalid entry length: 1 (entry: a)");
    refuses("[[]]", "Invalid entry length: 0 (entry: ?)");
    refuses("[[a, i, 1, {}, 5]]", "Invalid entry length: 5 (entry: a)");
    refuses("[a]", "an entry of config_schema is a list");
    refuses("[[a, i, 5]]", "an entry is [key, type, {title: …}]");
    refuses("[[[a], i, {}]]", "begins with its key");
    refuses("[[a b, i, {}]]", "is no name for a configuration key");
    refuses("[[a..b, i, {}]]", "is no name for a configuration key");
    refuses("[[\"\", i, {}]]", "is no name for a configuration key");
    refuses("[[1a, i, {}]]", "is no name for a configuration key");
    refuses("[[a.int, i, {}]]", "int is a word of C or C++");
    refuses("[[xor_eq, i, {}]]", "xor_eq is a word of C or C++");
    refuses("[[a.b, o, {abstract: true}]]", "cannot be abstract: only objects at the top can");
}

static void names_that_collide_in_c(void **state)
{
    accepts("[[a.b_c, i, {}], [a_b.c, i, {}]]");
    assert_false(config_schema_check(&arena, root, &error));
    assert_non_null(strstr(error.text, "`a.b_c` and `a_b.c` have the same name in C"));
}

static char *text_of(void (*write)(FILE *, const struct config_node *))
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    write(stream, root);
    fclose(stream);
    char *kept = arena_copy(&arena, text, length);
    free(text);
    return kept;
}

static void contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("there is no '%s' in:\n%s", part, text ? text : "nothing");
}

static void generated_names(void **state)
{
    accepts("[[wifi.sta.ssid, s, \"IoT\", {}], [wifi.sta.channel, i, 6, {}], [wifi.sta1, wifi.sta, {}], "
            "[kind, o, {abstract: true}], "
            "[kind.x, i, {}], [kind1, kind, {}]]");
    assert_true(config_schema_check(&arena, root, &error));
    char *header = text_of(config_write_header), *source = text_of(config_write_source);
    contains(header, "struct mgos_config_wifi_sta {\n    const char *ssid;\n    int channel;\n};");
    contains(header, "struct mgos_config_wifi {\n    struct mgos_config_wifi_sta sta;\n    struct "
                     "mgos_config_wifi_sta sta1;\n};");
    contains(
        header,
        "struct mgos_config {\n    struct mgos_config_wifi wifi;\n    struct mgos_config_kind kind1;\n};");
    contains(header, "const char *mgos_sys_config_get_wifi_sta_ssid(void)");
    contains(header, "const struct mgos_config_wifi_sta *mgos_sys_config_get_wifi_sta1(void)");
    contains(header, "int mgos_sys_config_get_default_wifi_sta1_channel(void)");
    contains(header, "void mgos_sys_config_set_wifi_sta_ssid(const char *v)");
    contains(header, "mgos_conf_set_str(&cfg->wifi.sta.ssid, v);");
    contains(header, "#define MGOS_CONFIG_HAVE_WIFI_STA_SSID");
    contains(header, "#define MGOS_SYS_CONFIG_HAVE_WIFI_STA1_CHANNEL");
    contains(header, "bool mgos_config_wifi_sta_copy(");
    contains(header, "void mgos_config_kind_free(");
    assert_null(strstr(header, "get_kind_x")); /* abstract: a type without instance */
    contains(source, "{CONF_TYPE_OBJECT, \"\", 0, 9},");
    contains(source, "{CONF_TYPE_OBJECT, \"sta\", offsetof(struct mgos_config, wifi.sta), 2},");
    contains(source, "{CONF_TYPE_STRING, \"ssid\", offsetof(struct mgos_config, wifi.sta.ssid), 0},");
    contains(source, "{CONF_TYPE_INT, \"channel\", offsetof(struct mgos_config_wifi_sta, channel), 0},");
}

static void strings_in_c(void **state)
{
    accepts("[[s, s, \"a\\\"b\\\\c?"
            "?)\\n\\u00e9\", {}], [e, s, \"\", {}]]");
    contains(text_of(config_write_source), ".s = \"a\\\"b\\\\c\\?\\?)\\012\\303\\251\",");
    contains(text_of(config_write_source), ".e = NULL,");
}

static void schema_as_json(void **state)
{
    accepts("[[a.b, i, 5, {title: T}], [c, s, \"x\", {}]]");
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    assert_true(config_write_json(stream, root));
    fclose(stream);
    assert_string_equal(text, "[\n  [\"a\", \"o\", {}],\n  [\"a.b\", \"i\", 5, {\"title\": \"T\"}],\n  "
                              "[\"c\", \"s\", \"x\", {}]\n]\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(definitions, begin, end),
        cmocka_unit_test_setup_teardown(overrides, begin, end),
        cmocka_unit_test_setup_teardown(redefinition_replaces, begin, end),
        cmocka_unit_test_setup_teardown(copies, begin, end),
        cmocka_unit_test_setup_teardown(copies_that_contain_each_other, begin, end),
        cmocka_unit_test_setup_teardown(copies_do_not_explode, begin, end),
        cmocka_unit_test_setup_teardown(wrong_types, begin, end),
        cmocka_unit_test_setup_teardown(malformed_entries, begin, end),
        cmocka_unit_test_setup_teardown(names_that_collide_in_c, begin, end),
        cmocka_unit_test_setup_teardown(generated_names, begin, end),
        cmocka_unit_test_setup_teardown(strings_in_c, begin, end),
        cmocka_unit_test_setup_teardown(schema_as_json, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
