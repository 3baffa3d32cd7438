/* A network for the server's tests: one listener, to which the test connects peers of
 * tests/libs/tls/test_peer.h. */
#ifndef TESTS_HTTP_TEST_NET_H
#define TESTS_HTTP_TEST_NET_H

#include "test_peer.h"

void test_net_connect(struct peer *peer); /* as an accepted connection */
extern const char *test_net_address;      /* what net_listen was asked for; NULL: nobody listens */
extern const char *test_net_refusal;      /* net_listen fails with this */

#endif
