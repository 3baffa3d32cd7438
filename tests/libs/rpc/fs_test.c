/* FS.*: mongoose-os.md 2.4. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "fake_board.h"
#include "loopback.h"
#include "rpc_service_fs.h"

static struct mg_rpc *rpc;
static struct loopback line;

static int start(void **state)
{
    (void)state;
    fake_board_start();
    rpc = loopback_start(&line);
    rpc_service_fs_add(rpc);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mg_rpc_free(rpc);
    return 0;
}

static void gives(const char *method, const char *params, const char *payload)
{
    assert_string_equal(loopback_call(&line, method, params), payload);
}

static void lists(void **state)
{
    (void)state;
    gives("FS.List", NULL, "\"result\":[]");
    fake_storage_put("a.txt", "hello");
    gives("FS.List", "{\"path\":\"/\"}", "\"result\":[\"a.txt\"]");
    gives("FS.ListExt", NULL, "\"result\":[{\"name\": \"a.txt\", \"size\": 5}]");
    gives("FS.List", "{\"path\":\"/nowhere\"}", "\"result\":[]");
    gives("FS.ListExt", "{\"path\":\"a.txt\"}", "\"result\":[]");
}

static void separates_names_with_a_comma_alone(void **state)
{
    const char *payload;

    (void)state;
    fake_storage_put("a", "1");
    fake_storage_put("b", "22");
    payload = loopback_call(&line, "FS.List", NULL);
    assert_true(strcmp(payload, "\"result\":[\"a\",\"b\"]") == 0 ||
                strcmp(payload, "\"result\":[\"b\",\"a\"]") == 0);
    payload = loopback_call(&line, "FS.ListExt", NULL);
    assert_non_null(strstr(payload, "},{\"name\": "));
}

static void gets_in_pieces(void **state)
{
    (void)state;
    fake_storage_put("a.txt", "hello");
    gives("FS.Get", "{\"filename\":\"a.txt\",\"offset\":0,\"len\":3}",
          "\"result\":{\"data\": \"aGVs\", \"left\": 2}");
    gives("FS.Get", "{\"filename\":\"a.txt\",\"offset\":3,\"len\":3}",
          "\"result\":{\"data\": \"bG8=\", \"left\": 0}");
    gives("FS.Get", "{\"filename\":\"/a.txt\"}", "\"result\":{\"data\": \"aGVsbG8=\", \"left\": 0}");
    gives("FS.Get", "{\"filename\":\"a.txt\",\"offset\":99,\"len\":3}",
          "\"result\":{\"data\": \"\", \"left\": 0}");
    gives("FS.Get", "{\"filename\":\"a.txt\",\"offset\":1,\"len\":2147483647}",
          "\"result\":{\"data\": \"ZWxsbw==\", \"left\": 0}");
}

static void get_says_what_is_wrong(void **state)
{
    (void)state;
    gives("FS.Get", NULL, "\"error\":{\"code\":400,\"message\":\"filename is required\"}");
    gives("FS.Get", "{\"filename\":5}", "\"error\":{\"code\":400,\"message\":\"filename is required\"}");
    gives("FS.Get", "{\"filename\":\"x\"}",
          "\"error\":{\"code\":400,\"message\":\"failed to open file \\\"x\\\"\"}");
    gives("FS.Get", "{\"filename\":\"x\",\"offset\":-1}",
          "\"error\":{\"code\":400,\"message\":\"illegal offset\"}");
}

static void puts_in_pieces(void **state)
{
    (void)state;
    fake_storage_put("a.txt", "something longer");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"offset\":0,\"data\":\"aGVs\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("a.txt"), "hel");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"offset\":3,\"data\":\"bG8=\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("a.txt"), "hello");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"offset\":1,\"data\":\"VQ==\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("a.txt"), "hUllo");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"append\":true,\"data\":\"IQ==\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("a.txt"), "hUllo!");
    gives("FS.Put", "{\"filename\":\"new.txt\",\"append\":true,\"data\":\"IQ==\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("new.txt"), "!");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"data\":\"IQ==\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("a.txt"), "!");
    gives("FS.Put", "{\"filename\":\"a.txt\"}", "\"result\":null");
    assert_string_equal(fake_storage_get("a.txt"), "");
}

static void put_says_what_is_wrong(void **state)
{
    (void)state;
    fake_storage_put("a.txt", "hello");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"data\":12}", "\"error\":{\"code\":400,\"message\":\"data is not a string\"}");
    gives("FS.Put", "{\"data\":\"aGVs\"}", "\"error\":{\"code\":400,\"message\":\"filename is required\"}");
    gives("FS.Put", "{\"filename\":\"none\",\"offset\":3,\"data\":\"aGVs\"}",
          "\"error\":{\"code\":400,\"message\":\"failed to open file \\\"none\\\"\"}");
    gives("FS.Put", "{\"filename\":\"a.txt\",\"offset\":6,\"data\":\"aGVs\"}",
          "\"error\":{\"code\":400,\"message\":\"failed to seek to 6\"}");
    gives("FS.Put", "{\"filename\":\"..\",\"data\":\"aGVs\"}",
          "\"error\":{\"code\":400,\"message\":\"failed to open file \\\"..\\\"\"}");
    fake_storage_set_full(true);
    gives("FS.Put", "{\"filename\":\"a.txt\",\"offset\":5,\"data\":\"aGVs\"}",
          "\"error\":{\"code\":500,\"message\":\"failed to write data\"}");
    fake_storage_set_full(false);
    assert_string_equal(fake_storage_get("a.txt"), "hello");
}

static void removes_and_renames(void **state)
{
    (void)state;
    fake_storage_put("a.txt", "hello");
    gives("FS.Rename", "{\"src\":\"a.txt\",\"dst\":\"b.txt\"}", "\"result\":null");
    assert_null(fake_storage_get("a.txt"));
    assert_string_equal(fake_storage_get("b.txt"), "hello");
    gives("FS.Rename", "{\"src\":\"a.txt\",\"dst\":\"c.txt\"}",
          "\"error\":{\"code\":500,\"message\":\"rename failed\"}");
    gives("FS.Rename", "{\"src\":\"a.txt\"}",
          "\"error\":{\"code\":400,\"message\":\"src and dst are required\"}");
    gives("FS.Remove", "{\"filename\":\"b.txt\"}", "\"result\":null");
    assert_null(fake_storage_get("b.txt"));
    gives("FS.Remove", "{\"filename\":\"b.txt\"}", "\"error\":{\"code\":500,\"message\":\"remove failed\"}");
    gives("FS.Remove", NULL, "\"error\":{\"code\":400,\"message\":\"filename is required\"}");
}

static void the_one_file_system_stays(void **state)
{
    (void)state;
    gives("FS.Mkfs", NULL, "\"error\":{\"code\":400,\"message\":\"fs_type is required\"}");
    gives("FS.Mkfs", "{\"fs_type\":\"LFS\"}", "\"error\":{\"code\":500,\"message\":\"mkfs failed\"}");
    gives("FS.Mount", "{\"path\":\"/x\"}",
          "\"error\":{\"code\":400,\"message\":\"path and fs_type is required\"}");
    gives("FS.Mount", "{\"path\":\"/x\",\"fs_type\":\"LFS\"}",
          "\"error\":{\"code\":500,\"message\":\"mount failed\"}");
    gives("FS.Umount", NULL, "\"error\":{\"code\":400,\"message\":\"path is required\"}");
    gives("FS.Umount", "{\"path\":\"/\"}", "\"error\":{\"code\":500,\"message\":\"umount failed\"}");
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(lists),
        POINT(separates_names_with_a_comma_alone),
        POINT(gets_in_pieces),
        POINT(get_says_what_is_wrong),
        POINT(puts_in_pieces),
        POINT(put_says_what_is_wrong),
        POINT(removes_and_renames),
        POINT(the_one_file_system_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
