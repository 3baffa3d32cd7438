/* The chip on its bus: power states, wake, word addresses, busy, watchdog.  atecc608.md 1.1 - 1.4, 1.8 */

#include "chip.h"

#include <string.h>

#include "command.h"
#include "crc.h"
#include "crypto.h"
#include "guesses.h"
#include "memory.h"

enum {
    WORD_RESET = 0x00,
    WORD_SLEEP = 0x01,
    WORD_IDLE = 0x02,
    WORD_COMMAND = 0x03,

    WAKE_HIGH_US = 1500,         /* tWHI */
    SHORT_WATCHDOG_US = 1300000, /* typical */
    DIVIDER_M1 = 0x28,
    DIVIDER_M2 = 0x68,
};

static uint64_t now_us(const struct chip *chip)
{
    return chip->platform.now_us(chip->platform.context);
}

static void trace_power(struct chip *chip, enum chip_event event, uint64_t at_us)
{
    struct chip_trace trace = {.event = event, .at_us = at_us, .command = "", .slot = -1};

    if (chip->platform.trace)
        chip->platform.trace(chip->platform.context, &trace);
}

/* What the part reads from its configuration when it comes up, and not before (atecc608.md 1.1, 2.4). */
static void load_configuration(struct chip *chip)
{
    const uint8_t *config = chip->eeprom.config;
    uint8_t mode = config[CONFIG_CHIP_MODE];
    uint8_t divider = mode & CHIP_MODE_DIVIDER;
    bool extra = !chip_is_508(chip) && (mode & CHIP_MODE_EXTRA_ADDRESS) && config[CONFIG_USER_EXTRA_ADD] != 0;

    chip->address = config[extra ? CONFIG_USER_EXTRA_ADD : CONFIG_I2C_ADDRESS] >> 1;
    chip->long_watchdog = mode & CHIP_MODE_LONG_WATCHDOG;
    chip->clock_divider = divider == DIVIDER_M2   ? 2
                          : divider == DIVIDER_M1 ? 1
                                                  : 0; /* a 508A has one speed */
}

static void forget_io(struct chip *chip)
{
    chip_wipe(chip->input, sizeof chip->input);
    chip_wipe(chip->output, sizeof chip->output);
    chip->input_length = chip->output_length = chip->output_read = 0;
}

static void fall_asleep(struct chip *chip)
{
    chip_wipe(&chip->sram, sizeof chip->sram);
    forget_io(chip);
    chip->power = CHIP_ASLEEP;
}

/* Lets the time that has passed since the last transfer take effect. */
static void settle(struct chip *chip)
{
    if (chip->power != CHIP_AWAKE || now_us(chip) < chip->watchdog_us)
        return;
    trace_power(chip, CHIP_EVENT_WATCHDOG, chip->watchdog_us);
    fall_asleep(chip);
}

void chip_inject_watchdog(struct chip *chip)
{
    if (chip->power == CHIP_AWAKE && now_us(chip) < chip->watchdog_us)
        chip->watchdog_us = now_us(chip);
    settle(chip);
}

static bool answers(struct chip *chip, uint8_t address)
{
    settle(chip);
    return chip->power == CHIP_AWAKE && address == chip->address && now_us(chip) >= chip->busy_until_us;
}

void chip_init_sharing(struct chip *chip, const struct chip_eeprom *eeprom,
                       const struct chip_platform *platform, const struct chip_policy *policy,
                       struct chip_crypto *crypto)
{
    *chip =
        (struct chip){.platform = *platform, .policy = *policy, .power = CHIP_UNPOWERED, .crypto = crypto};
    memcpy(&chip->eeprom, eeprom, sizeof chip->eeprom);
    load_configuration(chip);
}

int chip_init(struct chip *chip, const struct chip_eeprom *eeprom, const struct chip_platform *platform,
              const struct chip_policy *policy)
{
    struct chip_crypto *crypto = chip_crypto_new();
    if (!crypto)
        return -1;
    chip_init_sharing(chip, eeprom, platform, policy, crypto);
    chip->owns_crypto = true;
    return 0;
}

void chip_release(struct chip *chip)
{
    if (chip->owns_crypto)
        chip_crypto_free(chip->crypto);
    chip_wipe(chip, sizeof *chip);
}

/* ChipOptions bit 0. GUESS 9: on power-up and wake from sleep, not from idle. */
static void power_on_self_test(struct chip *chip)
{
    chip->selftest_failed = 0;
    if (chip_options(chip) & OPTION_POST)
        chip_self_test(chip, 0x3F);
}

void chip_power_on(struct chip *chip)
{
    if (chip->power != CHIP_UNPOWERED)
        return;
    fall_asleep(chip);
}

void chip_power_off(struct chip *chip)
{
    fall_asleep(chip);
    chip->latch = false;
    chip->use_unlocked = false;
    chip->secure_boot_closed = false;
    chip->gpio_away = false;
    chip->selftest_failed = 0;
    chip->power = CHIP_UNPOWERED;
}

static void wake_response(struct chip *chip)
{
    forget_io(chip);
    chip->output[0] = 4;
    chip->output[1] = chip->selftest_failed ? CHIP_SELFTEST_FAILED : CHIP_AFTER_WAKE;
    uint16_t crc = chip_crc16(0, chip->output, 2);
    if (chip->selftest_failed && GUESS_1_SELFTEST_WAKE_CRC_OF_LIBRARY)
        crc = 0x40C4;
    chip->output[2] = (uint8_t)crc;
    chip->output[3] = (uint8_t)(crc >> 8);
    chip->output_length = 4;
}

void chip_wake_pulse(struct chip *chip)
{
    settle(chip);
    if (chip->power != CHIP_ASLEEP && chip->power != CHIP_IDLE)
        return;

    uint64_t now = now_us(chip);
    if (chip->power == CHIP_ASLEEP) {
        load_configuration(chip);
        power_on_self_test(chip);
    }
    chip->power = CHIP_AWAKE;
    chip->busy_until_us = chip->policy.fast ? now : now + WAKE_HIGH_US;
    chip->watchdog_us = now + (chip->long_watchdog ? GUESS_7_LONG_WATCHDOG_S * 1000000u : SHORT_WATCHDOG_US);
    wake_response(chip);
    trace_power(chip, CHIP_EVENT_WAKE, now);
}

static void go_idle(struct chip *chip)
{
    trace_power(chip, CHIP_EVENT_IDLE, now_us(chip));
    forget_io(chip);
    chip->power = CHIP_IDLE;
}

static void execute_input(struct chip *chip)
{
    struct chip_trace trace;

    chip->output_length = chip_exec(chip, chip->input, chip->input_length, chip->output, &trace);
    chip->output_read = 0;
    chip_wipe(chip->input, sizeof chip->input);
    chip->input_length = 0;
    chip->busy_until_us = now_us(chip) + trace.duration_us;
    if (chip->output_length == 0) /* Pause, with another part's Selector */
        go_idle(chip);
}

/* The input buffer is a FIFO: a group may come in several writes, and what comes after its end is ignored
 * (GUESS 3). A count no group can have is answered at once with status FF. */
static void receive_input(struct chip *chip, const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return;
    if (chip->input_length == 0) {
        chip_wipe(chip->output, sizeof chip->output);
        chip->output_length = chip->output_read = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (chip->input_length > 0 && chip->input_length >= chip->input[0])
            break;
        if (chip->input_length == sizeof chip->input)
            break;
        chip->input[chip->input_length++] = bytes[i];
    }

    uint8_t count = chip->input[0];
    bool impossible = count < CHIP_REQUEST_MIN || count > chip_request_max(chip);
    if (impossible || chip->input_length >= count)
        execute_input(chip);
}

bool chip_i2c_write(struct chip *chip, uint8_t address, const uint8_t *bytes, size_t n)
{
    if (address == 0) {
        chip_wake_pulse(chip);
        return false;
    }
    if (!answers(chip, address))
        return false;
    if (n == 0)
        return true;

    switch (bytes[0]) {
    case WORD_RESET:
        chip->output_read = 0;
        chip->input_length = 0;
        break;
    case WORD_SLEEP:
        trace_power(chip, CHIP_EVENT_SLEEP, now_us(chip));
        fall_asleep(chip);
        break;
    case WORD_IDLE:
        go_idle(chip);
        break;
    case WORD_COMMAND:
        receive_input(chip, bytes + 1, n - 1);
        break;
    default: /* GUESS 2: acknowledged and ignored */
        break;
    }
    return true;
}

bool chip_i2c_read(struct chip *chip, uint8_t address, uint8_t *bytes, size_t n)
{
    if (address == 0) {
        chip_wake_pulse(chip);
        return false;
    }
    if (!answers(chip, address) || chip->input_length > 0)
        return false;

    size_t left = chip->output_length - chip->output_read;
    size_t given = n < left ? n : left;
    memcpy(bytes, chip->output + chip->output_read, given);
    memset(bytes + given, 0xFF, n - given);
    chip->output_read += given;
    return true;
}
