/* Serial ports (mongoose-os.md 6.5). UART 0 is the console; a second owner (rpc-uart) shares it:
 * os/console.h. */
#ifndef MGOS_UART_H
#define MGOS_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbuf.h"

enum mgos_uart_parity {
    MGOS_UART_PARITY_NONE = 0,
    MGOS_UART_PARITY_EVEN = 1,
    MGOS_UART_PARITY_ODD = 2,
};
enum mgos_uart_stop_bits {
    MGOS_UART_STOP_BITS_1 = 1,
    MGOS_UART_STOP_BITS_1_5 = 2,
    MGOS_UART_STOP_BITS_2 = 3,
};
enum mgos_uart_fc_type {
    MGOS_UART_FC_NONE = 0,
    MGOS_UART_FC_HW = 1,
    MGOS_UART_FC_SW = 2, /* XON/XOFF */
};

struct mgos_uart_dev_config {
    int unused;
};

struct mgos_uart_config {
    int baud_rate; /* 115200 */
    int num_data_bits; /* 8 */
    enum mgos_uart_parity parity;
    enum mgos_uart_stop_bits stop_bits;
    int rx_buf_size; /* 256 */
    enum mgos_uart_fc_type rx_fc_type;
    int rx_linger_micros;
    int tx_buf_size; /* 256 */
    enum mgos_uart_fc_type tx_fc_type;
    struct mgos_uart_dev_config dev;
};

void mgos_uart_config_set_defaults(int uart_no, struct mgos_uart_config *cfg);
/* Opens the port or changes its settings. Buffers keep what is in them. False: no such port, or memory is
 * out. */
bool mgos_uart_configure(int uart_no, const struct mgos_uart_config *cfg);
/* False: the port is not open. */
bool mgos_uart_config_get(int uart_no, struct mgos_uart_config *cfg);

/* Called from the loop when bytes have arrived or room for writing has appeared. NULL removes it. */
typedef void (*mgos_uart_dispatcher_t)(int uart_no, void *arg);
void mgos_uart_set_dispatcher(int uart_no, mgos_uart_dispatcher_t cb, void *arg);
/* Makes that call happen at the next turn of the loop. */
void mgos_uart_schedule_dispatcher(int uart_no, bool from_isr);

/* Takes all of `buf`, waiting for the buffer to drain when it must; ask mgos_uart_write_avail() first to
 * never wait. Returns the bytes taken: fewer only when the other side takes nothing for 2 s. */
size_t mgos_uart_write(int uart_no, const void *buf, size_t len);
size_t mgos_uart_write_avail(int uart_no);
int mgos_uart_printf(int uart_no, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Bytes read, 0 when none are there. */
size_t mgos_uart_read(int uart_no, void *buf, size_t len);
size_t mgos_uart_read_mbuf(int uart_no, struct mbuf *mb, size_t len);
size_t mgos_uart_read_avail(int uart_no);
/* Bytes stay with the other side (flow control) or are lost while receiving is off. Off at first. */
void mgos_uart_set_rx_enabled(int uart_no, bool enabled);
bool mgos_uart_is_rx_enabled(int uart_no);
/* Waits until everything written has left. */
void mgos_uart_flush(int uart_no);

#endif
