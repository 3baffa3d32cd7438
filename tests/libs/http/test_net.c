/* See test_net.h. */

#include "test_net.h"

#include "net.h"

struct net_listener {
    net_accept_fn accept;
    void *user;
};

static struct net_listener the_listener;
const char *test_net_address;
const char *test_net_refusal;

struct net_listener *net_listen(const char *address, net_accept_fn accept, void *user, const char **error)
{
    if (test_net_refusal) {
        *error = test_net_refusal;
        return NULL;
    }
    the_listener = (struct net_listener){accept, user};
    test_net_address = address;
    return &the_listener;
}

void net_unlisten(struct net_listener *listener)
{
    test_net_address = NULL;
}

void test_net_connect(struct peer *peer)
{
    the_listener.accept(peer_wire(peer), the_listener.user);
}
