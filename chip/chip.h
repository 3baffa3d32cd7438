/* The virtual ATECC608A, or 508A: a pure machine that behaves like the chip on an I2C bus.
 *
 * 1. What it is
 *    struct chip is one device: EEPROM, SRAM, power state, I2C buffers. The caller owns it, places it where
 *    it likes (it is under 4 KB) and may have as many as it wants. The core does no I/O, has no globals and
 *    allocates nothing itself; chip_init() alone asks libcrypto for working objects, chip_release() gives
 *    them back. Thousands of chips share one set of them (chip_init_sharing) and then cost nothing but
 *    their struct. Time and randomness come from the caller, so a test decides both. One struct chip, and
 *    all chips that share working objects, must not be used by two threads at once.
 *
 *    The revision number in the EEPROM says which part it is: 00 00 50 00 is an ATECC508A, with its own
 *    commands, TempKey, limits and times (atecc608.md 0.3); anything else is a 608.
 *
 * 2. Layers
 *    bus       chip_wake_pulse, chip_i2c_write, chip_i2c_read: whole I2C transfers, atecc608.md 1.
 *    command   chip_exec: one command group in, one response group out, atecc608.md 3. Knows nothing of
 *              power; the bus layer calls it. For tests of commands this is all that is needed:
 *
 *                  chip_eeprom_from_image(&eeprom, image, NULL);
 *                  chip_init(&chip, &eeprom, &platform, &policy);
 *                  n = chip_exec(&chip, request, sizeof request, response, &why);
 *                  if (why.status != CHIP_SUCCESS) puts(why.reason);
 *                  chip_release(&chip);
 *
 * 3. Time
 *    Microseconds of the caller's clock, never going backwards. The core never waits and never looks at any
 *    other clock: after a command it NACKs its address until now_us() has passed the execution time of
 *    atecc608.md 4.1 or 4.2, and once now_us() reaches the watchdog's hour it is found asleep. A program for
 *    people hands in the monotonic clock. A test hands in a virtual one, a number it moves as it likes:
 *
 *                  static uint64_t clock_us;
 *                  static uint64_t now_us(void *context) { return clock_us; }
 *                  ...
 *                  chip_i2c_write(&chip, 0x60, sign_command, sizeof sign_command);
 *                  clock_us += 114999;  chip_i2c_read(...);   false: still busy
 *                  clock_us += 1;       chip_i2c_read(...);   true: 115 ms have passed, none was waited
 *
 *    With policy.fast commands and wake-up take no time; the watchdog runs all the same.
 *
 * 4. What persists
 *    struct chip_eeprom, and nothing else. `eeprom_writes` counts the changes: whoever keeps the image in a
 *    file saves it when the count has moved, before it answers the transfer that moved it.
 *
 * 5. Why a command was refused
 *    The one-byte status is all the real chip says. Beside it the machine gives a sentence that names the
 *    rule, the slot and the bits ("Sign refused: slot 7 allows internal signatures only (SlotConfig bit 0 =
 *    0)"), through the trace callback and chip_exec()'s last argument. No trace ever carries key material.
 *
 * 6. Guesses
 *    What no public source settles is a named constant in chip/guesses.h, numbered as in atecc608.md 8.
 */
#ifndef CHIP_CHIP_H
#define CHIP_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHIP_CONFIG_SIZE = 128,
    CHIP_DATA_SIZE = 1208,
    CHIP_OTP_SIZE = 64,
    CHIP_SLOTS = 16,
    CHIP_SERIAL_SIZE = 9,

    CHIP_REQUEST_MIN = 7,    /* count, opcode, param1, param2, CRC */
    CHIP_REQUEST_MAX = 162,  /* atecc608.md 1.5: 155 bytes of data */
    CHIP_RESPONSE_MAX = 128, /* the longest is SHA read-context: 102; then KDF with a nonce: 99 */
    CHIP_REASON_MAX = 200,
};

/* Status codes, atecc608.md 1.7. */
enum chip_status {
    CHIP_SUCCESS = 0x00,
    CHIP_MISMATCH = 0x01,
    CHIP_PARSE = 0x03,
    CHIP_ECC_FAULT = 0x05,
    CHIP_SELFTEST_FAILED = 0x07,
    CHIP_HEALTH_FAILED = 0x08,
    CHIP_EXEC = 0x0F,
    CHIP_AFTER_WAKE = 0x11,
    CHIP_WATCHDOG = 0xEE,
    CHIP_COMMUNICATION = 0xFF,
};

/* "execution error" for 0F and so on; never NULL. */
const char *chip_status_name(enum chip_status status);

/* ---- What persists ---------------------------------------------------------------------------------- */

/* The EEPROM: private keys included. atecc608.md 2.1; slots lie one after the other in `data`. */
struct chip_eeprom {
    uint8_t config[CHIP_CONFIG_SIZE];
    uint8_t data[CHIP_DATA_SIZE];
    uint8_t otp[CHIP_OTP_SIZE];
};

/* An unused part with this configuration zone: data and OTP all FF (atecc608.md 2.9). `serial` replaces bytes
 * 0..3 and 8..12 of the image; NULL keeps those of the image. */
void chip_eeprom_from_image(struct chip_eeprom *eeprom, const uint8_t image[CHIP_CONFIG_SIZE],
                            const uint8_t serial[CHIP_SERIAL_SIZE]);

/* ---- What the caller supplies ----------------------------------------------------------------------- */

enum chip_event {
    CHIP_EVENT_COMMAND, /* a command was executed or refused; every field is set */
    CHIP_EVENT_WAKE,    /* the others set at_us only */
    CHIP_EVENT_IDLE,
    CHIP_EVENT_SLEEP,
    CHIP_EVENT_WATCHDOG, /* the watchdog put the part to sleep; noticed at the next transfer */
};

struct chip_trace {
    enum chip_event event;
    uint64_t at_us;
    const char *command; /* "Sign"; "?" when the opcode is unknown or the group was unreadable */
    uint8_t opcode;
    uint8_t param1;
    uint16_t param2;
    int slot; /* the slot the command is about, or -1 */
    enum chip_status status;
    uint32_t duration_us;         /* how long the part stays busy */
    char reason[CHIP_REASON_MAX]; /* empty unless refused */
};

struct chip_platform {
    void *context;                                                /* handed to the functions below */
    uint64_t (*now_us)(void *context);                            /* required */
    void (*random)(void *context, uint8_t *bytes, size_t n);      /* required; the part's random generator */
    void (*trace)(void *context, const struct chip_trace *trace); /* may be NULL */
};

struct chip_policy {
    bool fast; /* commands and wake-up take no time */
};

/* ---- The device ------------------------------------------------------------------------------------- */

/* A SHA-256 in progress, in the chip's own terms (atecc608.md 3.19): it can be read out and loaded. */
struct chip_sha256 {
    uint32_t state[8];
    uint64_t total;
    uint8_t block[64]; /* the last total mod 64 bytes */
};

/* How a digest in TempKey came about, when SHA(Public) took part: what Verify(ValidateExternal) asks
 * (atecc608.md 2.8, 3.12). */
struct chip_certificate {
    bool has_key; /* the public key of `slot` was hashed in, once */
    uint8_t slot;
    uint16_t position; /* bytes hashed before it */
    uint16_t length;   /* whole 64-byte blocks hashed, the key's included */
};

/* atecc608.md 3.0 */
struct chip_temp_key {
    uint8_t value[64];
    bool valid;
    bool from_input; /* SourceFlag: 0 random, 1 input */
    uint8_t key_id;  /* slot of the last GenDig or GenKey */
    bool gen_dig_data;
    bool gen_key_data;
    bool no_mac;
    bool upper_half;     /* 64 bytes were loaded */
    bool is_private_key; /* GenKey into TempKey: only ECDH may use it (GUESS 35) */
    struct chip_certificate certificate;
};

enum chip_sha_kind { CHIP_SHA_NONE, CHIP_SHA_PLAIN, CHIP_SHA_HMAC };

/* Lost by sleep, the watchdog and power-off; kept by idle (atecc608.md 1.8). */
struct chip_sram {
    struct chip_temp_key temp_key;
    uint8_t message_digest[64];
    unsigned message_digest_length; /* 0, 32 or 64 */
    uint8_t alternate_key[32];
    bool alternate_key_valid;
    enum chip_sha_kind sha_kind;
    struct chip_sha256 sha;
    struct chip_sha256 hmac_outer; /* the outer hash of a running HMAC, key already absorbed */
    struct chip_certificate sha_certificate;
    bool auth_valid; /* AuthComplete, atecc608.md 2.14 */
    uint8_t auth_slot;
    bool seeded; /* 508A: Info(State) byte 1 bit 0 */
};

enum chip_power { CHIP_UNPOWERED, CHIP_ASLEEP, CHIP_IDLE, CHIP_AWAKE };

struct chip_crypto; /* libcrypto's working objects, chip/crypto.h */

/* Callers read `eeprom` and `eeprom_writes`; the rest is the machine's own. */
struct chip {
    struct chip_eeprom eeprom;
    uint32_t eeprom_writes;

    struct chip_sram sram;
    bool latch;              /* persistent latch; kept by sleep, lost with power (GUESS 62) */
    bool use_unlocked;       /* UseLock opened by CheckMac since power-up (GUESS 14) */
    bool secure_boot_closed; /* SecureBoot with Param1 bit 6 ran since power-up */
    bool gpio_away;          /* single-wire parts: the pin is not at its default level */
    uint8_t selftest_failed; /* bits of the last self test that failed */
    uint8_t faults;          /* injected: chip_inject_* */

    enum chip_power power;
    uint64_t busy_until_us;
    uint64_t watchdog_us; /* when it will expire; meaningful while awake */
    /* taken from the configuration on power-up and on wake from sleep (atecc608.md 1.1, 2.4) */
    uint8_t address;
    uint8_t clock_divider; /* 0, 1, 2 for M0, M1, M2 */
    bool long_watchdog;

    uint8_t input[CHIP_REQUEST_MAX];
    size_t input_length;
    uint8_t output[CHIP_RESPONSE_MAX];
    size_t output_length;
    size_t output_read;

    struct chip_platform platform;
    struct chip_policy policy;
    struct chip_crypto *crypto;
    bool owns_crypto;
};

/* Makes an unpowered part with a copy of this EEPROM. 0; or -1 when libcrypto has no memory or no P-256,
 * in which case nothing is to be released. */
int chip_init(struct chip *chip, const struct chip_eeprom *eeprom, const struct chip_platform *platform,
              const struct chip_policy *policy);

/* The same with working objects of libcrypto that the caller has from chip_crypto_new() (chip/crypto.h), shares among
 * as many chips as it likes, uses in one thread at a time and frees after the last of them. */
void chip_init_sharing(struct chip *chip, const struct chip_eeprom *eeprom,
                       const struct chip_platform *platform, const struct chip_policy *policy,
                       struct chip_crypto *crypto);

/* Wipes everything and releases what chip_init() took; shared working objects stay the caller's. */
void chip_release(struct chip *chip);

/* Power comes up: the part is asleep and waits for a wake pulse. */
void chip_power_on(struct chip *chip);

/* Power goes: all volatile state is lost, nothing answers. */
void chip_power_off(struct chip *chip);

/* SDA held low for 60 us or more. Ignored unless asleep or idle (atecc608.md 1.2). */
void chip_wake_pulse(struct chip *chip);

/* One write transfer, Start to Stop, to a 7-bit address: the word address, then what follows it. n may be 0
 * (an address probe). True: acknowledged. Address 0 is a wake pulse and is never acknowledged. */
bool chip_i2c_write(struct chip *chip, uint8_t address, const uint8_t *bytes, size_t n);

/* One read transfer of n bytes. False: not acknowledged, `bytes` untouched. Past the end of the response
 * the bytes are FF. */
bool chip_i2c_read(struct chip *chip, uint8_t address, uint8_t *bytes, size_t n);

/* Executes one command group, Count to CRC, at once. Returns the length of the response group written to
 * `response` (4 to CHIP_RESPONSE_MAX); 0 when the part goes idle without a word, which only a 508A does, told
 * to Pause for another part's sake. `why`, if not NULL, receives what the trace callback receives. */
size_t chip_exec(struct chip *chip, const uint8_t *request, size_t n, uint8_t response[CHIP_RESPONSE_MAX],
                 struct chip_trace *why);

/* ---- Faults, for tests ------------------------------------------------------------------------------ */

/* The self tests named by these bits (atecc608.md 3.22) fail from now on; 0 heals. */
void chip_inject_selftest_failure(struct chip *chip, uint8_t bits);

/* The next command that needs the random generator reports a health-test failure (08), once. */
void chip_inject_health_failure(struct chip *chip);

/* The watchdog expires now, if the part is awake. */
void chip_inject_watchdog(struct chip *chip);

#endif
