/* A serial line: a tty or a pty, 8N1, raw.  mongoose-os.md 1.5.1, 1.5.5
 *
 * `port` may also be `tcp://host:port`, a line behind a network bridge; it has no speed and no control lines.
 * The line is locked (flock) while it is open: two programs reading one board each get half of what it says.
 */
#ifndef MOS_SERIAL_H
#define MOS_SERIAL_H

#include <stdbool.h>
#include <stddef.h>

struct options;

struct serial {
    int fd;
    const char *port; /* as the user knows it */
    bool is_tcp;
    bool is_modem; /* it has control lines: a real UART, not a pty */
};

/* Opens the line without discarding what has already been received. Returns 0, or -1 after fail(). */
int serial_open(struct serial *line, const char *port, const struct options *options);

/* Forgets what was received before now. */
void serial_discard_input(struct serial *line);

/* Waits until something can be read, `timeout_ms` at most (-1: for ever). 1 ready, 0 timeout, -1 line broken.
 */
int serial_wait(struct serial *line, int timeout_ms);

/* Bytes read (at least 1), 0 when there is nothing now, -1 when the line has gone (errno says why; 0: hung
 * up). */
int serial_read(struct serial *line, void *data, size_t size);

/* Writes everything. 0, or -1 with errno. */
int serial_write(struct serial *line, const void *data, size_t size);

/* Closes; on a real UART waits 500 ms, as long as USB adapters need before the next open
 * (mongoose-os.md 9.3). */
void serial_close(struct serial *line);

#endif
