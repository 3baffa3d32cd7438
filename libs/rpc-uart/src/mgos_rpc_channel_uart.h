/* The RPC channel on a UART. */
#ifndef MGOS_RPC_CHANNEL_UART_H
#define MGOS_RPC_CHANNEL_UART_H

#include <stdbool.h>

#include "mg_rpc.h"

struct mgos_rpc_channel_uart_options {
    int uart_no;
    int baud_rate; /* unless the UART is in use already, as console */
    int fc_type;   /* 0 none, 1 CTS/RTS, 2 XON/XOFF */
    int max_frame_size;
    const char *dst; /* who is at the other end; NULL: whoever speaks first */
};

/* Opens the UART and adds the channel to `rpc`, for ever. False: logged why. */
bool mgos_rpc_channel_uart_add(struct mg_rpc *rpc, const struct mgos_rpc_channel_uart_options *options);

/* From the configuration; called at boot. */
bool mgos_rpc_uart_init(void);

#endif
