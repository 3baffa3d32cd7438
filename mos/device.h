/* An open connection to a board, and remote procedure calls on it.  mongoose-os.md 1.1, 1.5, 1.10, 1.11
 *
 * Calls are made one after the other. Each waits for its own answer; log text, answers to nobody and damaged
 * frames in between are skipped. Every call has the deadline `--timeout` (20 s), unlike in the original tool,
 * where `ls`, `rm` and the atca commands wait for ever.
 */
#ifndef MOS_DEVICE_H
#define MOS_DEVICE_H

#include <jansson.h>
#include <stddef.h>

struct options;
struct device;

enum call_status {
    CALL_OK = 0,
    CALL_REFUSED,   /* the board answered with an error: `code`, `message` */
    CALL_NO_ANSWER, /* deadline passed, or the answer was damaged; it may be tried again if the method allows
                       it */
    CALL_BROKEN,    /* the line has gone, or memory ran out: no further call will succeed */
};

struct reply {
    enum call_status status;
    char *result; /* CALL_OK: JSON text exactly as the board wrote it, never NULL ("null" for an empty result)
                   */
    int code;     /* CALL_REFUSED */
    char message[512]; /* the board's message, or our sentence */
};

/* Opens the port of `--port` for calls. NULL after fail(). */
struct device *device_open(const struct options *options);

/* Calls `method` with `params`, JSON text of which white space is removed and non-ASCII is escaped before it
 * leaves (NULL: none). The caller releases the reply with reply_free(), whatever the status. */
enum call_status device_call(struct device *device, const char *method, const char *params,
                             struct reply *reply);

/* As device_call(), but takes an object, and its reference, and makes up to `attempts` tries while nobody
 * answers. An empty object is left out of the frame; NULL, what json_pack() makes of text that is no UTF-8,
 * is refused with a sentence. */
enum call_status device_call_json(struct device *device, const char *method, json_t *params, int attempts,
                                  struct reply *reply);

/* The result as a value; NULL if it is not JSON that we can read. */
json_t *reply_json(const struct reply *reply);

/* Wipes and releases what the reply owns. */
void reply_free(struct reply *reply);

/* Prints why the call did not succeed (`remote error <code>: <message>`, or a sentence). Returns 1. */
int reply_fail(const struct reply *reply);

/* Lets time pass, and what the board says meanwhile. */
void device_pause(struct device *device, int milliseconds);

/* The name of the port, for messages. */
const char *device_port(const struct device *device);

/* Closes the port. NULL is allowed. */
void device_close(struct device *device);

#endif
