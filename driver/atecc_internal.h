/* What the driver's files share, and nobody else includes: packets, session, execution, one function per
 * command. */
#ifndef ATECC_INTERNAL_H
#define ATECC_INTERNAL_H

#include "atecc.h"

/* --- packets (packet.c; atecc608.md 1.5, 1.6) ----------------------------------------------------------- */

enum atecc_opcode {
    ATECC_OP_READ = 0x02,
    ATECC_OP_WRITE = 0x12,
    ATECC_OP_GENDIG = 0x15,
    ATECC_OP_NONCE = 0x16,
    ATECC_OP_LOCK = 0x17,
    ATECC_OP_RANDOM = 0x1B,
    ATECC_OP_UPDATE_EXTRA = 0x20,
    ATECC_OP_INFO = 0x30,
    ATECC_OP_GENKEY = 0x40,
    ATECC_OP_SIGN = 0x41,
    ATECC_OP_ECDH = 0x43,
    ATECC_OP_VERIFY = 0x45,
    ATECC_OP_PRIVWRITE = 0x46,
    ATECC_OP_AES = 0x51,
};

/* The first byte of every write (atecc608.md 1.3). */
enum atecc_word_address {
    ATECC_WORD_RESET = 0,
    ATECC_WORD_SLEEP = 1,
    ATECC_WORD_IDLE = 2,
    ATECC_WORD_COMMAND = 3
};

enum {
    ATECC_COMMAND_OVERHEAD = 7,   /* count, opcode, param1, param2, CRC */
    ATECC_COMMAND_DATA_MAX = 128, /* Verify(external): signature and public key */
    ATECC_PACKET_MAX = 1 + ATECC_COMMAND_OVERHEAD + ATECC_COMMAND_DATA_MAX, /* with the word address */
    ATECC_RESPONSE_OVERHEAD = 3,                                            /* count, CRC */
    ATECC_RESPONSE_MIN = 4,
    ATECC_RESPONSE_MAX = 64 + ATECC_RESPONSE_OVERHEAD,
};

/* A command's data comes in up to two pieces (signature and public key, cipher text and MAC), sent one after
 * the other. */
struct atecc_command {
    uint8_t opcode, param1;
    uint16_t param2;
    const uint8_t *data;
    size_t length;
    const uint8_t *more;
    size_t more_length;
};

uint16_t atecc_crc16(uint16_t crc, const uint8_t *data, size_t length);
/* Word address and packet; returns the bytes to send, 0 if the data does not fit. */
size_t atecc_packet_build(uint8_t packet[ATECC_PACKET_MAX], const struct atecc_command *command);
/* Whether `size` bytes are a response group: count and CRC agree. */
int atecc_response_is_whole(const uint8_t *group, size_t size);

/* --- wipe.c --------------------------------------------------------------------------------------------- */

void atecc_wipe(void *data, size_t length);

/* --- the bus -------------------------------------------------------------------------------------------- */

static inline int atecc_bus_write(struct atecc *dev, const uint8_t *data, size_t length)
{
    return (*dev->bus)->write(dev->bus, dev->address, data, length);
}

static inline int atecc_bus_write_byte(struct atecc *dev, uint8_t byte)
{
    return (*dev->bus)->write(dev->bus, dev->address, &byte, 1);
}

static inline int atecc_bus_read(struct atecc *dev, uint8_t *data, size_t length)
{
    return (*dev->bus)->read(dev->bus, dev->address, data, length);
}

static inline void atecc_bus_delay_us(struct atecc *dev, uint32_t microseconds)
{
    (*dev->bus)->delay_us(dev->bus, microseconds);
}

static inline uint32_t atecc_bus_now_us(struct atecc *dev)
{
    return (*dev->bus)->now_us(dev->bus);
}

/* --- session.c ------------------------------------------------------------------------------------------ */

/* Notes the failure in `dev->failure` and returns `error`. `command` may be NULL. */
int atecc_fail(struct atecc *dev, enum atecc_error error, enum atecc_stage stage,
               const struct atecc_command *command, uint8_t status);
/* The caller asked `opcode` of a slot, or a block of it, that does not exist; nothing was sent. */
int atecc_no_such_slot(struct atecc *dev, enum atecc_opcode opcode, uint8_t param1, uint8_t slot);
/* Awake, with time enough before the watchdog for `milliseconds` more. */
int atecc_session_make_time(struct atecc *dev, uint32_t milliseconds);
/* Idle, so that the next command begins with a fresh wake. TempKey stays. */
void atecc_session_refresh(struct atecc *dev);
/* For the end of a public function: ends the session, keeps the error. */
int atecc_session_finish(struct atecc *dev, int error);
/* Begins a session, runs a recipe, ends it. If the chip lost its volatile state on the way and therefore
 * refused a step, the recipe is run once more: so it must start from nothing and end with its only lasting
 * step. */
typedef int (*atecc_recipe)(struct atecc *dev, void *context);
int atecc_session_run(struct atecc *dev, atecc_recipe recipe, void *context);

/* --- execute.c, execution_time.c ------------------------------------------------------------------------ */

/* Runs one command. `length` 0: the answer is a status; otherwise the answer's data is exactly `length` bytes
 * (2 to 64). On error `response` is zeroed. */
int atecc_execute(struct atecc *dev, const struct atecc_command *command, uint8_t *response, size_t length);
/* The longest `opcode` may take on this chip (atecc608.md 4). */
uint32_t atecc_execution_time_ms(const struct atecc *dev, uint8_t opcode);

/* --- one function per command (command_*.c). All expect a session. -------------------------------------- */

enum { ATECC_SLOTS = 16 };

enum atecc_zone { ATECC_ZONE_CONFIG = 0, ATECC_ZONE_DATA = 2 };

/* Param2 of a data slot's block; of a 4-byte word of the configuration zone (atecc608.md 2.1). */
uint16_t atecc_slot_address(uint8_t slot, uint8_t block);
uint16_t atecc_config_address(unsigned byte);

/* slots.c */
int atecc_block_exists(uint8_t slot, uint8_t block);

int atecc_command_info(struct atecc *dev, uint8_t mode, uint16_t param2, uint8_t info[4]);
int atecc_command_random(struct atecc *dev, uint8_t random[32]);
int atecc_command_nonce_random(struct atecc *dev, const uint8_t num_in[20], uint8_t rand_out[32]);
enum atecc_nonce_target { ATECC_NONCE_TEMPKEY = 0x03, ATECC_NONCE_MESSAGE_DIGEST = 0x43 };
int atecc_command_nonce_load(struct atecc *dev, enum atecc_nonce_target target, const uint8_t value[32]);
int atecc_command_gendig_slot(struct atecc *dev, uint8_t slot);
int atecc_command_aes(struct atecc *dev, uint8_t mode, uint16_t slot, const uint8_t in[16], uint8_t out[16]);

int atecc_command_read_block(struct atecc *dev, enum atecc_zone zone, uint16_t address, uint8_t block[32]);
int atecc_command_read_word(struct atecc *dev, enum atecc_zone zone, uint16_t address, uint8_t word[4]);
int atecc_command_write_block(struct atecc *dev, enum atecc_zone zone, uint16_t address,
                              const uint8_t block[32]);
int atecc_command_write_word(struct atecc *dev, enum atecc_zone zone, uint16_t address,
                             const uint8_t word[4]);
int atecc_command_write_encrypted(struct atecc *dev, uint16_t address, const uint8_t cipher[32],
                                  const uint8_t mac[32]);
int atecc_command_update_extra(struct atecc *dev, uint8_t which, uint8_t value);
int atecc_command_lock(struct atecc *dev, uint8_t zone);

enum atecc_genkey_mode { ATECC_GENKEY_PUBLIC = 0x00, ATECC_GENKEY_CREATE = 0x04 };
int atecc_command_genkey(struct atecc *dev, enum atecc_genkey_mode mode, uint16_t slot,
                         uint8_t public_key[64]);
int atecc_command_sign(struct atecc *dev, uint8_t mode, uint8_t slot, uint8_t signature[64]);
int atecc_command_verify_external(struct atecc *dev, uint8_t mode, const uint8_t signature[64],
                                  const uint8_t public_key[64]);
int atecc_command_ecdh(struct atecc *dev, uint8_t mode, uint16_t slot, const uint8_t peer[64],
                       uint8_t secret[32]);
int atecc_command_privwrite(struct atecc *dev, uint8_t mode, uint8_t slot, const uint8_t value[36],
                            const uint8_t mac[32]);

#endif
