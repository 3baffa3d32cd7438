/* The board's UART: a pty with a stable name on one side, the firmware's descriptor on the other.
 *
 * Firmware to host: everything goes to console.log. While somebody has the port open, bytes wait to be
 * read (a slow reader slows the firmware down) but at most 2 s, as the XON/XOFF pause of
 * mongoose-os.md 1.5.6. While nobody has, the last 4096 bytes since the reset are kept for the next one. Host
 * to firmware: bytes for a board without firmware are lost.
 *
 * Who has the port open is asked from the kernel: a pty master reports a hang-up exactly while no one has the
 * other side open. inotify only says when to ask again.
 */
#ifndef BOARD_UART_H
#define BOARD_UART_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "byte_queue.h"
#include "console_log.h"

enum { UART_KEPT = 4096, UART_PATIENCE_MS = 2000, UART_POLLS = 4 };

struct uart {
    char pts[64];       /* "/dev/pts/7" */
    int master;         /* -1: the board has no power */
    int opens;          /* inotify on the pts */
    int firmware;       /* our end of the firmware's UART; -1 */
    int complaints;     /* our end of the firmware's standard error; -1 */
    bool listened;      /* somebody has the port open */
    bool host_is_stuck; /* somebody has it open and does not read */
    int64_t full_since; /* ms; 0: there is room */
    struct byte_queue to_host, to_firmware;
    struct console_log *log;
};

/* Makes the pty, and `link` in the current folder point to it. 0 or -errno. */
int uart_open(struct uart *uart, const char *link, struct console_log *log);
void uart_close(struct uart *uart, const char *link);
/* A new firmware: kept bytes of the old one are forgotten. Takes over both descriptors. */
void uart_connect(struct uart *uart, int firmware, int complaints);
/* Reads what the firmware left behind, and closes its descriptors. */
void uart_disconnect(struct uart *uart);
/* A remark of the supervisor, for the log and whoever listens. */
void uart_remark(struct uart *uart, const char *line);

/* What to wait for: fills up to UART_POLLS entries, returns their number. `*deadline` is lowered when time
 * matters. */
int uart_polls(struct uart *uart, struct pollfd *polls, int64_t now, int64_t *deadline);
/* Moves bytes wherever they can go. */
void uart_serve(struct uart *uart, int64_t now);

#endif
