/* How much of a TLS handshake with the board is the chip's own time?
 *
 *     bench-handshake PORT TRACE COUNT
 *
 * COUNT times: waits until the chip has prepared the next ephemeral key (a GenKey in its trace), makes one full handshake with the
 * board's HTTPS server, and adds up the execution times of the chip commands that the handshake waited for: those the
 * trace shows from the ClientHello to the ECDH. Prints the median of wall time over chip time, and the trace of one
 * handshake.
 */
#include <arpa/inet.h>
#include <err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 32, LINE_MAX_SIZE = 512 };

struct trace {
    FILE *file;
    int watch;
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* The next line of a growing file; false after `timeout_ms` without one. */
static bool next_line(struct trace *trace, char line[LINE_MAX_SIZE], int timeout_ms)
{
    double end = now_ms() + timeout_ms;
    char events[1024];
    long at = ftell(trace->file);

    for (;;) {
        if (fgets(line, LINE_MAX_SIZE, trace->file) && strchr(line, '\n'))
            return true;
        fseek(trace->file, at, SEEK_SET);
        clearerr(trace->file);
        double left = end - now_ms();
        struct pollfd poll_fd = {.fd = trace->watch, .events = POLLIN};
        if (left <= 0 || poll(&poll_fd, 1, (int)left + 1) < 0)
            return false;
        if (poll_fd.revents && read(trace->watch, events, sizeof events) < 0)
            err(1, "inotify");
    }
}

/* The command a line tells of, and its execution time; false for wake, idle and the like. */
static bool parse(const char *line, char name[32], double *ms)
{
    double at;
    const char *unit = strstr(line, " ms");

    if (!unit || sscanf(line, "%lf %31s", &at, name) != 2)
        return false;
    while (unit > line && strchr("0123456789.", unit[-1]))
        unit--;
    *ms = atof(unit);
    return true;
}

static void await_prepared_key(struct trace *trace)
{
    char line[LINE_MAX_SIZE], name[32];
    double ms;
    bool prepared = false;

    /* All that is written, then quiet: the key is there and the chip at rest. */
    while (next_line(trace, line, prepared ? 300 : 5000))
        if (parse(line, name, &ms))
            prepared = strcmp(name, "GenKey") == 0;
    if (!prepared)
        errx(1, "the chip prepared no ephemeral key within 5 s");
}

static double handshake(SSL_CTX *context, const char *port)
{
    BIO *bio = BIO_new_ssl_connect(context);
    char address[64];
    double start = 0;

    snprintf(address, sizeof address, "127.0.0.1:%s", port);
    BIO_set_conn_hostname(bio, address);
    start = now_ms();
    if (BIO_do_connect(bio) <= 0)
        errx(1, "%s: the handshake failed", address);
    double elapsed = now_ms() - start;
    BIO_free_all(bio);
    return elapsed;
}

static double chip_time(struct trace *trace, bool print)
{
    char line[LINE_MAX_SIZE], name[32] = "";
    double ms, total = 0;

    while (strcmp(name, "ECDH") != 0) {
        if (!next_line(trace, line, 2000))
            errx(1, "no ECDH in the trace of a handshake");
        if (print)
            printf("    %s", line);
        if (parse(line, name, &ms))
            total += ms;
    }
    return total;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        errx(2, "usage: bench-handshake PORT TRACE COUNT");
    int count = atoi(argv[3]);
    double ratios[100], walls[100];
    if (count < 1 || count > 100)
        errx(2, "COUNT is 1 to 100");

    struct trace trace = {.file = fopen(argv[2], "r"), .watch = inotify_init1(IN_NONBLOCK)};
    if (!trace.file || inotify_add_watch(trace.watch, argv[2], IN_MODIFY) < 0)
        err(1, "%s", argv[2]);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);

    for (int i = 0; i < count; i++) {
        await_prepared_key(&trace);
        walls[i] = handshake(context, argv[1]);
        double chip = chip_time(&trace, i == 0);
        ratios[i] = walls[i] / chip;
        if (i == 0)
            printf("    handshake %.1f ms, chip %.1f ms\n", walls[i], chip);
    }
    qsort(ratios, count, sizeof ratios[0], ascending);
    qsort(walls, count, sizeof walls[0], ascending);
    printf("handshake / chip time on its critical path: median %.3f, worst %.3f of %d (median wall time %.1f ms)\n",
           ratios[count / 2], ratios[count - 1], count, walls[count / 2]);
    SSL_CTX_free(context);
    return 0;
}
