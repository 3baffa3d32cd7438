/* Who may call what: mongoose-os.md 1.4. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "fake_board.h"
#include "mg_rpc_acl.h"

static const char *why;

static int start(void **state)
{
    (void)state;
    fake_board_start();
    why = "";
    return 0;
}

static bool allows(const char *acl, const char *method, const char *type)
{
    return mg_rpc_acl_settings_allow(acl, NULL, mg_mk_str(method), type, &why);
}

static void without_list_everything_is_allowed(void **state)
{
    (void)state;
    assert_true(allows(NULL, "FS.Put", "UART"));
    assert_true(allows("", "FS.Put", "UART"));
}

static void the_first_match_decides(void **state)
{
    static const char list[] = "[{\"method\":\"FS.Get\",\"acl\":\"*\"},{\"method\":\"FS.*\",\"acl\":\"-*\"},"
                               "{\"method\":\"**\",\"ch_type\":\"UART\",\"acl\":\"+*\"}]";

    (void)state;
    assert_true(allows(list, "FS.Get", "HTTP"));
    assert_false(allows(list, "FS.Put", "UART"));
    assert_string_equal(why, "the RPC access list refuses it");
    assert_true(allows(list, "Sys.Reboot", "UART"));
    assert_false(allows(list, "Sys.Reboot", "HTTP"));
    assert_string_equal(why, "no entry of the RPC access list allows it");
}

static void channel_types_are_compared_exactly(void **state)
{
    static const char list[] = "[{\"ch_type\":\"UART\",\"acl\":\"*\"}]";

    (void)state;
    assert_true(allows(list, "FS.Get", "UART"));
    assert_false(allows(list, "FS.Get", "uart"));
}

/* Authentication is not implemented, so nobody is the user that is asked for. */
static void a_list_of_users_lets_nobody_in(void **state)
{
    (void)state;
    assert_false(allows("[{\"method\":\"*\",\"acl\":\"joe\"}]", "FS.Get", "UART"));
    assert_string_equal(why, "the RPC access list asks for a user, and authentication is not implemented");
    assert_false(allows("[{\"method\":\"*\",\"acl\":\"-joe,+*\"}]", "FS.Get", "UART"));
}

static void a_list_that_cannot_be_read_lets_nobody_in(void **state)
{
    static const char *const bad[] = {
        "nonsense",
        "[",
        "{}",
        "[]",
        "[1]",
        "[{\"method\":\"*\"}]",
        "[{\"acl\":\"*\"}]",
        "[{\"method\":1,\"acl\":\"*\"}]",
        "[{\"method\":\"*\",\"acl\":true}]",
        "[{\"method\":\"*\",\"acl\":\"*\"}",
        "@missing.json",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (allows(bad[i], "FS.Get", "UART"))
            fail_msg("%s lets everybody in", bad[i]);
    }
    assert_false(mg_rpc_acl_settings_allow("[{\"method\":\"*\",\"acl\":\"*\"}]", "acl.json",
                                           mg_mk_str("FS.Get"), "UART", &why));
    assert_string_equal(why, "rpc.acl and rpc.acl_file are both set: unset one of them");
}

static void the_list_may_be_a_file(void **state)
{
    (void)state;
    fake_storage_put("acl.json", "[{\"method\":\"RPC.*\",\"acl\":\"*\"}]");
    assert_true(allows("@acl.json", "RPC.List", "UART"));
    assert_false(allows("@acl.json", "FS.List", "UART"));
    assert_true(mg_rpc_acl_settings_allow(NULL, "acl.json", mg_mk_str("RPC.List"), "UART", &why));
    assert_false(mg_rpc_acl_settings_allow(NULL, "other.json", mg_mk_str("RPC.List"), "UART", &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_list_everything_is_allowed, start),
        cmocka_unit_test_setup(the_first_match_decides, start),
        cmocka_unit_test_setup(channel_types_are_compared_exactly, start),
        cmocka_unit_test_setup(a_list_of_users_lets_nobody_in, start),
        cmocka_unit_test_setup(a_list_that_cannot_be_read_lets_nobody_in, start),
        cmocka_unit_test_setup(the_list_may_be_a_file, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
