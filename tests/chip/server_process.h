/* The program hallmark-chip as a child process of a test, with its files in a folder of its own, and a client. */
#ifndef TESTS_CHIP_SERVER_PROCESS_H
#define TESTS_CHIP_SERVER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { ADDRESS = 0x60, PATIENCE_MS = 20000 };

struct server_process {
    const char *program;
    char folder[64], socket_path[128], state_path[128], trace_path[128], stderr_path[128];
    pid_t pid;
};

extern struct server_process server;

/* cmocka's: makes the folder; stops the server, which must exit with 0, and removes the folder with all in it. */
int server_setup(void **state);
int server_teardown(void **state);

/* Starts the program with --socket, --state and --ready-fd and these arguments, up to NULL. 0 once it listens, or its
 * exit code. Its standard error goes to a file. */
int server_start(const char *const *more);
#define start(...) server_start((const char *const[]){__VA_ARGS__, NULL})
/* The exit status waitpid() gives. */
int server_stop(int signal_number);
/* Fails the test unless the program's standard error has this in it. */
void expect_complaint(const char *text);

/* A connected socket. */
int client(void);
/* -1 when the server closed the connection. */
ssize_t receive(int fd, uint8_t *bytes, size_t most);
bool transfer(int fd, uint8_t address, uint8_t direction, uint8_t *bytes, size_t n);
bool read_bytes(int fd, uint8_t *bytes, size_t n);
bool write_word(int fd, uint8_t word);
void wake(int fd);
void send_command(int fd, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n);
/* Polls as the library does; returns the payload's length. */
size_t command(int fd, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n,
               uint8_t *answer);
/* The length of a group made of this command, without a word address. */
size_t make_group(uint8_t *group, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n);

#endif
