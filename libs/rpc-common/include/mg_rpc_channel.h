/* A channel carries frames both ways: a UART, later an HTTP connection or an MQTT topic (mongoose-os.md 1.3).
 *
 * The channel's owner allocates it, with `struct mg_rpc_channel` as first member, and registers it with
 * mg_rpc_add_channel(). It hands in each frame that arrives, takes one frame at a time to send, and says when
 * that one has left. Before it frees the channel it calls mg_rpc_remove_channel(): frames that wait for it
 * are dropped, and answers still owed to it go nowhere.
 */
#ifndef MG_RPC_CHANNEL_H
#define MG_RPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "mg_rpc.h"

struct mg_rpc_channel_class {
    const char *type; /* for the log and for ACLs: "UART", "HTTP", "MQTT" */
    bool persistent;  /* stays open after a bad frame */
    bool broadcast;   /* takes part in broadcast calls */
    /* Copies `frame` and begins to send it; only called when no frame is on its way. False: cannot, the frame
     * is lost. */
    bool (*send)(struct mg_rpc_channel *ch, struct mg_str frame);
    /* "UART0", "192.168.1.5:51234": always terminated. */
    void (*info)(struct mg_rpc_channel *ch, char *out, size_t size);
    /* A bad frame came over a channel that is not persistent: to be closed soon, not within this call. */
    void (*close)(struct mg_rpc_channel *ch);
};

enum { MG_RPC_CHANNEL_INFO_MAX = 64 };

struct mg_rpc_channel {
    const struct mg_rpc_channel_class *vtable;
    /* private to the engine */
    struct mg_rpc *rpc;
    struct mg_rpc_channel *next;
    char *address; /* who is at the other end, once known */
    bool sending;
};

/* `dst` (may be NULL): who is known to be at the other end. */
void mg_rpc_add_channel(struct mg_rpc *rpc, struct mg_rpc_channel *ch, const char *dst);
void mg_rpc_remove_channel(struct mg_rpc_channel *ch);
/* A frame arrived: the JSON text alone. */
void mg_rpc_channel_received(struct mg_rpc_channel *ch, struct mg_str frame);
/* The frame given to send() has left. */
void mg_rpc_channel_sent(struct mg_rpc_channel *ch);

#endif
