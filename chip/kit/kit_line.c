/* Kit protocol lines: taken apart, dispatched, answered.  atecc608.md 6.1
 *
 *     board:device(00)           ECC608A TWI 00(C0)
 *     e:w()                      00(04113343)
 *     e:t(0730000000035D)        00(0700006002...)
 *
 * Names are matched by prefix, in either case: e, ecc; t, talk. NUL bytes are skipped wherever they come: the host's
 * library sends its strings with theirs. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../crypto.h"
#include "kit.h"

enum { WORDS_MAX = 4 };

/* A line taken apart: words between colons, then what stands in parentheses, NULL if there are none. */
struct request {
    const char *words[WORDS_MAX];
    unsigned count;
    const char *argument;
};

static size_t answer_status(char answer[KIT_ANSWER_MAX], enum kit_status status)
{
    return (size_t)snprintf(answer, KIT_ANSWER_MAX, "%02X()\n", status);
}

static size_t answer_bytes(char answer[KIT_ANSWER_MAX], const uint8_t *bytes, size_t n)
{
    size_t length = (size_t)snprintf(answer, KIT_ANSWER_MAX, "%02X(", KIT_OK);

    for (size_t i = 0; i < n; i++)
        length += (size_t)snprintf(answer + length, KIT_ANSWER_MAX - length, "%02X", bytes[i]);
    length += (size_t)snprintf(answer + length, KIT_ANSWER_MAX - length, ")\n");
    return length;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

    return digit ? (int)(digit - digits) : -1;
}

/* The bytes of an even number of digits, at most `size`; -1: they are not that. */
static int parse_hex(const char *text, uint8_t *bytes, size_t size)
{
    size_t digits = strlen(text);

    if (digits % 2 || digits / 2 > size)
        return -1;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit);
    }
    return (int)(digits / 2);
}

/* One byte; `missing` when the parentheses are empty or not there. -1: neither. */
static int parse_byte(const char *argument, int missing)
{
    uint8_t byte = 0;

    if (!argument || !*argument)
        return missing;
    return parse_hex(argument, &byte, 1) == 1 ? byte : -1;
}

/* ---- commands --------------------------------------------------------------------------------------- */

static size_t run_version(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    return (size_t)snprintf(answer, KIT_ANSWER_MAX, "Hallmark kit 1.0\n");
}

/* GUESS: no source says what a kit answers past its last device; the host wants a line with all fields that is not the
 * device it looks for. */
static size_t run_device(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    int index = parse_byte(argument, 0);

    if (index < 0)
        return answer_status(answer, KIT_BAD_PARAMETER);
    if (index == 0) /* a host begins: chips may have come and gone */
        kit_discover(kit);
    if (index >= (int)kit->device_count)
        return (size_t)snprintf(answer, KIT_ANSWER_MAX, "no_device TWI 00(00)\n");
    const struct kit_device *device = &kit->devices[index];
    return (size_t)snprintf(answer, KIT_ANSWER_MAX, "%s TWI 00(%02X)\n", device->name, device->address << 1);
}

static size_t run_wake(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    uint8_t response[KIT_RESPONSE_MAX];
    size_t length;

    enum kit_status status = kit_wake(kit, response, &length);
    return status == KIT_OK ? answer_bytes(answer, response, length) : answer_status(answer, status);
}

static size_t run_talk(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    uint8_t packet[KIT_RESPONSE_MAX] = {0}, response[KIT_RESPONSE_MAX];
    size_t length, written = 0;

    int n = argument ? parse_hex(argument, packet, sizeof packet) : -1;
    enum kit_status status = KIT_BAD_PARAMETER;
    if (n > 0)
        status = kit_talk(kit, packet, (size_t)n, response, &length);
    written = status == KIT_OK ? answer_bytes(answer, response, length) : answer_status(answer, status);
    chip_wipe(packet, sizeof packet);
    chip_wipe(response, sizeof response);
    return written;
}

static size_t run_idle(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    return answer_status(answer, kit_idle(kit));
}

static size_t run_sleep(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    return answer_status(answer, kit_sleep(kit));
}

/* The address of the discovery reply, 8-bit form. */
static size_t run_select(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    int address = parse_byte(argument, -1);

    for (unsigned i = 0; address >= 0 && i < kit->device_count; i++) {
        if (kit->devices[i].address != address >> 1)
            continue;
        kit->selected = kit->devices[i].address;
        return answer_status(answer, KIT_OK);
    }
    return answer_status(answer, KIT_BAD_PARAMETER);
}

/* The host ignores the reply; our wires are always I2C. */
static size_t run_interface(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    return answer_status(answer, KIT_OK);
}

/* There are no parts of the TA family here. */
static size_t run_absent(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX])
{
    return answer_status(answer, KIT_GENERAL_FAILURE);
}

/* A row matches when each of its names begins with the request's word; a name that is NULL matches no word, `*` any. */
static const struct command {
    const char *names[WORDS_MAX];
    size_t (*run)(struct kit *kit, const char *argument, char answer[KIT_ANSWER_MAX]);
} commands[] = {
    {{"board", "version"}, run_version},
    {{"board", "firmware"}, run_version},
    {{"board", "device"}, run_device},
    {{"ecc", "wake"}, run_wake},
    {{"ecc", "idle"}, run_idle},
    {{"ecc", "sleep"}, run_sleep},
    {{"ecc", "talk"}, run_talk},
    {{"ecc", "physical", "select"}, run_select},
    {{"ecc", "physical", "interface", "*"}, run_interface},
    {{"ecc", "physical", "interface"}, run_interface},
    {{"sha", "wake"}, run_wake},
    {{"sha", "idle"}, run_idle},
    {{"sha", "sleep"}, run_sleep},
    {{"sha", "talk"}, run_talk},
    {{"sha", "physical", "select"}, run_select},
    {{"sha", "physical", "interface", "*"}, run_interface},
    {{"sha", "physical", "interface"}, run_interface},
    {{"ta", "wake"}, run_absent},
    {{"ta", "idle"}, run_absent},
    {{"ta", "sleep"}, run_absent},
    {{"ta", "talk"}, run_absent},
    {{"ta", "send"}, run_absent},
    {{"ta", "receive"}, run_absent},
    {{"ta", "physical", "select"}, run_absent},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static bool word_matches(const char *name, const char *word)
{
    if (strcmp(name, "*") == 0)
        return true;
    return *word && strncmp(name, word, strlen(word)) == 0;
}

static bool matches(const struct command *command, const struct request *request)
{
    for (unsigned i = 0; i < WORDS_MAX; i++) {
        const char *name = command->names[i];
        if (!name || i >= request->count)
            return !name && i >= request->count;
        if (!word_matches(name, request->words[i]))
            return false;
    }
    return true;
}

/* ---- lines ------------------------------------------------------------------------------------------ */

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* False: too many words, or parentheses that do not close. */
static bool take_apart(char *line, struct request *request)
{
    char *open = strchr(line, '(');

    *request = (struct request){.count = 0};
    if (open) {
        char *close = strchr(open, ')');
        if (!close)
            return false;
        *open = *close = '\0';
        request->argument = open + 1;
    }
    lower(line);
    for (char *word; (word = strsep(&line, ":"));) {
        if (request->count == WORDS_MAX)
            return false;
        request->words[request->count++] = word;
    }
    return true;
}

static size_t answer_line(struct kit *kit, char answer[KIT_ANSWER_MAX])
{
    struct request request;

    if (kit->too_long)
        return answer_status(answer, KIT_BAD_SIZE);
    kit->line[kit->length] = '\0';
    if (!take_apart(kit->line, &request))
        return answer_status(answer, KIT_BAD_PARAMETER);
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (matches(&commands[i], &request))
            return commands[i].run(kit, request.argument, answer);
    }
    return answer_status(answer, KIT_BAD_PARAMETER);
}

size_t kit_feed(struct kit *kit, char byte, char answer[KIT_ANSWER_MAX])
{
    if (byte == '\0' || byte == '\r' || byte == ' ')
        return 0;
    if (byte != '\n') {
        if (kit->length < sizeof kit->line - 1)
            kit->line[kit->length++] = byte;
        else
            kit->too_long = true;
        return 0;
    }
    if (kit->length == 0) /* nothing was asked */
        return 0;
    size_t n = answer_line(kit, answer);
    chip_wipe(kit->line, sizeof kit->line); /* it may have held a key */
    kit->length = 0;
    kit->too_long = false;
    return n;
}

void kit_start(struct kit *kit, const struct kit_wires *wires)
{
    *kit = (struct kit){.wires = wires};
    kit_discover(kit);
}
