/* A channel for tests: frames go in as text, and what comes out is kept as text, one frame a line. */
#ifndef TESTS_LIBS_RPC_LOOPBACK_H
#define TESTS_LIBS_RPC_LOOPBACK_H

#include "mg_rpc.h"
#include "mg_rpc_channel.h"

struct loopback {
    struct mg_rpc_channel channel;
    struct mg_rpc_channel_class vtable; /* of its own: a test may change it */
    bool asynchronous;                  /* sends only at loopback_sent() */
    int closed;
    char sent[8192];
};

/* A fresh RPC engine "esp8266_A1B2C3" with this one channel. */
struct mg_rpc *loopback_start(struct loopback *loopback);
void loopback_add(struct mg_rpc *rpc, struct loopback *loopback);
/* What was sent since the last call of this function or of loopback_call(). */
const char *loopback_take(struct loopback *loopback);
void loopback_sent(struct loopback *loopback);
void loopback_receive(struct loopback *loopback, const char *frame);
/* Receives {"id":1,"method":METHOD,"params":PARAMS} (no params: NULL) and gives the payload of the one
 * answer:
 * `"result":...` or `"error":...`, without the closing brace. */
const char *loopback_call(struct loopback *loopback, const char *method, const char *params);

#endif
