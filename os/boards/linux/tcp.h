/* TCP sockets of the linux board, for net.c. */
#ifndef BOARDS_LINUX_TCP_H
#define BOARDS_LINUX_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* "192.168.1.5:51234", "[::1]:8883" */
void tcp_print_address(const struct sockaddr_storage *address, char *out, size_t size);
/* A non-blocking socket on its way to `address`; -1 with errno. */
int tcp_connect(const struct sockaddr_storage *address);
/* What became of it; 0: connected, else an errno. */
int tcp_connect_result(int fd);
/* Ready for use after connecting or accepting: no delay for small writes. */
void tcp_tune(int fd);
/* Sentence for an errno, in the words of os/net.h. */
const char *tcp_reason(int error);
/* Closes in peace: says that nothing more comes, and reads what the other side still sends for a moment,
 * because closing over unread bytes would make the system take back what it has not delivered yet. */
void tcp_linger(int fd);
/* Ends what lingered long enough; microseconds until the next. */
unsigned long long tcp_run_lingering(void);

#endif
