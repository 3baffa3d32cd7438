/* Remote procedure calls over a serial line.  mongoose-os.md 1.1, 1.5.5, 1.10, 1.11 */

#include "device.h"

#include "fail.h"
#include "frame_codec.h"
#include "json_text.h"
#include "options.h"
#include "ports.h"
#include "serial.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HANDSHAKE_PERIOD_MS = 200,
    HANDSHAKE_TRIES_BEFORE_HINT = 25,
    CHUNK_BYTES = 16, /* half of what the ESP8266's UART takes before it must be served */
    CHUNK_PAUSE_MS = 5,
    PACED_BAUD_RATE = 115200,
    RESTART_POLL_MS = 100,
};

struct device {
    const struct options *options;
    struct serial line;
    struct frame_decoder decoder;
    bool greeted; /* the handshake was answered at least once */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void __attribute__((format(printf, 2, 3))) debug(const struct device *device, const char *format, ...)
{
    va_list arguments;

    if (!device->options->debug_log)
        return;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", device->line.port);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static enum call_status __attribute__((format(printf, 3, 4)))
give_up(struct reply *reply, enum call_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reply->message, sizeof reply->message, format, arguments);
    va_end(arguments);
    return reply->status = status;
}

static enum call_status line_broken(struct device *device, struct reply *reply)
{
    return give_up(reply, CALL_BROKEN, "%s has gone: %s. Was the board unplugged or switched off?",
                   device->line.port, errno ? strerror(errno) : "hung up");
}

/* Reads what has arrived within `timeout_ms`. False: the line is broken, errno says why. */
static bool receive(struct device *device, int timeout_ms)
{
    uint8_t data[4096];
    int count;

    if (serial_wait(&device->line, timeout_ms) < 0)
        return false;
    count = serial_read(&device->line, data, sizeof data);
    if (count < 0)
        return false;
    if (frame_decoder_feed(&device->decoder, data, (size_t)count)) {
        errno = ENOMEM;
        return false;
    }
    OPENSSL_cleanse(data, (size_t)count);
    return true;
}

static bool paced(const struct device *device)
{
    return !device->line.is_tcp && device->options->baud_rate == PACED_BAUD_RATE &&
           !device->options->hw_flow_control && !device->options->rpc_uart_no_delay;
}

/* Waits for the answer to one handshake, up to the moment `until`. 1 seen, 0 not, -1 line broken. */
static int await_greeting(struct device *device, int64_t until)
{
    for (;;) {
        enum frame_event event;
        int64_t left = until - now_ms();

        if (!receive(device, left > 0 ? (int)left : 0))
            return -1;
        while ((event = frame_decoder_next(&device->decoder)) != FRAME_NONE) {
            if (event == FRAME_HANDSHAKE)
                return 1;
        }
        if (left <= 0)
            return 0;
    }
}

static enum call_status handshake(struct device *device, int64_t deadline, struct reply *reply)
{
    for (int tries = 1;; tries++) {
        int64_t until = now_ms() + HANDSHAKE_PERIOD_MS;
        int seen;

        device->decoder.stopped = false;
        if (serial_write(&device->line, frame_handshake, sizeof frame_handshake))
            return line_broken(device, reply);
        seen = await_greeting(device, until < deadline ? until : deadline);
        if (seen < 0)
            return line_broken(device, reply);
        if (seen) {
            debug(device, "handshake answered after %d tries", tries);
            device->greeted = true;
            if (serial_write(&device->line, frame_handshake, 3))
                return line_broken(device, reply);
            return CALL_OK;
        }
        if (now_ms() >= deadline)
            return give_up(
                reply, CALL_BROKEN,
                "no answer from %s in %g s: is the board powered, is this its port, is its firmware running, "
                "with rpc-uart? \"mos console\" shows what it says.",
                device->line.port, device->options->timeout_ms / 1000.0);
        if (tries == HANDSHAKE_TRIES_BEFORE_HINT)
            report("No answer from %s yet. Is it the right port? Is the board powered, with rpc-uart in its "
                   "firmware?",
                   device->line.port);
    }
}

/* Writes in pieces that a board without flow control can take, and heeds XOFF. */
static enum call_status send_frame(struct device *device, const uint8_t *frame, size_t size, int64_t deadline,
                                   struct reply *reply)
{
    size_t piece = paced(device) ? CHUNK_BYTES : size;

    for (size_t at = 0; at < size; at += piece) {
        int64_t resume = now_ms() + (paced(device) ? CHUNK_PAUSE_MS : 0);

        if (serial_write(&device->line, frame + at, size - at < piece ? size - at : piece))
            return line_broken(device, reply);
        do {
            int64_t left = (device->decoder.stopped ? deadline : resume) - now_ms();

            if (!receive(device, left > 0 ? (int)left : 0))
                return line_broken(device, reply);
            if (device->decoder.stopped && now_ms() >= deadline)
                return give_up(reply, CALL_NO_ANSWER, "the board on %s said stop (XOFF) and never go on.",
                               device->line.port);
        } while (device->decoder.stopped || now_ms() < resume);
    }
    return CALL_OK;
}

/* `{"src":"mos","id":N,"method":"M","params":P}`, members in the order of mongoose-os.md 1.10. */
static char *request_text(const struct device *device, const char *method, const char *params, int64_t id)
{
    const char *name = device->options->mgrpc_compat_args ? "args" : "params";
    json_t *method_value = json_string(method);
    char *quoted = method_value ? json_dumps(method_value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    char *compact = params ? json_text_compact(params, strlen(params)) : NULL;
    char *text = NULL;
    size_t size;

    if (quoted && (compact || !params)) {
        size = strlen(quoted) + (compact ? strlen(compact) : 0) + 80;
        text = malloc(size);
        if (text && compact)
            snprintf(text, size, "{\"src\":\"mos\",\"id\":%lld,\"method\":%s,\"%s\":%s}", (long long)id,
                     quoted, name, compact);
        else if (text)
            snprintf(text, size, "{\"src\":\"mos\",\"id\":%lld,\"method\":%s}", (long long)id, quoted);
    }
    if (compact)
        OPENSSL_cleanse(compact, strlen(compact));
    free(compact);
    if (quoted) {
        json_malloc_t allocate;
        json_free_t release;

        json_get_alloc_funcs(&allocate, &release);
        release(quoted);
    }
    json_decref(method_value);
    return text;
}

static bool id_matches(const json_t *frame, int64_t id)
{
    const json_t *value = json_object_get(frame, "id");

    if (json_is_string(value))
        return strtoll(json_string_value(value), NULL, 10) == id;
    return json_is_integer(value) && json_integer_value(value) == id;
}

/* Whoever holds the other end of the cable must not steer the terminal. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
    }
}

/* Whether the frame is the answer to call `id`; then `reply` is complete. */
static bool take_answer(struct device *device, int64_t id, struct reply *reply)
{
    const char *text = device->decoder.json, *result;
    size_t length = device->decoder.json_length, result_length;
    char why[160] = "not the answer";
    json_t *frame = json_text_check(text, length, why, sizeof why)
                        ? json_loadb(text, length, JSON_ALLOW_NUL, NULL)
                        : NULL;
    const json_t *error = json_object_get(frame, "error");
    json_int_t code = json_integer_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));

    if (!frame || json_object_get(frame, "method") || !id_matches(frame, id)) {
        debug(device, "ignored a frame of %zu bytes: %s", length, why);
        json_decref(frame);
        return false;
    }
    if (error && !json_is_null(error) && code != 0) { /* code 0 is success: Sys.SetDebug */
        reply->status = CALL_REFUSED;
        reply->code = (int)code;
        snprintf(reply->message, sizeof reply->message, "%s", message ? message : "");
        make_printable(reply->message);
    } else {
        if (!json_text_member(text, length, "result", &result, &result_length)) {
            result = "null";
            result_length = 4;
        }
        reply->status = CALL_OK;
        reply->result = strndup(result, result_length);
        if (!reply->result)
            give_up(reply, CALL_BROKEN, "out of memory for an answer of %zu bytes.", result_length);
    }
    json_decref(frame);
    return true;
}

static enum call_status await_answer(struct device *device, const char *method, int64_t id, int64_t deadline,
                                     struct reply *reply)
{
    for (;;) {
        enum frame_event event;
        int64_t left = deadline - now_ms();

        while ((event = frame_decoder_next(&device->decoder)) !=
               FRAME_NONE) { /* it may have come while we sent */
            if (event == FRAME_JSON && take_answer(device, id, reply))
                return reply->status;
            if (event == FRAME_DAMAGED)
                return give_up(reply, CALL_NO_ANSWER,
                               "the board's answer to %s was damaged on the line (wrong checksum); "
                               "what was asked may have been done.",
                               method);
        }
        if (left <= 0)
            return give_up(
                reply, CALL_NO_ANSWER,
                "context deadline exceeded: %s was sent to the board on %s, and in %g s no answer came "
                "(--timeout).",
                method, device->line.port, device->options->timeout_ms / 1000.0);
        if (!receive(device, (int)left))
            return line_broken(device, reply);
    }
}

void device_pause(struct device *device, int milliseconds)
{
    int64_t until = now_ms() + milliseconds;

    for (int64_t left = milliseconds; left > 0; left = until - now_ms()) {
        if (!receive(device, (int)left))
            return;
        while (frame_decoder_next(&device->decoder) != FRAME_NONE)
            ;
    }
}

/* A random number in [2^40, 2^41). */
static int64_t new_id(void)
{
    uint64_t bits = 0;

    RAND_bytes((unsigned char *)&bits, sizeof bits);
    return (int64_t)((bits & 0xffffffffff) | (uint64_t)1 << 40);
}

/* The board refuses everything between the order to restart and the restart (mongoose-os.md 1.12): nothing
 * was done. */
static bool is_restarting(const struct reply *reply)
{
    return reply->status == CALL_REFUSED && reply->code == 418 &&
           strncmp(reply->message, "shutting down", 13) == 0;
}

/* One frame out, one in. */
static void exchange(struct device *device, const char *method, const uint8_t *frame, size_t size, int64_t id,
                     int64_t deadline, struct reply *reply)
{
    if (!device->line.is_tcp && (paced(device) || !device->greeted))
        handshake(device, deadline, reply);
    if (reply->status == CALL_OK) {
        debug(device, "calling %s, frame of %zu bytes", method, size);
        send_frame(device, frame, size, deadline, reply);
    }
    if (reply->status == CALL_OK)
        await_answer(device, method, id, deadline, reply);
}

enum call_status device_call(struct device *device, const char *method, const char *params,
                             struct reply *reply)
{
    int64_t deadline = now_ms() + device->options->timeout_ms;
    int64_t id = new_id();
    char *text = request_text(device, method, params, id);
    uint8_t *frame = NULL;
    size_t size = 0;

    memset(reply, 0, sizeof *reply);
    if (text) {
        frame = frame_encode(text, strlen(text), !device->line.is_tcp, &size);
        OPENSSL_cleanse(text, strlen(text));
        free(text);
    }
    if (!frame)
        return give_up(reply, CALL_BROKEN, "out of memory for a call of %s.", method);
    exchange(device, method, frame, size, id, deadline, reply);
    while (is_restarting(reply) && now_ms() < deadline) {
        debug(device, "%s: trying again", reply->message);
        reply_free(reply);
        device->greeted = false;
        device_pause(device, RESTART_POLL_MS);
        exchange(device, method, frame, size, id, deadline, reply);
    }
    OPENSSL_cleanse(frame, size);
    free(frame);
    return reply->status;
}

enum call_status device_call_json(struct device *device, const char *method, json_t *params, int attempts,
                                  struct reply *reply)
{
    json_malloc_t allocate;
    json_free_t release;
    char *text = params ? json_dumps(params, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

    memset(reply, 0, sizeof *reply);
    if (!text)
        give_up(reply, CALL_BROKEN, "the arguments of %s cannot be sent: they must be UTF-8 text.", method);
    for (int i = 0; i < attempts && text; i++) {
        if (i > 0) {
            debug(device, "attempt %d of %s: %s", i + 1, method, reply->message);
            reply_free(reply);
        }
        device_call(device, method, json_object_size(params) ? text : NULL, reply);
        if (reply->status != CALL_NO_ANSWER)
            break;
    }
    json_get_alloc_funcs(&allocate, &release);
    release(text);
    json_decref(params);
    return reply->status;
}

struct device *device_open(const struct options *options)
{
    struct device *device = calloc(1, sizeof *device);
    const char *port = port_choose(options);

    if (!device)
        fail("out of memory");
    if (!device || !port) {
        free(device);
        return NULL;
    }
    device->options = options;
    if (serial_open(&device->line, port, options)) {
        free(device);
        return NULL;
    }
    serial_discard_input(&device->line);
    frame_decoder_init(&device->decoder);
    return device;
}

const char *device_port(const struct device *device)
{
    return device->line.port;
}

void device_close(struct device *device)
{
    if (!device)
        return;
    serial_close(&device->line);
    frame_decoder_free(&device->decoder);
    free(device);
}

json_t *reply_json(const struct reply *reply)
{
    return json_loads(reply->result ? reply->result : "null", JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

void reply_free(struct reply *reply)
{
    if (reply->result)
        OPENSSL_cleanse(reply->result, strlen(reply->result));
    free(reply->result);
    memset(reply, 0, sizeof *reply);
}

int reply_fail(const struct reply *reply)
{
    if (reply->status == CALL_REFUSED)
        return fail("remote error %d: %s", reply->code, reply->message);
    return fail("%s", reply->message);
}
