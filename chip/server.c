/* hallmark-chip: virtual chips' life from power-up to power-down. */

#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

uint64_t server_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static bool open_trace(struct server *server, const char *name)
{
    if (!name)
        return true;
    server->trace = strcmp(name, "-") == 0 ? stdout : fopen(name, "ae");
    if (!server->trace) {
        server_complain("cannot open the trace %s: %s", name, strerror(errno));
        return false;
    }
    setvbuf(server->trace, NULL, _IOLBF, 0);
    return true;
}

static bool read_faults(struct server *server, const char *name)
{
    char text[BUS_CONTROL_MAX + 1], error[FAULT_ERROR_MAX];

    if (!name)
        return true;
    FILE *in = fopen(name, "re");
    if (!in) {
        server_complain("cannot open the faults %s: %s", name, strerror(errno));
        return false;
    }
    size_t n = fread(text, 1, sizeof text, in);
    bool whole = n < sizeof text && !ferror(in);
    fclose(in);
    if (!whole) {
        server_complain("cannot read the faults %s: a file of at most %d bytes is wanted", name,
                        BUS_CONTROL_MAX);
        return false;
    }
    text[n] = '\0';
    if (fault_rules_add(&server->faults, text, error) == 0)
        return true;
    server_complain("%s: %s", name, error);
    return false;
}

/* On a real bus nothing tells of it but the garbage on the wires. */
static void warn_of_equal_addresses(const struct server *server)
{
    for (unsigned i = 0; i < server->chip_count; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (server->chips[i].chip.address == server->chips[k].chip.address)
                server_complain(
                    "the chips in %s and %s have the same address, %02X, and will talk at once; give a new "
                    "one another with --address",
                    server->chips[k].state.path, server->chips[i].state.path, server->chips[i].chip.address);
        }
    }
}

static bool start_chips(struct server *server, const struct server_options *options)
{
    for (unsigned i = 0; i < options->chip_count; i++) {
        struct server_chip *chip = &server->chips[i];
        chip->server = server;
        chip->fast = options->fast;
        if (!server_chip_start(chip, &options->chips[i]))
            return false;
        server->chip_count++;
    }
    warn_of_equal_addresses(server);
    return true;
}

static int catch_signals(void)
{
    sigset_t signals;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

static bool announce(int fd)
{
    static const char ready[] = "ready\n";

    if (fd < 0)
        return true;
    ssize_t n = write(fd, ready, sizeof ready - 1);
    if (n < 0)
        server_complain("cannot write to descriptor %d of --ready-fd: %s", fd, strerror(errno));
    if (fd > STDERR_FILENO)
        close(fd);
    return n >= 0;
}

static int serve(struct server *server, const struct server_options *options)
{
    char error[STATE_ERROR_MAX];

    server->listener = server_listen(options->socket, error);
    if (server->listener < 0) {
        server_complain("%s", error);
        return EXIT_FAILED;
    }
    int result = EXIT_FAILED;
    if (announce(options->ready_fd)) {
        result = server_run(server, error) == 0 ? EXIT_OK : EXIT_FAILED;
        if (result != EXIT_OK)
            server_complain("%s. The chip stops, so that nobody takes a change for kept that is not", error);
    }
    unlink(options->socket);
    return result;
}

static int run(struct server *server, const struct server_options *options)
{
    server->listener = -1;
    server->started_us = server_now_us();
    server->signals = catch_signals();
    if (server->signals < 0 || !open_trace(server, options->trace) || !read_faults(server, options->faults))
        return EXIT_FAILED;
    int code = start_chips(server, options) ? serve(server, options) : EXIT_FAILED;
    for (unsigned i = 0; i < server->chip_count; i++)
        server_chip_stop(&server->chips[i]);
    return code;
}

int main(int argc, char **argv)
{
    struct server_options options;

    int code = server_options_parse(argc, argv, &options);
    if (code >= 0)
        return code;
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        server_complain("no memory");
        return EXIT_FAILED;
    }
    code = run(server, &options);
    free(server);
    return code;
}
