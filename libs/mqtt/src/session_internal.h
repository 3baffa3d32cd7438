/* What session.c and session_incoming.c share. */
#ifndef MQTT_SESSION_INTERNAL_H
#define MQTT_SESSION_INTERNAL_H

#include "session.h"

/* Ends the connection for this reason; false, for the caller to return. */
bool mqtt_session_fail(struct mqtt_session *s, const char *why);
/* The broker may speak. */
bool mqtt_session_is_open(const struct mqtt_session *s);

#endif
