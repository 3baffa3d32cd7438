/* Signatures a second of the virtual chip, through the driver and its socket.
 *
 *     bench-sign-rate unix:SOCKET SECONDS [session]
 *
 * With `session`, all in one: the driver wakes the chip only when its watchdog is due.
 * The chip must run with --fast and hold no key that matters: one is made in slot 1.
 */
#include <err.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bus/bus.h"
#include "driver/atecc.h"

static void sha256(const uint8_t *data, size_t length, uint8_t digest[32])
{
    SHA256(data, length, digest);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct bus bus;
    struct atecc dev;
    uint8_t public_key[64], digest[32] = {1}, signature[64];
    char why[256];

    if (argc < 3 || argc > 4)
        errx(2, "usage: bench-sign-rate unix:SOCKET SECONDS [session]");
    if (bus_open(&bus, argv[1]))
        errx(1, "%s", bus_detail(&bus));
    if (atecc_init(&dev, &bus.vtable, 0x60, sha256) || atecc_gen_key(&dev, 1, public_key))
        errx(1, "%s", atecc_explain(&dev, why, sizeof why));

    if (argc == 4 && atecc_begin(&dev))
        errx(1, "%s", atecc_explain(&dev, why, sizeof why));
    double start = now(), end = start + atof(argv[2]);
    unsigned signatures = 0;
    while (now() < end) {
        digest[1]++;
        if (atecc_sign(&dev, 1, digest, signature))
            errx(1, "%s", atecc_explain(&dev, why, sizeof why));
        signatures++;
    }
    printf("%.0f\n", signatures / (now() - start));
    bus_close(&bus);
    return 0;
}
