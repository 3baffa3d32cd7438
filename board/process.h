/* A child process that never outlives its parent.
 *
 * Every child gets SIGKILL from the kernel when the supervisor dies, however it dies. A child inherits
 * standard input from /dev/null, one descriptor as number 3, and a place for its complaints.
 */
#ifndef BOARD_PROCESS_H
#define BOARD_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

enum { PROCESS_FD = 3 }; /* the number under which the child finds the descriptor it was given */

struct process {
    pid_t pid; /* 0: not running */
};

/* Starts argv[0] with `fd` as descriptor 3 (-1: none) and `complaints` as standard output and error (-1:
 * inherited). 0 or -errno. That the program cannot be executed shows as its ending with status 127. */
int process_start(struct process *process, char *const argv[], int fd, int complaints);
/* Has it ended since we last asked? Then `*status` is as waitpid() tells it. */
bool process_ended(struct process *process, int *status);
/* SIGTERM, and SIGKILL when it has not ended after `grace_ms`. Returns when the process is gone. */
void process_stop(struct process *process, int grace_ms);
/* "exit status 3", "signal 11 (Segmentation fault)". */
void process_describe(int status, char *out, int size);

#endif
