/* Sessions: waking the chip, keeping it awake for many commands, and letting it go.  atecc608.md 1.2, 1.8 */

#include <string.h>

#include "atecc_internal.h"

enum {
    WAKE_DELAY_US = 1500,    /* tWHI: from the pulse to the first transfer */
    WATCHDOG_MS = 700,       /* the shortest the chip may stay awake; the long option is not relied on */
    WATCHDOG_MARGIN_MS = 15, /* for the transfers themselves and the last poll */
    IDLE_PAUSE_US = 1000,    /* from idle to the next pulse (mongoose-os.md 2.5.3) */

    /* A chip that another program left busy hears nothing until its command is done, and then must be put to
     * idle first. The pauses between the attempts double from 2 ms to 32 ms: a quarter of a second in all,
     * longer than any command this driver sends takes at the fastest clock (atecc608.md 4.2). */
    WAKE_ATTEMPTS = 11,
    WAKE_FIRST_PAUSE_US = 2000,
    WAKE_LAST_PAUSE_US = 32000,
};

int atecc_fail(struct atecc *dev, enum atecc_error error, enum atecc_stage stage,
               const struct atecc_command *command, uint8_t status)
{
    memset(&dev->failure, 0, sizeof(dev->failure));
    dev->failure.error = error;
    dev->failure.stage = stage;
    dev->failure.status = status;
    dev->failure.write_slot = dev->write_slot;
    if (command) {
        dev->failure.opcode = command->opcode;
        dev->failure.param1 = command->param1;
        dev->failure.param2 = command->param2;
    }
    return error;
}

int atecc_no_such_slot(struct atecc *dev, enum atecc_opcode opcode, uint8_t param1, uint8_t slot)
{
    struct atecc_command command = {.opcode = (uint8_t)opcode, .param1 = param1, .param2 = slot};

    return atecc_fail(dev, ATECC_ERROR_PARAMETER, ATECC_STAGE_NONE, &command, 0);
}

enum wake_answer { WAKE_AWAKE, WAKE_SILENT, WAKE_STRANGE, WAKE_SELF_TEST, WAKE_BUS_FAILED };

static enum wake_answer wake_once(struct atecc *dev)
{
    /* The self-test failure comes with either CRC: the library's literal, or the true one (atecc608.md 8.1
     * #1). */
    static const uint8_t awake[4] = {0x04, 0x11, 0x33, 0x43};
    static const uint8_t self_test[4] = {0x04, 0x07, 0x40, 0xC2};
    static const uint8_t self_test_literal[4] = {0x04, 0x07, 0xC4, 0x40};
    uint8_t answer[4] = {0};

    dev->woken_at_us = atecc_bus_now_us(dev);
    if ((*dev->bus)->wake_pulse(dev->bus) == ATECC_BUS_FAILED)
        return WAKE_BUS_FAILED;
    atecc_bus_delay_us(dev, WAKE_DELAY_US);

    int err = atecc_bus_read(dev, answer, sizeof(answer));

    if (err == ATECC_BUS_NACK)
        return WAKE_SILENT;
    if (err)
        return WAKE_BUS_FAILED;
    if (memcmp(answer, awake, sizeof(awake)) == 0)
        return WAKE_AWAKE;
    if (memcmp(answer, self_test, 4) == 0 || memcmp(answer, self_test_literal, 4) == 0)
        return WAKE_SELF_TEST;
    return WAKE_STRANGE;
}

/* A chip that is awake already (another program died in mid-session) ignores the pulse and answers whatever
 * its buffer holds, or, with half a command in it, nothing. Reset drops the half command, idle makes it
 * listen for a pulse again; neither loses TempKey, and a sleeping or absent chip does not notice. */
static void make_it_listen(struct atecc *dev)
{
    (void)atecc_bus_write_byte(dev, ATECC_WORD_RESET);
    (void)atecc_bus_write_byte(dev, ATECC_WORD_IDLE);
}

static int wake(struct atecc *dev)
{
    enum wake_answer answer = WAKE_SILENT;
    uint32_t pause_us = WAKE_FIRST_PAUSE_US;
    unsigned bus_failures = 0;

    for (unsigned attempt = 1; attempt <= WAKE_ATTEMPTS; attempt++) {
        answer = wake_once(dev);
        if (answer == WAKE_AWAKE) {
            dev->awake = 1;
            return ATECC_OK;
        }
        if (answer == WAKE_SELF_TEST)
            return atecc_fail(dev, ATECC_ERROR_SELF_TEST, ATECC_STAGE_WAKE, NULL, 0x07);
        if (answer == WAKE_BUS_FAILED && ++bus_failures == 2)
            return atecc_fail(dev, ATECC_ERROR_BUS, ATECC_STAGE_WAKE, NULL, 0);
        if (attempt == WAKE_ATTEMPTS)
            break;
        make_it_listen(dev);
        atecc_bus_delay_us(dev, pause_us);
        if (pause_us < WAKE_LAST_PAUSE_US)
            pause_us *= 2;
    }
    if (answer == WAKE_STRANGE)
        return atecc_fail(dev, ATECC_ERROR_RESPONSE, ATECC_STAGE_WAKE, NULL, 0);
    if (answer == WAKE_BUS_FAILED)
        return atecc_fail(dev, ATECC_ERROR_BUS, ATECC_STAGE_WAKE, NULL, 0);
    return atecc_fail(dev, ATECC_ERROR_NO_DEVICE, ATECC_STAGE_WAKE, NULL, 0);
}

int atecc_begin(struct atecc *dev)
{
    memset(&dev->failure, 0, sizeof(dev->failure));
    if (dev->session_depth == 0 && !dev->awake) {
        int err = wake(dev);

        if (err)
            return err;
    }
    dev->session_depth++;
    return ATECC_OK;
}

int atecc_end(struct atecc *dev)
{
    if (dev->session_depth == 0)
        return atecc_fail(dev, ATECC_ERROR_PARAMETER, ATECC_STAGE_NONE, NULL, 0);
    if (--dev->session_depth > 0 || !dev->awake)
        return ATECC_OK;
    dev->awake = 0;
    if (atecc_bus_write_byte(dev, ATECC_WORD_IDLE) == ATECC_BUS_FAILED)
        return atecc_fail(dev, ATECC_ERROR_BUS, ATECC_STAGE_SEND, NULL, 0);
    return ATECC_OK;
}

/* The command's own outcome is what counts: a chip that did not hear the idle goes to sleep by its watchdog.
 */
int atecc_session_finish(struct atecc *dev, int error)
{
    struct atecc_failure failure = dev->failure;

    (void)atecc_end(dev);
    dev->failure = failure;
    return error;
}

/* Only a chip that is awake hears Sleep; an idle one is woken for it. */
int atecc_sleep(struct atecc *dev)
{
    int err;

    memset(&dev->failure, 0, sizeof(dev->failure));
    if (!dev->awake && (err = wake(dev)))
        return err;
    dev->awake = 0;
    err = atecc_bus_write_byte(dev, ATECC_WORD_SLEEP);
    if (err == ATECC_BUS_NACK)
        return atecc_fail(dev, ATECC_ERROR_NO_DEVICE, ATECC_STAGE_SEND, NULL, 0);
    if (err)
        return atecc_fail(dev, ATECC_ERROR_BUS, ATECC_STAGE_SEND, NULL, 0);
    return ATECC_OK;
}

void atecc_session_refresh(struct atecc *dev)
{
    dev->awake = 0;
    /* Not acknowledged: it was asleep already, perhaps by its watchdog while this program was held up. */
    if (atecc_bus_write_byte(dev, ATECC_WORD_IDLE) != ATECC_BUS_OK)
        dev->interrupted = 1;
    atecc_bus_delay_us(dev, IDLE_PAUSE_US);
}

/* The watchdog runs from the wake on and no command restarts it; idle and wake do, and keep TempKey. A
 * command that may take longer than the whole of it (Verify at the slowest clock) at least starts with all of
 * it. */
int atecc_session_make_time(struct atecc *dev, uint32_t milliseconds)
{
    if (dev->awake) {
        uint32_t awake_ms = (atecc_bus_now_us(dev) - dev->woken_at_us) / 1000;

        if (awake_ms + milliseconds + WATCHDOG_MARGIN_MS <= WATCHDOG_MS)
            return ATECC_OK;
        atecc_session_refresh(dev);
    }
    return wake(dev);
}

int atecc_session_run(struct atecc *dev, atecc_recipe recipe, void *context)
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    dev->interrupted = 0;
    err = recipe(dev, context);
    if (err == ATECC_ERROR_EXECUTION && dev->interrupted) {
        dev->interrupted = 0;
        err = recipe(dev, context);
    }
    return atecc_session_finish(dev, err);
}
