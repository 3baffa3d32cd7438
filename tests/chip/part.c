/* A virtual chip on the test bench. */

#include "part.h"

#include <ctype.h>
#include <stdio.h>

#include "crc.h"
#include "crypto.h"
#include "memory.h"
#include "profile.h"

const uint8_t SERIAL[9] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xEE};

size_t hex(const char *text, uint8_t *bytes, size_t most)
{
    size_t n = 0;
    unsigned value;

    while (*text) {
        if (isspace((unsigned char)*text)) {
            text++;
            continue;
        }
        if (n == most || sscanf(text, "%2x", &value) != 1)
            fail_msg("bad hexadecimal in a test: %s", text);
        bytes[n++] = (uint8_t)value;
        text += 2;
    }
    return n;
}

void ascending(uint8_t *bytes, uint8_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(first + i);
}

static uint64_t now_us(void *context)
{
    return ((struct part *)context)->clock_us;
}

static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    struct part *part = context;

    part->random_calls++;
    if (!part->counting) {
        for (size_t i = 0; i < n; i++)
            bytes[i] = part->random[i % part->random_length];
        return;
    }
    struct chip_sha256 sha;
    uint8_t digest[32];
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, &part->random_calls, sizeof part->random_calls);
    chip_sha256_finish(&sha, digest);
    for (size_t i = 0; i < n; i++)
        bytes[i] = digest[i % 32];
}

static void note_trace(void *context, const struct chip_trace *trace)
{
    struct part *part = context;

    if (trace->event == CHIP_EVENT_COMMAND)
        part->last = *trace;
    else if (part->event_count < sizeof part->events / sizeof part->events[0])
        part->events[part->event_count++] = trace->event;
}

void part_make(struct part *part, const char *profile, enum phase phase)
{
    const struct chip_platform platform = {part, now_us, random_bytes, note_trace};
    const struct chip_policy policy = {.fast = true};
    struct chip_eeprom eeprom;

    memset(part, 0, sizeof *part);
    ascending(part->random, 0x00, 32);
    part->random_length = 32;
    part->clock_us = 5000000;
    chip_profile_make(chip_profile_find(profile), SERIAL, 0, &eeprom);
    assert_int_equal(chip_init(&part->chip, &eeprom, &platform, &policy), 0);
    part_set_phase(part, phase);
    chip_power_on(&part->chip);
    chip_wake_pulse(&part->chip);
    part->event_count = 0;
}

void part_free(struct part *part)
{
    chip_release(&part->chip);
}

void part_set_phase(struct part *part, enum phase phase)
{
    part->chip.eeprom.config[CONFIG_LOCK_CONFIG] = phase == CONFIG_OPEN ? 0x55 : 0x00;
    part->chip.eeprom.config[CONFIG_LOCK_VALUE] = phase == BOTH_LOCKED ? 0x00 : 0x55;
}

void part_set_slot(struct part *part, unsigned slot, uint16_t slot_config, uint16_t key_config)
{
    uint8_t *config = part->chip.eeprom.config;

    config[CONFIG_SLOT_CONFIG + 2 * slot] = (uint8_t)slot_config;
    config[CONFIG_SLOT_CONFIG + 2 * slot + 1] = (uint8_t)(slot_config >> 8);
    config[CONFIG_KEY_CONFIG + 2 * slot] = (uint8_t)key_config;
    config[CONFIG_KEY_CONFIG + 2 * slot + 1] = (uint8_t)(key_config >> 8);
}

void part_lock_slot(struct part *part, unsigned slot)
{
    part->chip.eeprom.config[CONFIG_SLOT_LOCKED + slot / 8] &= (uint8_t) ~(1u << slot % 8);
}

void part_fill_slot(struct part *part, unsigned slot, unsigned offset, const uint8_t *bytes, size_t n)
{
    memcpy(part->chip.eeprom.data + chip_slot_offset(slot) + offset, bytes, n);
}

void part_crc(uint8_t *group, size_t n)
{
    uint16_t crc = chip_crc16(0, group, n - 2);

    group[n - 2] = (uint8_t)crc;
    group[n - 1] = (uint8_t)(crc >> 8);
}

size_t part_command(struct part *part, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *data, size_t n,
                    uint8_t *answer)
{
    uint8_t request[CHIP_REQUEST_MAX + 64] = {(uint8_t)(7 + n), opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8)};
    uint8_t response[CHIP_RESPONSE_MAX];

    if (n > 0)
        memcpy(request + 5, data, n);
    part_crc(request, 7 + n);
    size_t length = chip_exec(&part->chip, request, 7 + n, response, NULL);
    if (length == 0)
        return 0;
    assert_in_range(length, 4, CHIP_RESPONSE_MAX);
    assert_int_equal(response[0], length);
    uint16_t crc = chip_crc16(0, response, length - 2);
    assert_int_equal(response[length - 2] | response[length - 1] << 8, crc);
    memcpy(answer, response + 1, length - 3);
    return length - 3;
}

void expect_status_at(struct part *part, enum chip_status status, uint8_t opcode, uint8_t p1, uint16_t p2,
                      const uint8_t *data, size_t n, const char *file, int line)
{
    uint8_t answer[128];

    size_t length = part_command(part, opcode, p1, p2, data, n, answer);
    if (length != 1 || answer[0] != status) {
        print_error("expected status %02X, got %zu bytes, first %02X: %s\n", status, length, answer[0],
                    part->last.reason);
        _fail(file, line);
    }
    if ((status != CHIP_SUCCESS) != (part->last.reason[0] != '\0')) {
        print_error("a refusal and nothing else has a reason; it was \"%s\"\n", part->last.reason);
        _fail(file, line);
    }
}

void expect_refusal_at(struct part *part, enum chip_status status, const char *text, uint8_t opcode,
                       uint8_t p1, uint16_t p2, const uint8_t *data, size_t n, const char *file, int line)
{
    expect_status_at(part, status, opcode, p1, p2, data, n, file, line);
    if (!strstr(part->last.reason, text)) {
        print_error("expected a reason with \"%s\", got \"%s\"\n", text, part->last.reason);
        _fail(file, line);
    }
}

void expect_answer_at(struct part *part, size_t length, uint8_t *answer, uint8_t opcode, uint8_t p1,
                      uint16_t p2, const uint8_t *data, size_t n, const char *file, int line)
{
    uint8_t payload[128];

    size_t got = part_command(part, opcode, p1, p2, data, n, payload);
    if (got != length || (length == 1 && payload[0] != 0 && part->last.status != CHIP_SUCCESS)) {
        print_error("expected %zu bytes, got %zu, first %02X: %s\n", length, got, payload[0],
                    part->last.reason);
        _fail(file, line);
    }
    if (answer)
        memcpy(answer, payload, length);
}

void expect_temp_key(const struct part *part, const char *value)
{
    assert_true(part->chip.sram.temp_key.valid);
    assert_hex(value, part->chip.sram.temp_key.value, 32);
}

void load_t0(struct part *part)
{
    uint8_t num_in[20];
    bool counting = part->counting;

    part->counting = false;
    ascending(part->random, 0x00, 32);
    ascending(num_in, 0x20, sizeof num_in);
    expect_answer(part, 32, NULL, NONCE, 0x00, 0, num_in, sizeof num_in);
    part->counting = counting;
}

void load_session_key(struct part *part, unsigned slot)
{
    load_t0(part);
    expect_status(part, CHIP_SUCCESS, GENDIG, 0x02, (uint16_t)slot, NULL, 0);
}

/* atecc608.md 3.8 on flat buffers. */
void make_checkmac(const struct part *part, uint8_t p1, const uint8_t key[32], uint8_t data[77])
{
    const uint8_t *temp_key = part->chip.sram.temp_key.value;
    uint8_t message[88] = {0};
    struct chip_sha256 sha;

    ascending(data, 0x40, 32);
    ascending(data + 64, 0xF0, 13);
    memcpy(message, p1 & 2 ? temp_key : key, 32);
    memcpy(message + 32, p1 & 1 ? temp_key : data, 32);
    memcpy(message + 64, data + 64, 4);
    memcpy(message + 76, data + 68, 3);
    message[79] = 0xEE;
    memcpy(message + 80, data + 71, 4);
    message[84] = 0x01;
    message[85] = 0x23;
    memcpy(message + 86, data + 75, 2);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, message, sizeof message);
    chip_sha256_finish(&sha, data + 32);
}

void authorise(struct part *part, unsigned slot)
{
    uint8_t data[77];

    load_t0(part);
    make_checkmac(part, 0x01, part->chip.eeprom.data + chip_slot_offset(slot), data);
    expect_status(part, CHIP_SUCCESS, CHECKMAC, 0x01, (uint16_t)slot, data, sizeof data);
}

/* Written from the host's side of atecc608.md 3.4 and 3.17, on flat buffers: not the chip's own code. */
void encrypt_input(const struct part *part, uint8_t opcode, uint8_t p1, uint16_t p2, const uint8_t *plain,
                   size_t n, uint8_t *cipher_and_mac)
{
    const uint8_t *key = part->chip.sram.temp_key.value;
    uint8_t message[96] = {0};
    uint8_t stream[64];
    struct chip_sha256 sha;

    memcpy(stream, key, 32);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, key, 32);
    chip_sha256_finish(&sha, stream + 32);
    for (size_t i = 0; i < n; i++)
        cipher_and_mac[i] = plain[i] ^ stream[i];

    const uint8_t header[7] = {opcode, p1, (uint8_t)p2, (uint8_t)(p2 >> 8), 0xEE, 0x01, 0x23};
    memcpy(message, key, 32);
    memcpy(message + 32, header, sizeof header);
    memcpy(message + 96 - n, plain, n);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, message, sizeof message);
    chip_sha256_finish(&sha, cipher_and_mac + n);
}
