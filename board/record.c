/* board.json: who the board is and how it does, for people, scripts and the next start. */

#include "board.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORD_LIMIT = 65536 }; /* it has 1 KB */

int64_t board_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void format_mac(const uint8_t mac[6], char out[13])
{
    snprintf(out, 13, "%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

/* "443": "127.0.0.1:8443". False: no such pair of ports. */
static bool read_forward(const char *port, const json_t *host, struct forward *forward)
{
    static const char address[] = "127.0.0.1:";
    const char *text = json_string_value(host);
    if (!text || strncmp(text, address, sizeof address - 1) != 0)
        return false;
    *forward = (struct forward){.reservation = -1};
    return settings_parse_port(port, &forward->port) &&
           settings_parse_port(text + sizeof address - 1, &forward->host_port);
}

bool record_parse(const char *text, size_t length, struct identity *identity, char *why, int why_size)
{
    json_error_t error;
    json_t *record = json_loadb(text, length, 0, &error);
    const char *mac = json_string_value(json_object_get(record, "mac"));
    *identity = (struct identity){.forward_count = 0};
    if (!mac || !settings_parse_mac(mac, identity->mac)) {
        snprintf(why, (size_t)why_size, "%s", record ? "it has no \"mac\"" : error.text);
        json_decref(record);
        return false;
    }
    const char *port;
    json_t *host;
    json_object_foreach(json_object_get(record, "forwards"), port, host)
    {
        if (identity->forward_count < BOARD_FORWARDS &&
            read_forward(port, host, &identity->forwards[identity->forward_count]))
            identity->forward_count++;
    }
    json_decref(record);
    return true;
}

/* The file's text (free it), NULL: errno says why not. */
static char *read_record(size_t *length)
{
    FILE *file = fopen(BOARD_RECORD, "re");
    char *text = file ? malloc(RECORD_LIMIT) : NULL;
    *length = text ? fread(text, 1, RECORD_LIMIT, file) : 0;
    if (text && ferror(file)) {
        free(text);
        text = NULL;
    }
    int error = errno;
    if (file)
        fclose(file);
    errno = error;
    return text;
}

bool record_load(const struct board *board, struct identity *identity)
{
    char why[160];
    size_t length;
    char *text = read_record(&length);
    *identity = (struct identity){.forward_count = 0};
    if (!text && errno == ENOENT)
        return true;
    if (!text)
        snprintf(why, sizeof why, "%s", strerror(errno));
    else if (record_parse(text, length, identity, why, sizeof why)) {
        free(text);
        return true;
    }
    free(text);
    fprintf(
        stderr,
        "hallmark-board: %s/%s holds no board (%s). Remove the file, and the board gets a new MAC and new "
        "ports.\n",
        board->path, BOARD_RECORD, why);
    return false;
}

static json_t *describe_forwards(const struct board *board)
{
    json_t *forwards = json_object();
    for (int i = 0; i < board->settings.forward_count; i++) {
        const struct forward *forward = &board->settings.forwards[i];
        char port[8];
        snprintf(port, sizeof port, "%u", forward->port);
        json_object_set_new(forwards, port, json_sprintf("127.0.0.1:%u", forward->host_port));
    }
    return forwards;
}

static void describe_flashed(json_t *firmware)
{
    json_t *manifest = json_load_file(BOARD_MANIFEST, 0, NULL);
    static const char *const keys[] = {"name", "version", "build_id"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(manifest, keys[i]);
        if (json_is_string(value))
            json_object_set(firmware, keys[i], value);
    }
    json_decref(manifest);
}

static json_t *describe_firmware(const struct board *board)
{
    json_t *firmware = json_object();
    json_object_set_new(firmware, "state", json_string(firmware_state_name(board->firmware_state)));
    json_object_set_new(firmware, "pid", json_integer(board->firmware.pid));
    json_object_set_new(firmware, "boots", json_integer(board->boots));
    if (board->boots > 0)
        json_object_set_new(firmware, "reset_cause", json_integer(board->next_cause));
    describe_flashed(firmware);
    return firmware;
}

static json_t *describe(const struct board *board)
{
    char mac[13];
    format_mac(board->mac, mac);
    json_t *chip =
        json_pack("{s:s,s:i}", "state", chip_state_name(board->chip_state), "pid", (int)board->chip.pid);
    if (board->chip_state == CHIP_FAILED)
        json_object_set_new(chip, "failure", json_string(board->chip_failure));
    return json_pack("{s:s,s:s,s:b,s:i,s:s,s:b,s:o,s:o,s:o}", "dir", board->path, "mac", mac, "power",
                     board->power, "pid", (int)getpid(), "port", BOARD_TTY, "port_open", board->uart.listened,
                     "forwards", describe_forwards(board), "firmware", describe_firmware(board), "chip",
                     chip);
}

char *record_line(const struct board *board)
{
    json_t *record = describe(board);
    char *line = json_dumps(record, JSON_COMPACT);
    json_decref(record);
    return line;
}

void record_save(const struct board *board)
{
    json_t *record = describe(board);
    json_object_del(record, "port_open"); /* changes too often for a file */
    const char *temporary = BOARD_RECORD ".new";
    if (json_dump_file(record, temporary, JSON_INDENT(2)) < 0 || rename(temporary, BOARD_RECORD) < 0) {
        fprintf(stderr, "hallmark-board: cannot write %s/%s: %s.\n", board->path, BOARD_RECORD,
                strerror(errno));
        unlink(temporary);
    }
    json_decref(record);
}
