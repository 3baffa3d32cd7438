/* The one connection that the application's functions mean. */
#ifndef MGOS_MQTT_GLOBAL_H
#define MGOS_MQTT_GLOBAL_H

#include "mgos_mqtt_conn.h"

/* NULL while MQTT is not enabled. */
struct mqtt_conn *mgos_mqtt_global(void);
void mgos_mqtt_set_global(struct mqtt_conn *conn);

#endif
