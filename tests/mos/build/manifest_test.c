/* mos.yml: the handout's manifest, and what a manifest may not be.  mongoose-os.md 5.1, 5.2 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "manifest.h"

struct world {
    struct arena arena;
    struct variables variables;
    struct manifest manifest;
    struct build_error error;
};

static struct world world;

static int begin(void **state)
{
    world = (struct world){0};
    string_map_set(&world.arena, &world.variables.values, "mos.version", "9.9");
    string_map_set(&world.arena, &world.variables.values, "mos.platform", "linux");
    string_map_set(&world.arena, &world.variables.values, "build_vars.BOARD", "nodemcu");
    return 0;
}

static int end(void **state)
{
    arena_release(&world.arena);
    return 0;
}

static bool decode(const char *text)
{
    struct yaml_node *root = yaml_parse(&world.arena, "mos.yml", text, strlen(text), &world.error);
    return root && manifest_decode(&world.arena, root, NULL, &world.variables, &world.manifest, &world.error);
}

#define VERSIONED "manifest_version: 2017-09-29\n"

static void refuses(const char *text, const char *why)
{
    memset(&world.error, 0, sizeof world.error);
    assert_false(decode(text));
    if (!strstr(world.error.text, why))
        fail_msg("expected '%s' in '%s'", why, world.error.text);
}

static void handout_manifest(void **state)
{
    struct yaml_node *root = yaml_read(&world.arena, HANDOUT, &world.error);
    assert_non_null(root);
    assert_true(manifest_decode(&world.arena, root, NULL, &world.variables, &world.manifest, &world.error));
    const struct manifest *manifest = &world.manifest;
    static const char *const libs[] = {
        "boards", "ca-bundle", "rpc-service-config", "rpc-service-fs", "rpc-service-atca", "rpc-uart",
        "atca",   "wifi",      "http-server"};
    assert_int_equal(manifest->lib_count, 9);
    for (int i = 0; i < 9; i++)
        assert_string_equal(manifest->libs[i].name, libs[i]);
    assert_string_equal(manifest->version, "1.0"); /* a text, not the number 1 */
    assert_string_equal(manifest->type, "app");
    assert_string_equal(manifest->sources.items[0], "src");
    assert_string_equal(manifest->filesystem.items[0], "fs");
    assert_string_equal(string_map_get(&manifest->build_vars, "MGOS_MBEDTLS_ENABLE_ATCA"), "1");
    assert_int_equal(manifest->schema_count, 1);
    assert_int_equal(manifest->schemas[0]->count, 12);
    assert_int_equal(manifest->warnings.count, 0);
}

static void library_names(void **state)
{
    static const char *const cases[][2] = {
        {"https://github.com/mongoose-os-libs/boards", "boards"},
        {"https://github.com/mongoose-os-libs/boards.git", "boards"},
        {"https://github.com/mongoose-os-libs/boards/", "boards"},
        {"git@github.com:someone/lib", "lib"},
        {"../near/by", "by"},
        {"bare", "bare"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(library_name_of(&world.arena, cases[i][0]), cases[i][1]);
}

static void library_forms(void **state)
{
    assert_true(decode(
        VERSIONED
        "libs:\n- location: https://x/a\n- {origin: https://x/b, name: c, version: latest}\n- name: d\n"
        "- https://x/e\n"));
    assert_int_equal(world.manifest.lib_count, 4);
    assert_string_equal(world.manifest.libs[0].name, "a");
    assert_string_equal(world.manifest.libs[1].name, "c");
    assert_string_equal(world.manifest.libs[2].name, "d");
    assert_string_equal(world.manifest.libs[3].name, "e");
    refuses(VERSIONED "libs:\n- version: 1\n", "`libs` must be a list of `location: URL`");
    refuses(VERSIONED "libs:\n- location: https://x/..\n", "mos.yml:3: `..` is no name for a library");
    refuses(VERSIONED "libs:\n- name: a/b\n", "`a/b` is no name for a library");
    refuses(VERSIONED "libs:\n- [a]\n", "mos.yml:3");
}

static void variables_are_replaced(void **state)
{
    assert_true(
        decode(VERSIONED
               "version: ${mos.version}-${build_vars.BOARD}\ncdefs: {A: \"${mos.platform}$\", B: \"${\"}\n"));
    assert_string_equal(world.manifest.version, "9.9-nodemcu");
    assert_string_equal(string_map_get(&world.manifest.cdefs, "A"), "linux$");
    assert_string_equal(string_map_get(&world.manifest.cdefs, "B"), "${");
    refuses(VERSIONED "version: ${mos.nothing}\n", "mos.yml:2: there is no variable `mos.nothing`");
}

static void conditions(void **state)
{
    assert_true(decode(VERSIONED
                       "version: a\n"
                       "sources: [one]\n"
                       "conds:\n"
                       "- {when: mos.platform == \"linux\", apply: {version: b, sources: [two]}}\n"
                       "- {when: mos.platform != \"linux\", apply: {version: c}}\n"
                       "- {when: defined(build_vars.BOARD), apply: {sources: [three]}}\n"
                       "- {when: defined(build_vars.OTHER), error: never}\n"
                       "- when: build_vars.BOARD\n"
                       "  apply:\n"
                       "    conds:\n"
                       "    - {when: build_vars.BOARD == \"nodemcu\", apply: {sources: [four]}}\n"));
    assert_string_equal(world.manifest.version, "b");
    assert_string_equal(string_list_join(&world.arena, &world.manifest.sources, " "), "one two three four");
    assert_null(world.manifest.refusal);
    refuses(VERSIONED "conds:\n- {when: a == b == c, apply: {}}\n", "cannot understand the condition");
    refuses(VERSIONED "conds:\n- {when: a < b, apply: {}}\n", "cannot understand the condition");
    refuses(VERSIONED "conds:\n- {apply: {}}\n", "`conds` must be a list of");
}

static void unknown_keys_are_warned_of(void **state)
{
    assert_true(decode(VERSIONED "sorces: [src]\nauthor: me\n"));
    assert_int_equal(world.manifest.warnings.count, 1);
    assert_string_equal(world.manifest.warnings.items[0],
                        "mos.yml:2: the key `sorces` is unknown and ignored");
}

static void yaml_that_surprises_is_refused(void **state)
{
    refuses("a: &x 1\nb: *x\n", "mos.yml:2: aliases");
    refuses("a: 1\na: 2\n", "mos.yml:2: the key `a` is there twice");
    refuses("a: 1\n---\nb: 2\n", "mos.yml:2: a second document");
    refuses("? [a]\n: b\n", "mos.yml:1: a key must be a word");
    refuses("a: \"x\\0y\"\n", "mos.yml:1: a NUL character");
    refuses("a: [1\n", "mos.yml:2");
    refuses("[a]\n", "mos.yml:1: a manifest is a map");
    refuses("a: \xff", "mos.yml:1");
    char deep[200];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refuses(deep, "nested too deeply");
    refuses("", "manifest_version is missing");
}

static void yaml_scalars(void **state)
{
    static const char text[] =
        "[true, No, 12, -7, 0x60, 0b101, 0o17, 1.5, -2e3, ~, '12', text, 1.2.3, 0x, '']";
    static const enum yaml_type types[] = {YAML_BOOL,    YAML_BOOL,    YAML_INTEGER, YAML_INTEGER,
                                           YAML_INTEGER, YAML_INTEGER, YAML_INTEGER, YAML_FLOAT,
                                           YAML_FLOAT,   YAML_NULL,    YAML_STRING,  YAML_STRING,
                                           YAML_STRING,  YAML_STRING,  YAML_STRING};
    static const long long values[] = {0, 0, 12, -7, 96, 5, 15};
    struct yaml_node *list = yaml_parse(&world.arena, "x", text, strlen(text), &world.error);
    assert_non_null(list);
    assert_int_equal(list->count, sizeof types / sizeof *types);
    for (size_t i = 0; i < list->count; i++) {
        long long value;
        assert_int_equal(yaml_type(list->items[i]), types[i]);
        if (types[i] == YAML_INTEGER) {
            assert_true(yaml_integer(list->items[i], &value));
            assert_int_equal(value, values[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(handout_manifest, begin, end),
        cmocka_unit_test_setup_teardown(library_names, begin, end),
        cmocka_unit_test_setup_teardown(library_forms, begin, end),
        cmocka_unit_test_setup_teardown(variables_are_replaced, begin, end),
        cmocka_unit_test_setup_teardown(conditions, begin, end),
        cmocka_unit_test_setup_teardown(unknown_keys_are_warned_of, begin, end),
        cmocka_unit_test_setup_teardown(yaml_that_surprises_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(yaml_scalars, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
