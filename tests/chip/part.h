/* A virtual chip on the test bench: chosen configuration, clock and random numbers, and a short way to say
 * "send this command, expect that answer". */
#ifndef TESTS_CHIP_PART_H
#define TESTS_CHIP_PART_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chip.h"

struct part {
    struct chip chip;
    uint64_t clock_us;
    uint8_t random[64]; /* the random source repeats these bytes ... */
    size_t random_length;
    unsigned random_calls;
    bool counting;              /* ... or, when set, is an endless different sequence */
    struct chip_trace last;     /* of the last command */
    enum chip_event events[16]; /* power events, oldest first */
    unsigned event_count;
};

/* Bytes from hexadecimal; spaces are skipped. Returns how many. */
size_t hex(const char *text, uint8_t *bytes, size_t most);

/* The inputs of atecc608.md 7.2. */
extern const uint8_t SERIAL[9]; /* 01 23 45 67 89 AB CD EF EE */
void ascending(uint8_t *bytes, uint8_t first, size_t n);

/* A part with a profile's configuration, serial number SERIAL, awake, in no hurry (policy fast). `locked`
 * locks both zones, whatever the profile says. */
enum phase { CONFIG_OPEN, DATA_OPEN, BOTH_LOCKED };
void part_make(struct part *part, const char *profile, enum phase phase);
void part_free(struct part *part);

/* Changes the part behind its back. */
void part_set_phase(struct part *part, enum phase phase);
void part_set_slot(struct part *part, unsigned slot, uint16_t slot_config, uint16_t key_config);
void part_lock_slot(struct part *part, unsigned slot);
void part_fill_slot(struct part *part, unsigned slot, unsigned offset, const uint8_t *bytes, size_t n);

/* Puts the CRC into the last two of n bytes. */
void part_crc(uint8_t *group, size_t n);

/* One command; the answer's payload goes to `answer` (128 bytes) and its length is returned. A payload of one
 * byte is a status; none at all, 0, a paused part. */
size_t part_command(struct part *part, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n,
                    uint8_t *answer);

/* ... whose answer is this status. */
#define expect_status(part, status, opcode, p1, p2, data, n)                                                 \
    expect_status_at(part, status, opcode, p1, p2, data, n, __FILE__, __LINE__)
void expect_status_at(struct part *part, enum chip_status status, uint8_t opcode, uint8_t p1, uint16_t p2,
                      const uint8_t *data, size_t n, const char *file, int line);
/* ... and whose reason contains `text`. */
#define expect_refusal(part, status, text, opcode, p1, p2, data, n)                                          \
    expect_refusal_at(part, status, text, opcode, p1, p2, data, n, __FILE__, __LINE__)
void expect_refusal_at(struct part *part, enum chip_status status, const char *text, uint8_t opcode,
                       uint8_t p1, uint16_t p2, const uint8_t *data, size_t n, const char *file, int line);
/* ... whose answer is `length` bytes of data. */
#define expect_answer(part, length, answer, opcode, p1, p2, data, n)                                         \
    expect_answer_at(part, length, answer, opcode, p1, p2, data, n, __FILE__, __LINE__)
void expect_answer_at(struct part *part, size_t length, uint8_t *answer, uint8_t opcode, uint8_t p1,
                      uint16_t p2, const uint8_t *data, size_t n, const char *file, int line);

/* TempKey has this value. */
void expect_temp_key(const struct part *part, const char *value);

/* T0 of atecc608.md 7.2: Nonce(random) with RandOut 00..1F and NumIn 20..33. */
void load_t0(struct part *part);
/* Nonce(random) and GenDig of a slot, as before every encrypted access. */
void load_session_key(struct part *part, unsigned slot);
/* A CheckMac that succeeds: the response of `key` (32 bytes) to TempKey or, in mode 00, to the challenge 40..5F, with
 * OtherData F0..FC. From the host's side, on flat buffers. */
void make_checkmac(const struct part *part, uint8_t p1, const uint8_t key[32], uint8_t data[77]);
/* Nonce(random) and a CheckMac with the key stored in the slot: AuthComplete. */
void authorise(struct part *part, unsigned slot);

/* The cipher text and MAC a host computes for an encrypted Write (n = 32) or PrivWrite (n = 36). */
void encrypt_input(const struct part *part, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *plain,
                   size_t n, uint8_t *cipher_and_mac);

enum {
    PAUSE = 0x01,
    READ = 0x02,
    MAC = 0x08,
    HMAC = 0x11,
    WRITE = 0x12,
    GENDIG = 0x15,
    NONCE = 0x16,
    LOCK = 0x17,
    RANDOM = 0x1B,
    DERIVEKEY = 0x1C,
    UPDATE_EXTRA = 0x20,
    COUNTER = 0x24,
    CHECKMAC = 0x28,
    INFO = 0x30,
    GENKEY = 0x40,
    SIGN = 0x41,
    ECDH = 0x43,
    VERIFY = 0x45,
    PRIVWRITE = 0x46,
    SHA = 0x47,
    AES = 0x51,
    KDF = 0x56,
    SELFTEST = 0x77,
    SECUREBOOT = 0x80,
};

#define assert_hex(expected, bytes, n)                                                                       \
    do {                                                                                                     \
        uint8_t wanted_[256];                                                                                \
        assert_int_equal(hex(expected, wanted_, sizeof wanted_), n);                                         \
        assert_memory_equal(wanted_, bytes, n);                                                              \
    } while (0)

#endif
