/* make: a new chip, through the steps a factory takes. */

#include "make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "crc.h"
#include "crypto.h"
#include "memory.h"
#include "rehearse.h"
#include "state_file.h"

enum {
    GENKEY = 0x40,
    GENKEY_CREATE = 0x04,
    WRITE = 0x12,
    WRITE_DATA_BLOCK = 0x82,
    LOCK = 0x17,
    BLOCK = 32,
    SLOT_MAX = 416,
    POINT = 64,
};

/* The part on the factory's bench. */
struct bench {
    struct chip chip;
    uint8_t answer[CHIP_RESPONSE_MAX];
    struct chip_trace why;
    uint16_t filled; /* slots something was put into */
    uint8_t public_keys[CHIP_SLOTS][POINT];
};

__attribute__((format(printf, 2, 3))) static int fail(char error[MAKE_ERROR_MAX], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, MAKE_ERROR_MAX, format, arguments);
    va_end(arguments);
    return -1;
}

static uint64_t now_us(void *context)
{
    (void)context;
    return 1000000;
}

/* The kernel's generator; without it there are no keys. */
static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    (void)context;
    while (n > 0) {
        ssize_t got = getrandom(bytes, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fprintf(stderr, "hallmark-chip-tool: the system gives no random numbers: %s\n", strerror(errno));
            abort();
        }
        bytes += got;
        n -= (size_t)got;
    }
}

static int bench_exec(struct bench *bench, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data,
                      size_t n, char error[MAKE_ERROR_MAX])
{
    uint8_t request[CHIP_REQUEST_MAX] = {(uint8_t)(n + CHIP_REQUEST_MIN), opcode, p1, (uint8_t)p2,
                                         (uint8_t)(p2 >> 8)};
    uint8_t response[CHIP_RESPONSE_MAX];

    if (n > 0)
        memcpy(request + 5, data, n);
    uint16_t crc = chip_crc16(0, request, n + 5);
    request[n + 5] = (uint8_t)crc;
    request[n + 6] = (uint8_t)(crc >> 8);
    size_t length = chip_exec(&bench->chip, request, n + CHIP_REQUEST_MIN, response, &bench->why);
    memcpy(bench->answer, response + 1, length - 3);
    if (bench->why.status == CHIP_SUCCESS)
        return 0;
    return fail(error, "the new part answers %02X: %s", bench->why.status, bench->why.reason);
}

static int generate_keys(struct bench *bench, uint16_t slots, char error[MAKE_ERROR_MAX])
{
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (!(slots >> slot & 1))
            continue;
        if (bench_exec(bench, GENKEY, GENKEY_CREATE, (uint16_t)slot, NULL, 0, error) < 0)
            return -1;
        memcpy(bench->public_keys[slot], bench->answer, POINT);
        bench->filled |= (uint16_t)(1u << slot);
    }
    return 0;
}

/* The bytes of a file, at most `most`; -1 with a sentence. */
static ssize_t read_data(const char *path, uint8_t *bytes, size_t most, char error[MAKE_ERROR_MAX])
{
    FILE *file = fopen(path, "rbe");

    if (!file)
        return fail(error, "cannot read %.200s: %s", path, strerror(errno));
    size_t n = fread(bytes, 1, most + 1, file);
    bool broken = ferror(file);
    fclose(file);
    if (broken)
        return fail(error, "cannot read %.200s to its end", path);
    if (n > most)
        return fail(error, "%.200s is longer than the slot, which has %zu bytes", path, most);
    if (n == 0)
        return fail(error, "%.200s is empty", path);
    return (ssize_t)n;
}

/* 32 bytes at a time, as the part wants it before data lock; what the file does not cover stays FF, and bytes
 * of the last block that lie beyond the slot are zero (atecc608.md 2.1). */
static int write_data(struct bench *bench, const struct make_data *data, char error[MAKE_ERROR_MAX])
{
    unsigned size = chip_slot_size(data->slot);
    uint8_t bytes[SLOT_MAX + BLOCK];
    int result = 0;

    memset(bytes, 0xFF, sizeof bytes);
    if (read_data(data->path, bytes, size, error) < 0)
        return -1;
    memset(bytes + size, 0x00, sizeof bytes - size);
    for (unsigned block = 0; result == 0 && block * BLOCK < size; block++)
        result = bench_exec(bench, WRITE, WRITE_DATA_BLOCK, (uint16_t)(block << 8 | data->slot << 3),
                            bytes + block * BLOCK, BLOCK, error);
    chip_wipe(bytes, sizeof bytes);
    bench->filled |= (uint16_t)(1u << data->slot);
    return result;
}

static int lock_all(struct bench *bench, uint16_t locks, char error[MAKE_ERROR_MAX])
{
    if (bench_exec(bench, LOCK, LOCK_DATA_ZONE, lock_crc(&bench->chip, LOCK_DATA_ZONE, 0), NULL, 0, error) <
        0)
        return -1;
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (!(locks & bench->filled & 1u << slot))
            continue;
        if (bench_exec(bench, LOCK, (uint8_t)(LOCK_ONE_SLOT | slot << 2),
                       lock_crc(&bench->chip, LOCK_ONE_SLOT, slot), NULL, 0, error) < 0)
            return -1;
    }
    return 0;
}

/* Between the two locks: keys, data, then the second lock and those of the slots. */
static int provision(struct bench *bench, const struct make_order *order, struct chip_eeprom *eeprom,
                     char error[MAKE_ERROR_MAX])
{
    const struct chip_platform platform = {.now_us = now_us, .random = random_bytes};
    const struct chip_policy policy = {.fast = true};

    if (chip_init(&bench->chip, eeprom, &platform, &policy) < 0)
        return fail(error, "libcrypto offers no P-256 or no memory");
    chip_power_on(&bench->chip);
    chip_wake_pulse(&bench->chip);
    int result = generate_keys(bench, order->profile->keys, error);
    for (unsigned i = 0; result == 0 && i < order->data_count; i++)
        result = write_data(bench, &order->data[i], error);
    if (result == 0)
        result = lock_all(bench, order->profile->locks, error);
    if (result == 0)
        *eeprom = bench->chip.eeprom;
    chip_release(&bench->chip);
    return result;
}

static int prepare(struct bench *bench, const struct make_order *order, struct chip_eeprom *eeprom,
                   char error[MAKE_ERROR_MAX])
{
    const struct chip_profile *profile = order->profile;
    uint8_t serial[CHIP_SERIAL_SIZE];

    random_bytes(NULL, serial, sizeof serial);
    serial[0] = 0x01;
    serial[1] = 0x23;
    serial[8] = profile->serial_class ? profile->serial_class : 0xEE;
    chip_profile_make(profile, order->has_serial ? order->serial : serial, order->address, eeprom);

    const char *wrong = order->as_508 ? chip_profile_make_508(eeprom) : NULL;
    if (wrong)
        return fail(error, "profile %s cannot be an ATECC508A: %s%s", profile->name, wrong,
                    strncmp(profile->name, "mongoose", 8) == 0 ? "; profile mongoose-508 is made for it"
                                                               : "");
    if (profile->phase == CHIP_PROFILE_CONFIG_LOCKED && !order->unprovisioned)
        return provision(bench, order, eeprom, error);
    if (order->data_count == 0)
        return 0;
    return fail(
        error,
        "--data puts bytes into a slot between the two locks, and a %s part of profile %s is not there",
        order->unprovisioned ? "unprovisioned" : "new", profile->name);
}

/* SubjectPublicKeyInfo of a P-256 key (RFC 5480): all but the point is always the same. */
static void print_pem(FILE *out, const uint8_t point[POINT])
{
    static const uint8_t head[27] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                     0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                     0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    uint8_t der[sizeof head + POINT];
    unsigned char base64[(sizeof der + 2) / 3 * 4 + 1];

    memcpy(der, head, sizeof head);
    memcpy(der + sizeof head, point, POINT);
    int n = EVP_EncodeBlock(base64, der, sizeof der);
    fputs("-----BEGIN PUBLIC KEY-----\n", out);
    for (int i = 0; i < n; i += 64)
        fprintf(out, "%.64s\n", (const char *)base64 + i);
    fputs("-----END PUBLIC KEY-----\n", out);
}

static void report(FILE *out, const struct make_order *order, const struct bench *bench,
                   const struct chip_eeprom *eeprom)
{
    const uint8_t *config = eeprom->config;
    struct chip chip = {.eeprom.config = {0}};

    memcpy(chip.eeprom.config, config, CHIP_CONFIG_SIZE);
    fprintf(out, "%s: an %s of profile %s, address %02X, serial number ", order->path, describe_model(&chip),
            order->profile->name, config[CONFIG_I2C_ADDRESS] >> 1);
    for (unsigned i = 0; i < 13; i = i == 3 ? 8 : i + 1)
        fprintf(out, "%02X", config[i]);
    fprintf(out, "\n%s\n",
            !chip_config_locked(&chip) ? "Nothing is locked yet."
            : !chip_data_locked(&chip)
                ? "The configuration is locked. Put keys and data in, then lock the data zone."
                : "Both zones are locked.");
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (!(order->profile->keys & bench->filled & 1u << slot))
            continue;
        fprintf(out, "The private key of slot %u was made in the chip. Its public key:\n", slot);
        print_pem(out, bench->public_keys[slot]);
    }
    uint16_t open = order->profile->locks & (uint16_t)~bench->filled;
    if (open && chip_data_locked(&chip))
        fprintf(out,
                "Still empty and not locked: %s. Write, then lock them; or make the part with --data "
                "SLOT=FILE.\n",
                words_slots(open).text);
}

static int save_new(const char *path, const struct chip_eeprom *eeprom, char error[MAKE_ERROR_MAX])
{
    struct chip_eeprom existing;
    struct state_file file;

    if (state_open(&file, path, error) < 0)
        return -1;
    int result = state_load(&file, &existing, error);
    chip_wipe(&existing, sizeof existing);
    if (result == 0)
        result =
            fail(error, "%.200s holds a chip already, and it was left as it is; name another file", path);
    else if (result == 1)
        result = state_save(&file, eeprom, error);
    state_close(&file);
    return result;
}

int make(FILE *out, const struct make_order *order, char error[MAKE_ERROR_MAX])
{
    struct bench bench = {.filled = 0};
    struct chip_eeprom eeprom;

    /* first all that can be refused, so that a refusal leaves no trace in the folder */
    int result = prepare(&bench, order, &eeprom, error);
    if (result == 0)
        result = save_new(order->path, &eeprom, error);
    if (result == 0)
        report(out, order, &bench, &eeprom);
    chip_wipe(&eeprom, sizeof eeprom);
    chip_wipe(&bench, sizeof bench);
    return result;
}
