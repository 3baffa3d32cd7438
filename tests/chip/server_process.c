/* The program hallmark-chip as a child process of a test. */

#include "server_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus_protocol.h"
#include "crc.h"

struct server_process server;

int server_setup(void **state)
{
    strcpy(server.folder, "/tmp/hallmark-chip-XXXXXX");
    if (!mkdtemp(server.folder))
        return -1;
    snprintf(server.socket_path, sizeof server.socket_path, "%s/bus.sock", server.folder);
    snprintf(server.state_path, sizeof server.state_path, "%s/chip.state", server.folder);
    snprintf(server.trace_path, sizeof server.trace_path, "%s/trace", server.folder);
    snprintf(server.stderr_path, sizeof server.stderr_path, "%s/stderr", server.folder);
    server.pid = 0;
    return 0;
}

int server_stop(int signal_number)
{
    int status = 0;

    if (server.pid > 0) {
        kill(server.pid, signal_number);
        waitpid(server.pid, &status, 0);
    }
    server.pid = 0;
    return status;
}

int server_teardown(void **state)
{
    int status = server_stop(SIGTERM); /* a server that was asked to end must end well, whatever the test did to it */
    DIR *entries = opendir(server.folder);
    if (!entries)
        return -1;
    for (const struct dirent *entry; (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
    return rmdir(server.folder) == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static pid_t launch(int ready_fd, const char *const *more)
{
    char ready[16];
    const char *arguments[64] = {server.program, "--socket", server.socket_path, "--state", server.state_path,
                                 "--ready-fd",   ready};
    size_t n = 7;

    snprintf(ready, sizeof ready, "%d", ready_fd);
    while (*more)
        arguments[n++] = *more++;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no server behind */
        int error = open(server.stderr_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(error, STDERR_FILENO);
        execv(server.program, (char *const *)arguments);
        _exit(127);
    }
    return child;
}

int server_start(const char *const *more)
{
    int ready[2];
    char word[16] = {0};

    assert_int_equal(pipe(ready), 0);
    fcntl(ready[0], F_SETFD, FD_CLOEXEC);
    server.pid = launch(ready[1], more);
    close(ready[1]);
    ssize_t n = read(ready[0], word, sizeof word - 1);
    close(ready[0]);
    if (n > 0) {
        assert_string_equal(word, "ready\n");
        return 0;
    }
    int status = 0;
    waitpid(server.pid, &status, 0);
    server.pid = 0;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

void expect_complaint(const char *text)
{
    char said[1024] = {0};
    FILE *in = fopen(server.stderr_path, "r");

    assert_non_null(in);
    size_t n = fread(said, 1, sizeof said - 1, in);
    fclose(in);
    if (n == 0 || !strstr(said, text))
        fail_msg("expected \"%s\", the program said: %s", text, said);
}

int client(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    strcpy(address.sun_path, server.socket_path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

ssize_t receive(int fd, uint8_t *bytes, size_t most)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
    ssize_t n = recv(fd, bytes, most, 0);
    return n > 0 ? n : -1;
}

bool transfer(int fd, uint8_t address, uint8_t direction, uint8_t *bytes, size_t n)
{
    uint8_t message[BUS_MESSAGE_MAX + 16] = {address, direction, (uint8_t)n, (uint8_t)(n >> 8)};
    bool write = direction == BUS_WRITE;

    if (write && n > 0)
        memcpy(message + BUS_HEADER_SIZE, bytes, n);
    size_t length = BUS_HEADER_SIZE + (write ? n : 0);
    assert_int_equal(send(fd, message, length, MSG_NOSIGNAL), length);
    ssize_t got = receive(fd, message, sizeof message);
    assert_true(got >= BUS_HEADER_SIZE);
    assert_int_equal(message[2] | message[3] << 8, got - BUS_HEADER_SIZE);
    if (!write && message[0])
        memcpy(bytes, message + BUS_HEADER_SIZE, n);
    return message[0];
}

bool read_bytes(int fd, uint8_t *bytes, size_t n)
{
    return transfer(fd, ADDRESS, BUS_READ, bytes, n);
}

bool write_word(int fd, uint8_t word)
{
    return transfer(fd, ADDRESS, BUS_WRITE, &word, 1);
}

void wake(int fd)
{
    uint8_t bytes[4] = {0};

    assert_false(transfer(fd, 0, BUS_WRITE, bytes, 1));
    while (!read_bytes(fd, bytes, 4))
        ;
    assert_memory_equal(bytes, "\x04\x11\x33\x43", 4);
}

size_t make_group(uint8_t *group, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n)
{
    const uint8_t header[] = {(uint8_t)(7 + n), opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};

    memcpy(group, header, sizeof header);
    if (n > 0)
        memcpy(group + 5, data, n);
    uint16_t crc = chip_crc16(0, group, 5 + n);
    group[5 + n] = (uint8_t)crc;
    group[6 + n] = (uint8_t)(crc >> 8);
    return 7 + n;
}

void send_command(int fd, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n)
{
    uint8_t bytes[200] = {0x03};

    size_t length = 1 + make_group(bytes + 1, opcode, p1, p2, data, n);
    assert_true(transfer(fd, ADDRESS, BUS_WRITE, bytes, length));
}

size_t command(int fd, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n,
               uint8_t *answer)
{
    uint8_t count, rest[128];

    send_command(fd, opcode, p1, p2, data, n);
    while (!write_word(fd, 0x00))
        ;
    assert_true(read_bytes(fd, &count, 1));
    assert_in_range(count, 4, 128);
    assert_true(read_bytes(fd, rest, count - 1u));
    memcpy(answer, rest, count - 3u);
    return count - 3u;
}
