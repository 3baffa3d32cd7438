/* A copy of the connection's options that no change of the configuration touches. */
#ifndef MQTT_SETTINGS_H
#define MQTT_SETTINGS_H

#include "address.h"
#include "mgos_mqtt_conn.h"
#include "session.h"

struct mqtt_settings {
    struct mqtt_conn_options options; /* its strings are below, or NULL; an empty string is NULL too */
    struct mqtt_address address;
    bool tls;
    char strings[];
};

#define MQTT_SETTINGS_NO_SERVER "MQTT requires server name" /* mongoose-os.md 7.4 */

/* On the heap. NULL: `*why` is a sentence without a full stop. */
struct mqtt_settings *mqtt_settings_create(const struct mqtt_conn_options *options, const char **why);
void mqtt_settings_free(struct mqtt_settings *settings); /* the password is wiped */
/* What the session needs of it; the strings stay here. */
void mqtt_settings_session(const struct mqtt_settings *settings, struct mqtt_session_options *out);

#endif
