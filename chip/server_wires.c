/* One transfer on the wires: every chip listens, and faults strike.
 *
 * SDA and SCL are open-drain, so when two chips answer at one address the wires carry what they have in common: an
 * acknowledge from either is an acknowledge, and a bit read is 1 only if both let it be 1.
 */

#include <string.h>

#include "crypto.h"
#include "server.h"

enum { EDIT_MAX = BUS_DATA_MAX + 8 * BUS_DATA_MAX };

/* A transfer, and the faults that strike it. */
struct wires {
    struct server *server;
    uint8_t address;
    bool read;
    uint8_t *bytes;
    size_t length;
    const struct fault *due[FAULT_RULES_MAX];
    unsigned due_count;
};

static void struck(struct server *server, const struct fault *fault)
{
    server->faults.struck++;
    server_note(server, "fault: %s, transfer %llu", fault_name(fault->kind),
                (unsigned long long)server->transfers);
}

static bool listens(const struct server_chip *self, uint8_t address)
{
    return address == 0 || self->chip.address == address;
}

static bool has(struct wires *wires, enum fault_kind kind)
{
    bool found = false;

    for (unsigned i = 0; i < wires->due_count; i++) {
        if (wires->due[i]->kind != kind)
            continue;
        struck(wires->server, wires->due[i]);
        found = true;
    }
    return found;
}

static bool has_at(struct wires *wires, enum fault_kind kind, bool before)
{
    for (unsigned i = 0; i < wires->due_count; i++) {
        if (wires->due[i]->kind == kind && wires->due[i]->before == before) {
            struck(wires->server, wires->due[i]);
            return true;
        }
    }
    return false;
}

/* ---- data ------------------------------------------------------------------------------------------- */

static void flip(struct wires *wires, const struct fault *fault, uint8_t *bytes, size_t length)
{
    if (fault->number / 8 >= length)
        return;
    bytes[fault->number / 8] ^= (uint8_t)(1u << fault->number % 8);
    struck(wires->server, fault);
}

static size_t edit_write(struct wires *wires, uint8_t bytes[EDIT_MAX])
{
    size_t length = wires->length;

    for (unsigned i = 0; i < wires->due_count; i++) {
        const struct fault *fault = wires->due[i];
        if (fault->kind == FAULT_FLIP)
            flip(wires, fault, bytes, length);
        if (fault->kind == FAULT_TRUNCATE && fault->number < length) {
            length = fault->number;
            struck(wires->server, fault);
        }
        if (fault->kind == FAULT_OVERSIZE) {
            size_t more = fault->number < EDIT_MAX - length ? fault->number : EDIT_MAX - length;
            memset(bytes + length, 0xFF, more);
            length += more;
            struck(wires->server, fault);
        }
    }
    return length;
}

/* The chips are clocked for what gets through only. */
static size_t clocked(struct wires *wires)
{
    size_t length = wires->length;

    for (unsigned i = 0; i < wires->due_count; i++) {
        const struct fault *fault = wires->due[i];
        if (fault->kind != FAULT_TRUNCATE || fault->number >= length)
            continue;
        length = fault->number;
        struck(wires->server, fault);
    }
    return length;
}

static void edit_read(struct wires *wires)
{
    for (unsigned i = 0; i < wires->due_count; i++) {
        const struct fault *fault = wires->due[i];
        if (fault->kind == FAULT_FLIP)
            flip(wires, fault, wires->bytes, wires->length);
        if (fault->kind == FAULT_OVERSIZE) {
            wires->bytes[0] = (uint8_t)(wires->bytes[0] + fault->number);
            struck(wires->server, fault);
        }
        if (fault->kind == FAULT_ANSWER) {
            size_t given = fault->length < wires->length ? fault->length : wires->length;
            memset(wires->bytes, 0xFF, wires->length);
            memcpy(wires->bytes, fault->bytes, given);
            struck(wires->server, fault);
        }
    }
}

/* ---- the chips -------------------------------------------------------------------------------------- */

static void wake_all(struct server *server)
{
    for (unsigned i = 0; i < server->chip_count; i++)
        chip_wake_pulse(&server->chips[i].chip);
}

static bool write_to_chips(struct wires *wires)
{
    struct server *server = wires->server;
    uint8_t bytes[EDIT_MAX];
    bool acknowledged = false;

    if (wires->length > 0)
        memcpy(bytes, wires->bytes, wires->length);
    size_t length = edit_write(wires, bytes);
    for (unsigned i = 0; i < server->chip_count; i++) {
        if (chip_i2c_write(&server->chips[i].chip, wires->address, bytes, length))
            acknowledged = true;
    }
    chip_wipe(bytes, length);
    return acknowledged;
}

static bool read_from_chips(struct wires *wires)
{
    struct server *server = wires->server;
    uint8_t one[BUS_DATA_MAX];
    bool acknowledged = false;
    size_t length = clocked(wires);

    memset(wires->bytes, 0xFF, wires->length);
    for (unsigned i = 0; i < server->chip_count; i++) {
        if (!chip_i2c_read(&server->chips[i].chip, wires->address, one, length))
            continue;
        acknowledged = true;
        for (size_t k = 0; k < length; k++)
            wires->bytes[k] &= one[k];
    }
    chip_wipe(one, sizeof one);
    if (acknowledged)
        edit_read(wires);
    return acknowledged;
}

static bool carry(struct wires *wires)
{
    if (has(wires, FAULT_NACK) || server_now_us() < wires->server->stuck_until_us)
        return false;
    if (has(wires, FAULT_LOST)) {
        if (wires->read)
            memset(wires->bytes, 0xFF, wires->length);
        return wires->address != 0;
    }
    if (wires->address == 0) {
        wake_all(wires->server);
        return false;
    }
    return wires->read ? read_from_chips(wires) : write_to_chips(wires);
}

/* ---- faults around a transfer ----------------------------------------------------------------------- */

static int lose_power(struct wires *wires, bool before, char error[STATE_ERROR_MAX])
{
    if (!has_at(wires, FAULT_POWER_LOSS, before))
        return 0;
    for (unsigned i = 0; i < wires->server->chip_count; i++) {
        struct server_chip *self = &wires->server->chips[i];
        if (listens(self, wires->address) && server_chip_lose_power(self, true, error) < 0)
            return -1;
    }
    return 0;
}

static void prepare_chips(struct wires *wires)
{
    for (unsigned i = 0; i < wires->due_count; i++) {
        const struct fault *fault = wires->due[i];
        uint64_t now = server_now_us();
        if (fault->kind == FAULT_BUSY) {
            wires->server->stuck_until_us =
                fault->number == FAULT_FOREVER ? UINT64_MAX : now + fault->number * UINT64_C(1000);
            struck(wires->server, fault);
        }
        if (fault->kind != FAULT_SELFTEST && fault->kind != FAULT_HEALTH)
            continue;
        struck(wires->server, fault);
        for (unsigned k = 0; k < wires->server->chip_count; k++) {
            struct server_chip *self = &wires->server->chips[k];
            if (listens(self, wires->address) && fault->kind == FAULT_SELFTEST)
                chip_inject_selftest_failure(&self->chip, (uint8_t)fault->number);
            else if (listens(self, wires->address))
                chip_inject_health_failure(&self->chip);
        }
    }
}

static void expire_watchdogs(struct wires *wires)
{
    if (!has(wires, FAULT_WATCHDOG))
        return;
    for (unsigned i = 0; i < wires->server->chip_count; i++) {
        struct server_chip *self = &wires->server->chips[i];
        if (listens(self, wires->address))
            chip_inject_watchdog(&self->chip);
    }
}

/* The change is kept before anybody hears of it, unless power fails at that very moment: then the file has the old
 * values or the new ones, as `before` says, and the chip comes up with them. */
static int keep_change(struct server *server, struct server_chip *self, char error[STATE_ERROR_MAX])
{
    const struct fault *due[FAULT_RULES_MAX];

    unsigned count = fault_rules_due(&server->faults, FAULT_UNIT_EEPROM, self->chip.address, due);
    if (count == 0)
        return server_chip_save(self, error);
    struck(server, due[0]);
    return server_chip_lose_power(self, !due[0]->before, error);
}

static int keep_changes(struct server *server, char error[STATE_ERROR_MAX])
{
    for (unsigned i = 0; i < server->chip_count; i++) {
        struct server_chip *self = &server->chips[i];
        if (server_chip_has_changed(self) && keep_change(server, self, error) < 0)
            return -1;
    }
    return 0;
}

enum wires_result server_wires_transfer(struct server *server, uint8_t address, bool read, uint8_t *bytes,
                                        size_t n, char error[STATE_ERROR_MAX])
{
    enum fault_unit unit = address == 0 ? FAULT_UNIT_WAKE : read ? FAULT_UNIT_READ : FAULT_UNIT_WRITE;
    struct wires wires = {.server = server, .address = address, .read = read, .bytes = bytes, .length = n};

    server->transfers++;
    wires.due_count = fault_rules_due(&server->faults, unit, address, wires.due);
    if (has_at(&wires, FAULT_DISCONNECT, true))
        return WIRES_BROKEN;
    if (lose_power(&wires, true, error) < 0)
        return WIRES_NOT_SAVED;
    prepare_chips(&wires);
    bool acknowledged = carry(&wires);
    if (keep_changes(server, error) < 0)
        return WIRES_NOT_SAVED;
    expire_watchdogs(&wires);
    if (lose_power(&wires, false, error) < 0)
        return WIRES_NOT_SAVED;
    if (has_at(&wires, FAULT_DISCONNECT, false))
        return WIRES_BROKEN;
    return acknowledged ? WIRES_ACK : WIRES_NACK;
}
