/* Feeds the server's decoder, its control requests and its fault rules what clients may send: transfers, combined
 * ones, notes, control texts, one after the other, to two chips.
 *
 * The input is a list of messages: length (two bytes, LE), then the bytes. The chips' EEPROM is kept in memory.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"
#include "server.h"
#include "server_message.h"

enum { MESSAGES = 64 };

static struct chip_eeprom kept[2];
static uint64_t clock_us;

uint64_t server_now_us(void)
{
    return clock_us += 500;
}

static uint64_t chip_now_us(void *context)
{
    return clock_us;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    memset(bytes, 0x5A, n);
}

static void require(int condition)
{
    if (!condition)
        abort();
}

static void power_up(struct server_chip *self)
{
    const struct chip_platform platform = {self, chip_now_us, random_bytes, server_trace};
    const struct chip_policy policy = {.fast = true};

    require(chip_init(&self->chip, &kept[self - self->server->chips], &platform, &policy) == 0);
    self->saved_writes = self->chip.eeprom_writes;
    chip_power_on(&self->chip);
}

/* server_chip.c's part, without files. */
bool server_chip_has_changed(const struct server_chip *self)
{
    return self->chip.eeprom_writes != self->saved_writes;
}

int server_chip_save(struct server_chip *self, char error[STATE_ERROR_MAX])
{
    kept[self - self->server->chips] = self->chip.eeprom;
    self->saved_writes = self->chip.eeprom_writes;
    return 0;
}

int server_chip_lose_power(struct server_chip *self, bool keep, char error[STATE_ERROR_MAX])
{
    if (keep)
        server_chip_save(self, error);
    chip_release(&self->chip);
    power_up(self);
    return 0;
}

static void ask(struct server *server, const struct bus_request *request)
{
    static char answer[BUS_CONTROL_ANSWER_MAX];
    char text[BUS_CONTROL_MAX + 1];

    memcpy(text, request->bytes, request->length);
    text[request->length] = '\0';
    (void)server_control(server, text, answer, sizeof answer);
    require(strlen(answer) < sizeof answer);
}

static void serve(struct server *server, const uint8_t *message, size_t n)
{
    struct bus_request requests[BUS_TRANSFERS_MAX];
    uint8_t bytes[BUS_DATA_MAX];
    char error[STATE_ERROR_MAX];

    size_t count = server_message_decode(message, n, requests);
    require(count <= BUS_TRANSFERS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct bus_request *request = &requests[i];
        if (request->direction == BUS_CONTROL)
            ask(server, request);
        if (request->direction > BUS_READ)
            return;
        bool read = request->direction == BUS_READ;
        if (!read && request->length > 0)
            memcpy(bytes, request->bytes, request->length);
        enum wires_result result =
            server_wires_transfer(server, request->address, read, bytes, request->length, error);
        require(result == WIRES_ACK || result == WIRES_NACK || result == WIRES_BROKEN);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t serial[CHIP_SERIAL_SIZE] = {0x01, 0x23, 1, 2, 3, 4, 5, 6, 0xEE};
    struct server *server = calloc(1, sizeof *server);

    require(server != NULL);
    clock_us = 0;
    for (unsigned i = 0; i < 2; i++) {
        chip_profile_make(chip_profile_find("mongoose"), serial, i ? 0x35 : 0, &kept[i]);
        server->chips[i].server = server;
        power_up(&server->chips[i]);
        server->chip_count++;
    }
    for (unsigned i = 0; i < MESSAGES && size >= 2; i++) {
        size_t n = data[0] | (size_t)data[1] << 8;
        data += 2;
        size -= 2;
        if (n > size)
            n = size;
        serve(server, data, n);
        data += n;
        size -= n;
    }
    for (unsigned i = 0; i < 2; i++)
        chip_release(&server->chips[i].chip);
    free(server);
    return 0;
}
