/* Targets and names: decoding, and what is never served. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "http_path.h"

static void assert_decodes(const char *target, const char *path, const char *query)
{
    char text[128];
    struct mg_str p, q;

    strcpy(text, target);
    assert_true(http_path_decode(text, strlen(text), &p, &q));
    assert_int_equal(p.len, strlen(path));
    assert_memory_equal(p.p, path, p.len);
    assert_int_equal(q.len, strlen(query));
    assert_memory_equal(q.p, query, q.len);
}

static void assert_is_no_path(const char *target)
{
    char text[128];
    struct mg_str p, q;

    strcpy(text, target);
    assert_false(http_path_decode(text, strlen(text), &p, &q));
}

static void test_decoding(void **state)
{
    assert_decodes("/", "/", "");
    assert_decodes("/a%20b.html", "/a b.html", "");
    assert_decodes("/a?b=c?d%20", "/a", "b=c?d%20");
    assert_decodes("/%2e%2E/x", "/../x", "");
    assert_decodes("http://board/a?q", "/a", "q");
    assert_decodes("https://board:443/", "/", "");
    assert_is_no_path("");
    assert_is_no_path("*");
    assert_is_no_path("index.html");
    assert_is_no_path("http://board");
    assert_is_no_path("/a%");
    assert_is_no_path("/a%2");
    assert_is_no_path("/a%zz");
    assert_is_no_path("/index.html%00.txt");
}

static void test_hidden_names(void **state)
{
    static const char *const hidden[] = {"conf0.json",    "conf9.json",    "CONF5.JSON", "conf9.json.try",
                                         "conf_acl.json", ".htpasswd",     "slot4.key",  "ecc.key.pem",
                                         "ECC.KEY.PEM",   "board_key.pem", "ecc.der",    "ECC.DER",
                                         "board.p8",      "board.pk8",     "board.p12",  "Board.PFX"};
    static const char *const shown[] = {"index.html",   "ecc.crt.pem", "monkey.html", "reconf.json",
                                        "keyboard.svg", "ca.pem",      "p8.html",     "der.txt",
                                        "board.crt",    "ca.cer"};

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (!http_name_is_hidden(hidden[i], NULL))
            fail_msg("%s would be served", hidden[i]);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (http_name_is_hidden(shown[i], ""))
            fail_msg("%s would not be served", shown[i]);
    assert_true(http_name_is_hidden("notes.txt", "*.txt|*.log"));
    assert_true(http_name_is_hidden("a.log", "*.txt|*.log"));
    assert_true(http_name_is_hidden("A.LOG", "*.log"));
    assert_false(http_name_is_hidden("index.html", "*.txt|*.log"));
}

static void test_content_types(void **state)
{
    assert_string_equal(http_content_type("index.html"), "text/html; charset=utf-8");
    assert_string_equal(http_content_type("LOGO.PNG"), "image/png");
    assert_string_equal(http_content_type("README"), "application/octet-stream");
    assert_string_equal(http_content_type("a.tar.verylongextension"), "application/octet-stream");
}

static void test_endpoints_above_a_path(void **state)
{
    assert_true(http_path_is_below(mg_mk_str("/api"), "/api"));
    assert_true(http_path_is_below(mg_mk_str("/api/x"), "/api"));
    assert_true(http_path_is_below(mg_mk_str("/api/x"), "/api/"));
    assert_true(http_path_is_below(mg_mk_str("/api"), "/api/"));
    assert_false(http_path_is_below(mg_mk_str("/apix"), "/api"));
    assert_false(http_path_is_below(mg_mk_str("/ap"), "/api"));
    assert_true(http_path_is_below(mg_mk_str("/anything"), "/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoding),
        cmocka_unit_test(test_hidden_names),
        cmocka_unit_test(test_content_types),
        cmocka_unit_test(test_endpoints_above_a_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
