/* The control socket: one request line, one answer line, as often as the client likes.
 *
 * A client that is slow, silent or talks too much is no trouble for the board: answers fit the socket's
 * buffer, a line has a limit, and so has the number of clients.
 */
#ifndef BOARD_CONTROL_H
#define BOARD_CONTROL_H

#include <poll.h>
#include <stdbool.h>

enum { CONTROL_CLIENTS = 8, CONTROL_LINE = 256, CONTROL_POLLS = CONTROL_CLIENTS + 1 };

struct control {
    int listener;
    struct control_client {
        int fd; /* -1: free */
        int length;
        char line[CONTROL_LINE];
    } clients[CONTROL_CLIENTS];
};

/* Answers (free it) without the newline; NULL: out of memory. */
typedef char *control_answer(void *user, const char *request);

/* Listens on `path`, a relative one. 0 or -errno. */
int control_open(struct control *control, const char *path);
/* Hangs up. The socket's file is the caller's to remove, while he still owns the folder. */
void control_close(struct control *control);
int control_polls(const struct control *control, struct pollfd polls[CONTROL_POLLS]);
void control_serve(struct control *control, control_answer *answer, void *user);

#endif
