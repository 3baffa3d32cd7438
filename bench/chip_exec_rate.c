/* The chip without a bus: Sign and ECDH through chip_exec over libcrypto alone, and the memory of a chip.
 *
 *     bench-chip-exec-rate
 *
 * Compared, a command at a time:
 *   Sign  chip_exec of a whole group (CRC, rules, key from the EEPROM, answer with CRC) over ECDSA_do_sign of the same
 *         digest with an EC_KEY that holds its key all the time. Sign takes its digest from the Message Digest
 *         Buffer, which it leaves as it is, so nothing but Sign runs.
 *   ECDH  chip_exec with the secret in the answer, over EC_POINT_oct2point and ECDH_compute_key with such an EC_KEY:
 *         the peer's point comes as bytes each time, as it must for the chip, and is checked to be on the curve.
 * Both make a fresh nonce and blinding inside libcrypto. Rounds alternate and are timed by this thread's own
 * processor time, so that neighbours on the machine count for neither; the ratio is the median of the rounds'.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <err.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/ec.h>
#include <openssl/ecdh.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>

#include "crc.h"
#include "crypto.h"
#include "memory.h"
#include "profile.h"

enum {
    ROUNDS = 401,
    OPERATIONS = 25, /* a round; short, so that the two meet the same weather */
    CHIPS = 1000,
    SLOT = 1,
    NONCE = 0x16,
    GEN_KEY = 0x40,
    SIGN = 0x41,
    ECDH = 0x43,
};

static const uint8_t SERIAL[CHIP_SERIAL_SIZE] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xEE};

/* The chip's opposite number: a key that libcrypto holds ready. */
struct raw {
    EC_KEY *key;
    const EC_GROUP *group;
    EC_POINT *peer;
    BN_CTX *numbers;
};

struct bench {
    struct chip *chip;
    struct raw raw;
    uint8_t digest[32];
    uint8_t chip_public[64];
    uint8_t raw_public[65];
    uint8_t signature[64];
    uint8_t chip_secret[32], raw_secret[32];
    uint8_t sign_group[CHIP_REQUEST_MAX], ecdh_group[CHIP_REQUEST_MAX];
    size_t sign_length, ecdh_length;
};

static uint64_t now_us(void *context)
{
    return 0;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    if (RAND_bytes(bytes, (int)n) != 1)
        errx(1, "libcrypto has no random bytes");
}

static size_t make_group(uint8_t group[CHIP_REQUEST_MAX], uint8_t opcode, uint8_t p1, uint16_t p2,
                         const uint8_t *data, size_t n)
{
    uint8_t head[5] = {(uint8_t)(n + 7), opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};

    memcpy(group, head, sizeof head);
    if (n > 0)
        memcpy(group + 5, data, n);
    uint16_t crc = chip_crc16(0, group, n + 5);
    group[n + 5] = (uint8_t)crc;
    group[n + 6] = (uint8_t)(crc >> 8);
    return n + 7;
}

/* The answer's `n` bytes; any other answer ends the program. */
static void exec(struct chip *chip, const uint8_t *group, size_t length, uint8_t *answer, size_t n)
{
    uint8_t response[CHIP_RESPONSE_MAX];

    if (chip_exec(chip, group, length, response, NULL) != n + 3) {
        struct chip_trace why;

        chip_exec(chip, group, length, response, &why);
        errx(1, "%s: %s", why.command, why.reason);
    }
    memcpy(answer, response + 1, n);
}

/* ---- Operations ------------------------------------------------------------------------------------- */

static void chip_sign(struct bench *bench)
{
    exec(bench->chip, bench->sign_group, bench->sign_length, bench->signature, 64);
}

static void raw_sign(struct bench *bench)
{
    ECDSA_SIG *signature = ECDSA_do_sign(bench->digest, 32, bench->raw.key);

    if (!signature)
        errx(1, "libcrypto does not sign");
    ECDSA_SIG_free(signature);
}

static void chip_ecdh(struct bench *bench)
{
    exec(bench->chip, bench->ecdh_group, bench->ecdh_length, bench->chip_secret, 32);
}

static void raw_ecdh(struct bench *bench)
{
    struct raw *raw = &bench->raw;
    uint8_t octets[65] = {0x04};

    memcpy(octets + 1, bench->chip_public, 64);
    if (EC_POINT_oct2point(raw->group, raw->peer, octets, sizeof octets, raw->numbers) != 1 ||
        ECDH_compute_key(bench->raw_secret, 32, raw->peer, raw->key, NULL) != 32)
        errx(1, "libcrypto does not agree");
}

/* ---- Setting up ------------------------------------------------------------------------------------- */

static void make_raw(struct bench *bench)
{
    struct raw *raw = &bench->raw;

    raw->key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    raw->numbers = BN_CTX_new();
    if (!raw->key || !raw->numbers || EC_KEY_generate_key(raw->key) != 1)
        errx(1, "libcrypto makes no key");
    raw->group = EC_KEY_get0_group(raw->key);
    raw->peer = EC_POINT_new(raw->group);
    if (!raw->peer ||
        EC_POINT_point2oct(raw->group, EC_KEY_get0_public_key(raw->key), POINT_CONVERSION_UNCOMPRESSED,
                           bench->raw_public, 65, raw->numbers) != 65)
        errx(1, "libcrypto has no memory");
}

/* A locked part whose slot may sign digests and agree in the clear. */
static void make_eeprom(struct chip_eeprom *eeprom)
{
    chip_profile_make(chip_profile_find("mongoose"), SERIAL, 0, eeprom);
    eeprom->config[CONFIG_SLOT_CONFIG + 2 * SLOT] = 0x87;     /* secret, ECDH, signs internal and external */
    eeprom->config[CONFIG_SLOT_CONFIG + 2 * SLOT + 1] = 0x20; /* GenKey may write it */
    eeprom->config[CONFIG_KEY_CONFIG + 2 * SLOT] = 0x33;      /* a private P-256 key with a public one */
    eeprom->config[CONFIG_KEY_CONFIG + 2 * SLOT + 1] = 0x00;
    eeprom->config[CONFIG_LOCK_CONFIG] = 0x00;
    eeprom->config[CONFIG_LOCK_VALUE] = 0x00;
}

static void prepare(struct bench *bench, struct chip *chip)
{
    uint8_t group[CHIP_REQUEST_MAX], status;

    bench->chip = chip;
    memset(bench->digest, 0x5A, sizeof bench->digest);
    exec(chip, group, make_group(group, GEN_KEY, 0x04, SLOT, NULL, 0), bench->chip_public, 64);
    exec(chip, group, make_group(group, NONCE, 0x43, 0, bench->digest, 32), &status, 1);
    if (status != CHIP_SUCCESS)
        errx(1, "Nonce answered %02X", status);
    bench->sign_length = make_group(bench->sign_group, SIGN, 0xA0, SLOT, NULL, 0);
    bench->ecdh_length = make_group(bench->ecdh_group, ECDH, 0x0C, SLOT, bench->raw_public + 1, 64);
}

/* Both did the work they claim to have done. */
static void check_results(struct bench *bench)
{
    struct chip_crypto *crypto = chip_crypto_new();

    if (!crypto || !chip_p256_verify(crypto, bench->chip_public, bench->digest, bench->signature))
        errx(1, "the chip's signature is wrong");
    if (memcmp(bench->chip_secret, bench->raw_secret, 32) != 0)
        errx(1, "the chip and libcrypto agreed on different secrets");
    chip_crypto_free(crypto);
}

/* ---- Rates ------------------------------------------------------------------------------------------ */

static double time_of(struct bench *bench, void (*operation)(struct bench *))
{
    struct timespec from, to;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (unsigned i = 0; i < OPERATIONS; i++)
        operation(bench);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
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

static void compare(struct bench *bench, const char *name, void (*chip)(struct bench *),
                    void (*raw)(struct bench *))
{
    double chip_time[ROUNDS], raw_time[ROUNDS], ratio[ROUNDS];

    time_of(bench, chip);
    time_of(bench, raw);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 2)
            chip_time[i] = time_of(bench, chip);
        raw_time[i] = time_of(bench, raw);
        if (i % 2 == 0)
            chip_time[i] = time_of(bench, chip);
        ratio[i] = raw_time[i] / chip_time[i];
    }
    double middle = median(ratio);
    printf("%-4s  chip_exec %.0f/s, libcrypto alone %.0f/s; ratio %.3f (middle half of the rounds %.3f to "
           "%.3f)\n",
           name, OPERATIONS / median(chip_time), OPERATIONS / median(raw_time), middle, ratio[ROUNDS / 4],
           ratio[ROUNDS * 3 / 4]);
}

/* ---- Memory ----------------------------------------------------------------------------------------- */

/* What libcrypto's heap grows by for each of many chips, all of which have signed and agreed once. */
static size_t heap_of_a_chip(const struct chip_eeprom *eeprom, const struct chip_platform *platform,
                             bool sharing)
{
    const struct chip_policy policy = {.fast = true};
    static struct chip chips[CHIPS];
    struct bench bench = {0};

    make_raw(&bench);
    struct chip_crypto *crypto = NULL;
    size_t before = mallinfo2().uordblks;
    if (sharing && !(crypto = chip_crypto_new()))
        errx(1, "no memory");
    for (unsigned i = 0; i < CHIPS; i++) {
        if (sharing)
            chip_init_sharing(&chips[i], eeprom, platform, &policy, crypto);
        else if (chip_init(&chips[i], eeprom, platform, &policy))
            errx(1, "no memory for chip %u", i);
        prepare(&bench, &chips[i]);
        chip_sign(&bench);
        chip_ecdh(&bench);
    }
    size_t after = mallinfo2().uordblks;

    for (unsigned i = 0; i < CHIPS; i++)
        chip_release(&chips[i]);
    chip_crypto_free(crypto);
    EC_POINT_free(bench.raw.peer);
    BN_CTX_free(bench.raw.numbers);
    EC_KEY_free(bench.raw.key);
    return after > before ? (after - before) / CHIPS : 0;
}

int main(void)
{
    const struct chip_platform platform = {NULL, now_us, random_bytes, NULL};
    const struct chip_policy policy = {.fast = true};
    struct chip_eeprom eeprom;
    struct chip chip;
    struct bench bench = {0};

    make_eeprom(&eeprom);
    if (chip_init(&chip, &eeprom, &platform, &policy))
        errx(1, "libcrypto has no memory or no P-256");
    make_raw(&bench);
    prepare(&bench, &chip);
    compare(&bench, "Sign", chip_sign, raw_sign);
    compare(&bench, "ECDH", chip_ecdh, raw_ecdh);
    check_results(&bench);
    chip_release(&chip);

    printf("memory of a chip: struct %zu bytes; libcrypto's heap (over %d chips that each signed and agreed "
           "once) "
           "%zu bytes with working objects of its own, %zu with shared ones\n",
           sizeof(struct chip), CHIPS, heap_of_a_chip(&eeprom, &platform, false),
           heap_of_a_chip(&eeprom, &platform, true));
    EC_POINT_free(bench.raw.peer);
    BN_CTX_free(bench.raw.numbers);
    EC_KEY_free(bench.raw.key);
    return 0;
}
