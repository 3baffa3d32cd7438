/* A real mosquitto and its clients, started and ended by the test; their output is read by the loop of the
 * linux port. */
#ifndef TESTS_MQTT_PROCESSES_H
#define TESTS_MQTT_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
    pid_t pid;
    int fd; /* what it prints, both kinds */
    size_t length;
    char output[65536];
};

/* Turns the loop until `text` is in what the process printed from `from` on; fails the test after 20 s. */
void await_output(struct process *process, size_t from, const char *text);
/* Until the process has ended by itself; its exit status. */
int await_end(struct process *process);
void process_start(struct process *process, const char *const argv[]);
/* Ends it, unless it has ended. */
void process_kill(struct process *process, int signal);

/* Turns the loop until `condition`; fails the test after 20 s. */
void run_until(bool (*condition)(void *arg), void *arg);

struct broker {
    struct process process;
    uint16_t port;
    char folder[64]; /* its configuration and its database */
};
/* A broker on a free port of the loopback, which keeps sessions and messages on disk. */
void broker_start(struct broker *broker);
/* On the same port, with what it had saved. */
void broker_restart(struct broker *broker);
void broker_remove(struct broker *broker);

/* mosquitto_sub or mosquitto_pub at that broker: program, then arguments, then NULL. */
void client_start(struct process *process, const struct broker *broker, const char *program, ...);
/* The same, until it has ended well. */
void client_run(const struct broker *broker, const char *program, ...);

#endif
