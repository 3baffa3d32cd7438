/* Starts the library: the channel as the configuration wants it. */

#include "mgos_rpc.h"
#include "mgos_rpc_channel_uart.h"
#include "mgos_sys_config.h"

bool mgos_rpc_uart_init(void)
{
    struct mgos_rpc_channel_uart_options options = {
        .uart_no = mgos_sys_config_get_rpc_uart_uart_no(),
        .baud_rate = mgos_sys_config_get_rpc_uart_baud_rate(),
        .fc_type = mgos_sys_config_get_rpc_uart_fc_type(),
        .max_frame_size = mgos_sys_config_get_rpc_max_frame_size(),
        .dst = mgos_sys_config_get_rpc_uart_dst(),
    };

    if (mgos_rpc_get_global() == NULL || options.uart_no < 0)
        return true;
    return mgos_rpc_channel_uart_add(mgos_rpc_get_global(), &options);
}
