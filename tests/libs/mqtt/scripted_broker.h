/* A session with its clock and its broker in the test's hands: the broker says bytes, and sees bytes. */
#ifndef TESTS_MQTT_SCRIPTED_BROKER_H
#define TESTS_MQTT_SCRIPTED_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hex.h"
#include "session.h"

struct rig {
    struct mqtt_session session;
    uint64_t now;
    size_t room; /* bytes the transport takes a call; SIZE_MAX at first */

    struct bytes sent; /* by the client, since the last look */
    char heard[512];   /* what the subscription's handler got: "topic=payload;" */
    char told[512];    /* events: "connack 0;", "ack 7;", "drained;", ... */
    void (*on_message)(struct rig *rig);
};

/* A fresh heap and a session with clean_session, keep-alive 60, a queue of 5 and packets up to 3072 bytes.
 * Packet ids begin at 1. */
void rig_start(struct rig *rig);
void rig_end(struct rig *rig);
/* The transport opens, the broker accepts; what was sent for it is forgotten. */
void rig_connect(struct rig *rig, bool session_present);
void rig_lose(struct rig *rig);

/* Bytes of the broker; false: the session gives up. */
bool broker_says(struct rig *rig, const char *text);
bool rig_tick(struct rig *rig, unsigned seconds);
/* What the client has sent since the last call. */
void assert_client_said(struct rig *rig, const char *text);
void assert_told(struct rig *rig, const char *text);
void assert_heard(struct rig *rig, const char *text);

uint16_t publish(struct rig *rig, const char *topic, const char *payload, uint8_t qos);
/* The rig's own handler. */
void subscribe(struct rig *rig, const char *topic);
void rig_flush(struct rig *rig);

/* The heap. */
enum { RIG_ARENA_SIZE = 53600 };
extern unsigned char rig_arena[RIG_ARENA_SIZE];
/* Bytes of it in use. */
size_t heap_used(void);

#endif
