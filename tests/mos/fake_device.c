/* A board on a pty that answers from a script, for tests of the host tool without a firmware.
 * mongoose-os.md 1.5.3, 1.5.4
 *
 *   fake_device DIR SCRIPT
 *
 * Makes DIR/port, a symlink to the pty, says `ready`, and appends each request to DIR/requests as
 * `METHOD PARAMS`. Ends when standard input does, so that a test cannot leave it behind.
 *
 * A line of the script is an answer; the first unused one for a method is taken, and the last one stays:
 *
 *   METHOD = JSON            the result
 *   METHOD ! CODE MESSAGE    an error
 *   METHOD ~ damaged         the result `true` with a wrong checksum
 *   METHOD ~ silent          no answer
 *   METHOD ~ gone            hangs up
 *   log TEXT                 printed before every answer, as firmware logs are
 *   boot TEXT                printed at the start
 *   mute                     no handshake either
 *
 * A method without a line is answered with 404.
 */

#include "frame_codec.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct answer {
    char method[64];
    char kind; /* = ! ~ */
    char text[8192];
    bool used;
};

static struct answer answers[128];
static size_t answer_count;
static char log_text[512], boot_text[512];
static bool mute;

static int pty;
static bool d1_used, crc_used; /* sticky, 1.5.3 */
static char received[65536];
static size_t received_length;
static FILE *requests;

static void put(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = write(pty, text, length);

        if (count < 0 && errno != EINTR)
            return;
        if (count > 0) {
            text += count;
            length -= (size_t)count;
        }
    }
}

static void put_frame(const char *json, bool damaged)
{
    char crc[16];

    put("\n", 1);
    if (d1_used)
        put("\"\"\"", 3);
    put(json, strlen(json));
    if (crc_used) {
        snprintf(crc, sizeof crc, "%08x", frame_crc32(json, strlen(json)) ^ (damaged ? 1u : 0u));
        put(crc, 8);
    }
    if (d1_used)
        put("\"\"\"", 3);
    put("\n", 1);
}

static struct answer *find_answer(const char *method)
{
    struct answer *last = NULL;

    for (size_t i = 0; i < answer_count; i++) {
        if (strcmp(answers[i].method, method) != 0)
            continue;
        last = &answers[i];
        if (!last->used)
            break;
    }
    return last;
}

/* The members in the device's order (1.2). */
static void reply(const json_t *request, const char *member, const char *value, bool damaged)
{
    static char json[16384];

    snprintf(json, sizeof json, "{\"id\":%lld,\"src\":\"fake_A1B2C3\",\"dst\":\"mos\",\"%s\":%s}",
             (long long)json_integer_value(json_object_get(request, "id")), member, value);
    put_frame(json, damaged);
}

static void answer_request(const json_t *request)
{
    const char *method = json_string_value(json_object_get(request, "method"));
    struct answer *answer = find_answer(method ? method : "");
    char error[1024];
    int code, at = 0;

    put(log_text, strlen(log_text));
    if (!answer) {
        snprintf(error, sizeof error, "{\"code\":404,\"message\":\"No handler for %s\"}", method);
        reply(request, "error", error, false);
        return;
    }
    answer->used = true;
    if (answer->kind == '=') {
        reply(request, "result", answer->text, false);
    } else if (answer->kind == '!' && sscanf(answer->text, "%d %n", &code, &at) == 1) {
        snprintf(error, sizeof error, "{\"code\":%d,\"message\":\"%s\"}", code, answer->text + at);
        reply(request, "error", error, false);
    } else if (strcmp(answer->text, "damaged") == 0) {
        reply(request, "result", "true", true);
    } else if (strcmp(answer->text, "gone") == 0) {
        exit(0);
    }
}

static void take_json(const char *text, size_t length)
{
    json_t *request = json_loadb(text, length, 0, NULL), *params = json_object_get(request, "params");
    char *written = params ? json_dumps(params, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    if (!request)
        return;
    fprintf(requests, "%s%s%s\n", json_string_value(json_object_get(request, "method")), written ? " " : "",
            written ? written : "");
    fflush(requests);
    free(written);
    answer_request(request);
    json_decref(request);
}

/* Steps 3 to 5 of mongoose-os.md 1.5.3. */
static void take_frame(char *frame, size_t length)
{
    char *start = memchr(frame, '{', length), *end = memrchr(frame, '}', length);
    size_t meta;

    if (strspn(frame, " \t\r\n") >= length) {
        put("\n", 1);
        return;
    }
    if (length == 1 && frame[0] == FRAME_EOF_CHARACTER) {
        if (!mute)
            put("\"\"\"\x04\"\"\"\n\n", 9);
        return;
    }
    if (!start || !end || end < start)
        return;
    end++;
    meta = (size_t)(frame + length - end);
    if (meta >= 8) {
        char text[9];

        memcpy(text, end, 8);
        text[8] = '\0';
        if (strtoul(text, NULL, 16) != frame_crc32(start, (size_t)(end - start))) {
            put("Corrupted frame\n", 16);
            return;
        }
        crc_used = true;
    }
    take_json(start, (size_t)(end - start));
}

static void take_bytes(const char *data, size_t size)
{
    if (size > sizeof received - 1 - received_length)
        received_length = 0;
    memcpy(received + received_length, data, size);
    received_length += size;
    for (size_t i = received_length - size; i < received_length; i++) {
        if ((unsigned char)received[i] >= 0x80) {
            received_length = 0;
            return;
        }
    }
    for (;;) {
        char *end, frame[65536];
        size_t delimiter = 3, length;

        received[received_length] = '\0';
        end = memmem(received, received_length, "\"\"\"", 3);
        if (end) {
            d1_used = true;
        } else {
            end = memchr(received, '\n', received_length);
            delimiter = 1;
        }
        if (!end)
            return;
        length = (size_t)(end - received);
        memcpy(frame, received, length);
        frame[length] = '\0';
        received_length -= length + delimiter;
        memmove(received, end + delimiter, received_length);
        take_frame(frame, length);
    }
}

static void read_script(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[9000];

    if (!file) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file)) {
        struct answer *answer = &answers[answer_count];

        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "log ", 4) == 0)
            snprintf(log_text, sizeof log_text, "%.500s\n", line + 4);
        else if (strncmp(line, "boot ", 5) == 0)
            snprintf(boot_text, sizeof boot_text, "%.500s\n", line + 5);
        else if (strcmp(line, "mute") == 0)
            mute = true;
        else if (sscanf(line, "%63s %c %8191[^\n]", answer->method, &answer->kind, answer->text) == 3 &&
                 answer_count + 1 < sizeof answers / sizeof answers[0])
            answer_count++;
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    struct termios raw;
    char path[4096], name[64];
    int slave;

    if (argc != 3) {
        fprintf(stderr, "usage: fake_device DIR SCRIPT\n");
        return 2;
    }
    read_script(argv[2]);
    if (openpty(&pty, &slave, name, NULL, NULL)) {
        perror("openpty");
        return 1;
    }
    /* The slave stays open here, so that the pty outlives each mos. */
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    snprintf(path, sizeof path, "%s/requests", argv[1]);
    requests = fopen(path, "a");
    snprintf(path, sizeof path, "%s/port", argv[1]);
    if (!requests || symlink(name, path)) {
        perror(path);
        return 1;
    }
    put(boot_text, strlen(boot_text));
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd wait[2] = {{.fd = pty, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
        char data[4096];
        ssize_t count;

        if (poll(wait, 2, -1) < 0)
            return 1;
        if (wait[1].revents && read(STDIN_FILENO, data, sizeof data) <= 0)
            return 0;
        if (!(wait[0].revents & POLLIN))
            continue;
        count = read(pty, data, sizeof data);
        if (count > 0)
            take_bytes(data, (size_t)count);
    }
}
