/* What a kit does on the wires: wake, talk, idle, sleep, and which chips there are.  atecc608.md 1, 6.1 */

#include <string.h>

#include "../crypto.h"
#include "kit.h"

enum {
    WORD_SLEEP = 0x01,
    WORD_IDLE = 0x02,
    WORD_COMMAND = 0x03,

    WAKE_HIGH_US = 1500,        /* tWHI */
    WAKE_PATIENCE_US = 10000,   /* for the first acknowledge after it */
    WRITE_PATIENCE_US = 50000,  /* for a chip that is busy with another master's command */
    TALK_PATIENCE_US = 3000000, /* the slowest command, SelfTest at M2, takes 2.324 s (4.2) */
    FIRST_ADDRESS = 0x08,
    LAST_ADDRESS = 0x77,
};

static int transfer(struct kit *kit, bool read, uint8_t *bytes, size_t n)
{
    return kit->wires->transfer(kit->wires->context, kit->selected, read, bytes, n);
}

/* Tries until it is acknowledged, or the time is over: 1, 0, or -1 when the bus is gone. */
static int transfer_patiently(struct kit *kit, bool read, uint8_t *bytes, size_t n, uint32_t patience_us)
{
    const struct kit_wires *wires = kit->wires;
    uint64_t end = wires->now_us(wires->context) + patience_us;

    for (;;) {
        int result = transfer(kit, read, bytes, n);
        if (result != 0 || wires->now_us(wires->context) >= end)
            return result;
        wires->delay_us(wires->context, 500);
    }
}

static int pulse(struct kit *kit)
{
    uint8_t zero = 0;

    if (kit->wires->transfer(kit->wires->context, 0, false, &zero, 1) < 0)
        return -1;
    kit->wires->delay_us(kit->wires->context, WAKE_HIGH_US);
    return 0;
}

static enum kit_status send_word(struct kit *kit, uint8_t word)
{
    int result = transfer_patiently(kit, false, &word, 1, WRITE_PATIENCE_US);

    return result < 0 ? KIT_BUS_FAILED : result == 0 ? KIT_NOT_ACKNOWLEDGED : KIT_OK;
}

static enum kit_status read_wake_response(struct kit *kit, uint8_t response[KIT_RESPONSE_MAX])
{
    static const uint8_t woken[2] = {0x04, 0x11}, selftest_failed[2] = {0x04, 0x07};

    if (pulse(kit) < 0)
        return KIT_BUS_FAILED;
    int result = transfer_patiently(kit, true, response, 4, WAKE_PATIENCE_US);
    if (result < 0)
        return KIT_BUS_FAILED;
    if (result == 1 && (memcmp(response, woken, 2) == 0 || memcmp(response, selftest_failed, 2) == 0))
        return KIT_OK;
    return KIT_WAKE_FAILED;
}

/* A chip that is awake already ignores the pulse and answers with what is left in its buffer. Idle keeps what it
 * knows, and then it can be woken. */
enum kit_status kit_wake(struct kit *kit, uint8_t response[KIT_RESPONSE_MAX], size_t *length)
{
    *length = 0;
    if (kit->selected == 0)
        return KIT_GENERAL_FAILURE;
    enum kit_status status = read_wake_response(kit, response);
    if (status == KIT_WAKE_FAILED && kit_idle(kit) == KIT_OK)
        status = read_wake_response(kit, response);
    if (status == KIT_OK)
        *length = 4;
    return status;
}

static enum kit_status receive(struct kit *kit, uint8_t response[KIT_RESPONSE_MAX], size_t *length)
{
    int result = transfer_patiently(kit, true, response, 1, TALK_PATIENCE_US);

    if (result <= 0)
        return result < 0 ? KIT_BUS_FAILED : KIT_TIMEOUT;
    if (response[0] < 4)
        return KIT_BAD_SIZE;
    result = transfer(kit, true, response + 1, response[0] - 1u);
    if (result <= 0)
        return result < 0 ? KIT_BUS_FAILED : KIT_TIMEOUT;
    *length = response[0];
    return KIT_OK;
}

enum kit_status kit_talk(struct kit *kit, const uint8_t *packet, size_t n, uint8_t response[KIT_RESPONSE_MAX],
                         size_t *length)
{
    uint8_t bytes[1 + KIT_RESPONSE_MAX] = {WORD_COMMAND};

    *length = 0;
    if (kit->selected == 0)
        return KIT_GENERAL_FAILURE;
    memcpy(bytes + 1, packet, n);
    int sent = transfer_patiently(kit, false, bytes, n + 1, WRITE_PATIENCE_US);
    chip_wipe(bytes, sizeof bytes);
    if (sent <= 0)
        return sent < 0 ? KIT_BUS_FAILED : KIT_NOT_ACKNOWLEDGED;
    return receive(kit, response, length);
}

enum kit_status kit_idle(struct kit *kit)
{
    return kit->selected ? send_word(kit, WORD_IDLE) : KIT_GENERAL_FAILURE;
}

enum kit_status kit_sleep(struct kit *kit)
{
    return kit->selected ? send_word(kit, WORD_SLEEP) : KIT_GENERAL_FAILURE;
}

/* ---- discovery -------------------------------------------------------------------------------------- */

/* From the revision, Info's answer (3.14): bytes 2 and 3 of 00 00 60 02. */
static const char *ask_name(struct kit *kit)
{
    static const uint8_t info[] = {0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D};
    uint8_t response[KIT_RESPONSE_MAX];
    size_t length;

    if (kit_talk(kit, info, sizeof info, response, &length) != KIT_OK || length != 7)
        return "ECC608";
    if (response[3] == 0x50)
        return "ECC508A";
    return response[4] >= 0x03 ? "ECC608B" : "ECC608A";
}

static bool is_there(struct kit *kit, uint8_t address)
{
    return kit->wires->transfer(kit->wires->context, address, false, NULL, 0) == 1;
}

void kit_discover(struct kit *kit)
{
    uint8_t selected_before = kit->selected;
    bool still_there = false;

    kit->device_count = 0;
    kit->selected = 0;
    if (pulse(kit) < 0)
        return;
    for (uint8_t address = FIRST_ADDRESS; address <= LAST_ADDRESS && kit->device_count < KIT_DEVICES;
         address++) {
        if (!is_there(kit, address))
            continue;
        kit->selected = address;
        kit->devices[kit->device_count++] = (struct kit_device){.address = address, .name = ask_name(kit)};
        (void)kit_idle(kit); /* keeps what it may be in the middle of */
        still_there = still_there || address == selected_before;
    }
    kit->selected = still_there ? selected_before : kit->device_count > 0 ? kit->devices[0].address : 0;
}
