/* From a command group to a response group: packet checks, dispatch, time, trace.  atecc608.md 1.5 - 1.7 */

#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crc.h"
#include "crypto.h"
#include "guesses.h"
#include "memory.h"

enum {
    GROUP_OVERHEAD = 3, /* count and CRC around a payload */
    REQUEST_MAX_508 = 155,
    REFUSAL_TIME_US =
        1000, /* "failing commands usually return faster" (atecc608.md 1.7); the figure is ours */
};

const char *chip_status_name(enum chip_status status)
{
    switch (status) {
    case CHIP_SUCCESS:
        return "success";
    case CHIP_MISMATCH:
        return "miscompare";
    case CHIP_PARSE:
        return "parse error";
    case CHIP_ECC_FAULT:
        return "ECC fault";
    case CHIP_SELFTEST_FAILED:
        return "self-test error";
    case CHIP_HEALTH_FAILED:
        return "health-test error";
    case CHIP_EXEC:
        return "execution error";
    case CHIP_AFTER_WAKE:
        return "after wake";
    case CHIP_WATCHDOG:
        return "watchdog about to expire";
    case CHIP_COMMUNICATION:
        return "communication error";
    }
    return "unknown status";
}

enum chip_status chip_refuse(struct chip_call *call, enum chip_status status, const char *format, ...)
{
    const char *name = chip_commands[call->opcode].name;
    int n = name ? snprintf(call->reason, sizeof call->reason, "%s refused: ", name) : 0;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(call->reason + n, sizeof call->reason - (size_t)n, format, arguments);
    va_end(arguments);
    return status;
}

enum chip_status chip_check_length(struct chip_call *call, size_t length)
{
    if (call->length == length)
        return CHIP_SUCCESS;
    return chip_refuse(call, (enum chip_status)GUESS_70_WRONG_LENGTH,
                       "the data must be %zu bytes long with this mode, and %zu came", length, call->length);
}

enum chip_status chip_check_608(const struct chip *chip, struct chip_call *call, const char *what)
{
    if (!chip_is_508(chip))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_PARSE, "the 508A has no %s (Param1 %02X, Param2 %04X)", what, call->p1,
                       call->p2);
}

enum chip_status chip_check_slot(struct chip_call *call)
{
    if (call->p2 >= CHIP_SLOTS)
        return chip_refuse(call, CHIP_PARSE, "there is no slot %04X (Param2)", call->p2);
    call->slot = call->p2;
    return CHIP_SUCCESS;
}

enum chip_status chip_check_config_locked(const struct chip *chip, struct chip_call *call)
{
    if (chip_config_locked(chip))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC, "the configuration zone is not locked yet (LockConfig = 55)");
}

enum { FAULT_HEALTH = 0x80 }; /* the other bits of chip->faults name self tests */

void chip_inject_selftest_failure(struct chip *chip, uint8_t bits)
{
    chip->faults = (uint8_t)((chip->faults & FAULT_HEALTH) | (bits & 0x3F));
}

void chip_inject_health_failure(struct chip *chip)
{
    chip->faults |= FAULT_HEALTH;
}

enum chip_status chip_check_random_health(struct chip *chip, struct chip_call *call)
{
    if (!(chip->faults & FAULT_HEALTH))
        return CHIP_SUCCESS;
    chip->faults &= (uint8_t)~FAULT_HEALTH; /* GUESS 61: reported once */
    return chip_refuse(call, CHIP_HEALTH_FAILED, "the random generator failed its health test");
}

enum chip_status chip_random(struct chip *chip, struct chip_call *call, uint8_t *bytes, size_t n)
{
    static const uint8_t pattern[4] = {0xFF, 0xFF, 0x00, 0x00};

    enum chip_status status = chip_check_random_health(chip, call);
    if (status != CHIP_SUCCESS)
        return status;
    if (chip_config_locked(chip)) {
        chip->platform.random(chip->platform.context, bytes, n);
        chip->sram.seeded = chip_is_508(chip);
        return CHIP_SUCCESS;
    }
    for (size_t i = 0; i < n; i++)
        bytes[i] = pattern[i % sizeof pattern];
    return CHIP_SUCCESS;
}

uint32_t chip_execution_time_us(const struct chip *chip, uint8_t opcode)
{
    const struct chip_command *command = &chip_commands[opcode];

    if (chip->policy.fast)
        return 0;
    return 1000u * (chip_is_508(chip) ? command->time_508_ms : command->time_ms[chip->clock_divider]);
}

bool chip_has_command(const struct chip *chip, uint8_t opcode)
{
    const struct chip_command *command = &chip_commands[opcode];

    return command->name && (chip_is_508(chip) ? command->time_508_ms : command->time_ms[0]) != 0;
}

size_t chip_request_max(const struct chip *chip)
{
    return chip_is_508(chip) ? REQUEST_MAX_508 : CHIP_REQUEST_MAX;
}

static size_t respond(uint8_t response[CHIP_RESPONSE_MAX], size_t payload)
{
    size_t covered = payload + 1;

    response[0] = (uint8_t)(payload + GROUP_OVERHEAD);
    uint16_t crc = chip_crc16(0, response, covered);
    response[covered] = (uint8_t)crc;
    response[covered + 1] = (uint8_t)(crc >> 8);
    return covered + 2;
}

static size_t respond_status(uint8_t response[CHIP_RESPONSE_MAX], enum chip_status status)
{
    response[1] = (uint8_t)status;
    return respond(response, 1);
}

static enum chip_status check_group(const struct chip *chip, const uint8_t *request, size_t n,
                                    struct chip_call *call)
{
    if (n < CHIP_REQUEST_MIN || n > chip_request_max(chip) || request[0] != n)
        return chip_refuse(call, CHIP_COMMUNICATION,
                           "the command group is unreadable: %zu bytes came, count says %u (7 to %zu can be)",
                           n, n ? request[0] : 0, chip_request_max(chip));
    uint16_t crc = chip_crc16(0, request, n - 2);
    uint16_t sent = (uint16_t)(request[n - 2] | request[n - 1] << 8);
    if (crc != sent)
        return chip_refuse(call, CHIP_COMMUNICATION, "the command's CRC is %04X, and %04X was sent", crc,
                           sent);
    return CHIP_SUCCESS;
}

static enum chip_status check_command(struct chip *chip, struct chip_call *call)
{
    const struct chip_command *command = &chip_commands[call->opcode];

    if (!chip_has_command(chip, call->opcode))
        return chip_refuse(call, CHIP_PARSE, "opcode %02X is not a command of this chip (a %s)", call->opcode,
                           chip_is_508(chip) ? "508A" : "608");
    if (chip->selftest_failed && !command->in_selftest_failure)
        return chip_refuse(call, CHIP_SELFTEST_FAILED,
                           "self tests %02X failed; only Read, Info and SelfTest work until SelfTest passes",
                           chip->selftest_failed);
    if (chip->power != CHIP_AWAKE || chip->policy.fast || !GUESS_6_WATCHDOG_REFUSAL)
        return CHIP_SUCCESS;

    uint64_t end = chip->platform.now_us(chip->platform.context) + chip_execution_time_us(chip, call->opcode);
    if (end > chip->watchdog_us)
        return chip_refuse(call, CHIP_WATCHDOG,
                           "the watchdog would expire first; send idle, wake, and try again");
    return CHIP_SUCCESS;
}

static uint32_t duration_us(const struct chip *chip, const struct chip_call *call, enum chip_status status)
{
    uint32_t full = chip_execution_time_us(chip, call->opcode);

    if (status == CHIP_SUCCESS || status == CHIP_MISMATCH)
        return full;
    if (chip->policy.fast)
        return 0;
    return full > 0 && full < REFUSAL_TIME_US ? full : REFUSAL_TIME_US;
}

static void note_trace(struct chip *chip, const struct chip_call *call, enum chip_status status,
                       struct chip_trace *trace)
{
    const char *name = chip_commands[call->opcode].name;

    *trace = (struct chip_trace){
        .event = CHIP_EVENT_COMMAND,
        .at_us = chip->platform.now_us(chip->platform.context),
        .command = name && status != CHIP_COMMUNICATION ? name : "?",
        .opcode = call->opcode,
        .param1 = call->p1,
        .param2 = call->p2,
        .slot = call->slot,
        .status = status,
        .duration_us = duration_us(chip, call, status),
    };
    memcpy(trace->reason, call->reason, sizeof trace->reason);
    if (chip->platform.trace)
        chip->platform.trace(chip->platform.context, trace);
}

size_t chip_exec(struct chip *chip, const uint8_t *request, size_t n, uint8_t response[CHIP_RESPONSE_MAX],
                 struct chip_trace *why)
{
    struct chip_call call = {.slot = -1, .answer = response + 1};
    struct chip_trace trace;

    enum chip_status status = check_group(chip, request, n, &call);
    if (status == CHIP_SUCCESS) {
        call.opcode = request[1];
        call.p1 = request[2];
        call.p2 = (uint16_t)(request[3] | request[4] << 8);
        call.data = request + 5;
        call.length = n - CHIP_REQUEST_MIN;
        status = check_command(chip, &call);
    }
    if (status == CHIP_SUCCESS)
        status = chip_commands[call.opcode].run(chip, &call);

    note_trace(chip, &call, status, why ? why : &trace);
    if (call.goes_idle)
        return 0;
    if (status == CHIP_SUCCESS && call.answer_length > 0)
        return respond(response, call.answer_length);
    return respond_status(response, status);
}
