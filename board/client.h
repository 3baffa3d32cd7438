/* Asking a running board, over the control socket in its folder. */
#ifndef BOARD_CLIENT_H
#define BOARD_CLIENT_H

#include <stdbool.h>

/* Sends `request`; prints what there is to print. The exit status. */
int client_ask(const char *directory, const char *request);
/* `status`: sentences, or the JSON as it came. */
int client_status(const char *directory, bool json);

#endif
