/* One command in execution, and the table of all commands.
 *
 * To add a command: write chip/command_<name>.c with one function of type chip_command_run, declare it below,
 * give it a row in chip/command_table.c. The function looks at the call, returns CHIP_SUCCESS and perhaps an
 * answer, or chip_refuse(...). It checks everything before it changes anything.
 */
#ifndef CHIP_COMMAND_H
#define CHIP_COMMAND_H

#include "chip.h"

enum { CHIP_ANSWER_MAX = CHIP_RESPONSE_MAX - 3, CHIP_TEMP_KEY_SLOT = 0xFFFF };

struct chip_call {
    uint8_t opcode;
    uint8_t p1;
    uint16_t p2;
    const uint8_t *data;
    size_t length;

    uint8_t *answer;      /* room for CHIP_ANSWER_MAX */
    size_t answer_length; /* 0: the answer is the status */
    int slot;             /* the slot the command is about, for the trace; -1 none */
    bool goes_idle;       /* Pause: the part answers nothing and goes idle */
    char reason[CHIP_REASON_MAX];
};

typedef enum chip_status chip_command_run(struct chip *chip, struct chip_call *call);

struct chip_command {
    const char *name; /* NULL: no such command on either part */
    chip_command_run *run;
    uint16_t time_ms[3];      /* 608: atecc608.md 4.2, for M0, M1, M2; 0: the 608 has no such command */
    uint16_t time_508_ms;     /* 508A: atecc608.md 4.1; 0: the 508A has no such command */
    bool in_selftest_failure; /* still works after a failed self test (GUESS 60) */
};

extern const struct chip_command chip_commands[256];

/* Has this part, 608 or 508A, a command with this opcode? */
bool chip_has_command(const struct chip *chip, uint8_t opcode);

/* Notes why, and returns `status`. The command's name is put in front: "slot 7 is locked" becomes
 * "Write refused: slot 7 is locked". */
__attribute__((format(printf, 3, 4))) enum chip_status
chip_refuse(struct chip_call *call, enum chip_status status, const char *format, ...);

/* The data must be `length` bytes long. */
enum chip_status chip_check_length(struct chip_call *call, size_t length);

/* Modes the 608 has and the 508A has not: PARSE with `what` ("the Message Digest Buffer") on a 508A. */
enum chip_status chip_check_608(const struct chip *chip, struct chip_call *call, const char *what);

/* P2 must name one of the 16 slots; notes it for the trace. */
enum chip_status chip_check_slot(struct chip_call *call);

/* The configuration zone must be locked. */
enum chip_status chip_check_config_locked(const struct chip *chip, struct chip_call *call);

/* The chip's random generator: checks its health, and gives the pattern FF FF 00 00 until the configuration
 * is locked (atecc608.md 2.10). */
enum chip_status chip_random(struct chip *chip, struct chip_call *call, uint8_t *bytes, size_t n);

/* For commands that use the generator without drawing from it here: refused once after a health failure. */
enum chip_status chip_check_random_health(struct chip *chip, struct chip_call *call);

/* How long this command keeps the part busy, microseconds: the maximum of atecc608.md 4.1, 4.2. */
uint32_t chip_execution_time_us(const struct chip *chip, uint8_t opcode);

/* Runs the self tests named by `bits` (atecc608.md 3.22), keeps and returns those that failed. */
uint8_t chip_self_test(struct chip *chip, uint8_t bits);

/* The longest command group this part takes, Count to CRC (atecc608.md 1.5). */
size_t chip_request_max(const struct chip *chip);

chip_command_run chip_command_aes, chip_command_checkmac, chip_command_counter, chip_command_derivekey,
    chip_command_ecdh, chip_command_gendig, chip_command_genkey, chip_command_hmac, chip_command_info,
    chip_command_kdf, chip_command_lock, chip_command_mac, chip_command_nonce, chip_command_pause,
    chip_command_privwrite, chip_command_random, chip_command_read, chip_command_secureboot,
    chip_command_selftest, chip_command_sha, chip_command_sign, chip_command_update_extra,
    chip_command_verify, chip_command_write;

#endif
