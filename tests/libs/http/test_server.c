/* See test_server.h. */

#include "test_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "test_board.h"

struct http_server server;
const struct http_server_options plain = {.listen_addr = ":80", .document_root = "/", .version = "1.0"};
const struct http_server_options secure = {.listen_addr = ":443",
                                           .document_root = "/",
                                           .ssl_cert = "board.crt.pem",
                                           .ssl_key = "ATCA:0",
                                           .version = "1.0"};

int test_server_start(void **state)
{
    world_start();
    ERR_clear_error();
    test_net_refusal = NULL;
    memset(&server, 0, sizeof server);
    test_file("index.html", "<h1>It works</h1>\n");
    test_file("hello.txt", "hello");
    test_file("conf9.json", "{\"mqtt\": {\"pass\": \"secret\"}}");
    test_file("board.key.pem", "-----BEGIN EC PRIVATE KEY-----");
    return 0;
}

int test_server_stop(void **state)
{
    http_server_stop(&server);
    assert_int_equal(test_timers_pending(), 0);
    return 0;
}

const char *ask(const char *request)
{
    static char answer[65536];
    struct peer *peer = peer_plain();

    test_net_connect(peer);
    peer_send_raw(peer, request, strlen(request));
    peer_run(peer);
    snprintf(answer, sizeof answer, "%s", peer_raw_received(peer));
    test_advance_ms(1000); /* the time for draining */
    assert_true(peer_wire_closed(peer));
    peer_free(peer);
    return answer;
}

const char *get(const char *path)
{
    char request[256];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: board\r\n\r\n", path);
    return ask(request);
}
