/* The virtual bus's socket without a driver: round trips a second, signatures a second.
 *
 *     bench-bus-rate SOCKET            round trips, over those of a bare socket with nothing behind it
 *     bench-bus-rate SOCKET SECONDS    signatures; prints the number alone
 *
 * The chip must run with --fast and hold no key that matters: one is made in slot 1. A signature is Nonce, which loads
 * a fresh digest, and Sign: two writes and two reads, with no wait between them.
 *
 * A round trip is one I2C transfer: here, by turns, the word address that rewinds the answer (00) and a read of
 * the four bytes of the wake answer (atecc608.md 1.1). The bare socket is a pair of the same kind, SOCK_SEQPACKET, with
 * a process that sends back a message of the same length to each. Rounds alternate, in wall-clock time; medians.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bus/socket.h"
#include "chip/bus_protocol.h"
#include "chip/crc.h"

enum {
    ROUNDS = 31,
    PAIRS = 1000, /* of transfers, a round: less than the watchdog's time */
    ADDRESS = 0x60,
    SLOT = 1,
    COMMAND = 0x03, /* word address */
    NONCE = 0x16,
    GEN_KEY = 0x40,
    SIGN = 0x41,
    REWIND_SIZE = BUS_HEADER_SIZE + 1,
    ANSWER_SIZE = BUS_HEADER_SIZE + 4,
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Asleep first: a pulse is heard by a sleeping part alone, and starts its watchdog anew. */
static void wake(struct bus_socket *bus)
{
    static const uint8_t sleep = 0x01;
    const struct atecc_bus_class **at = &bus->vtable;

    (*at)->write(at, ADDRESS, &sleep, 1);
    if ((*at)->wake_pulse(at))
        errx(1, "%s", (*at)->detail(at));
}

static double chip_round(struct bus_socket *bus)
{
    static const uint8_t rewind = 0x00, awake[4] = {0x04, 0x11, 0x33, 0x43};
    const struct atecc_bus_class **at = &bus->vtable;
    uint8_t answer[4];

    wake(bus);
    double from = now();
    for (unsigned i = 0; i < PAIRS; i++) {
        if ((*at)->write(at, ADDRESS, &rewind, 1) || (*at)->read(at, ADDRESS, answer, sizeof answer))
            errx(1, "%s", (*at)->detail(at));
        if (memcmp(answer, awake, sizeof awake) != 0)
            errx(1, "the chip answered %02X %02X and not its wake answer", answer[0], answer[1]);
    }
    return 2 * PAIRS / (now() - from);
}

/* One command of `n` data bytes; its answer has `size` bytes of payload. */
static void command(struct bus_socket *bus, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data,
                    size_t n, uint8_t *payload, size_t size)
{
    const struct atecc_bus_class **at = &bus->vtable;
    uint8_t group[64] = {COMMAND, (uint8_t)(n + 7), opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};
    uint8_t answer[80];

    if (n > 0)
        memcpy(group + 6, data, n);
    uint16_t crc = chip_crc16(0, group + 1, n + 5);
    group[n + 6] = (uint8_t)crc;
    group[n + 7] = (uint8_t)(crc >> 8);
    if ((*at)->write(at, ADDRESS, group, n + 8) || (*at)->read(at, ADDRESS, answer, size + 3))
        errx(1, "%s", (*at)->detail(at));
    if (answer[0] != size + 3 || (size == 1 && answer[1] != 0))
        errx(1, "command %02X answered %02X %02X", opcode, answer[0], answer[1]);
    memcpy(payload, answer + 1, size);
}

static double signatures_a_second(struct bus_socket *bus, double seconds)
{
    uint8_t digest[32] = {1}, signature[64], status;
    unsigned signatures = 0;

    wake(bus);
    command(bus, GEN_KEY, 0x04, SLOT, NULL, 0, signature, sizeof signature);
    double start = now(), end = start + seconds, awake_until = start;
    while (now() < end) {
        if (now() > awake_until) { /* a second of the watchdog's 1.3 (atecc608.md 1.8) */
            wake(bus);
            awake_until = now() + 1;
        }
        digest[1]++;
        command(bus, NONCE, 0x43, 0, digest, sizeof digest, &status, 1);
        command(bus, SIGN, 0xA0, SLOT, NULL, 0, signature, sizeof signature);
        signatures++;
    }
    return signatures / (now() - start);
}

/* Sends back as many bytes as the chip would. */
static void echo(int fd)
{
    uint8_t message[BUS_MESSAGE_MAX] = {0};
    ssize_t n;

    while ((n = recv(fd, message, sizeof message, 0)) > 0)
        if (send(fd, message, n == REWIND_SIZE ? BUS_HEADER_SIZE : ANSWER_SIZE, MSG_NOSIGNAL) < 0)
            return;
}

static double bare_round(int fd)
{
    uint8_t message[BUS_MESSAGE_MAX] = {0};

    double from = now();
    for (unsigned i = 0; i < PAIRS; i++) {
        if (send(fd, message, REWIND_SIZE, MSG_NOSIGNAL) < 0 || recv(fd, message, sizeof message, 0) <= 0 ||
            send(fd, message, BUS_HEADER_SIZE, MSG_NOSIGNAL) < 0 || recv(fd, message, sizeof message, 0) <= 0)
            err(1, "bare socket");
    }
    return 2 * PAIRS / (now() - from);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof values[0], by_size);
    return values[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    struct bus_socket bus;
    double chip[ROUNDS], bare[ROUNDS], ratio[ROUNDS];
    int ends[2];

    if (argc < 2 || argc > 3)
        errx(2, "usage: bench-bus-rate SOCKET [SECONDS]");
    if (bus_socket_open(&bus, argv[1]))
        errx(1, "%s", bus.vtable->detail(&bus.vtable));
    if (argc == 3) {
        printf("%.0f\n", signatures_a_second(&bus, atof(argv[2])));
        bus_socket_close(&bus);
        return 0;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        err(1, "socketpair");
    pid_t child = fork();
    if (child < 0)
        err(1, "fork");
    if (child == 0) {
        close(ends[0]);
        echo(ends[1]);
        _exit(0);
    }
    close(ends[1]);

    for (unsigned i = 0; i < ROUNDS; i++) {
        bare[i] = bare_round(ends[0]);
        chip[i] = chip_round(&bus);
        ratio[i] = chip[i] / bare[i];
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    bus_socket_close(&bus);
    double middle = median(ratio);
    printf("transfers: %.0f round trips/s; a bare socket with nothing behind it %.0f/s; ratio %.3f\n",
           median(chip), median(bare), middle);
    return 0;
}
