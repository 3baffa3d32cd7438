/* mgos_http_server_init: when the server starts, when it does not, and that neither stops the board. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "mgos_config.h"
#include "mgos_http_server.h"
#include "test_board.h"
#include "test_net.h"
#include "test_world.h"

struct test_http_config test_http_config;
const char *mg_build_version = "0.1";

static int start(void **state)
{
    world_start();
    test_net_address = test_net_refusal = NULL;
    test_http_config = (struct test_http_config){.enable = 1, .listen_addr = "80", .document_root = "/"};
    return 0;
}

static void assert_not_started(const char *line)
{
    assert_true(mgos_http_server_init());
    assert_null(test_net_address);
    assert_non_null(strstr(test_log(), line));
}

static void test_disabled(void **state)
{
    test_http_config.enable = 0;
    assert_not_started("");
}

static void test_no_address(void **state)
{
    test_http_config.listen_addr = NULL;
    assert_not_started("HTTP Server disabled, listening address is empty");
}

static void test_authentication_is_refused_rather_than_ignored(void **state)
{
    test_http_config.auth_domain = "lab";
    assert_not_started("HTTP server not started: http.auth_domain or http.auth_file asks for digest "
                       "authentication, which is not implemented");
    test_http_config.auth_domain = NULL;
    test_http_config.auth_file = "users.txt";
    assert_not_started("HTTP server not started: http.auth_domain or http.auth_file");
}

/* Last: the server of the board stays. */
static void test_started(void **state)
{
    struct peer *peer = peer_plain();

    test_http_config.ssl_cert = ""; /* as good as none */
    assert_true(mgos_http_server_init());
    assert_string_equal(test_net_address, "80");
    assert_non_null(strstr(test_log(), "HTTP server started on [80]\n"));
    test_file("index.html", "page");
    test_net_connect(peer);
    peer_send_raw(peer, "GET / HTTP/1.0\r\n\r\n", 18);
    peer_run(peer);
    assert_non_null(strstr(peer_raw_received(peer), "Server: Hallmark/0.1\r\n"));
    peer_free(peer);

    assert_true(mgos_http_server_set_document_root(""));
    peer = peer_plain();
    test_net_connect(peer);
    peer_send_raw(peer, "GET / HTTP/1.0\r\n\r\n", 18);
    peer_run(peer);
    assert_non_null(strstr(peer_raw_received(peer), "404"));
    peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_disabled, start),
        cmocka_unit_test_setup(test_no_address, start),
        cmocka_unit_test_setup(test_authentication_is_refused_rather_than_ignored, start),
        cmocka_unit_test_setup(test_started, start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
