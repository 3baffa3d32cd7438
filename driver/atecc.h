/* ATECC508A/608A/608B driver: the public interface, and its manual.
 *
 * Formats     Public keys are X || Y, 64 bytes; signatures R || S, 64 bytes; private keys, secrets and digests
 *             32 bytes; all big-endian, as on the wire (atecc608.md 0.2). Slots are 0 to 15.
 * Ownership   The caller owns `struct atecc` and every buffer; nothing is allocated. The bus must outlive the device.
 * Sessions    Each function wakes the chip, runs its commands and puts it to idle. Between atecc_begin() and
 *             atecc_end() the chip stays awake, one wake for many commands; begin/end nest. Before the watchdog
 *             (0.7 s at worst, atecc608.md 1.2) could expire the driver idles and wakes again, which keeps TempKey.
 * Waiting     Functions block, polling the chip, at most 2.5 s a command (atecc608.md 4.3). They never sleep for the
 *             worst case.
 * Retrying    A command that certainly did not reach the chip, or whose repetition changes nothing, is tried again; a
 *             command that may have changed the chip is not.
 *             An answer that arrives damaged is read again, which runs nothing. A recipe during which the chip lost
 *             its volatile state (someone else put it to sleep, the supply dipped) is run once more from its start.
 * Errors      0, or a negative enum atecc_error. `dev->failure` keeps the stage, the command and the chip's raw status
 *             of the last function called; atecc_explain() makes a sentence of it.
 * Trust       Whatever comes over the bus is checked (length, count, CRC) before it is used. Secrets are wiped from the
 *             driver's buffers before a function returns.
 * Threads     One device, one thread.
 */
#ifndef ATECC_H
#define ATECC_H

#include <stddef.h>
#include <stdint.h>

#include "atecc_bus.h"

enum atecc_error {
    ATECC_OK = 0,
    ATECC_ERROR_BUS = -1,          /* the bus failed: adapter gone, permission */
    ATECC_ERROR_NO_DEVICE = -2,    /* nothing woke up at that address */
    ATECC_ERROR_TIMEOUT = -3,      /* the chip stayed busy longer than any command may take */
    ATECC_ERROR_RESPONSE = -4,     /* bad count or CRC in a response, after retries */
    ATECC_ERROR_MISMATCH = -5,     /* chip status 01: signature or MAC does not match */
    ATECC_ERROR_PARSE = -6,        /* chip status 03: the chip knows no such command or parameters */
    ATECC_ERROR_ECC_FAULT = -7,    /* chip status 05 */
    ATECC_ERROR_SELF_TEST = -8,    /* chip status 07 */
    ATECC_ERROR_HEALTH_TEST = -9,  /* chip status 08 */
    ATECC_ERROR_EXECUTION = -10,   /* chip status 0F: locks, slot configuration or key do not allow it */
    ATECC_ERROR_WATCHDOG = -11,    /* chip status EE, again after a fresh wake */
    ATECC_ERROR_COMMUNICATION = -12, /* chip status FF: the chip received a damaged command, after retries */
    ATECC_ERROR_STATUS = -13,      /* a status this driver does not know */
    ATECC_ERROR_PARAMETER = -14,   /* the caller's arguments: slot over 15, ... */
    ATECC_ERROR_ADDRESS = -15,     /* a 7-bit address was expected; C0 (8-bit) was given for 60 */
};

enum atecc_stage { ATECC_STAGE_NONE, ATECC_STAGE_WAKE, ATECC_STAGE_SEND, ATECC_STAGE_EXECUTE, ATECC_STAGE_RECEIVE, ATECC_STAGE_PARSE };

struct atecc_failure {
    enum atecc_error error;
    enum atecc_stage stage;
    uint8_t opcode, param1;
    uint16_t param2;
    uint8_t status;     /* the chip's status byte, where it gave one */
    uint8_t write_slot; /* the slot whose key an encrypted write was made with; ATECC_NO_SLOT otherwise */
};

#define ATECC_NO_SLOT 0xFF

/* SHA-256 of `length` bytes (at most 128 here), handed in by the caller, so that the driver carries no second copy. */
typedef void (*atecc_sha256_fn)(const uint8_t *data, size_t length, uint8_t digest[32]);

enum atecc_model { ATECC_MODEL_UNKNOWN, ATECC_MODEL_508A, ATECC_MODEL_608 };

struct atecc {
    const struct atecc_bus_class **bus;
    atecc_sha256_fn sha256;
    uint8_t address;           /* 7-bit */
    enum atecc_model model;
    uint8_t revision[4];
    uint8_t serial[9];
    struct atecc_failure failure;
    /* private to the driver */
    unsigned session_depth;
    uint8_t awake;
    uint8_t interrupted;       /* the chip was found asleep in mid-session: TempKey may be gone */
    uint8_t write_slot;        /* for `failure`, while an encrypted write runs */
    uint8_t chip_mode;         /* configuration byte 19: the clock divider */
    uint32_t woken_at_us;
};

/* --- life ------------------------------------------------------------------------------------------------------ */

/* Wakes the chip, reads its revision and serial number. `address` is the 7-bit address (factory: 0x60); C0, the
 * 8-bit form, is refused with ATECC_ERROR_ADDRESS. */
int atecc_init(struct atecc *dev, const struct atecc_bus_class **bus, uint8_t address, atecc_sha256_fn sha256);
/* Every begin that returned 0 wants one end. An end that cannot reach the chip is an error only if the bus itself failed:
 * a chip that does not answer sleeps already. */
int atecc_begin(struct atecc *dev);
int atecc_end(struct atecc *dev);
/* Sleep: the chip forgets TempKey. */
int atecc_sleep(struct atecc *dev);

/* One sentence for `error`, static. */
const char *atecc_strerror(int error);
/* What was tried, what answered, what to do next, from `dev->failure`; always terminated. Returns `text`. */
const char *atecc_explain(const struct atecc *dev, char *text, size_t size);
/* The error as CryptoAuthLib numbers it (mongoose-os.md 2.5.4), which Mongoose OS prints as 0x<ss>. */
uint8_t atecc_cryptoauthlib_status(int error);

/* --- memory (atecc608.md 2) ------------------------------------------------------------------------------------ */

int atecc_read_config(struct atecc *dev, uint8_t config[128]);
/* Writes bytes 16 to 83 and 88 to 127, then UserExtra and UserExtraAdd (mongoose-os.md 2.5.1). Not atomic. */
int atecc_write_config(struct atecc *dev, const uint8_t config[128]);
int atecc_is_locked(struct atecc *dev, int *config_locked, int *data_locked);
int atecc_lock_config(struct atecc *dev);  /* for ever; CRC not checked */
int atecc_lock_data(struct atecc *dev);    /* for ever; CRC not checked */
int atecc_read_slot(struct atecc *dev, uint8_t slot, uint8_t block, uint8_t data[32]);
/* Clear write of one 32-byte block. */
int atecc_write_slot(struct atecc *dev, uint8_t slot, uint8_t block, const uint8_t data[32]);
/* Nonce, GenDig with `write_key` of `write_slot`, Write with MAC (atecc608.md 3.4). */
int atecc_write_slot_encrypted(struct atecc *dev, uint8_t slot, uint8_t block, const uint8_t data[32],
                               uint8_t write_slot, const uint8_t write_key[32]);

/* --- keys ------------------------------------------------------------------------------------------------------ */

int atecc_random(struct atecc *dev, uint8_t out[32]);
/* Creates a private key inside the chip. */
int atecc_gen_key(struct atecc *dev, uint8_t slot, uint8_t public_key[64]);
int atecc_public_key(struct atecc *dev, uint8_t slot, uint8_t public_key[64]);
/* PrivWrite in clear: only before the data zone is locked. */
int atecc_write_private_key(struct atecc *dev, uint8_t slot, const uint8_t key[32]);
/* Nonce, GenDig, PrivWrite encrypted (atecc608.md 3.17). A wrong write key is ATECC_ERROR_EXECUTION. */
int atecc_write_private_key_encrypted(struct atecc *dev, uint8_t slot, const uint8_t key[32],
                                      uint8_t write_slot, const uint8_t write_key[32]);
/* Random, Nonce (608: into the message digest buffer, so that TempKey survives), Sign (external). */
int atecc_sign(struct atecc *dev, uint8_t slot, const uint8_t digest[32], uint8_t signature[64]);
/* Verify (external). ATECC_OK: good; ATECC_ERROR_MISMATCH: bad. */
int atecc_verify(struct atecc *dev, const uint8_t digest[32], const uint8_t signature[64], const uint8_t public_key[64]);

/* 608: ephemeral key in TempKey (GenKey FFFF), then ECDH from TempKey, clear output. The key survives Random, Nonce to
 * the message digest buffer, Sign and Verify from it, and idle; ECDH consumes it. */
int atecc_gen_ephemeral(struct atecc *dev, uint8_t public_key[64]);
int atecc_ecdh_ephemeral(struct atecc *dev, const uint8_t peer[64], uint8_t secret[32]);
/* Whether TempKey holds anything: the chip forgets it, and the ephemeral key in it, on sleep and power loss
 * (atecc608.md 1.8, 3.14). Five milliseconds, to ask before a public key made ahead is promised to a peer. */
int atecc_tempkey_is_valid(struct atecc *dev, int *valid);
/* ECDH with the private key of `slot`, clear output (P1 = 0C). */
int atecc_ecdh(struct atecc *dev, uint8_t slot, const uint8_t peer[64], uint8_t secret[32]);

/* AES-128 ECB of one block (608). `mode` 0 encrypts, 1 decrypts; `key_block` is the 16-byte block of the slot, 0 to 3. */
int atecc_aes(struct atecc *dev, uint8_t slot, uint8_t key_block, uint8_t mode, const uint8_t in[16], uint8_t out[16]);

#endif
