/* One command: send it, wait for it, take the answer, and decide what may be tried again.
 * atecc608.md 1.4, 1.7, 4.3
 *
 * What is tried again, and why it is safe:
 *   the address was not acknowledged  the command never reached the chip: wake it and send
 *   status FF                         the chip received it damaged and says so before looking at it: send
 *   status EE                         the chip declined for lack of time, nothing ran: idle, wake, send
 *   an answer damaged on its way      rewind the chip's output (word address 00), read it again: runs nothing
 *   anything else                     not known whether it ran: only if its repetition changes nothing
 */

#include <string.h>

#include "atecc_internal.h"

enum {
    ATTEMPTS = 3,           /* of a command, the first included */
    READINGS = 4,           /* of one answer */
    FIRST_POLL_US = 100,    /* Info and Read take about as long; the pause doubles ... */
    SLOWEST_POLL_US = 2000, /* ... up to what CryptoAuthLib uses throughout */
    GIVE_UP_US = 2500000,
    POLLS_MAX = 1400, /* should the bus's clock stand still: 2.5 s in pauses, and a few */
};

/* --- the answer ----------------------------------------------------------------------------------------- */

enum reading { READING_WHOLE, READING_BUSY, READING_NOTHING, READING_DAMAGED, READING_BUS_FAILED };

/* The count first, then, if it is one of the two possible, as many bytes as it says. */
static enum reading read_group(struct atecc *dev, uint8_t group[ATECC_RESPONSE_MAX], size_t expected)
{
    int err = atecc_bus_read(dev, group, 1);

    if (err == ATECC_BUS_NACK)
        return READING_BUSY;
    if (err)
        return READING_BUS_FAILED;

    size_t count = group[0];

    if (count == 0xFF)
        return READING_NOTHING;
    if (count != ATECC_RESPONSE_MIN && count != expected + ATECC_RESPONSE_OVERHEAD)
        return READING_DAMAGED;
    err = atecc_bus_read(dev, group + 1, count - 1);
    if (err == ATECC_BUS_FAILED)
        return READING_BUS_FAILED;
    if (err || !atecc_response_is_whole(group, count))
        return READING_DAMAGED;
    return READING_WHOLE;
}

/* Waits for the answer and reads it until it is whole. FF instead of a count is what the chip sends beyond
 * the end of an answer already read: it has nothing new, so the command's first byte must have been damaged
 * (the CRC does not cover the word address). Rewinding then would bring back the answer to the command
 * before: never do that. */
static int receive(struct atecc *dev, const struct atecc_command *command, uint8_t group[ATECC_RESPONSE_MAX],
                   size_t expected)
{
    uint32_t started = atecc_bus_now_us(dev);
    uint32_t pause_us = FIRST_POLL_US;
    unsigned readings = 0;
    int rewind = 0;

    for (unsigned poll = 0; poll < POLLS_MAX; poll++) {
        enum reading reading = READING_BUSY;

        atecc_bus_delay_us(dev, pause_us);
        if (pause_us < SLOWEST_POLL_US)
            pause_us = pause_us * 2 < SLOWEST_POLL_US ? pause_us * 2 : SLOWEST_POLL_US;

        if (!rewind || atecc_bus_write_byte(dev, ATECC_WORD_RESET) == ATECC_BUS_OK)
            reading = read_group(dev, group, expected);
        switch (reading) {
        case READING_WHOLE:
            return ATECC_OK;
        case READING_NOTHING:
            return atecc_fail(dev, ATECC_ERROR_RESPONSE, ATECC_STAGE_RECEIVE, command, 0);
        case READING_BUSY:
            if (atecc_bus_now_us(dev) - started < GIVE_UP_US)
                continue;
            dev->awake = 0;
            return atecc_fail(dev, ATECC_ERROR_TIMEOUT, ATECC_STAGE_EXECUTE, command, 0);
        case READING_DAMAGED:
        case READING_BUS_FAILED:
            if (++readings == READINGS) {
                enum atecc_error error = reading == READING_DAMAGED ? ATECC_ERROR_RESPONSE : ATECC_ERROR_BUS;

                return atecc_fail(dev, error, ATECC_STAGE_RECEIVE, command, 0);
            }
            rewind = 1;
            pause_us = FIRST_POLL_US;
        }
    }
    dev->awake = 0;
    return atecc_fail(dev, ATECC_ERROR_TIMEOUT, ATECC_STAGE_EXECUTE, command, 0);
}

static enum atecc_error error_of_status(uint8_t status)
{
    switch (status) {
    case 0x00:
        return ATECC_OK;
    case 0x01:
        return ATECC_ERROR_MISMATCH;
    case 0x03:
        return ATECC_ERROR_PARSE;
    case 0x05:
        return ATECC_ERROR_ECC_FAULT;
    case 0x07:
        return ATECC_ERROR_SELF_TEST;
    case 0x08:
        return ATECC_ERROR_HEALTH_TEST;
    case 0x0F:
        return ATECC_ERROR_EXECUTION;
    case 0x11: /* "I just woke": the chip started anew and knows of no command */
        return ATECC_ERROR_RESPONSE;
    case 0xEE:
        return ATECC_ERROR_WATCHDOG;
    case 0xFF:
        return ATECC_ERROR_COMMUNICATION;
    default:
        return ATECC_ERROR_STATUS;
    }
}

static int parse(struct atecc *dev, const struct atecc_command *command, const uint8_t *group,
                 uint8_t *response, size_t length)
{
    if (group[0] == ATECC_RESPONSE_MIN) {
        enum atecc_error error = error_of_status(group[1]);

        if (error)
            return atecc_fail(dev, error, ATECC_STAGE_EXECUTE, command, group[1]);
        if (length > 0) /* "done", where data was due */
            return atecc_fail(dev, ATECC_ERROR_RESPONSE, ATECC_STAGE_PARSE, command, group[1]);
        return ATECC_OK;
    }
    memcpy(response, group + 1, length);
    return ATECC_OK;
}

/* --- the command ---------------------------------------------------------------------------------------- */

static int attempt(struct atecc *dev, const struct atecc_command *command, const uint8_t *packet, size_t size,
                   uint8_t *response, size_t length)
{
    int err = atecc_bus_write(dev, packet, size);

    if (err == ATECC_BUS_NACK) {
        dev->awake = 0;
        dev->interrupted = 1;
        return atecc_fail(dev, ATECC_ERROR_NO_DEVICE, ATECC_STAGE_SEND, command, 0);
    }
    if (err)
        return atecc_fail(dev, ATECC_ERROR_BUS, ATECC_STAGE_SEND, command, 0);

    uint8_t group[ATECC_RESPONSE_MAX];

    err = receive(dev, command, group, length);
    if (!err)
        err = parse(dev, command, group, response, length);
    atecc_wipe(group, sizeof(group));
    return err;
}

/* Random and Nonce give other numbers the second time, and the second are the ones used. Sign, ECDH, AES and
 * the like may consume TempKey or a use of the key; writes and locks change the chip. */
static int repetition_changes_nothing(const struct atecc_command *command)
{
    switch (command->opcode) {
    case ATECC_OP_INFO:
    case ATECC_OP_RANDOM:
    case ATECC_OP_READ:
    case ATECC_OP_NONCE:
        return 1;
    case ATECC_OP_GENKEY:
        return command->param1 == ATECC_GENKEY_PUBLIC;
    default:
        return 0;
    }
}

static int may_be_repeated(const struct atecc *dev, const struct atecc_command *command)
{
    switch (dev->failure.error) {
    case ATECC_ERROR_NO_DEVICE:
    case ATECC_ERROR_COMMUNICATION:
    case ATECC_ERROR_WATCHDOG:
        return 1;
    case ATECC_ERROR_ECC_FAULT: /* rare, transient; GenKey left no valid key behind (atecc608.md 3.10) */
        return command->opcode == ATECC_OP_GENKEY;
    case ATECC_ERROR_BUS:
    case ATECC_ERROR_RESPONSE:
        return repetition_changes_nothing(command);
    default:
        return 0;
    }
}

int atecc_execute(struct atecc *dev, const struct atecc_command *command, uint8_t *response, size_t length)
{
    uint8_t packet[ATECC_PACKET_MAX];
    size_t size = atecc_packet_build(packet, command);
    int err = ATECC_OK;

    if (size == 0 || length > ATECC_RESPONSE_MAX - ATECC_RESPONSE_OVERHEAD)
        return atecc_fail(dev, ATECC_ERROR_PARAMETER, ATECC_STAGE_NONE, command, 0);

    for (unsigned tries = 1;; tries++) {
        err = atecc_session_make_time(dev, atecc_execution_time_ms(dev, command->opcode));
        if (err)
            break;
        err = attempt(dev, command, packet, size, response, length);
        if (!err || tries == ATTEMPTS || !may_be_repeated(dev, command))
            break;
        atecc_session_refresh(dev);
    }
    atecc_wipe(packet, sizeof(packet));
    if (err && length > 0)
        atecc_wipe(response, length);
    if (!err)
        memset(&dev->failure, 0, sizeof(dev->failure));
    return err;
}
