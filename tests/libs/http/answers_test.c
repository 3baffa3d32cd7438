/* The answers of the server, byte by byte: headers, refusals, and those of endpoints. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "heap.h"
#include "test_board.h"
#include "test_server.h"

static void test_the_whole_answer(void **state)
{
    http_server_start(&server, &plain);
    assert_string_equal(test_net_address, ":80");
    assert_says(test_log(), "HTTP server started on [:80]\n");
    assert_string_equal(get("/"), "HTTP/1.1 200 OK\r\n"
                                  "Server: Hallmark/1.0\r\n"
                                  "Content-Type: text/html; charset=utf-8\r\n"
                                  "Content-Length: 18\r\n"
                                  "X-Content-Type-Options: nosniff\r\n"
                                  "Connection: close\r\n"
                                  "\r\n"
                                  "<h1>It works</h1>\n");
    assert_says(test_log(), "HTTP connection from 10.33.33.254:55318\n");
    assert_says(test_log(), " GET /\n");
}

static void test_methods(void **state)
{
    http_server_start(&server, &plain);
    assert_says(ask("DELETE /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n"), "405 Method Not Allowed");
    assert_says(ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"), "Allow: GET, HEAD\r\n");
}

static void test_bad_requests_get_a_sentence(void **state)
{
    static char cookie[5000];

    http_server_start(&server, &plain);
    assert_says(ask("nonsense\r\n\r\n"), "HTTP/1.1 400 Bad Request\r\n");
    assert_says(ask("GET / HTTP/1.1\r\n\r\n"), "400 Bad Request: HTTP/1.1 requires a Host header\n");
    assert_says(ask("GET /%zz HTTP/1.0\r\n\r\n"), "400 Bad Request: the target is not a path");
    snprintf(cookie, sizeof cookie, "GET / HTTP/1.0\r\nCookie: %04000d\r\n\r\n", 0);
    assert_says(ask(cookie), "431 Request Header Fields Too Large: ");
    assert_says(ask("POST / HTTP/1.0\r\nContent-Length: 4000\r\n\r\n"), "413 Content Too Large: ");
    assert_says(test_log(), "request refused with 431");
}

static void test_extra_headers(void **state)
{
    struct http_server_options options = plain;

    options.extra_headers = "X-Lab: TMC\r\n";
    http_server_start(&server, &options);
    assert_says(get("/"), "\r\nX-Lab: TMC\r\n");
}

static void echo(struct mgos_http_request *request, void *user_data)
{
    char body[256];
    struct mg_str agent = mgos_http_get_header(request, "user-agent");
    int length = snprintf(body, sizeof body, "%s|%.*s|%.*s|%.*s|%.*s|%.*s", (const char *)user_data,
                          (int)request->method.len, request->method.p, (int)request->path.len,
                          request->path.p, (int)request->query.len, request->query.p, (int)request->body.len,
                          request->body.p, (int)agent.len, agent.p ? agent.p : "");

    assert_true(mgos_http_reply(request, 200, "text/plain", body, (size_t)length));
    assert_false(mgos_http_reply(request, 200, "text/plain", body, (size_t)length));
}

static void silent(struct mgos_http_request *request, void *user_data)
{
}

static void test_endpoints(void **state)
{
    struct http_endpoint *endpoint;

    http_server_start(&server, &plain);
    assert_true(http_server_add_endpoint(&server, "/api", echo, "short"));
    assert_true(http_server_add_endpoint(&server, "/api/deep", echo, "long"));
    assert_true(http_server_add_endpoint(&server, "/silent", silent, NULL));
    assert_says(get("/api/x?q=1"), "\r\n\r\nshort|GET|/api/x|q=1||");
    assert_says(get("/api/deep"), "long|GET|/api/deep");
    assert_says(ask("POST /api HTTP/1.1\r\nHost: x\r\nUser-Agent: me\r\nContent-Length: 4\r\n\r\nbody"),
                "short|POST|/api||body|me");
    assert_says(get("/silent"), "500 Internal Server Error: the endpoint gave no answer");
    while ((endpoint = server.endpoints) != NULL) {
        server.endpoints = endpoint->next;
        heap_free(endpoint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_whole_answer, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_methods, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_bad_requests_get_a_sentence, test_server_start,
                                        test_server_stop),
        cmocka_unit_test_setup_teardown(test_extra_headers, test_server_start, test_server_stop),
        cmocka_unit_test_setup_teardown(test_endpoints, test_server_start, test_server_stop),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
