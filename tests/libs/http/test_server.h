/* The server under test, on a board with a few files and the network of test_net.h, and requests to it. */
#ifndef TESTS_HTTP_TEST_SERVER_H
#define TESTS_HTTP_TEST_SERVER_H

#include "http_server.h"
#include "test_net.h"
#include "test_world.h"

extern struct http_server server; /* not started: the test says with which options */
extern const struct http_server_options plain, secure;

/* For cmocka. The files are index.html, hello.txt, and with conf9.json and board.key.pem two secrets. */
int test_server_start(void **state);
int test_server_stop(void **state); /* asserts that no timer is left */

/* Sends `request` over a fresh plain connection; the whole answer, valid until the next call. */
const char *ask(const char *request);
const char *get(const char *path);

#endif
